"""Measures SHACL validation: the fast engine at several sizes, against pyshacl and pyrudof, and Jena where its ``shacl`` is at hand.

The shapes are 9 of the project's node shapes with their property shapes, generated ones to make 43, and three SPARQL constraints on
mitigations. Every run is a process of its own; a figure is the median of three runs (one for pyshacl). The fast engine and pyshacl start
from rows in memory and end with sorted results; "whole" counts from the first import. pyrudof and Jena start from files and skip the
SPARQL constraints (pyrudof does not know them; Jena is given the core shapes, too), so their figures are for less work.

    python benchmarks/validate.py [SIZE …]        1000 10000 100000 by default
"""

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from math import log
from pathlib import Path

from defects import plant
from generate import generate

from airm_graph.namespaces import PREFIXES, literal, term
from airm_graph.store import Row, parse_rows
from airm_graph.validate.compile import ShapesGraph
from airm_graph.validate.results import Result
from airm_graph.validate.shapes import read_shapes

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
        text += f'{term("airmsh:Mitigation")} sh:sparql <urn:{name}> . <urn:{name}> sh:prefixes <urn:prefixes> ; '
        text += f'sh:message "QRY: {name}" ; sh:select """{select}""" .\n'
    return parse_rows(text.encode(), name="queries", suffix=".ttl")


def data(size: int) -> list[Row]:
    """Generated rows in which 1 % of the mitigations are broken."""
    return plant(generate(size), every=100).rows


def run_ours(engine: str, size: int) -> tuple[float, Counter[str]]:
    """Judge rows in memory; seconds and the results by rule."""
    rows, shape_rows = data(size), shapes()
    from airm_graph.validate.engine import judge_rows

    start = time.perf_counter()
    found = judge_rows(rows, shape_rows=shape_rows, engine="fast" if engine == "fast" else "reference").results
    return time.perf_counter() - start, _by_rule(found)


def _by_rule(found: tuple[Result, ...]) -> Counter[str]:
    return Counter(result.message.partition(":")[0] for result in found)


def run_pyrudof(size: int) -> tuple[float, Counter[str]]:
    """Read files and judge; core shapes only."""
    import pyrudof

    with tempfile.TemporaryDirectory() as folder:
        data_file, shapes_file = write(Path(folder), size)
        start = time.perf_counter()
        rudof = pyrudof.Rudof(pyrudof.RudofConfig())
        rudof.read_data(data_file.read_text(), format=pyrudof.RDFFormat.NTriples)
        rudof.read_shacl(shapes_file.read_text(), format=pyrudof.ShaclFormat.NTriples)
        found = rudof.validate_shacl()
        return time.perf_counter() - start, Counter(results=len(found))


def run_jena(size: int) -> tuple[float, Counter[str]]:
    """Run Jena's command; core shapes only, start of the virtual machine included."""
    with tempfile.TemporaryDirectory() as folder:
        data_file, shapes_file = write(Path(folder), size)
        start = time.perf_counter()
        command = ["shacl", "validate", "--shapes", str(shapes_file), "--data", str(data_file)]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        return time.perf_counter() - start, Counter(results=done.stdout.count("sh:ValidationResult"))


def write(folder: Path, size: int) -> tuple[Path, Path]:
    """Write data and core shapes as N-Triples."""
    files = folder / "data.nt", folder / "shapes.nt"
    for file, rows in zip(files, (data(size), shapes(queries=False)), strict=True):
        with file.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(f"{s} {p} {o} .\n" for s, p, o, _ in rows)
    return files


def measure(engine: str, size: int) -> dict[str, object]:
    """Run one engine once in this process."""
    started = time.perf_counter()
    if engine in ("fast", "pyshacl"):
        seconds, found = run_ours(engine, size)
    else:
        seconds, found = {"pyrudof": run_pyrudof, "jena": run_jena}[engine](size)
    children = engine == "jena"
    peak = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "whole": time.perf_counter() - started, "mebibytes": peak // 1024, "found": found}


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
    seconds, memory = (statistics.median(one[name] for one in taken) for name in ("seconds", "mebibytes"))
    print(f"{engine:10} {size:>9,}  {seconds:9.3f} s  {memory:7,.0f} MiB  results {json.dumps(taken[0]['found'], sort_keys=True)}", flush=True)
    return {"seconds": seconds, "mebibytes": memory}


def main(sizes: list[int]) -> None:
    """Measure and print."""
    rows = shapes()
    graph = ShapesGraph(rows)
    count = sum(len(graph.values(root, "property")) for root in graph.roots())
    print(f"{len(graph.roots())} node shapes, {count} property shapes, {len(_QUERIES)} SPARQL constraints")
    fast = {size: found for size in sizes if (found := repeat("fast", size, runs=RUNS))}
    reference = repeat("pyshacl", sizes[0], runs=1)
    if reference and sizes[0] in fast:
        print(f"pyshacl / fast at {sizes[0]:,}: {reference['seconds'] / fast[sizes[0]]['seconds']:.0f}")
    others = [name for name, there in (("pyrudof", True), ("jena", shutil.which("shacl"))) if there]
    for name in others:
        for size in sizes:
            found = repeat(name, size, runs=1)
            if found and size in fast:
                print(f"{name} / fast at {size:,}: {found['seconds'] / fast[size]['seconds']:.1f}")
    done = sorted(fast)
    for small, large in zip(done, done[1:], strict=False):
        exponent = log(fast[large]["seconds"] / fast[small]["seconds"]) / log(large / small)
        print(f"cost from {small:,} to {large:,}: n^{exponent:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]))))
    else:
        main([int(size) for size in sys.argv[1:]] or [1000, 10_000, 100_000])
