"""Measures SHACL validation: the fast engine at several sizes, against pyshacl, pyrudof and Jena, as far as they are installed.

The shapes are 9 of the project's node shapes with their property shapes, generated ones to make 43, and three SPARQL constraints on
mitigations; in the data 1 % of the mitigations are broken. Every run is a process of its own; imports do not count, the start of the Java
machine does. "fast", Jena and pyrudof start from an N-Triples file and end with results, "rows" (ours), "reference" and pyshacl start from
rows in memory. "pyshacl" is the library as it comes; "reference" is our use of it, which parses each query once. pyrudof and Jena get no
SPARQL constraints (pyrudof does not know them), so they do less work. Engines take turns, so that what else the machine does meets all of
them; a figure is the median of the runs. Seconds of all processors are given beside those of the clock, which other work changes more.

    python benchmarks/validate.py [SIZE …] [ENGINE …]        1000 10000 100000 and every engine by default
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import log
from pathlib import Path

from defects import plant
from generate import generate
from jena import MISSING, find_jena

from airm_graph.columns import TripleTable
from airm_graph.namespaces import PREFIXES, literal, term
from airm_graph.store import Row, parse_rows, stream_rows
from airm_graph.validate.compile import ShapesGraph
from airm_graph.validate.engine import Engine, judge_rows
from airm_graph.validate.shapes import read_shapes
from airm_graph.validate.terms import Nodes

ROOTS = ("Mitigation", "Classification", "Source", "Agent", "Code", "KindOfConcept", "Named", "Role", "Fingerprinted")
PROPERTY_SHAPES = 43
RUNS = 3
SECONDS = 1800
#: What DuckDB may take before it spills; the whole process takes some more.
MEMORY = "6GB"
#: Mitigations that are made at once: a multiple of 60, as sources are, and of 1,000, as the ten defects are.
PART = 6000
_TARGETS = [term(f"sh:target{name}") for name in ("Class", "Node", "SubjectsOf", "ObjectsOf")]
_QUERIES = {
    "same-label": """SELECT $this ?value WHERE {
        $this rdfs:label ?value .
        ?other rdfs:label ?value .
        FILTER (?other != $this)
        $this airm:source ?source .
        ?other airm:source ?source .
    }""",
    "parent-elsewhere": """SELECT $this ?value WHERE {
        $this airm:partOf ?value ; airm:source ?source .
        ?value airm:source ?other .
        FILTER (?other != ?source)
    }""",
    "evidence-of-code": """SELECT $this ?value WHERE {
        $this airm:classification ?value .
        FILTER NOT EXISTS { ?value airm:evidence ?evidence . $this airm:evidence ?evidence }
    }""",
}


class Watch:
    """Seconds since it was made: by the clock, and of all processors, which other work on the machine changes less."""

    def __init__(self) -> None:
        self._start = time.perf_counter(), time.process_time()

    def stop(self) -> tuple[float, float]:
        """The seconds so far; those of child processes count."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = time.process_time() - self._start[1] + children.ru_utime + children.ru_stime
        return time.perf_counter() - self._start[0], cpu


Measured = tuple[tuple[float, float], Counter[str]]


def shapes(*, queries: bool = True) -> list[Row]:
    """The shapes of the benchmark as rows."""
    core = list(read_shapes("core"))
    graph = ShapesGraph(core)
    roots = {term(f"airmsh:{name}") for name in ROOTS}
    rows = [row for row in core if row[1] not in _TARGETS or row[0] in roots]
    count = sum(len(graph.values(root, "property")) for root in roots)
    predicates = ["airm:evidence", "airm:actor", "airm:function", "airm:lifecycleStage", "dcterms:identifier"]
    for number in range(PROPERTY_SHAPES - count):
        node = f"<urn:generated:{number}>"
        rows += [
            (term("airmsh:Mitigation"), term("sh:property"), node, ""),
            (node, term("sh:path"), term(predicates[number % len(predicates)]), ""),
            (node, term("sh:minCount"), literal(1), ""),
            (node, term("sh:maxCount"), literal(3), ""),
            (node, term("sh:minLength"), literal(number % 5), ""),
            (node, term("sh:message"), literal(f"GEN-{number}: generated"), ""),
        ]
    return rows + (_queries() if queries else [])


