"""The reference engine: pyshacl, without inference, imports or network."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from airm_graph.errors import ShapesError
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import Quad
from airm_graph.validate.compile import ShapesGraph, path_text
from airm_graph.validate.rdflib_nodes import Nodes
from airm_graph.validate.reference_components import corrected_components
from airm_graph.validate.results import VIOLATION, Result

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.plugins.sparql.sparql import Query
    from rdflib.query import Result as QueryResult
    from rdflib.term import Node

    from airm_graph.graph import TripleTable

__all__ = ["quiet_rdflib", "run_pyshacl"]

_SH = PREFIXES["sh"]
#: Where an object stood in memory, which no two runs have in common.
_ADDRESS = re.compile(r" object at 0x[0-9a-f]+")
_UNIQUE_LANGUAGE = f"<{_SH}UniqueLangConstraintComponent>"


def run_pyshacl(table: "TripleTable", *, shape_rows: Sequence[Quad]) -> list[Result]:
    """Run pyshacl on the statements of a table, read as one graph; the results are sorted.

    Raises:
        ShapesError: The shapes cannot be used.
    """
    from rdflib import Graph

    nodes = Nodes()
    with quiet_rdflib(), corrected_components():
        data = nodes.fill(_make_data_graph(), rows=table.rows())
        report = _validate(data, shapes=nodes.fill(Graph(), rows=shape_rows))
        found = sorted(_results(report, nodes=nodes, shapes=ShapesGraph(shape_rows)))
        return sorted(_add_languages(found, data=data, nodes=nodes))


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
    except ShapesError:
        raise
    except Exception as error:
        told = _ADDRESS.sub("", _first_line(f"{type(error).__name__}: {error}"))
        raise ShapesError(f"pyshacl stopped with {told}") from error
    if not isinstance(report, Graph):
        raise ShapesError(_first_line(text))
    return report


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _results(report: "Graph", *, nodes: Nodes, shapes: ShapesGraph) -> Iterator[Result]:
    from rdflib import URIRef

    def value(result: "Node", name: str) -> "Node | None":
        return min(report.objects(result, URIRef(_SH + name)), default=None, key=str)

    for _, _, result in report.triples((None, URIRef(_SH + "result"), None)):
        yield Result(
            focus=nodes.term(value(result, "focusNode")),
            path=_find_path(value(result, "resultPath"), nodes.term(value(result, "sourceShape")), nodes=nodes, shapes=shapes),
            value=nodes.term(value(result, "value")),
            component=nodes.term(value(result, "sourceConstraintComponent")),
            shape=nodes.term(value(result, "sourceShape")),
            severity=nodes.term(value(result, "resultSeverity")) or VIOLATION,
            messages=tuple(sorted(nodes.term(one) for one in report.objects(result, URIRef(_SH + "resultMessage")))),
        )


def _add_languages(results: Iterable[Result], *, data: "Graph", nodes: Nodes) -> Iterator[Result]:
    """Add the languages that are repeated, of which pyshacl tells how many there are."""
    left: dict[tuple[str, str, str], list[str]] = {}
    for result in results:
        if result.component != _UNIQUE_LANGUAGE or not result.path.startswith("<") or result.path.count("<") > 1:
            yield result
            continue
        key = result.shape, result.focus, result.path
        if key not in left:
            values = data.objects(nodes.node(result.focus), nodes.node(result.path))
            counts = Counter((getattr(value, "language", None) or "").lower() for value in values)
            left[key] = sorted(language for language, count in counts.items() if language and count > 1)
        yield replace(result, language=left[key].pop(0) if left[key] else "")


def _find_path(path: "Node | None", shape: str, *, nodes: Nodes, shapes: ShapesGraph) -> str:
    """Write the path of a result as a SPARQL property path; pyshacl's report cuts off deep ones, so
    they come from the shape.
    """
    from rdflib import BNode

    if not isinstance(path, BNode):
        return nodes.term(path)
    return next((path_text(shapes.path(one)) for one in shapes.values(shape, "path")), "")


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
