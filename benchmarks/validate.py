"""SHACL validation beside pyshacl, pyrudof and Jena.

The shapes are 9 of the project's node shapes with their property shapes, generated ones to make 43, and three SPARQL constraints on
mitigations; in the data 1 % of the mitigations are broken. Imports do not count, the start of the Java machine does. Ours, Jena and pyrudof
start from an N-Triples file and end with results, the reference and pyshacl start from rows in memory. "pyshacl" is the library as it
comes; the reference is our use of it, which parses each query once. pyrudof and Jena are given no SPARQL constraints (pyrudof does not
know them), and neither are ours when they are beside them.
"""

import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from child import MissingError, Watch, Work
from defects import plant
from frame import Engine, Job
from generated import generate
from jena import MISSING, find_jena, find_version

from airm_graph.graph import TripleTable
from airm_graph.graph.store import parse_rows, stream_rows
from airm_graph.namespaces import PREFIXES, literal, term
from airm_graph.terms import Quad
from airm_graph.validate.compile import ShapesGraph
from airm_graph.validate.engine import judge
from airm_graph.validate.rdflib_nodes import Nodes
from airm_graph.validate.shape_files import read_shapes

__all__ = ["JOBS"]

ROOTS = ("Mitigation", "Classification", "Source", "Agent", "Code", "KindOfConcept", "Named", "Role", "Fingerprinted")
PROPERTY_SHAPES = 43
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


def shapes(*, queries: bool = True) -> list[Quad]:
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


def _queries() -> list[Quad]:
    declared = " ".join(
        f'[ sh:prefix "{prefix}" ; sh:namespace "{PREFIXES[prefix]}"^^<{PREFIXES["xsd"]}anyURI> ] ,' for prefix in ("airm", "rdfs")
    )
    text = f"PREFIX sh: <{PREFIXES['sh']}>\n<urn:prefixes> sh:declare {declared.rstrip(',')} .\n"
    for name, select in _QUERIES.items():
        text += f"{term('airmsh:Mitigation')} sh:sparql <urn:{name}> . <urn:{name}> sh:prefixes <urn:prefixes> ; "
        text += f'sh:message "QRY: {name}" ; sh:select """{select}""" .\n'
    return parse_rows(text.encode(), name="queries", suffix=".ttl")


def data(size: int) -> list[Quad]:
    """Generated rows in which 1 % of the mitigations are broken."""
    return [row for part in data_parts(size) for row in part]


def data_parts(size: int) -> Iterator[list[Quad]]:
    """The same in parts that are broken as the whole would be."""
    for start in range(0, size, PART):
        yield plant(generate(min(size, start + PART), start=start), every=100).rows


def write_inputs(folder: Path, size: int) -> None:
    """Write data and core shapes as N-Triples."""
    with (folder / "data.nt").open("w", encoding="utf-8", newline="\n") as out:
        for rows in data_parts(size):
            out.writelines(f"{s} {p} {o} .\n" for s, p, o, _ in rows)
    with (folder / "shapes.nt").open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{s} {p} {o} .\n" for s, p, o, _ in shapes(queries=False))


def prepare_ours(folder: Path, _: int, chosen: str) -> Work:
    """Load a file into the table and judge it there."""
    shape_rows = shapes(queries=chosen == "all")

    def work(watch: Watch) -> object:
        with TripleTable(memory_limit=MEMORY) as table:
            table.load_files([folder / "data.nt"], parse=stream_rows)
            watch.mark("load")
            found = judge(table, shape_rows=shape_rows, engine="fast").results
            watch.mark("judge")
        return len(found) if chosen == "core" else _count(result.message for result in found)

    return work


def prepare_reference(_: Path, size: int) -> Work:
    """Judge rows in memory with pyshacl as we call it."""
    import pyshacl  # noqa: F401 - not counted

    rows, shape_rows = data(size), shapes()

    def work(_: Watch) -> object:
        with TripleTable(threads=1) as table:
            table.load_rows(rows)
            return _count(result.message for result in judge(table, shape_rows=shape_rows, engine="reference").results)

    return work


def prepare_pyshacl(_: Path, size: int) -> Work:
    """Judge an rdflib graph with pyshacl as it comes."""
    import pyshacl
    from rdflib import Graph, URIRef

    rows, shape_rows, nodes = data(size), shapes(), Nodes()

    def work(_: Watch) -> object:
        report = pyshacl.validate(nodes.fill(Graph(), rows=rows), shacl_graph=nodes.fill(Graph(), rows=shape_rows))[1]
        return lambda: _count(str(message) for message in report.objects(None, URIRef(PREFIXES["sh"] + "resultMessage")))

    return work


def _count(messages: Iterable[str]) -> dict[str, int]:
    """Results by rule."""
    return dict(sorted(Counter(message.partition(":")[0] for message in messages).items()))


def prepare_pyrudof(folder: Path, _: int) -> Work:
    """Read files and judge; core shapes only."""
    import pyrudof

    def work(_: Watch) -> object:
        rudof = pyrudof.Rudof(pyrudof.RudofConfig())
        rudof.read_data((folder / "data.nt").read_text(), format=pyrudof.RDFFormat.NTriples)
        rudof.read_shacl((folder / "shapes.nt").read_text(), format=pyrudof.ShaclFormat.NTriples)
        return len(rudof.validate_shacl())

    return work


def prepare_jena(folder: Path, _: int) -> Work:
    """Run Jena's command; core shapes only, start of the virtual machine included."""
    command = find_jena(folder)
    if not command:
        raise MissingError(MISSING)
    asked = [*command, "validate", "--shapes", str(folder / "shapes.nt"), "--data", str(folder / "data.nt")]

    def work(watch: Watch) -> object:
        said = subprocess.run(asked, capture_output=True, check=True, text=True).stdout
        watch.versions["Jena"] = find_version(command)
        return said.count("sh:ValidationResult")

    return work


_OURS = ("duckdb", "pyoxigraph")
JOBS = (
    Job(
        "validate",
        "SHACL with SPARQL constraints",
        "9 node shapes, 43 property shapes and 3 SPARQL constraints; 1 % of the mitigations are broken. Ours start from an N-Triples "
        "file, the others from rows in memory. The reference is our use of pyshacl, which parses each query once.",
        (
            Engine("airm-graph", "validate:prepare_ours", ("all",), _OURS),
            Engine("pyshacl", "validate:prepare_pyshacl", packages=("pyshacl", "rdflib"), most=1000),
            Engine("our reference", "validate:prepare_reference", packages=("pyshacl", "rdflib"), most=1000),
        ),
        write_inputs,
    ),
    Job(
        "validate-core",
        "SHACL Core",
        "The same without the SPARQL constraints, which pyrudof skips; all start from files. The start of Jena's virtual machine counts.",
        (
            Engine("airm-graph", "validate:prepare_ours", ("core",), _OURS),
            Engine("Jena", "validate:prepare_jena", most=100_000),
            Engine("pyrudof", "validate:prepare_pyrudof", packages=("pyrudof",), most=10_000),
        ),
        write_inputs,
        aims={"Jena": 10},
    ),
)
