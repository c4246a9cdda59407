"""The reference engine: pyshacl, without inference, imports or network."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from airm_graph.errors import ShapesError
from airm_graph.model import Severity
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import Quad
from airm_graph.validate.findings import Result
from airm_graph.validate.rdflib_nodes import Nodes

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.plugins.sparql.sparql import Query
    from rdflib.query import Result as QueryResult
    from rdflib.term import Node

    from airm_graph.graph import TripleTable

__all__ = ["quiet_rdflib", "run_pyshacl"]

_SH = PREFIXES["sh"]
_SEVERITIES = {f"<{_SH}Violation>": Severity.VIOLATION, f"<{_SH}Warning>": Severity.WARNING, f"<{_SH}Info>": Severity.INFO}


def run_pyshacl(table: "TripleTable", *, shape_rows: Sequence[Quad]) -> list[Result]:
    """Run pyshacl on the statements of a table, read as one graph; the results are sorted.

    Raises:
        ShapesError: The shapes cannot be used.
    """
    from rdflib import Graph

    nodes = Nodes()
    with quiet_rdflib():
        data = nodes.fill(_make_data_graph(), rows=table.rows())
        report = _validate(data, shapes=nodes.fill(Graph(), rows=shape_rows))
    return sorted(_results(report, nodes=nodes))


def _make_data_graph() -> "Graph":
    from rdflib import Graph

    class DataGraph(Graph):
        """A graph that parses each query once.

        pyshacl sends the same text for every focus node, and parsing is what takes the time.
        """

        def query(self, query_object: "str | Query", *args: Any, **kwargs: Any) -> "QueryResult":
            prepared = _prepare_query(query_object) if isinstance(query_object, str) else query_object
            return super().query(prepared, *args, **kwargs)

    return DataGraph()


@lru_cache(maxsize=64)  # shapes hold a handful of queries
def _prepare_query(text: str) -> "Query":
    from rdflib.plugins.sparql import prepareQuery

    return prepareQuery(text)


def _validate(data: "Graph", *, shapes: "Graph") -> "Graph":
    """Call pyshacl, which changes the shapes graph it is given."""
    import pyshacl
    from rdflib import Graph

    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False, inplace=False, do_owl_imports=False)
    except Exception as error:
        raise ShapesError(_first_line(f"{type(error).__name__}: {error}")) from error
    if not isinstance(report, Graph):
        raise ShapesError(_first_line(text))
    return report


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


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
def quiet_rdflib() -> Iterator[None]:
    """Keep rdflib from logging ill-typed literals, and pyshacl what it raises."""
    loggers = [logging.getLogger(name) for name in ("rdflib.term", "pyshacl-validate")]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
