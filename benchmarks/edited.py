"""A page is edited, and all is built again: what that takes beside a build of everything, and the same of another checkout.

    [AIRM_GRAPH_BASE=CHECKOUT] python benchmarks/edited.py [PAGES, 1000 by default] [ROUNDS, 3 by default]

Each run builds all with a cache, edits one page and measures the command that builds again. When the time has been taken, the same pages
are built without a cache, and every file has to be the same, byte by byte.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from child import MissingError, Watch, Work
from corpus import write_captures
from everyday import BASE, run_command
from frame import Engine, Job, Limits, measure_job
from run import show

__all__ = ["JOB", "main", "prepare"]


def write_pages(folder: Path, size: int) -> None:
    """Write pages of sources with some hundred pages each."""
    write_captures(size, folder / "inputs")


def prepare(folder: Path, _: int, which: str) -> Work:
    """Build all, edit a page, and build again: ours what changed (`part`) or everything (`whole`), or as the `base` does it."""
    python = Path(sys.executable)
    if which == "base":
        if not os.environ.get(BASE):
            raise MissingError(f"{BASE} names no checkout")
        python = Path(os.environ[BASE], ".venv", "bin", "python")
    place = folder / which
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder / "inputs", place / "in")
    command = ["build", "in", "-o", "dist", *(["--cache-dir", "cache"] if which != "whole" else [])]
    run_command(place, *command, python=python)
    page = min((place / "in").rglob("*.txt"))
    before = page.read_text(encoding="utf-8")
    page.write_text(before.replace("Reasoning\n", "Reasoning\nWhoever edits a page says more. ", 1), encoding="utf-8")

    def work(watch: Watch) -> object:
        run_command(place, *command, python=python)
        watch.give(**{name: taken for name, taken in watch.stop().items() if name in ("seconds", "cpu")})
        return lambda: compare(place, python)

    return work


def compare(place: Path, python: Path) -> dict[str, int]:
    """Hold every file against that of a build of everything; returns their sizes."""
    run_command(place, "build", "in", "-o", "plain", python=python)
    names = sorted(path.name for path in (place / "plain").iterdir() if path.is_file())
    differing = [name for name in names if (place / "dist" / name).read_bytes() != (place / "plain" / name).read_bytes()]
    if differing:
        raise RuntimeError(f"not what a build of everything writes: {' '.join(differing)}")
    return {name: (place / "dist" / name).stat().st_size for name in names}


JOB = Job(
    "edited",
    "One page is edited and all is built again",
    "One whole process with its start; an earlier build with a cache is there.",
    (
        Engine("airm-graph", "edited:prepare", ("part",)),
        Engine("airm-graph without a cache", "edited:prepare", ("whole",)),
        Engine("the base", "edited:prepare", ("base",), compared=False),
    ),
    write_pages,
    unit="pages",
)


def main(pages: int = 1000, rounds: int = 3) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        show(JOB, pages, measure_job(JOB, pages, rounds=rounds, limits=Limits(), folder=Path(folder)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
