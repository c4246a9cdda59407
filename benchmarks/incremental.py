"""Measures what a build costs when one page of many has changed: as a process with a cache, and inside a process that watches.

Pages are small ones, ten to a source, each of them some 150 statements; every source has a title of its own. Both ways are held, byte for
byte, against a build from nothing.

    python benchmarks/incremental.py [PAGES …]        1000 10000 by default
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from corpus import write_captures

__all__ = ["measure"]

PER_SOURCE = 10
RUNS = 3
COMMAND = "from airm_graph.cli import main; raise SystemExit(main())"
_Result = dict[str, str | int | float]


def measure(sizes: Sequence[int] = (1000, 10_000)) -> list[_Result]:
    """Measure each size: a build from nothing, then the medians of builds after one page was edited.

    Returns:
        name, engine, n (pages), seconds (by the clock), cpu (seconds of the processor), peak_mib for each.
    """
    with tempfile.TemporaryDirectory() as folder:
        return [result for size in sizes for result in _measure(size, Path(folder, str(size)))]


def _measure(size: int, folder: Path) -> list[_Result]:
    pages = folder / "pages"
    write_captures(size, pages, per_source=PER_SOURCE, own_titles=True)
    files = sorted(pages.rglob("*.txt"))
    build = [sys.executable, "-c", COMMAND, "build", str(pages), "--quiet"]
    again = [*build, "--cache-dir", str(folder / "cache"), "-o", str(folder / "dist")]
    time.sleep(2.1)  # files that were written just now are read whatever their times say
    results = [_report("build", "from nothing", size, [_run(again)])]
    taken = []
    for number in range(RUNS):
        _edit(files[(size // 2 + 37 * number) % size])
        taken.append(_run(again))
    results.append(_report("build one changed page", "process with a cache", size, taken))
    watcher = subprocess.run(
        [sys.executable, __file__, "--watch", str(pages), str(folder / "watched")], capture_output=True, check=True, text=True
    )
    results.append(_report("build one changed page", "watch", size, json.loads(watcher.stdout)))
    _run([*build, "-o", str(folder / "plain")])
    _run(again)  # with the pages that were edited under the eyes of the watcher
    for path in (folder / "plain").iterdir():
        for other in ("dist", "watched"):
            if path.read_bytes() != (folder / other / path.name).read_bytes():
                raise SystemExit(f"{path.name} of {other} is not that of a build from nothing")
    return results


def _edit(page: Path) -> None:
    page.write_bytes(page.read_bytes().replace(b" asks for ", b" asks once more for ", 1))


def _run(command: Sequence[str]) -> tuple[float, float, int]:
    """Seconds by the clock, seconds of the processor, peak MiB of a process."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    code = "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]).returncode; "
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(done > 1)"
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, check=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu, int(done.stdout.split()[-1]) // 1024


def _watch(pages: Path, folder: Path) -> list[tuple[float, float, int]]:
    """Edit a page between two builds of a process that watches."""
    from airm_graph.namespaces import BASE
    from airm_graph.watch import watch

    files, taken = sorted(pages.rglob("*.txt")), []
    rounds = watch([pages], folder, base=BASE, interval=0.05)
    next(rounds)
    for number in range(RUNS):
        _edit(files[(len(files) // 3 + 41 * number) % len(files)])
        before = time.process_time()
        rebuilt = next(rounds)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        taken.append((rebuilt.seconds, time.process_time() - before, peak))
    return taken


def _report(name: str, engine: str, size: int, taken: Sequence[Sequence[float]]) -> _Result:
    seconds, cpu, peak = (sorted(column)[len(taken) // 2] for column in zip(*taken, strict=True))
    return {"name": name, "engine": engine, "n": size, "seconds": round(seconds, 2), "cpu": round(cpu, 2), "peak_mib": int(peak)}


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--watch"]:
        print(json.dumps(_watch(Path(sys.argv[2]), Path(sys.argv[3]))))
        return
    for result in measure([int(size) for size in sys.argv[1:]] or (1000, 10_000)):
        print("  ".join(f"{key} {value}" for key, value in result.items()), flush=True)


if __name__ == "__main__":
    main()
