"""Measures `airm-graph build` on generated tables, as users run it, up to a million mitigations; or loading and judging alone.

The clock runs from before Python starts until the files are in their places. CPU is that of the command and of the processes that it
starts; the peak is the most that they hold together (their resident memory, looked at twice a second, so pages that two of them
share count twice). Linux only, for /proc. A million needs 45 GB of free disk: 25 GB of files, and what is in work.

    python benchmarks/million.py build [SIZE …] [--keep FOLDER]        10000 100000 1000000 by default
    python benchmarks/million.py judge [SIZE …] [--keep FOLDER]        N-Triples, every fifth broken, all default shapes

Loading and judging is one process that DuckDB may take 4.5 GB of; its seconds are those of the processor without the start of Python.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import pairwise
from math import log
from pathlib import Path

from child import Watch, peak_memory
from corpus import write_tables
from defects import plant
from generated import generate

__all__ = ["find_exponents", "measure_builds", "measure_judging"]

ENGINE = "airm-graph"
_LOOKS = 0.5
#: One mitigation in so many is broken where only judging is measured; mitigations made at once, a multiple of 60 and of 50.
_EVERY, _PART = 5, 6000
#: What DuckDB may take before it spills.
_MEMORY = "4.5GB"
_PAGE = os.sysconf("SC_PAGE_SIZE")


def measure_builds(sizes: list[int], *, folder: Path) -> list[dict[str, object]]:
    """Build graphs of so many mitigations each; returns a record for each size: name, engine, n, seconds, cpu, peak_mib, bytes.

    Args:
        folder: For tables and graphs; tables that are there already are taken as they are, graphs are removed.

    Raises:
        RuntimeError: A build ended with an error.
    """
    return [_measure_build(size, folder) for size in sizes]


def _measure_build(size: int, folder: Path) -> dict[str, object]:
    tables, graph = folder / f"tables-{size}", folder / f"graph-{size}"
    if not tables.is_dir():
        write_tables(size, tables)
    before, started, peak = os.times(), time.perf_counter(), 0
    with (folder / f"said-{size}.txt").open("w+", encoding="utf-8") as said:
        command = [sys.executable, "-m", "airm_graph", "build", str(tables), "-o", str(graph)]
        with subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT) as process:
            while process.poll() is None:
                peak = max(peak, _hold(process.pid))
                time.sleep(_LOOKS)
        seconds, after = time.perf_counter() - started, os.times()
        said.seek(0)
        # 1: the planted defects are violations; the rest is written.
        if process.returncode not in (0, 1):
            raise RuntimeError(f"the build of {size} ended with {process.returncode}: {said.read()[-2000:]}")
    written = sum(path.stat().st_size for path in graph.iterdir())
    for path in graph.iterdir():
        path.unlink()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    peak_mib = peak / (1 << 20)
    return {"name": "build", "engine": ENGINE, "n": size, "seconds": seconds, "cpu": cpu, "peak_mib": peak_mib, "bytes": written}


def measure_judging(size: int, *, folder: Path) -> dict[str, object]:
    """Load a file of so many mitigations and judge it by the default shapes, in a process of its own.

    Args:
        folder: For the file; one that is there already is taken as it is.
    """
    path = folder / f"judged-{size}.nt"
    if not path.exists():
        with path.open("w", encoding="utf-8", newline="\n") as out:
            for start in range(0, size, _PART):
                rows = plant(generate(min(size, start + _PART), start=start), every=_EVERY).rows
                out.writelines(f"{s} {p} {o} .\n" for s, p, o, _ in rows)
    said = subprocess.run([sys.executable, __file__, "--judge", str(path)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return {"name": "judge", "engine": ENGINE, "n": size, "bytes": path.stat().st_size, **json.loads(said.splitlines()[-1])}


def judge_file(path: Path) -> None:
    """Load and judge in this process, and print what it took."""
    import duckdb  # noqa: F401 - not counted
    import pyoxigraph  # noqa: F401 - not counted

    from airm_graph.graph import TripleTable
    from airm_graph.graph.store import stream_rows
    from airm_graph.validate import judge_shapes

    watch = Watch()
    with TripleTable(memory_limit=_MEMORY) as table:
        table.load_files([path], parse=stream_rows)
        watch.mark("load")
        findings = len(judge_shapes(table, engine="fast").findings)
        watch.mark("judge")
    print(json.dumps({**watch.stop(), "findings": findings, "peak_mib": peak_memory()}))


def _hold(root: int) -> int:
    """Bytes that a process and those below it hold."""
    below: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                pages = int((entry / "statm").read_text().split()[1])
            except (OSError, IndexError):
                continue
            below[parent].append((int(entry.name), pages))
            if int(entry.name) == root:
                below[0] = [(root, pages)]
    held, waiting = 0, [0]
    while waiting:
        for number, pages in below.pop(waiting.pop(), []):
            held += pages * _PAGE
            waiting.append(number)
    return held


def find_exponents(found: list[dict[str, object]]) -> list[tuple[int, int, dict[str, float]]]:
    """Between each size and the next: by which power of the size clock, CPU and memory grow."""
    ordered = sorted(found, key=lambda one: float(str(one["n"])))
    return [
        (int(str(small["n"])), int(str(large["n"])), {what: _power(small, large, what) for what in ("seconds", "cpu", "peak_mib")})
        for small, large in pairwise(ordered)
    ]


def _power(small: dict[str, object], large: dict[str, object], what: str) -> float:
    grown, size = (float(str(large[key])) / float(str(small[key])) for key in (what, "n"))
    return log(grown) / log(size)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=["build", "judge"])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--keep", type=Path, help="folder for the tables, which are kept; a temporary one when left out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder, found = given.keep or Path(temporary), []
        folder.mkdir(parents=True, exist_ok=True)
        for size in given.sizes:
            one = measure_builds([size], folder=folder)[0] if given.what == "build" else measure_judging(size, folder=folder)
            found.append(one)
            load = os.getloadavg()[0]
            print(f"{size:>9,}  {one['seconds']:.1f} s  {one['cpu']:.1f} s CPU  {one['peak_mib']:,.0f} MiB  {one['bytes']:,} bytes", end="")
            print(f"  (load of the machine in the end: {load:.1f})", flush=True)
            if given.what == "judge":
                print(f"           {one['parts']}, {one['findings']:,} findings")
    for small, large, powers in find_exponents(found):
        print(f"from {small:,} to {large:,}: " + ", ".join(f"{what} n^{power:.2f}" for what, power in powers.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--judge"]:
        judge_file(Path(sys.argv[2]))
    else:
        main()
