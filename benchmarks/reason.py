"""Measures the closure: our engine against owlrl at 1,000 mitigations and against reasonable as far as it comes, and how cost grows.

Every run is a process of its own, after a warm-up on three triples, so that imports do not count; a figure is the median of three
runs, which the two engines of a comparison take in turns. "Load" starts from an N-Triples file (owlrl: rows in memory), "close" ends when
the closure stands in the engine, "write" when it is a sorted list of rows worth publishing; reasonable hands its triples over in "close",
as it offers nothing else. What two engines publish is compared, not only timed. reasonable knows no property chains, so both run without
these axioms when they are compared.

    python benchmarks/reason.py [SIZE …]        sizes for the growth of cost; 1000 10000 100000 by default
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import pairwise
from math import log
from pathlib import Path

from generate import generate, ontology_rows

from airm_graph.namespaces import term
from airm_graph.reason.publish import publishable
from airm_graph.store import Row, parse_rows

RUNS = 3
MEMORY, SECONDS = 12 << 30, 900
#: What DuckDB may take before it spills, and bytes of a file whose closure does not become rows of Python.
TABLE, LARGE = "6GB", 1 << 30
_CHAIN = term("owl:propertyChainAxiom")
Timed = tuple[list[Row], list[float]]


def run_fast(path: Path, ontology: list[Row]) -> Timed:
    """Close on the columnar table."""
    from airm_graph.columns import TripleTable
    from airm_graph.reason import close_table
    from airm_graph.store import stream_rows

    marks = [time.perf_counter()]
    with TripleTable(memory_limit=TABLE) as table:
        table.load_files([path], parse=stream_rows)
        marks.append(time.perf_counter())
        close_table(table, ontology=ontology)
        marks.append(time.perf_counter())
        found = table.rows("SELECT s, p, o, g FROM inferred") if path.stat().st_size < LARGE else []
        marks.append(time.perf_counter())
    return found, marks


def run_owlrl(path: Path, ontology: list[Row]) -> Timed:
    """Close with owlrl, as the reference does."""
    from airm_graph.reason.reference import close_reference

    rows = parse_rows(path.read_bytes(), name=path.name, suffix=".nt")
    marks = [time.perf_counter()] * 2
    inferred = close_reference(rows, ontology=ontology)
    marks.append(time.perf_counter())
    found = publishable(inferred, ontology=ontology)
    return found, [*marks, time.perf_counter()]


def run_reasonable(path: Path, ontology: list[Row]) -> Timed:
    """Close with reasonable, from files. Its literals are left out: our ontology infers none."""
    from reasonable import PyReasoner

    # It goes by the suffix, and knows Turtle, of which N-Triples is a part.
    turtle, axioms = path.with_suffix(".ttl"), path.with_name("ontology.ttl")
    turtle.write_bytes(path.read_bytes())
    axioms.write_text("".join(f"{s} {p} {o} .\n" for s, p, o, _ in ontology), encoding="utf-8")
    reasoner = PyReasoner()
    marks = [time.perf_counter()]
    reasoner.load_file(str(turtle))
    reasoner.load_file(str(axioms))
    marks.append(time.perf_counter())
    triples = reasoner.reason()
    marks.append(time.perf_counter())
    said = {row[:3] for row in (*parse_rows(turtle.read_bytes(), name="data", suffix=".ttl"), *ontology)}
    graph = "<https://w3id.org/airm-graph/graph/inferred>"
    new = {(s.n3(), p.n3(), o.n3()) for s, p, o in triples if not hasattr(o, "datatype")} - said
    return publishable(((s, p, o, graph) for s, p, o in new), ontology=ontology), [*marks, time.perf_counter()]


ENGINES: dict[str, Callable[[Path, list[Row]], Timed]] = {"fast": run_fast, "owlrl": run_owlrl, "reasonable": run_reasonable}


def measure(engine: str, path: Path, *, chains: bool) -> None:
    """Run one engine once and print what it took as JSON."""
    ontology = [row for row in ontology_rows() if chains or row[1] != _CHAIN]
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder, "few.nt")
        few.write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
        ENGINES[engine](few, [("<urn:a>", term("rdfs:subClassOf"), "<urn:b>", "")])
    started = time.process_time()
    found, marks = ENGINES[engine](path, ontology)
    print(
        json.dumps(
            {
                "new": len(found),
                "digest": sha256("\n".join(" ".join(row) for row in found).encode()).hexdigest(),
                "times": [marks[1] - marks[0], marks[2] - marks[1], marks[3] - marks[2]],
                "cpu": time.process_time() - started,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


def run_once(engine: str, path: Path, *, chains: bool) -> dict | None:
    """Run one engine in a process of its own; None when memory or time ran out."""
    command = [sys.executable, __file__, "--run", engine, str(path), "chains" if chains else "none"]
    started = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True, preexec_fn=limit)
    if done.returncode:
        spent = time.perf_counter() - started
        print(f"{engine:22} {path.stem:>9}   gave up after {spent:.0f} s, at most {MEMORY >> 30} GiB and {SECONDS} s", flush=True)
        return None
    return json.loads(done.stdout)


def medians(engines: Sequence[str], mitigations: int, *, chains: bool = True) -> dict[str, dict]:
    """Run engines in turns, each in three processes; prints and returns the medians of those that came to an end."""
    runs: dict[str, list[dict]] = {engine: [] for engine in engines}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{mitigations}.nt")
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{s} {p} {o} .\n" for s, p, o, _ in generate(mitigations))
        for turn in range(RUNS if mitigations < 1_000_000 else 1):
            for engine in engines:
                if len(runs[engine]) == turn and (run := run_once(engine, path, chains=chains)):
                    runs[engine].append(run)
    found = {}
    for engine, some in runs.items():
        if some:
            assert len({run["digest"] for run in some}) == 1, "two runs differ"
            times = [statistics.median(column) for column in zip(*(run["times"] for run in some), strict=True)]
            total, cpu = (statistics.median(value) for value in ([sum(run["times"]) for run in some], [run["cpu"] for run in some]))
            found[engine] = some[0] | {"times": times, "total": total, "cpu": cpu, "memory": max(run["memory"] for run in some)}
            figures = " ".join(f"{seconds:8.3f}" for seconds in (*times, total, cpu))
            name = engine if chains else f"{engine}, no chains"
            print(f"{name:22} {mitigations:>9,} {some[0]['new']:>10,} {figures} {found[engine]['memory']:>7,}", flush=True)
    return found


def limit() -> None:
    """Keep a run from taking the machine down with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def compare(one: str, other: str, mitigations: int, *, chains: bool = True) -> bool:
    """Print how much longer the other engine takes, and whether the two agree; tells whether it came to an end."""
    found = medians((one, other), mitigations, chains=chains)
    if len(found) < 2:
        return False
    ours, theirs = found[one], found[other]
    closing = sum(theirs["times"][:2]) / sum(ours["times"][:2])
    agree = "the same statements" if ours["digest"] == theirs["digest"] else "OTHER STATEMENTS"
    print(
        f"  {other} takes {closing:.0f} times as long to load and close, {theirs['times'][1] / ours['times'][1]:.0f} times to close, "
        f"{theirs['cpu'] / ours['cpu']:.0f} times the CPU seconds of everything; {agree}"
    )
    return True


def main(arguments: Iterable[str]) -> None:
    """Print the table."""
    sizes = [int(size) for size in arguments] or [1_000, 10_000, 100_000]
    print("engine                    mitig.        new   load s  close s  write s  total s    CPU s     MiB")
    compare("fast", "owlrl", sizes[0])
    found = {size: median["fast"] for size in sizes[1:] if (median := medians(["fast"], size))}
    for small, large in pairwise(found):
        before, after = (sum(found[size]["times"][:2]) for size in (small, large))
        print(f"  loading and closing grows as n^{log(after / before) / log(large / small):.2f} from {small:,} to {large:,}")
    for size in reversed(sizes):
        if size <= 100_000 and compare("fast", "reasonable", size, chains=False):
            break


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        measure(sys.argv[2], Path(sys.argv[3]), chains=sys.argv[4] == "chains")
    else:
        main(sys.argv[1:])
