"""Measures the closure: our engine against owlrl at 1,000 mitigations and against reasonable at 100,000, and how cost grows.

Every run is a process of its own, after a warm-up on three triples, so that imports do not count; a figure is the median of three
runs. "Load" starts from rows in memory (ours, owlrl) or from an N-Triples file (reasonable), "close" ends when the closure stands in
the engine, "write" when it is a sorted list of rows worth publishing. What two engines publish is compared, not only timed. reasonable
knows no property chains, so both run without these axioms when they are compared.

    python benchmarks/reason.py [SIZE …]        sizes for the growth of cost; 1000 10000 100000 by default
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from math import log
from pathlib import Path

from generate import generate, ontology_rows

from airm_graph.namespaces import term
from airm_graph.reason.publish import publishable, read_vocabulary
from airm_graph.store import Row

RUNS = 3
MEMORY, SECONDS = 12 << 30, 900
_CHAIN = term("owl:propertyChainAxiom")
Timed = tuple[list[Row], list[float]]


def run_fast(rows: list[Row], ontology: list[Row]) -> Timed:
    """Close on the columnar table."""
    from airm_graph.columns import TripleTable
    from airm_graph.reason.columnar import close_columnar, read_axioms

    marks = [time.perf_counter()]
    with TripleTable() as table:
        table.load_rows([*rows, *ontology])
        marks.append(time.perf_counter())
        close_columnar(table, read_axioms(table), vocabulary=read_vocabulary(ontology))
        marks.append(time.perf_counter())
        found = table.rows("SELECT s, p, o, g FROM inferred")
        marks.append(time.perf_counter())
    return found, marks


def run_owlrl(rows: list[Row], ontology: list[Row]) -> Timed:
    """Close with owlrl, as the reference does."""
    from airm_graph.reason.reference import close_reference

    marks = [time.perf_counter()] * 2
    inferred = close_reference(rows, ontology=ontology)
    marks.append(time.perf_counter())
    found = publishable(inferred, ontology=ontology)
    return found, [*marks, time.perf_counter()]


def run_reasonable(rows: list[Row], ontology: list[Row]) -> Timed:
    """Close with reasonable, from a file, as it reads files fastest. Its literals are left out: our ontology infers none."""
    from reasonable import PyReasoner

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.ttl")
        path.write_text("".join(f"{s} {p} {o} .\n" for s, p, o in {row[:3] for row in (*rows, *ontology)}), encoding="utf-8")
        reasoner = PyReasoner()
        marks = [time.perf_counter()]
        reasoner.load_file(str(path))
        marks.append(time.perf_counter())
        triples = reasoner.reason()
        marks.append(time.perf_counter())
    said = {row[:3] for row in (*rows, *ontology)}
    graph = "<https://w3id.org/airm-graph/graph/inferred>"
    new = {(s.n3(), p.n3(), o.n3()) for s, p, o in triples if not hasattr(o, "datatype")} - said
    return publishable(((s, p, o, graph) for s, p, o in new), ontology=ontology), [*marks, time.perf_counter()]


ENGINES: dict[str, Callable[[list[Row], list[Row]], Timed]] = {"fast": run_fast, "owlrl": run_owlrl, "reasonable": run_reasonable}


def measure(engine: str, mitigations: int, *, chains: bool) -> None:
    """Run one engine once and print what it took as JSON."""
    ontology = [row for row in ontology_rows() if chains or row[1] != _CHAIN]
    ENGINES[engine]([], [("<urn:a>", term("rdfs:subClassOf"), "<urn:b>", "")])
    rows = list(generate(mitigations))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, marks = ENGINES[engine](rows, ontology)
    print(
        json.dumps(
            {
                "quads": len(rows) + len(ontology),
                "new": len(found),
                "digest": sha256("\n".join(" ".join(row) for row in found).encode()).hexdigest(),
                "times": [marks[1] - marks[0], marks[2] - marks[1], marks[3] - marks[2]],
                "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024,
            }
        )
    )


def median(engine: str, mitigations: int, *, chains: bool = True) -> dict | None:
    """Run one engine in three processes; prints and returns the medians, or None when memory or time ran out."""
    command = [sys.executable, __file__, "--run", engine, str(mitigations), "chains" if chains else "none"]
    name = engine if chains else f"{engine}, no chains"
    runs, started = [], time.perf_counter()
    for _ in range(RUNS):
        done = subprocess.run(command, check=False, capture_output=True, text=True, preexec_fn=limit)
        if done.returncode:
            spent = time.perf_counter() - started
            print(f"{name:22} {mitigations:>7,}   gave up after {spent:.0f} s, at most {MEMORY >> 30} GiB and {SECONDS} s", flush=True)
            return None
        runs.append(json.loads(done.stdout))
    assert len({run["digest"] for run in runs}) == 1, "two runs differ"
    times = [statistics.median(column) for column in zip(*(run["times"] for run in runs), strict=True)]
    total, memory = statistics.median(sum(run["times"]) for run in runs), max(run["memory"] for run in runs)
    found = runs[0] | {"times": times, "total": total, "memory": memory}
    figures = " ".join(f"{seconds:8.3f}" for seconds in (*times, total))
    print(f"{name:22} {mitigations:>7,} {found['quads']:>10,} {found['new']:>9,} {figures} {memory:>7,}", flush=True)
    return found


def limit() -> None:
    """Keep a run from taking the machine down with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def compare(one: str, other: str, mitigations: int, *, chains: bool = True) -> bool:
    """Print how much longer the other engine takes, and whether the two agree; tells whether it came to an end."""
    ours, theirs = (median(engine, mitigations, chains=chains) for engine in (one, other))
    if not ours or not theirs:
        return False
    closing = sum(theirs["times"][:2]) / sum(ours["times"][:2])
    agree = "the same statements" if ours["digest"] == theirs["digest"] else "OTHER STATEMENTS"
    print(
        f"  {other} takes {closing:.0f} times as long to load and close, {theirs['total'] / ours['total']:.0f} times with writing; {agree}"
    )
    return True


def main(arguments: Iterable[str]) -> None:
    """Print the table."""
    sizes = [int(size) for size in arguments] or [1_000, 10_000, 100_000]
    print("engine                 mitig.      quads       new   load s  close s  write s  total s     MiB")
    compare("fast", "owlrl", sizes[0])
    found = [run for size in sizes[1:] if (run := median("fast", size))]
    if len(found) > 1:
        exponent = log(found[-1]["total"] / found[0]["total"]) / log(found[-1]["quads"] / found[0]["quads"])
        print(f"  cost grows as quads to the power of {exponent:.2f} from {found[0]['quads']:,} quads")
    for size in reversed(sizes):
        if compare("fast", "reasonable", size, chains=False):
            break


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        measure(sys.argv[2], int(sys.argv[3]), chains=sys.argv[4] == "chains")
    else:
        main(sys.argv[1:])
