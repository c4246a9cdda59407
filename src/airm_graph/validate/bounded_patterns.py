"""Searches by Python's ``re`` that end: in a process of its own, which ends when its time is over.

Some patterns take Python longer than anybody waits, and nothing in the same process can stop them.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from airm_graph.errors import ShapesError

__all__ = ["MOST_SECONDS", "PatternProcess"]

#: Seconds that a pattern has, and how many more for each text.
MOST_SECONDS, _SECONDS_EACH = 10.0, 0.001
_SHOWN = 80
#: Reads lines of JSON: function of ``re``, seconds, arguments of each call. The thread that ends
#: the process is not one of Python's, so a search cannot keep it waiting.
_CODE = """
import faulthandler, json, os, re, sys
null = open(os.devnull, "w")
for line in sys.stdin:
    function, seconds, calls = json.loads(line)
    faulthandler.dump_traceback_later(seconds, exit=True, file=null)
    try:
        found = [getattr(re, function)(*call) for call in calls]
        answer = [one if isinstance(one, str) else one is not None for one in found]
    except (re.error, RecursionError, OverflowError) as error:
        answer = str(error)
    faulthandler.cancel_dump_traceback_later()
    print(json.dumps(answer), flush=True)
"""


class PatternProcess:
    """Searches and replaces as ``re`` does, for some seconds at most."""

    def __init__(self) -> None:
        """Make it; the process starts when it is first asked."""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Nothing is started yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def search(self, pattern: str, texts: Sequence[str], *, flags: int = 0) -> list[bool]:
        """Tell of each text whether a pattern is found in it.

        Raises:
            ShapesError: It takes too long.
            re.error: It is no pattern.
        """
        return self._call("search", [(pattern, text, flags) for text in texts]) if texts else []

    def replace(self, pattern: str, by: str, text: str, *, flags: int = 0) -> str:
        """Replace what a pattern finds, as ``re.sub`` does.

        Raises:
            ShapesError: It takes too long.
            re.error: It is no pattern.
        """
        (found,) = self._call("sub", [(pattern, by, text, 0, flags)])
        return str(found)

    def _call(self, function: str, calls: Sequence[tuple[str | int, ...]]) -> list[Any]:
        seconds = MOST_SECONDS + _SECONDS_EACH * len(calls)
        answer = self._ask(json.dumps([function, seconds, calls]))
        if not answer:
            self.__exit__(None, None, None)
            pattern = str(calls[0][0])
            shown = pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}…"
            what = f"the pattern {shown!r} takes longer than {seconds:.0f} seconds"
            raise ShapesError(f"{what}; write it so that no part that may be repeated holds another one")
        found: list[Any] | str = json.loads(answer)
        if isinstance(found, str):
            raise re.error(found)
        return found

    def _ask(self, line: str) -> str:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - this Python, and a text of ours
                [sys.executable, "-I", "-c", _CODE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
        if self._process.stdin is None or self._process.stdout is None:
            return ""
        try:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
        except OSError:
            return ""
        return self._process.stdout.readline()