def _queries() -> list[Row]:
    declared = " ".join(
        f'[ sh:prefix "{prefix}" ; sh:namespace "{PREFIXES[prefix]}"^^<{PREFIXES["xsd"]}anyURI> ] ,' for prefix in ("airm", "rdfs")
    )
    text = f"PREFIX sh: <{PREFIXES['sh']}>\n<urn:prefixes> sh:declare {declared.rstrip(',')} .\n"
    for name, select in _QUERIES.items():
        text += f"{term('airmsh:Mitigation')} sh:sparql <urn:{name}> . <urn:{name}> sh:prefixes <urn:prefixes> ; "
        text += f'sh:message "QRY: {name}" ; sh:select """{select}""" .\n'
    return parse_rows(text.encode(), name="queries", suffix=".ttl")


def data(size: int) -> list[Row]:
    """Generated rows in which 1 % of the mitigations are broken."""
    return [row for part in data_parts(size) for row in part]


def data_parts(size: int) -> Iterator[list[Row]]:
    """The same in parts that are broken as the whole would be."""
    for start in range(0, size, PART):
        yield plant(generate(min(size, start + PART), start=start), every=100).rows


def run_fast(_: int, folder: Path) -> Measured:
    """Load a file into the table and judge it there; seconds, and the results by rule."""
    shape_rows = shapes()
    watch = Watch()
    with TripleTable(memory_limit=MEMORY) as table:
        table.load_files([folder / "data.nt"], parse=stream_rows)
        loaded = watch.stop()
        found = judge_rows(None, shape_rows=shape_rows, engine="fast", table=table).results
    taken = watch.stop()
    return taken, Counter({"loaded after ms": round(loaded[0] * 1000), **Counter(result.message.partition(":")[0] for result in found)})


def run_rows(size: int, _: Path) -> Measured:
    """Judge rows in memory with the fast engine."""
    return _run_ours("fast", size)


def run_reference(size: int, _: Path) -> Measured:
    """Judge rows in memory with pyshacl as we call it."""
    import pyshacl  # noqa: F401  not counted

    return _run_ours("reference", size)


def _run_ours(engine: Engine, size: int) -> Measured:
    rows, shape_rows = data(size), shapes()
    watch = Watch()
    found = judge_rows(rows, shape_rows=shape_rows, engine=engine).results
    return watch.stop(), Counter(result.message.partition(":")[0] for result in found)


def run_pyshacl(size: int, _: Path) -> Measured:
    """Judge an rdflib graph with pyshacl as it comes."""
    import pyshacl
    from rdflib import Graph, URIRef

    rows, shape_rows, nodes = data(size), shapes(), Nodes()
    watch = Watch()
    report = pyshacl.validate(nodes.fill(Graph(), rows=rows), shacl_graph=nodes.fill(Graph(), rows=shape_rows))[1]
    taken = watch.stop()
    messages = report.objects(None, URIRef(PREFIXES["sh"] + "resultMessage"))
    return taken, Counter(str(message).partition(":")[0] for message in messages)


def run_pyrudof(_: int, folder: Path) -> Measured:
    """Read files and judge; core shapes only."""
    import pyrudof

    watch = Watch()
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data((folder / "data.nt").read_text(), format=pyrudof.RDFFormat.NTriples)
    rudof.read_shacl((folder / "shapes.nt").read_text(), format=pyrudof.ShaclFormat.NTriples)
    found = rudof.validate_shacl()
    return watch.stop(), Counter(results=len(found))


def run_jena(_: int, folder: Path) -> Measured:
    """Run Jena's command; core shapes only, start of the virtual machine included."""
    command = find_jena(folder)
    assert command, MISSING
    watch = Watch()
    done = subprocess.run(
        [*command, "validate", "--shapes", str(folder / "shapes.nt"), "--data", str(folder / "data.nt")],
        capture_output=True,
        check=True,
        text=True,
    )
    return watch.stop(), Counter(results=done.stdout.count("sh:ValidationResult"))


