"""Tools that CI installs and other machines may lack: a test that needs one is skipped where it is missing, and fails in CI."""

import os
import shutil
from typing import NoReturn

import pytest


def miss(reason: str) -> NoReturn:
    """Skip the test for want of a tool; in CI, fail."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    raise AssertionError


def require_programs(*names: str, packages: str) -> None:
    """Skip the test where a program is missing; *packages* says what to install."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        miss(f"{', '.join(missing)} not installed (Debian: {packages})")
