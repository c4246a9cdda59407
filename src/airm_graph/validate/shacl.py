"""The reference engine: pyshacl on the asserted statements, with our shapes, without inference, imports or network."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from airm_graph.errors import ShapesError
from airm_graph.graph.store import Row
from airm_graph.model import Severity
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.validate.results import Result
from airm_graph.validate.shapes import DEFAULT_SHAPES, read_every_shapes, read_shapes
from airm_graph.validate.terms import Nodes

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.plugins.sparql.sparql import Query
    from rdflib.query import Result as QueryResult
    from rdflib.term import Node

__all__ = ["blame_file", "quiet_rdflib", "run_pyshacl", "run_pyshacl_on_rows"]

_SH = PREFIXES["sh"]
_SEVERITIES = {f"<{_SH}Violation>": Severity.VIOLATION, f"<{_SH}Warning>": Severity.WARNING, f"<{_SH}Info>": Severity.INFO}


def run_pyshacl(rows: Sequence[Row], *, shapes: Sequence[str] | None = None, base: str = BASE) -> list[Result]:
    """Run pyshacl; the results are sorted and say nothing of places.

    Raises:
        ShapesError: The shapes cannot be used; the message names the file.
    """
    names = DEFAULT_SHAPES if shapes is None else tuple(shapes)
    shape_rows = read_every_shapes(names, base=base)
    try:
        return run_pyshacl_on_rows(rows, shape_rows=shape_rows)
    except ShapesError as error:
        raise blame_file(error, names=names, rows=rows, base=base) from error


def run_pyshacl_on_rows(rows: Sequence[Row], *, shape_rows: Sequence[Row]) -> list[Result]:
    """Run pyshacl on a shapes graph given as rows.

    Raises:
        ShapesError: The shapes cannot be used.
    """
    nodes = Nodes()
    with quiet_rdflib():
        report = _validate(nodes.fill(_make_data_graph(), rows=rows), shapes=nodes.fill(_make_graph(), rows=shape_rows))
    return sorted(_results(report, nodes=nodes))


def _make_graph() -> "Graph":
    from rdflib import Graph

    return Graph()


def _make_data_graph() -> "Graph":
    from rdflib import Graph

    class DataGraph(Graph):
        """A graph that parses each query once: pyshacl sends the same text for every focus node, and parsing is what takes the time."""

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


def blame_file(error: ShapesError, *, names: Sequence[str], rows: Sequence[Row], base: str) -> ShapesError:
    """Name the file whose shapes fail alone, or all files when none does.

    The data is needed for it: pyshacl reads the constraints of a shape when it meets the first focus node.
    """
    for name in names:
        try:
            run_pyshacl_on_rows(rows, shape_rows=read_shapes(name, base=base))
        except ShapesError as alone:
            return ShapesError(f"{name}: the shapes cannot be used: {alone}")
    return ShapesError(f"{', '.join(names)}: the shapes cannot be used together: {error}")


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
    """Keep rdflib from logging a traceback for each ill-typed literal, which shapes report, and pyshacl from logging what it raises."""
    loggers = [logging.getLogger(name) for name in ("rdflib.term", "pyshacl-validate")]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
