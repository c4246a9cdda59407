"""Measures SHACL validation: the fast engine at several sizes, against pyshacl, pyrudof and Jena, as far as they are installed.

The shapes are 9 of the project's node shapes with their property shapes, generated ones to make 43, and three SPARQL constraints on
mitigations. Every run is a process of its own; a figure is the median of three runs (one for the others). Ours and pyshacl start from rows
in memory and end with results; imports do not count. "pyshacl" is the library as it comes; "reference" is our use of it, which parses each
query once. pyrudof and Jena start from files and get no SPARQL constraints (pyrudof does not know them), so they do less work.

    python benchmarks/validate.py [SIZE …]        1000 10000 100000 by default
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from math import log
from pathlib import Path

from defects import plant
from generate import generate
from jena import MISSING, find_jena

from airm_graph.namespaces import PREFIXES, literal, term
from airm_graph.store import Row, parse_rows
from airm_graph.validate.compile import ShapesGraph
from airm_graph.validate.engine import Engine, judge_rows
from airm_graph.validate.shapes import read_shapes
from airm_graph.validate.terms import Nodes

ROOTS = ("Mitigation", "Classification", "Source", "Agent", "Code", "KindOfConcept", "Named", "Role", "Fingerprinted")
PROPERTY_SHAPES = 43
RUNS = 3
SECONDS = 1800
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
        """The seconds so far; of a child process only those by the clock."""
        return time.perf_counter() - self._start[0], time.process_time() - self._start[1]


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
    return plant(generate(size), every=100).rows


def run_fast(size: int) -> Measured:
    """Judge rows in memory with the fast engine; seconds, and the results by rule."""
    return _run_ours("fast", size)


def run_reference(size: int) -> Measured:
    """Judge rows in memory with pyshacl as we call it."""
    import pyshacl  # noqa: F401  not counted

    return _run_ours("reference", size)


def _run_ours(engine: Engine, size: int) -> Measured:
    rows, shape_rows = data(size), shapes()
    watch = Watch()
    found = judge_rows(rows, shape_rows=shape_rows, engine=engine).results
    return watch.stop(), Counter(result.message.partition(":")[0] for result in found)


def run_pyshacl(size: int) -> Measured:
    """Judge an rdflib graph with pyshacl as it comes."""
    import pyshacl
    from rdflib import Graph, URIRef

    rows, shape_rows, nodes = data(size), shapes(), Nodes()
    watch = Watch()
    _, report, _ = pyshacl.validate(nodes.fill(Graph(), rows=rows), shacl_graph=nodes.fill(Graph(), rows=shape_rows))
    taken = watch.stop()
    messages = report.objects(None, URIRef(PREFIXES["sh"] + "resultMessage"))
    return taken, Counter(str(message).partition(":")[0] for message in messages)


def run_pyrudof(size: int) -> Measured:
    """Read files and judge; core shapes only."""
    import pyrudof

    with tempfile.TemporaryDirectory() as folder:
        data_file, shapes_file = write(Path(folder), size)
        watch = Watch()
        rudof = pyrudof.Rudof(pyrudof.RudofConfig())
        rudof.read_data(data_file.read_text(), format=pyrudof.RDFFormat.NTriples)
        rudof.read_shacl(shapes_file.read_text(), format=pyrudof.ShaclFormat.NTriples)
        found = rudof.validate_shacl()
        return watch.stop(), Counter(results=len(found))


def run_jena(size: int) -> Measured:
    """Run Jena's command; core shapes only, start of the virtual machine included."""
    with tempfile.TemporaryDirectory() as folder:
        data_file, shapes_file = write(Path(folder), size)
        command = find_jena(Path(folder))
        assert command, MISSING
        watch = Watch()
        done = subprocess.run(
            [*command, "validate", "--shapes", str(shapes_file), "--data", str(data_file)], capture_output=True, check=True, text=True
        )
        return watch.stop(), Counter(results=done.stdout.count("sh:ValidationResult"))


ENGINES = {"fast": run_fast, "reference": run_reference, "pyshacl": run_pyshacl, "pyrudof": run_pyrudof, "jena": run_jena}


def write(folder: Path, size: int) -> tuple[Path, Path]:
    """Write data and core shapes as N-Triples."""
    files = folder / "data.nt", folder / "shapes.nt"
    for file, rows in zip(files, (data(size), shapes(queries=False)), strict=True):
        with file.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(f"{s} {p} {o} .\n" for s, p, o, _ in rows)
    return files


def measure(engine: str, size: int) -> dict[str, object]:
    """Run one engine once in this process."""
    (seconds, cpu), found = ENGINES[engine](size)
    children = engine == "jena"
    peak = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "cpu": cpu, "mebibytes": peak // 1024, "found": found}


def repeat(engine: str, size: int, *, runs: int) -> dict[str, float] | None:
    """Run an engine in processes of its own; the medians, or None where it fails."""
    taken = []
    for _ in range(runs):
        command = [sys.executable, __file__, "--one", engine, str(size)]
        done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=SECONDS)
        if done.returncode:
            print(f"{engine:10} {size:>9,}  failed: {done.stderr.strip().splitlines()[-1:]}")
            return None
        taken.append(json.loads(done.stdout))
    seconds, cpu, memory = (statistics.median(one[name] for one in taken) for name in ("seconds", "cpu", "mebibytes"))
    found = json.dumps(taken[0]["found"], sort_keys=True)
    print(f"{engine:10} {size:>9,}  {seconds:9.3f} s  {cpu:9.3f} s CPU  {memory:7,.0f} MiB  results {found}", flush=True)
    return {"seconds": seconds, "cpu": cpu, "mebibytes": memory}


def main(sizes: list[int]) -> None:
    """Measure and print."""
    rows = shapes()
    graph = ShapesGraph(rows)
    count = sum(len(graph.values(root, "property")) for root in graph.roots())
    print(f"{len(graph.roots())} node shapes, {count} property shapes, {len(_QUERIES)} SPARQL constraints")
    fast = {size: found for size in sizes if (found := repeat("fast", size, runs=RUNS))}
    # pyrudof needs 4 GB at 10,000 mitigations.
    most = {"reference": sizes[:1], "pyshacl": sizes[:1], "pyrudof": sizes[:2], "jena": sizes}
    with tempfile.TemporaryDirectory() as folder:
        if find_jena(Path(folder)) is None:
            print(f"jena       skipped: {MISSING}")
            del most["jena"]
    for name, some in most.items():
        for size in some:
            found = repeat(name, size, runs=1)
            if found and size in fast:
                print(f"{name} / fast at {size:,}: {found['seconds'] / fast[size]['seconds']:.1f}", flush=True)
    done = sorted(fast)
    for small, large in pairwise(done):
        exponent = log(fast[large]["seconds"] / fast[small]["seconds"]) / log(large / small)
        print(f"cost from {small:,} to {large:,}: n^{exponent:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]))))
    else:
        main([int(size) for size in sys.argv[1:]] or [1000, 10_000, 100_000])
