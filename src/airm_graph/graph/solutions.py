"""Answers to SPARQL queries, found piece by piece."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import pyoxigraph as ox

from airm_graph.errors import QueryError

__all__ = ["GRAPH_FORMATS", "RESULT_FORMATS", "Result", "begin", "explained_query", "read_solutions"]

#: Media types of answers that are graphs.
GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
#: Media types of answers that are tables or yes and no.
RESULT_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
#: With what a cell of TSV begins that is an N-Triples term as it stands, and what of it N-Triples
#: escapes.
_WHOLE = frozenset('<"_')
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPES = {number: f"\\u{number:04X}" for number in (*range(9), 11, *range(14, 32), 127)} | {8: "\\b", 12: "\\f"}
#: A set of characters in a list of what a parser expects.
_CHARACTERS = re.compile(r", \[(?:'[^']*'|[^\]'])*\]")


class Result:
    """An answer that is being found: ``kind`` is ``rows``, ``boolean`` or ``graph``."""

    def __init__(self, found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> None:
        """Wrap what Oxigraph returned."""
        self._found = found
        self.kind = "graph" if isinstance(found, ox.QueryTriples) else "boolean" if isinstance(found, ox.QueryBoolean) else "rows"

    @property
    def columns(self) -> tuple[str, ...]:
        """The variables of a result of rows."""
        return tuple(variable.value for variable in self._found.variables) if isinstance(self._found, ox.QuerySolutions) else ()

    def __iter__(self) -> Iterator[tuple[str | None, ...]]:
        """The rows as N-Triples terms, None where unbound.

        Raises:
            QueryError: The query cannot be evaluated.
        """
        names = self.columns
        if isinstance(self._found, ox.QuerySolutions):
            with explained_query():
                yield from (tuple(None if (v := row[n]) is None else str(v) for n in names) for row in self._found)

    def write(self, output: IO[bytes], *, media_type: str, prefixes: Mapping[str, str] | None = None) -> None:
        """Write the answer, found piece by piece, in one of `RESULT_FORMATS`, or for a graph of
        `GRAPH_FORMATS`.

        Raises:
            QueryError: The query cannot be evaluated.
        """
        with explained_query():
            if isinstance(self._found, ox.QueryTriples):
                ox.serialize(self._found, output, GRAPH_FORMATS[media_type], prefixes=dict(prefixes or {}))
            else:
                self._found.serialize(output, RESULT_FORMATS[media_type])


def read_solutions(found: ox.QuerySolutions) -> list[tuple[str | None, ...]]:
    """The rows of a SELECT as N-Triples terms, by way of TSV.

    Oxigraph writes all terms at once in less time than it takes to make one object of Python for
    each. TSV spells them as N-Triples does, but for what stands bare (numbers, true and false) and
    for control characters.
    """
    data = found.serialize(format=ox.QueryResultsFormat.TSV) or b""
    text = data.decode()
    if _CONTROLS.search(text):
        text = text.translate(_ESCAPES)
    # Neither line ends nor tabs stand raw in a term; str.splitlines would see more of the former.
    lines = text.split("\n")[1:-1]
    return [tuple([cell if cell[:1] in _WHOLE else _spell_out(cell) for cell in line.split("\t")]) for line in lines]


def _spell_out(cell: str) -> str | None:
    """The N-Triples term of a cell that is empty or stands bare."""
    if not cell:
        return None
    number = "double" if "e" in cell or "E" in cell else "decimal" if "." in cell else "integer"
    kind = "boolean" if cell in {"true", "false"} else number
    return f'"{cell}"^^<http://www.w3.org/2001/XMLSchema#{kind}>'


@contextmanager
def explained_query() -> Iterator[None]:
    """Raise what Oxigraph says of a query as a QueryError."""
    try:
        yield
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise QueryError(f"the query cannot be run: {_say_expected(str(error))}") from error


def _say_expected(said: str) -> str:
    """Leave out of what Oxigraph expects the characters of names and numbers and its mark for
    blanks; where only these were, no form of a query is there.
    """
    if said.endswith(": expected [_]"):
        return f"{said.removesuffix('[_]')}SELECT, CONSTRUCT, DESCRIBE or ASK"
    return _CHARACTERS.sub("", said)


def begin(store: ox.Store, query: str, **options: Any) -> Result:
    """Begin to answer a query; raises QueryError."""
    with explained_query():
        return Result(store.query(query, **options))
