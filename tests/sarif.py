"""The official schema of SARIF 2.1.0 and Microsoft's validator of it, as they come in an npm package; fetched once, never committed."""

import json
import os
import platform
import shutil
import subprocess
import tarfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tools import miss

_PACKAGE, _VERSION = "sarif-multitool-linux", "5.7.0"
_FOLDER = Path(__file__).parent / ".cache" / f"{_PACKAGE}-{_VERSION}"


def fetch_tool() -> Path | None:
    """Find the unpacked package in the cache or download it; None when it cannot be had."""
    folder = _FOLDER / "package"
    if not folder.is_dir():
        if not shutil.which("npm"):
            return None
        # Another process may be doing the same: what is complete is moved into place.
        own = _FOLDER / f"own-{os.getpid()}"
        own.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", "--pack-destination", str(own), f"@microsoft/{_PACKAGE}@{_VERSION}"]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        archives = sorted(own.glob("*.tgz"))
        if done.returncode or not archives:
            return None
        with tarfile.open(archives[0]) as file:
            file.extractall(own, filter="data")
        with suppress(OSError):
            (own / "package").rename(folder)
        shutil.rmtree(own)
    return folder


def require_tool() -> Path:
    """The folder of the package; without it a test is skipped, or, in CI, fails."""
    folder = fetch_tool()
    if folder is None:
        miss("the schema of SARIF cannot be had: npm or the network is missing")
    return folder


@cache
def load_schema() -> dict[str, Any]:
    """The official JSON Schema."""
    return json.loads((require_tool() / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))


def run_validator(path: Path) -> list[str]:
    """Run Microsoft's validator over a file; the errors and warnings that it prints."""
    tool = require_tool() / "Sarif.Multitool"
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        pytest.skip("the validator is a program for Linux on x86-64")
    tool.chmod(0o755)
    environment = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "DOTNET_BUNDLE_EXTRACT_BASE_DIR": str(path.parent)}
    command = [str(tool), "validate", str(path), "--output", str(path.with_suffix(".out.sarif")), "--log", "ForceOverwrite"]
    done = subprocess.run(command, capture_output=True, check=False, text=True, env=environment)
    assert "Analysis completed successfully" in done.stdout, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if ": error SARIF" in line or ": warning SARIF" in line or ": error JSON" in line]
