"""All that a build does after reading: closure and every default shape on one table, from an N-Quads file.

Nothing of the file becomes rows of Python but what findings need. The start of Python is not counted, imports are.
"""

from pathlib import Path

from child import Watch, Work
from frame import Engine, Job
from generate import generate, ontology_rows

__all__ = ["JOBS"]

#: What DuckDB may take before it spills.
MEMORY = "6GB"


def write_inputs(folder: Path, size: int) -> None:
    """Write the mitigations as N-Quads."""
    with (folder / "data.nq").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{s} {p} {o} {g} .\n" for s, p, o, g in generate(size))


def prepare_ours(folder: Path, _: int) -> Work:
    """Judge and close on the columnar table."""
    return lambda watch: _judge_and_close(folder / "data.nq", watch)


def _judge_and_close(path: Path, watch: Watch) -> object:
    from airm_graph.graph import TripleTable
    from airm_graph.graph.store import stream_rows
    from airm_graph.reason import close_table
    from airm_graph.validate import judge_shapes

    ontology = ontology_rows()
    watch.mark("import")
    with TripleTable(memory_limit=MEMORY) as table:
        table.load_files([path], parse=stream_rows)
        rows = len(table)
        watch.mark("load")
        verdict = judge_shapes(table, engine="fast")
        watch.mark("judge")
        inference = close_table(table, ontology=ontology)
        watch.mark("close")
    return {"rows": rows, "inferred": inference.count, "findings": len(verdict.findings)}


def prepare_references(folder: Path, _: int) -> Work:
    """The same by pyshacl, as we call it, and owlrl."""
    from airm_graph.graph import TripleTable
    from airm_graph.graph.store import parse_rows
    from airm_graph.reason import close
    from airm_graph.reason.publish import publishable
    from airm_graph.validate import judge_shapes

    def work(watch: Watch) -> object:
        rows = parse_rows((folder / "data.nq").read_bytes(), name="data.nq", suffix=".nq")
        watch.mark("load")
        with TripleTable(threads=1) as table:
            table.load_rows(rows)
            verdict = judge_shapes(table, engine="reference")
        watch.mark("judge")
        closure = close(rows, ontology=ontology_rows(), engine="reference")
        watch.mark("close")
        inferred = publishable(closure.rows, ontology=ontology_rows())
        return {"rows": len(rows), "inferred": len(inferred), "findings": len(verdict.findings)}

    return work


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
