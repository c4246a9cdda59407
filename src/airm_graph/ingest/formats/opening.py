"""Files of people opened: regular ones only."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from airm_graph.errors import InputError

__all__ = ["open_regular"]


def open_regular(path: Path) -> BinaryIO:
    """Open a file that has an end, unlike a pipe or a device.

    Raises:
        InputError: It cannot be opened, or is none.
    """
    try:
        # Without waiting for somebody to write into a pipe; what was opened is asked, not its name.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or error
        raise InputError(f"the file cannot be read: {what}", file=str(path), remedy="check its name and permissions") from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        remedy = "save it as a file, or give - for standard input"
        raise InputError("no regular file, but a folder, a pipe or a device", file=str(path), remedy=remedy)
    return os.fdopen(number, "rb")
