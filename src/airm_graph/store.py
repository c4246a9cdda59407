"""The SPARQL store: Oxigraph, embedded. The only module that imports pyoxigraph.

Loading keeps lexical forms as written, except that Oxigraph normalises numbers, booleans and dates and lower-cases language tags.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from airm_graph.errors import QueryError, StoreError

__all__ = ["FORMATS", "Row", "Store", "parse_rows"]

#: Subject, predicate, object, graph as N-Quads terms; the graph is empty for the default graph.
Row = tuple[str, str, str, str]

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
_MARK = b"\xef\xbb\xbf"


class Store:
    """A set of named graphs that answers SPARQL; the default graph of a query is the union of all."""

    def __init__(self) -> None:
        """Make an empty store in memory."""
        self._store = ox.Store()

    def __len__(self) -> int:
        """Number of quads."""
        return len(self._store)

    def add_rows(self, rows: Iterable[Row]) -> None:
        """Load rows as one batch."""
        data = "".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in rows)
        self._store.bulk_load(data.encode(), format=ox.RdfFormat.N_QUADS)

    def add_file(self, path: Path, *, graph: str | None = None) -> None:
        """Load an RDF file by its suffix, into *graph* (an IRI without brackets) or as the file says.

        Raises:
            StoreError: The suffix is unknown or the file is not what it says; the message names file and line.
        """
        quads = _parse(path.read_bytes(), name=str(path), suffix=path.suffix.lower())
        if graph is None:
            self._store.extend(quads)
        else:
            name = ox.NamedNode(graph)
            self._store.extend(ox.Quad(q.subject, q.predicate, q.object, name) for q in quads)

    def select(self, query: str) -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
        """Run a SELECT; returns the variables and the rows as N-Triples terms, None where unbound.

        Raises:
            QueryError: The query does not parse or is not a SELECT.
        """
        try:
            found = self._store.query(query, use_default_graph_as_union=True)
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            raise QueryError(f"the query cannot be run: {error}") from error
        if not isinstance(found, ox.QuerySolutions):
            raise QueryError("the query is not a SELECT")
        names = tuple(variable.value for variable in found.variables)
        return names, [tuple(None if (v := row[n]) is None else str(v) for n in names) for row in found]

    def rows(self) -> Iterator[Row]:
        """Every quad as a row, in no particular order."""
        for quad in self._store:
            yield _row(quad)


def parse_rows(data: bytes, *, name: str, suffix: str) -> list[Row]:
    """Parse RDF bytes into rows; *name* is for messages, *suffix* (``.ttl``) gives the format.

    Raises:
        StoreError: Unknown suffix, or a syntax error: the message names file and line.
    """
    return [_row(quad) for quad in _parse(data, name=name, suffix=suffix)]


def _parse(data: bytes, *, name: str, suffix: str) -> list[ox.Quad]:
    if suffix not in FORMATS:
        raise StoreError(f"{name}: unknown suffix {suffix!r}; use one of {' '.join(sorted(FORMATS))}")
    data = data.removeprefix(_MARK)
    rdf_format = FORMATS[suffix]
    if rdf_format == ox.RdfFormat.RDF_XML and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
        raise StoreError(f"{name}: a document type or entity is refused; remove it")
    try:
        return list(ox.parse(data, format=rdf_format))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        place = f"{name}:{line}" if line else name
        raise StoreError(f"{place}: not readable as RDF: {getattr(error, 'msg', error)}") from error


def _row(quad: ox.Quad) -> Row:
    graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else str(quad.graph_name)
    return str(quad.subject), str(quad.predicate), str(quad.object), graph
