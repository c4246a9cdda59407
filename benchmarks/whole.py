"""Measures all that a build does after reading: closure and every default shape on one table, as a whole process.

It starts from an N-Quads file, and nothing of it becomes rows of Python but what findings need. The clock runs from before Python starts
until it has ended, so imports count; "judge" and "close" are the parts of it that are the engine's, "load" fills the table that both work
on. A figure is the median of three processes (one at a million).

    python benchmarks/whole.py [SIZE …]        1000 10000 100000 1000000 by default
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from math import log
from pathlib import Path

from generate import generate, ontology_rows

RUNS = 3
#: What DuckDB may take before it spills, and bytes that a run may take before it is ended.
MEMORY, LIMIT = "6GB", 12 << 30
PARTS = ("load", "judge", "close")


def measure(path: Path) -> dict[str, object]:
    """Judge and close once in this process."""
    from airm_graph.columns import TripleTable
    from airm_graph.reason import close_table
    from airm_graph.store import stream_rows
    from airm_graph.validate import judge_shapes

    marks, ontology = [time.perf_counter()], ontology_rows()
    with TripleTable(memory_limit=MEMORY) as table:
        table.load_files([path], parse=stream_rows)
        count = len(table)
        marks.append(time.perf_counter())
        verdict = judge_shapes(None, engine="fast", table=table)
        marks.append(time.perf_counter())
        inference = close_table(table, ontology=ontology)
        marks.append(time.perf_counter())
    return {
        "parts": [later - earlier for earlier, later in pairwise(marks)],
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "cpu": time.process_time(),
        "found": [count, inference.count, len(verdict.findings)],
    }


def repeat(size: int, folder: Path) -> dict[str, float]:
    """Print the medians of some processes; returns seconds and memory of the whole."""
    path, taken = folder / f"{size}.nq", []
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{s} {p} {o} {g} .\n" for s, p, o, g in generate(size))
    for _ in range(RUNS if size < 1_000_000 else 1):
        started = time.perf_counter()
        command = [sys.executable, __file__, "--one", str(path)]
        done = subprocess.run(command, capture_output=True, check=True, text=True, preexec_fn=limit)
        taken.append({**json.loads(done.stdout), "seconds": time.perf_counter() - started})
    path.unlink()
    parts = [statistics.median(column) for column in zip(*(one["parts"] for one in taken), strict=True)]
    whole = {name: statistics.median(one[name] for one in taken) for name in ("seconds", "cpu", "mebibytes")}
    rows, inferred, findings = taken[0]["found"]
    shown = "  ".join(f"{name} {part:.2f} s" for name, part in zip(PARTS, parts, strict=True))
    print(f"{size:>9,}  whole {whole['seconds']:.2f} s  {whole['cpu']:.2f} s CPU  {shown}  {whole['mebibytes']:,.0f} MiB  ", end="")
    print(f"{rows:,} rows, {inferred:,} inferred, {findings:,} findings", flush=True)
    return whole


def limit() -> None:
    """Bound the memory of a run."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))


def main(sizes: list[int]) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        found = {size: repeat(size, Path(folder)) for size in sizes}
    for small, large in pairwise(sorted(found)):
        exponents = {name: log(found[large][name] / found[small][name]) / log(large / small) for name in found[small]}
        print(f"from {small:,} to {large:,}: " + ", ".join(f"{name} n^{exponent:.2f}" for name, exponent in exponents.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        main([int(size) for size in sys.argv[1:]] or [1000, 10_000, 100_000, 1_000_000])
