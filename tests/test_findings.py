"""The findings about other software: form only, the scripts install packages and are not run here."""

import os
import re
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "findings"
SCRIPTS = sorted(FOLDER.glob("*.sh"))
FIELDS = ("Expected", "Seen", "Versions", "Why it matters")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_finding_is_executable_and_is_shell(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert subprocess.run(["sh", "-n", script], capture_output=True, text=True, check=False).stderr == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_finding_has_a_header(script: Path) -> None:
    lines = script.read_text(encoding="utf-8").splitlines()
    header = lines[: lines.index("set -eu")]
    assert header[0] == "#!/bin/sh"
    assert re.match(r"# \S.{20,}", header[1])
    assert [line[2:].split(":")[0] for line in header if re.match(r"# [A-Z][a-z ]+: ", line)][-4:] == list(FIELDS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_finding_pins_its_packages_and_names_the_versions(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    names = re.sub(r"\n#", "", text.partition("\nset -eu")[0])
    pins = [pin for line in re.findall(r"^(?:deb|pip|npm)='(.*)'$", text, re.MULTILINE) for pin in line.split()]
    assert pins
    for pin in pins:
        package, version = re.fullmatch(r"(@?[\w./-]+)(?:==?|@)(\d[\w.+~-]*)", pin).groups()  # type: ignore[union-attr]
        assert f"{package} {version}" in re.sub(r"\s+", " ", names), f"{pin} is not in the header"


def test_findings_are_listed_in_their_readme() -> None:
    listed = re.findall(r"^\| \[[\w-]+\]\(([\w-]+\.sh)\) \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [script.name for script in SCRIPTS]
