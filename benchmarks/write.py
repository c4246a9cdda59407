"""Measures the writers beside those of rdflib and pyoxigraph, from statements in memory to a file on disk.

Every run is a process of its own; peers take turns, so that other work on the machine meets all of them. A figure is the median of three
runs: seconds by the clock, seconds of the processor, and the memory that the process took on top of the statements. Ours start from
sorted and checked rows, rdflib from a Graph, pyoxigraph from a list of triples; making these does not count, but is shown. Ours and one
of rdflib's JSON-LD are compacted with the context of the project, the other one of rdflib is expanded; pyoxigraph keeps the order of its
input and groups nothing.

    python benchmarks/write.py [SIZE …]        1000 10000 by default; mitigations, about 22 triples each
"""

import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generate import generate

from airm_graph.resources import read_resource

RUNS = 3
SECONDS = 1800
#: Job of ours to the jobs that it stands beside, the first of which the ratio is for.
JOBS = {
    "turtle": ("rdflib longturtle", "rdflib turtle", "pyoxigraph turtle"),
    "jsonld": ("rdflib json-ld", "rdflib json-ld compacted", "pyoxigraph json-ld"),
    "rdfxml": ("rdflib xml", "rdflib pretty-xml", "pyoxigraph xml"),
    "ntriples": ("rdflib nt", "pyoxigraph nt"),
    "nquads": (),
    "all five": (),
}


def prepare(job: str, size: int) -> Callable[[Path], object]:
    """Make the statements for a job; returns what writes them."""
    rows = sorted(set(generate(size)))
    library, _, form = job.partition(" ")
    if library == "rdflib":
        import rdflib

        graph = rdflib.Graph().parse(data=_lines(rows), format="nt")
        form, _, compacted = form.partition(" ")
        told = {"context": json.loads(read_resource("ontology/context.jsonld"))["@context"]} if compacted else {}
        return lambda path: graph.serialize(path, format=form, **told)
    if library == "pyoxigraph":
        import pyoxigraph as ox

        triples = list(ox.parse(_lines(rows), format=ox.RdfFormat.N_TRIPLES))
        kind = {"turtle": "TURTLE", "json-ld": "JSON_LD", "xml": "RDF_XML", "nt": "N_TRIPLES"}[form]
        return lambda path: ox.serialize(triples, str(path), format=getattr(ox.RdfFormat, kind))
    return _prepare_ours(rows, job)


def _prepare_ours(rows: list[tuple[str, str, str, str]], job: str) -> Callable[[Path], object]:
    from airm_graph.export import EXPORTS, Options, sort_rows, write_files

    options = Options(context=json.loads(read_resource("ontology/context.jsonld")))
    formats = tuple(EXPORTS) if job == "all five" else (job,)
    statements = sort_rows(rows)
    return lambda path: write_files(statements, path.parent, formats=formats, options=options)


def _lines(rows: list[tuple[str, str, str, str]]) -> bytes:
    return "".join(dict.fromkeys(f"{s} {p} {o} .\n" for s, p, o, _ in rows)).encode()


def measure(job: str, size: int) -> dict[str, float]:
    """Run a job once in this process."""
    started = time.process_time()
    write = prepare(job, size)
    prepared = time.process_time() - started
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        marks = time.perf_counter(), time.process_time()
        write(Path(folder) / "out")
        seconds, processor = time.perf_counter() - marks[0], time.process_time() - marks[1]
        found = sorted(Path(folder).iterdir())
        return {
            "seconds": seconds,
            "processor": processor,
            "prepared": prepared,
            "mebibytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
            "bytes": sum(path.stat().st_size for path in found),
            "digest": int(hashlib.sha256(b"".join(path.read_bytes() for path in found)).hexdigest()[:12], 16),
        }


def compare(size: int) -> None:
    """Measure every job at a size and print medians and ratios."""
    names = [*JOBS, *(peer for peers in JOBS.values() for peer in peers)]
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(RUNS):
        for name in names:
            done = subprocess.run(
                [sys.executable, __file__, "--one", name, str(size)], capture_output=True, check=True, text=True, timeout=SECONDS
            )
            taken[name].append(json.loads(done.stdout))
    medians = {
        name: {part: statistics.median(run[part] for run in runs) for part in ("seconds", "processor", "prepared", "mebibytes", "bytes")}
        for name, runs in taken.items()
    }
    for name in JOBS:
        assert len({run["digest"] for run in taken[name]}) == 1, f"{name} does not give the same bytes each time"
    for name, peers in JOBS.items():
        _show(size, name, medians[name])
        for peer in peers:
            _show(size, f"  {peer}", medians[peer], beside=medians[name])


def _show(size: int, name: str, figures: dict[str, float], *, beside: dict[str, float] | None = None) -> None:
    text = f"{size:>9,}  {name:<26} {figures['seconds']:7.2f} s  {figures['processor']:7.2f} s of processor  "
    text += f"(after {figures['prepared']:6.2f} s)  {figures['mebibytes']:6,.0f} MiB  {figures['bytes'] / 1e6:6.1f} MB"
    if beside:
        ratios = figures["seconds"] / beside["seconds"], figures["processor"] / beside["processor"]
        text += f"  {ratios[0]:.1f} times ours ({ratios[1]:.1f} by the processor)"
    print(text, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]))))
    else:
        for number in sys.argv[1:] or ["1000", "10000"]:
            compare(int(number))
