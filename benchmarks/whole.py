"""Measures all that a build does after reading: closure and every default shape on one table, as a whole process.

The clock runs from before Python starts until it has ended, so imports and the making of the rows count; "judge" and "close" are the
parts of it that are the engine's, "load" fills the table that both work on. A figure is the median of three processes.

    python benchmarks/whole.py [SIZE …]        1000 10000 100000 by default
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from math import log

from generate import generate, ontology_rows

RUNS = 3
#: Bytes that a run may take before it is ended, so that it does not take the machine down with it.
MEMORY = 12 << 30
PARTS = ("rows", "load", "judge", "close")


def measure(size: int) -> dict[str, object]:
    """Judge and close once in this process."""
    from airm_graph.columns import TripleTable
    from airm_graph.reason import close
    from airm_graph.validate import judge_shapes

    marks = [time.perf_counter()]
    rows, ontology = tuple(generate(size)), ontology_rows()
    marks.append(time.perf_counter())
    with TripleTable() as table:
        table.load_rows(rows)
        marks.append(time.perf_counter())
        verdict = judge_shapes(rows, engine="fast", table=table)
        marks.append(time.perf_counter())
        closure = close(rows, ontology=ontology, engine="fast", table=table)
        marks.append(time.perf_counter())
    return {
        "parts": [later - earlier for earlier, later in pairwise(marks)],
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "found": [len(rows), len(closure.rows), len(verdict.findings)],
    }


def repeat(size: int) -> float:
    """Print the medians of some processes; returns the seconds of the whole."""
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        command = [sys.executable, __file__, "--one", str(size)]
        done = subprocess.run(command, capture_output=True, check=True, text=True, preexec_fn=limit)
        taken.append({**json.loads(done.stdout), "seconds": time.perf_counter() - started})
    parts = [statistics.median(column) for column in zip(*(one["parts"] for one in taken), strict=True)]
    seconds, memory = statistics.median(one["seconds"] for one in taken), max(one["mebibytes"] for one in taken)
    rows, inferred, findings = taken[0]["found"]
    shown = "  ".join(f"{name} {part:.2f} s" for name, part in zip(PARTS, parts, strict=True))
    print(f"{size:>9,}  whole {seconds:.2f} s  {shown}  {memory:,} MiB  ", end="")
    print(f"{rows:,} rows, {inferred:,} inferred, {findings:,} findings", flush=True)
    return seconds


def limit() -> None:
    """Bound the memory of a run."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main(sizes: list[int]) -> None:
    """Measure and print."""
    found = {size: repeat(size) for size in sizes}
    for small, large in pairwise(sorted(found)):
        print(f"cost from {small:,} to {large:,}: n^{log(found[large] / found[small]) / log(large / small):.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        main([int(size) for size in sys.argv[1:]] or [1000, 10_000, 100_000])
