"""Packages from npm for tests and for the table of compatibility, each at the version that ``package.json`` names."""

import fcntl
import os
import subprocess
from pathlib import Path

__all__ = ["ENGINES", "InstallError", "ask_node", "install_packages"]

HERE = Path(__file__).resolve().parent
ENGINES = HERE / "engines"
_FOLDER = HERE.parent / "build" / "compatibility" / "node"


class InstallError(Exception):
    """What is needed could not be installed; the message is the end of what the installer said."""


def install_packages(folder: Path = _FOLDER) -> Path:
    """Install the packages, once, and return the folder that holds ``node_modules``.

    Raises:
        InstallError: npm could not do it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    done = folder / "installed.json"
    with (folder / "lock").open("w") as lock:  # test processes come at the same time
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.read_text(encoding="utf-8") != wanted:
            (folder / "package.json").write_text(wanted, encoding="utf-8")
            command = ["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
            made = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True)
            if made.returncode:
                raise InstallError((made.stderr or made.stdout)[-300:])
            done.write_text(wanted, encoding="utf-8")
    return folder


def ask_node(script: str, *arguments: str | Path) -> str:
    """Run a script of `ENGINES` with the packages, and return what it prints."""
    command = ["node", str(ENGINES / script), str(install_packages()), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, env={**os.environ, "NODE_NO_WARNINGS": "1"})
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout
