"""Tools that CI installs and other machines may lack: a test that needs one is skipped where it is missing, and fails in CI."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest


def miss(reason: str) -> NoReturn:
    """Skip the test for want of a tool; in CI, fail."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    raise AssertionError


def require_npm(name: str, *packages: str) -> Path:
    """The folder into which pinned npm packages are installed, none of their scripts run; fetched once, never committed."""
    require_programs("node", "npm", packages="nodejs npm")
    folder = Path(__file__).parent / ".cache" / name
    folder.parent.mkdir(exist_ok=True)
    with folder.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers ask at the same time
        if not (folder / "node_modules").is_dir():
            folder.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent) as begun:
                command = ["npm", "install", "--silent", "--no-save", "--ignore-scripts", *packages]
                done = subprocess.run(command, cwd=begun, capture_output=True, check=False, text=True)
                if done.returncode:
                    miss(f"{', '.join(packages)} cannot be had from npm: {done.stderr[-300:]}")
                Path(begun, "node_modules").rename(folder / "node_modules")
    return folder


def require_programs(*names: str, packages: str) -> None:
    """Skip the test where a program is missing; *packages* says what to install."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        miss(f"{', '.join(missing)} not installed (Debian: {packages})")
