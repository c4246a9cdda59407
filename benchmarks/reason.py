"""The closure beside owlrl, and beside reasonable without property chains, which it does not know.

"load" starts from an N-Triples file (owlrl: from rows in memory, whose making is not counted), "close" ends when the closure stands in the
engine, "write" when it is a sorted list of rows worth publishing; reasonable hands its triples over in "close", as it offers nothing else.
"""

import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from child import Watch, Work
from frame import Engine, Job
from generated import generate, ontology_rows

from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import iri, term
from airm_graph.reason.publish import publishable
from airm_graph.terms import Quad

__all__ = ["JOBS"]

#: What DuckDB may take before it spills, and bytes of a file whose closure does not become rows of Python.
TABLE, LARGE = "6GB", 1 << 30
_CHAIN = term("owl:propertyChainAxiom")
_Close = Callable[[Path, list[Quad], Watch], list[Quad]]


def write_inputs(folder: Path, size: int) -> None:
    """Write the mitigations as N-Triples."""
    with (folder / "data.nt").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{s} {p} {o} .\n" for s, p, o, _ in generate(size))


def prepare_ours(folder: Path, _: int, axioms: str) -> Work:
    """Ours, on the columnar table, with all axioms or without those that reasonable does not know."""
    return _prepare(close_fast, folder, chains=axioms == "all")


def prepare_owlrl(folder: Path, _: int) -> Work:
    """Owlrl, as the reference calls it."""
    rows = parse_rows((folder / "data.nt").read_bytes(), name="data.nt", suffix=".nt")
    return _prepare(lambda path, ontology, watch: close_owlrl(path, ontology, watch, rows=rows), folder, chains=True)


def prepare_reasonable(folder: Path, _: int) -> Work:
    """Reasonable, from files."""
    import reasonable  # noqa: F401 - not counted

    return _prepare(close_reasonable, folder, chains=False)


def _prepare(close: _Close, folder: Path, *, chains: bool) -> Work:
    ontology = [row for row in ontology_rows() if chains or row[1] != _CHAIN]
    with tempfile.TemporaryDirectory() as scratch:
        # A warm-up on one triple, so that imports do not count.
        few = Path(scratch, "few.nt")
        few.write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
        close(few, [("<urn:a>", term("rdfs:subClassOf"), "<urn:b>", "")], Watch())

    def work(watch: Watch) -> object:
        found = close(folder / "data.nt", ontology, watch)
        return lambda: {"new": len(found), "digest": sha256("\n".join(map(" ".join, found)).encode()).hexdigest()[:16]}

    return work


def close_fast(path: Path, ontology: list[Quad], watch: Watch) -> list[Quad]:
    """Load a file into the table and close it there."""
    from airm_graph.graph import TripleTable
    from airm_graph.graph.store import stream_rows
    from airm_graph.reason import infer

    with TripleTable(memory_limit=TABLE) as table:
        table.load_files([path], parse=stream_rows)
        watch.mark("load")
        infer(table, ontology=ontology)
        watch.mark("close")
        (graph,) = table.find_ids([iri("graph/inferred")]).values() or (0,)
        found = table.rows(f"SELECT s, p, o, g FROM quads WHERE g = {graph}") if path.stat().st_size < LARGE else []
        watch.mark("write")
    return found


def close_owlrl(path: Path, ontology: list[Quad], watch: Watch, *, rows: list[Quad]) -> list[Quad]:
    """Close rows in memory with owlrl; *path* is only asked whether this is the warm-up."""
    from airm_graph.reason.reference import run_reference

    inferred, *_ = run_reference(rows if path.name == "data.nt" else [], ontology=ontology)
    watch.mark("close")
    found = publishable(inferred, ontology=ontology)
    watch.mark("write")
    return found


def close_reasonable(path: Path, ontology: list[Quad], watch: Watch) -> list[Quad]:
    """Close files with reasonable. Its literals are left out: our ontology infers none."""
    from reasonable import PyReasoner

    # It goes by the suffix, and knows Turtle, of which N-Triples is a part.
    turtle, axioms = path.with_suffix(".ttl"), path.with_name("ontology.ttl")
    turtle.write_bytes(path.read_bytes())
    axioms.write_text("".join(f"{s} {p} {o} .\n" for s, p, o, _ in ontology), encoding="utf-8")
    watch.skip()
    reasoner = PyReasoner()
    reasoner.load_file(str(turtle))
    reasoner.load_file(str(axioms))
    watch.mark("load")
    triples = reasoner.reason()
    watch.mark("close")
    said = {row[:3] for row in (*parse_rows(turtle.read_bytes(), name="data", suffix=".ttl"), *ontology)}
    new = {(s.n3(), p.n3(), o.n3()) for s, p, o in triples if not hasattr(o, "datatype")} - said
    found = publishable(((s, p, o, iri("graph/inferred")) for s, p, o in new), ontology=ontology)
    watch.mark("write")
    return found


JOBS = (
    Job(
        "close",
        "Closure (OWL 2 RL)",
        "From an N-Triples file to a sorted list of the inferred statements that are published; owlrl gets its rows in memory.",
        (
            Engine("airm-graph", "reason:prepare_ours", ("all",), ("duckdb", "pyoxigraph")),
            Engine("owlrl", "reason:prepare_owlrl", packages=("owlrl", "rdflib"), most=1000),
        ),
        write_inputs,
    ),
    Job(
        "close-no-chains",
        "Closure without property chains",
        "The same without the axioms that reasonable does not know.",
        (
            Engine("airm-graph", "reason:prepare_ours", ("no chains",), ("duckdb", "pyoxigraph")),
            Engine("reasonable", "reason:prepare_reasonable", packages=("reasonable",), most=10_000),
        ),
        write_inputs,
    ),
)
