"""Write the lowest version that each bound of pyproject.toml allows, one requirement to a line."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = [bound for name, bounds in project["optional-dependencies"].items() if name != "dev" for bound in bounds]
for bound in sorted({*project["dependencies"], *extras}):
    found = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*>=\s*([0-9.]+)", bound)
    if found and found[1] != project["name"]:
        sys.stdout.write(f"{found[1]}=={found[2]}\n")
