"""All that a build does after reading: closure and every default shape on one table, from an N-Quads file.

Nothing of the file becomes rows of Python but what findings need. The start of Python is not counted, imports are.
"""

from pathlib import Path

from child import Watch, Work
from frame import Engine, Job
from generated import ontology_rows, write_triples

__all__ = ["JOBS"]

#: What DuckDB may take before it spills.
MEMORY = "6GB"


def write_inputs(folder: Path, size: int) -> None:
    """Write the mitigations as N-Quads."""
    write_triples(size, folder / "data.nq")


def prepare_ours(folder: Path, _: int) -> Work:
    """Judge and close on the columnar table."""
    return lambda watch: _judge_and_close(folder / "data.nq", watch)


def _judge_and_close(path: Path, watch: Watch, *, engine: str = "fast") -> object:
    from airm_graph.graph import TripleTable
    from airm_graph.graph.store import stream_rows
    from airm_graph.reason import infer
    from airm_graph.validate import judge_shapes

    ontology = ontology_rows()
    watch.mark("import")
    with TripleTable(memory_limit=MEMORY) as table:
        table.load_files([path], parse=stream_rows)
        rows = len(table)
        watch.mark("load")
        verdict = judge_shapes(table, engine=engine)
        watch.mark("judge")
        inference = infer(table, ontology=ontology, engine=engine)
        watch.mark("close")
    return {"rows": rows, "inferred": inference.count, "findings": len(verdict.findings)}


def prepare_references(folder: Path, _: int) -> Work:
    """The same by pyshacl, as we call it, and owlrl."""
    return lambda watch: _judge_and_close(folder / "data.nq", watch, engine="reference")


JOBS = (
    Job(
        "whole",
        "Closure and every default shape",
        "All that a build does after reading, from an N-Quads file to findings and inferred statements. pyshacl (each query parsed once) "
        "and owlrl are asked up to 100 mitigations only; for more, each has a job of its own.",
        (
            Engine("airm-graph", "whole:prepare_ours", packages=("duckdb", "pyoxigraph")),
            Engine("pyshacl and owlrl", "whole:prepare_references", packages=("pyshacl", "owlrl", "rdflib"), most=100),
        ),
        write_inputs,
    ),
)