ENGINES = {
    "fast": run_fast,
    "rows": run_rows,
    "reference": run_reference,
    "pyshacl": run_pyshacl,
    "pyrudof": run_pyrudof,
    "jena": run_jena,
}
#: The largest size that an engine is given: pyrudof needs 4 GB at 10,000 mitigations, pyshacl half an hour.
MOST = {"rows": 100_000, "reference": 1000, "pyshacl": 1000, "pyrudof": 10_000, "jena": 100_000}


def write(folder: Path, size: int) -> None:
    """Write data and core shapes as N-Triples."""
    with (folder / "data.nt").open("w", encoding="utf-8", newline="\n") as out:
        for rows in data_parts(size):
            out.writelines(f"{s} {p} {o} .\n" for s, p, o, _ in rows)
    with (folder / "shapes.nt").open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{s} {p} {o} .\n" for s, p, o, _ in shapes(queries=False))


def measure(engine: str, size: int, folder: Path) -> dict[str, object]:
    """Run one engine once in this process."""
    (seconds, cpu), found = ENGINES[engine](size, folder)
    children = engine == "jena"
    peak = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "cpu": cpu, "mebibytes": peak // 1024, "found": found}


def run_once(engine: str, size: int, folder: Path) -> dict[str, object] | None:
    """Run an engine in a process of its own; None where it fails."""
    command = [sys.executable, __file__, "--one", engine, str(size), str(folder)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=SECONDS)
    if done.returncode:
        print(f"{engine:10} {size:>9,}  failed: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return json.loads(done.stdout)


def compare(size: int, engines: list[str]) -> dict[str, dict[str, float]]:
    """Run engines in turns at one size; prints and returns the medians."""
    taken: dict[str, list[dict]] = {engine: [] for engine in engines}
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), size)
        for turn in range(RUNS if size < 1_000_000 else 1):
            for engine in engines:
                if len(taken[engine]) == turn and (found := run_once(engine, size, Path(folder))):
                    taken[engine].append(found)
    medians = {}
    for engine, runs in taken.items():
        if runs:
            medians[engine] = {name: statistics.median(run[name] for run in runs) for name in ("seconds", "cpu", "mebibytes")}
            seconds, cpu, memory = medians[engine].values()
            ratio = f"{seconds / medians['fast']['seconds']:6.1f} times fast" if engine != "fast" and "fast" in medians else ""
            found = json.dumps(runs[0]["found"], sort_keys=True)
            print(f"{engine:10} {size:>9,}  {seconds:9.3f} s  {cpu:9.3f} s CPU  {memory:7,.0f} MiB  {ratio}  results {found}", flush=True)
    return medians


def main(sizes: list[int], engines: list[str]) -> None:
    """Measure and print."""
    graph = ShapesGraph(shapes())
    count = sum(len(graph.values(root, "property")) for root in graph.roots())
    print(f"{len(graph.roots())} node shapes, {count} property shapes, {len(_QUERIES)} SPARQL constraints")
    with tempfile.TemporaryDirectory() as folder:
        if find_jena(Path(folder)) is None:
            print(f"jena       skipped: {MISSING}")
            del ENGINES["jena"]
    found = {size: compare(size, [engine for engine in engines if engine in ENGINES and size <= MOST.get(engine, size)]) for size in sizes}
    fast = {size: medians["fast"] for size, medians in sorted(found.items()) if "fast" in medians}
    for small, large in pairwise(fast):
        exponents = [log(fast[large][name] / fast[small][name]) / log(large / small) for name in ("seconds", "cpu", "mebibytes")]
        print(f"from {small:,} to {large:,}: time n^{exponents[0]:.2f}, CPU n^{exponents[1]:.2f}, memory n^{exponents[2]:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))))
    else:
        sizes = [int(size) for size in sys.argv[1:] if size.isdecimal()]
        main(sizes or [1000, 10_000, 100_000], [name for name in sys.argv[1:] if name in ENGINES] or list(ENGINES))
