"""One run of one engine, in this process: what prepares it does not count, what it does is timed, what makes its answer does not count.

    python child.py MODULE:FUNCTION FOLDER SIZE CORES OPTIONS [PACKAGE …]

The function takes the folder of the inputs, the size and the options (a JSON list) and returns the work. The work takes a `Watch` and
returns an answer, or a function that makes it when the time has been taken. The last line on standard output is the outcome as JSON. This
module needs Python only: peers that do not get along with our libraries run it with an interpreter of their own.
"""

import importlib
import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

__all__ = ["MissingError", "Watch", "Work", "peak_memory"]


class MissingError(Exception):
    """What the engine needs is not on this machine; the text says how to get it."""


class Watch:
    """Seconds since it was made, by the clock and of the processor; child processes that have ended count."""

    def __init__(self) -> None:
        self._start = self._last = self._now()
        #: Part of the work → seconds of the processor.
        self.parts: dict[str, float] = {}
        self._given: dict[str, float] = {}
        #: Name → version of what does the work, where that is no Python package.
        self.versions: dict[str, str] = {}

    def mark(self, part: str) -> None:
        """What was used since the last mark was for this part."""
        now = self._now()
        self.parts[part] = round(self.parts.get(part, 0.0) + now[1] - self._last[1], 6)
        self._last = now

    def skip(self) -> None:
        """What was used since the last mark is for no part."""
        self._last = self._now()

    def give(self, **figures: float) -> None:
        """Say what the work has measured itself, such as the seconds of a server's request."""
        self._given.update(figures)

    def stop(self) -> dict[str, object]:
        """What was taken so far."""
        clock, cpu = (now - start for now, start in zip(self._now(), self._start, strict=True))
        return {"seconds": clock, "cpu": cpu, **self._given, "parts": self.parts}

    @staticmethod
    def _now() -> tuple[float, float]:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.perf_counter(), time.process_time() + ended.ru_utime + ended.ru_stime


Work = Callable[[Watch], object]


def peak_memory() -> float:
    """The most that this process has held so far, in MiB; ru_maxrss would count that of the process it was forked from."""
    try:
        return int(re.findall(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))[0]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def find_versions(packages: list[str]) -> dict[str, str]:
    """The versions of installed packages."""
    return {name: metadata.version(name) for name in packages}


def keep_to(cores: int) -> None:
    """Run on so many cores, so that libraries start as many threads on every machine."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def run(function: str, folder: Path, size: int, *, options: list[str], packages: list[str]) -> dict[str, object]:
    """Run an engine once; returns what it took and what it answered, or what is missing."""
    module, _, name = function.partition(":")
    try:
        versions = find_versions(packages)
        work: Work = getattr(importlib.import_module(module), name)(folder, size, *options)
    except (ImportError, MissingError) as error:
        return {"missing": str(error) if not isinstance(error, metadata.PackageNotFoundError) else f"{error.name} is not installed"}
    before, watch = peak_memory(), Watch()
    answer = work(watch)
    taken = watch.stop()
    peak = max(peak_memory(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    more = {"mebibytes": peak, "more": peak - before}
    return {**more, **taken, "answer": answer() if callable(answer) else answer, "versions": versions | watch.versions}


if __name__ == "__main__":
    keep_to(int(sys.argv[4]))
    outcome = run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), options=json.loads(sys.argv[5]), packages=sys.argv[6:])
    print("\n" + json.dumps(outcome, sort_keys=True))
