"""A build of rows and pages beside rdflib, owlrl and pyshacl, which judge and close the statements that it makes of them.

    python benchmarks/run.py references [--rounds 1]

Ours is the whole command: it reads and merges tables and pages, judges, closes and writes five formats. The peers are given its asserted
statements as N-Triples and write nothing. "As they come" are pyshacl and owlrl by their own entry points; the other way is our use of them,
which parses each query once. Compared are the statements that are inferred and worth publishing, and the results by rule; those of ours are
counted by the engine of the build, because a report tells no fact twice.
"""

import json
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import everyday
from child import Watch, Work
from frame import Engine, Job
from generated import ontology_rows

from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import PREFIXES, iri
from airm_graph.reason.publish import publishable
from airm_graph.terms import Quad

__all__ = ["JOBS"]

ROWS = 831
_INFERRED = iri("graph/inferred")
_SH = PREFIXES["sh"]
#: How rdflib answers whether text matches where SHACL asks for it: shapes, messages and nodes as terms.
_ASKED = f"""SELECT ?shape ?node ?message WHERE {{
  ?result <{_SH}sourceShape> ?shape ; <{_SH}focusNode> ?node .
  OPTIONAL {{ ?result <{_SH}resultMessage> ?message }}
}}"""


def write_inputs(folder: Path, _: int) -> None:
    """Write rows and pages, and what a build states of them."""
    everyday.write_inputs(folder, ROWS)
    everyday.run_command(folder / "inputs", "build", "rows-and-pages", "-o", "made")
    asserted = sorted({f"{s} {p} {o} .\n" for s, p, o, g in _read(folder / "inputs" / "made" / "airm.nq") if g != _INFERRED})
    (folder / "asserted.nt").write_text("".join(asserted), encoding="utf-8", newline="\n")


def _read(path: Path) -> list[Quad]:
    return parse_rows(path.read_bytes(), name=path.name, suffix=path.suffix)


def prepare_ours(folder: Path, _: int) -> Work:
    """Build, as a process of its own."""
    everyday.run_command(folder / "inputs", "build", "rows-and-pages", "-o", "built")

    def work(_: Watch) -> object:
        everyday.run_command(folder / "inputs", "build", "rows-and-pages", "-o", "built")
        return lambda: _describe(
            (quad for quad in _read(folder / "inputs" / "built" / "airm.nq") if quad[3] == _INFERRED), _judge(folder, engine="fast")
        )

    return work


def prepare_reference(folder: Path, _: int) -> Work:
    """Judge and close with pyshacl and owlrl as our reference calls them."""
    import pyshacl  # noqa: F401 - not counted

    from airm_graph.reason.reference import run_reference

    def work(watch: Watch) -> object:
        rules = _judge(folder, engine="reference")
        watch.mark("judge")
        new, *_ = run_reference(_read(folder / "asserted.nt"), ontology=ontology_rows())
        watch.mark("close")
        return lambda: _describe(publishable(new, ontology=ontology_rows()), rules)

    return work


def prepare_libraries(folder: Path, _: int) -> Work:
    """Read with rdflib, judge with pyshacl and close with owlrl, as they come."""
    import owlrl
    import pyshacl
    from rdflib import Graph

    from airm_graph.validate.rdflib_nodes import Nodes
    from airm_graph.validate.shape_files import DEFAULT_SHAPES, read_every_shapes

    shapes = Nodes().fill(Graph(), rows=read_every_shapes(DEFAULT_SHAPES))
    ontology = Nodes().fill(Graph(), rows=ontology_rows())

    def work(watch: Watch) -> object:
        graph = Graph().parse(folder / "asserted.nt", format="nt")
        watch.mark("read")
        report = pyshacl.validate(graph, shacl_graph=shapes)[1]
        watch.mark("judge")
        before = {tuple(node.n3() for node in triple) for triple in graph}
        graph += ontology
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
        watch.mark("close")

        def answer() -> object:
            found = (tuple(node.n3() for node in triple) for triple in graph)
            stated = before | {row[:3] for row in ontology_rows()}
            new = ((*triple, _INFERRED) for triple in set(found) - stated)
            results = [(shape.n3(), node.n3(), str(message)) for shape, node, message in report.query(_ASKED)]
            return _describe(publishable(new, ontology=ontology_rows()), _count_own(folder, results))

        return answer

    return work


def _count_own(folder: Path, results: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """Count results by rule, without those of habits on nodes of others, as the project judges by default."""
    from airm_graph.graph import TripleTable
    from airm_graph.validate.own_nodes import OwnNodes
    from airm_graph.validate.results import Result
    from airm_graph.validate.shape_files import list_habits

    made = [
        Result(focus=node, path="", value="", component="", shape=shape, severity="", messages=(text,)) for shape, node, text in results
    ]
    with TripleTable(threads=1) as table:
        table.load_rows(_read(folder / "asserted.nt"))
        kept = OwnNodes(list_habits()).keep(made, table=table)
    return dict(sorted(Counter(result.messages[0].partition(":")[0] for result in kept).items()))


def _judge(folder: Path, *, engine: str) -> dict[str, int]:
    """Judge the asserted statements by the default shapes; results by rule."""
    from airm_graph.validate import validate_rows

    found = validate_rows(_read(folder / "asserted.nt"), engine=engine)
    return dict(sorted(Counter(finding.rule for finding in found).items()))


def _describe(inferred: Iterable[Quad], rules: dict[str, int]) -> object:
    lines = sorted({" ".join(quad[:3]) for quad in inferred})
    return {"inferred": len(lines), "digest": sha256("\n".join(lines).encode()).hexdigest()[:16], "results": json.dumps(rules)}


JOBS = (
    Job(
        "references",
        f"A build of {ROWS} rows and two pages, beside owlrl and pyshacl",
        "Ours is the whole command, from tables and pages to five formats. The peers judge and close the statements that it makes of them, "
        "and read no table and write no file. Their imports do not count.",
        (
            Engine("airm-graph", "references:prepare_ours", packages=("pyoxigraph",)),
            Engine("rdflib, owlrl and pyshacl", "references:prepare_libraries", packages=("rdflib", "owlrl", "pyshacl")),
            Engine("our reference", "references:prepare_reference", packages=("rdflib", "owlrl", "pyshacl")),
        ),
        write_inputs,
        aims={"rdflib, owlrl and pyshacl": 50},
        sizes=(ROWS,),
        unit="rows",
    ),
)
