"""The reference engine: pyshacl on the asserted statements, with our shapes, without inference, imports or network."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from airm_graph.errors import ShapesError
from airm_graph.model import Finding, Severity
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.store import Row
from airm_graph.validate.places import find_places
from airm_graph.validate.results import Result, find_findings
from airm_graph.validate.shapes import DEFAULT_SHAPES, read_shapes
from airm_graph.validate.terms import Nodes

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.query import Result as QueryResult
    from rdflib.term import Node

__all__ = ["run_pyshacl", "validate_rows"]

_SH = PREFIXES["sh"]
_SEVERITIES = {f"<{_SH}Violation>": Severity.VIOLATION, f"<{_SH}Warning>": Severity.WARNING, f"<{_SH}Info>": Severity.INFO}


def validate_rows(rows: Iterable[Row], *, shapes: Sequence[str] | None = None, base: str = BASE) -> list[Finding]:
    """Judge asserted rows by shapes and say where in the captures each finding stands.

    Args:
        rows: Asserted statements of any number of graphs; they are judged as one graph.
        shapes: Files of ``shapes/`` or paths, core and skos when left out.
        base: What the IRIs of the project begin with.

    Returns:
        Sorted findings, one for each shape, focus node and value.

    Raises:
        ShapesError: The shapes cannot be used; the message names the file.

    >>> rows = [("<https://example.org/a>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/ns/prov#Agent>", "")]
    >>> [finding.rule for finding in validate_rows(rows)]
    ['AGT-01']
    """
    rows = list(rows)
    results = run_pyshacl(rows, shapes=shapes, base=base)
    places = find_places(rows, focus={result.focus for result in results}, base=base)
    return find_findings(results, places=places)


def run_pyshacl(rows: Sequence[Row], *, shapes: Sequence[str] | None = None, base: str = BASE) -> list[Result]:
    """Run pyshacl; the results are sorted and say nothing of places.

    Raises:
        ShapesError: The shapes cannot be used; the message names the file.
    """
    names = DEFAULT_SHAPES if shapes is None else tuple(shapes)
    shape_rows = [row for name in names for row in read_shapes(name, base=base)]
    nodes = Nodes()
    with _quiet():
        try:
            report = _validate(nodes.fill(_make_data_graph(), rows=rows), shapes=nodes.fill(_make_graph(), rows=shape_rows))
        except ShapesError as error:
            raise _blame(names, base=base, error=error) from error
    return sorted(_results(report, nodes=nodes))


def _make_graph() -> "Graph":
    from rdflib import Graph

    return Graph()


def _make_data_graph() -> "Graph":
    """Make a graph that parses each query once: pyshacl sends the same text for every focus node, and parsing is what takes the time."""
    from rdflib import Graph
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.plugins.sparql.sparql import Query

    class DataGraph(Graph):
        prepared: ClassVar[dict[str, Query]] = {}

        def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> "QueryResult":
            if isinstance(query_object, str):
                if query_object not in self.prepared:
                    self.prepared[query_object] = prepareQuery(query_object, initNs=dict(self.namespaces()))
                query_object = self.prepared[query_object]
            return super().query(query_object, *args, **kwargs)

    return DataGraph()


def _validate(data: "Graph", *, shapes: "Graph") -> "Graph":
    """Call pyshacl, which changes the shapes graph it is given."""
    import pyshacl
    from rdflib import Graph

    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False, inplace=False, do_owl_imports=False)
    except Exception as error:
        raise ShapesError(f"{type(error).__name__}: {error}") from error
    if not isinstance(report, Graph):
        raise ShapesError(str(text))
    return report


def _blame(names: Sequence[str], *, base: str, error: ShapesError) -> ShapesError:
    """Name the file whose shapes fail on an empty graph, or all files when each alone does not."""
    for name in names:
        try:
            _validate(_make_graph(), shapes=Nodes().fill(_make_graph(), rows=read_shapes(name, base=base)))
        except ShapesError as alone:
            return ShapesError(f"{name}: the shapes cannot be used: {alone}")
    return ShapesError(f"{', '.join(names)}: the shapes cannot be used: {error}")


def _results(report: "Graph", *, nodes: Nodes) -> Iterator[Result]:
    from rdflib import URIRef

    def value(result: "Node", name: str) -> "Node | None":
        return min(report.objects(result, URIRef(_SH + name)), default=None, key=str)

    for _, _, result in report.triples((None, URIRef(_SH + "result"), None)):
        yield Result(
            focus=nodes.term(value(result, "focusNode")),
            path=_path_text(report, value(result, "resultPath"), nodes=nodes),
            value=nodes.term(value(result, "value")),
            component=nodes.term(value(result, "sourceConstraintComponent")),
            shape=nodes.term(value(result, "sourceShape")),
            severity=_SEVERITIES.get(nodes.term(value(result, "resultSeverity")), Severity.VIOLATION),
            message=str(value(result, "resultMessage") or ""),
        )


def _path_text(graph: "Graph", path: "Node | None", *, nodes: Nodes) -> str:
    """Write a SHACL path as a SPARQL property path."""
    from rdflib import BNode, URIRef
    from rdflib.collection import Collection

    if not isinstance(path, BNode):
        return nodes.term(path)
    marks = {"inversePath": ("^", ""), "oneOrMorePath": ("", "+"), "zeroOrMorePath": ("", "*"), "zeroOrOnePath": ("", "?")}
    for name, (before, after) in marks.items():
        for inner in graph.objects(path, URIRef(_SH + name)):
            return f"{before}({_path_text(graph, inner, nodes=nodes)}){after}"
    parts = graph.value(path, URIRef(_SH + "alternativePath"))
    steps = Collection(graph, path if parts is None else parts)
    return ("/" if parts is None else "|").join(_path_text(graph, step, nodes=nodes) for step in steps)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from logging a traceback for each ill-typed literal; the shapes report them."""
    logger = logging.getLogger("rdflib.term")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
