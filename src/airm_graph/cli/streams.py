"""Standard output and standard error whose state never changes what a command answers."""

import errno
import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

from airm_graph.errors import ExportError

__all__ = ["is_output_read", "open_streams"]


class _Stream(io.RawIOBase):
    """Writes until whoever reads it has enough; what follows goes nowhere, and the command goes on
    to its verdict.
    """

    def __init__(self, number: int, *, is_needed: bool) -> None:
        self._number, self._is_needed = number, is_needed
        self.is_read = True

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        try:
            return os.write(self._number, data)
        except OSError as error:
            self._lead_nowhere()
            if self._is_needed and error.errno not in {errno.EPIPE, errno.EINVAL}:  # Windows says the latter of a closed pipe
                raise ExportError(f"standard output cannot be written: {error.strerror}; make room, or send it elsewhere") from error
            return len(data)

    def _lead_nowhere(self) -> None:
        self.is_read = False
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._number)
        os.close(null)


def open_streams() -> None:
    """Write UTF-8 into files and pipes whatever the locale, for exports say that they are; a
    terminal gets what it can show.

    A pipe that is closed takes nothing from the exit code; other errors of standard output end the
    command, those of standard error do not.
    """
    sys.stdout = _open(sys.stdout, sys.__stdout__, is_needed=True)
    sys.stderr = _open(sys.stderr, sys.__stderr__, is_needed=False)


def is_output_read() -> bool:
    """Whether anybody still reads standard output."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return not isinstance(raw, _Stream) or raw.is_read


def _open(stream: TextIO | None, own: TextIO | None, *, is_needed: bool) -> TextIO:
    if stream is None:  # closed before the command began
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives as long as the process
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    encoding = stream.encoding if stream.isatty() else "utf-8"
    if stream is not own:  # somebody in this process reads what is written
        stream.reconfigure(encoding=encoding, errors="backslashreplace")
        return stream
    with suppress(OSError):
        stream.flush()
    raw = _Stream(stream.fileno(), is_needed=is_needed)
    # Standard error goes out line by line, as Python has it.
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=encoding, errors="backslashreplace", line_buffering=not is_needed or stream.isatty()
    )
