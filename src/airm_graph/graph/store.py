"""The SPARQL store: Oxigraph, embedded. The only module that imports pyoxigraph.

Loading keeps lexical forms as written, except that Oxigraph normalises numbers, booleans and dates
and lower-cases language tags.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from airm_graph.errors import QueryError, StoreError
from airm_graph.terms import Quad

__all__ = [
    "FORMATS",
    "GRAPH_FORMATS",
    "RESULT_FORMATS",
    "Result",
    "Store",
    "format_rows",
    "number_rows",
    "parse_rows",
    "stream_rows",
]


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
_MARK = b"\xef\xbb\xbf"
#: With what a cell of TSV begins that is an N-Triples term as it stands, and what of it N-Triples
#: escapes.
_WHOLE = frozenset('<"_')
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPES = {number: f"\\u{number:04X}" for number in (*range(9), 11, *range(14, 32), 127)} | {8: "\\b", 12: "\\f"}


class Store:
    """A set of named graphs that answers SPARQL; the default graph of a query is the union of all.

    The union is kept as a copy in the default graph: Oxigraph's own union repeats a statement for
    every graph it stands in, which multiplies rows and makes joins explode.
    """

    in_order = True

    def __init__(self) -> None:
        """Make an empty store in memory."""
        self._store = ox.Store()

    def __len__(self) -> int:
        """Number of different statements, whatever graphs they stand in."""
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, ox.DefaultGraph()))

    def add_rows(self, rows: Iterable[Quad]) -> None:
        """Load rows as one batch."""
        data = "".join(f"{s} {p} {o} {g} .\n{s} {p} {o} .\n" if g else f"{s} {p} {o} .\n" for s, p, o, g in rows)
        self._store.bulk_load(data.encode(), format=ox.RdfFormat.N_QUADS)

    def add_batches(self, batches: Iterable[Sequence[tuple[str, str]]]) -> None:
        """Load batches of triples, each written ``s p o``, with their graphs; each goes into the
        union, too.
        """
        for batch in batches:
            data = "".join([f"{triple} {graph} .\n{triple} .\n" if graph else f"{triple} .\n" for triple, graph in batch])
            self._store.bulk_load(data.encode(), format=ox.RdfFormat.N_QUADS)

    def add_lines(self, path: Path) -> None:
        """Load a file of N-Quads that this project wrote, each quad into its own graph only.

        Raises:
            StoreError: It is no N-Quads; the message names file and line.
        """
        try:
            # The IRIs of a table were checked when it was loaded. For a store in memory `load`
            # takes a tenth less than `bulk_load`.
            self._store.load(path=str(path), format=ox.RdfFormat.N_QUADS, lenient=True)
        except (SyntaxError, ValueError) as error:
            raise _explain(error, name=path.name) from error

    def add_file(self, path: Path, *, graph: str | None = None) -> None:
        """Load an RDF file by its suffix, into *graph* (an IRI without brackets) or as the file
        says.

        Raises:
            StoreError: The suffix is unknown or the file is not what it says; the message names
                file and line.
        """
        rows = parse_rows(path.read_bytes(), name=str(path), suffix=path.suffix.lower())
        self.add_rows(rows if graph is None else ((*row[:3], f"<{graph}>") for row in rows))

    def select(self, query: str) -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
        """Run a SELECT; returns the variables and the rows as N-Triples terms, None where unbound.

        Raises:
            QueryError: The query does not parse or is not a SELECT.
        """
        with _explained_query():
            found = self._store.query(query)
        if not isinstance(found, ox.QuerySolutions):
            raise QueryError("the query is not a SELECT")
        names = tuple(variable.value for variable in found.variables)
        with _explained_query():
            return names, _read_solutions(found) if names else [() for _ in found]

    def ask(
        self,
        query: str,
        *,
        base: str | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> "Result":
        """Begin to answer a query of any form; rows are found while the result is read.

        Args:
            query: SPARQL; whatever it says in ``FROM``, the graphs named here are taken, when any
                are.
            base: What relative IRIs are resolved against.
            default_graphs, named_graphs: IRIs of the graphs to ask; the whole store when both are
                left out.

        Raises:
            QueryError: The query does not parse.
        """
        store = self._store
        if default_graphs is None and named_graphs is None:
            return _begin(store, query, base_iri=base)
        default, named = ([ox.NamedNode(name) for name in sorted(set(names or ()))] for names in (default_graphs, named_graphs))
        if len(default) > 1:
            # Oxigraph's own union of graphs repeats statements, see above.
            return _begin(self._merge(default, named), query, base_iri=base, default_graph=ox.DefaultGraph(), named_graphs=named)
        return _begin(store, query, base_iri=base, default_graph=default, named_graphs=named)

    def _merge(self, default: Sequence[ox.NamedNode], named: Sequence[ox.NamedNode]) -> ox.Store:
        merged = ox.Store()
        for graph in default:
            merged.extend(ox.Quad(*quad.triple) for quad in self._store.quads_for_pattern(None, None, None, graph))
        for graph in named:
            merged.extend(self._store.quads_for_pattern(None, None, None, graph))
        return merged

    def find_rows(self, *, subject: str | None = None, object: str | None = None, graph: str | None = None) -> Iterator[Quad]:  # noqa: A002
        """Find statements by subject, object or graph, each an IRI without brackets; once each
        without *graph*, which is then empty.
        """
        try:
            graph_node = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
            wanted = [None if name is None else ox.NamedNode(name) for name in (subject, object)]
        except ValueError:
            # What is no IRI stands in no statement.
            return iter(())
        return map(_row, self._store.quads_for_pattern(wanted[0], None, wanted[1], graph_node))

    def find_graphs(self, subject: str) -> tuple[str, ...]:
        """Return the IRIs of the named graphs with statements about a subject, without brackets,
        sorted.
        """
        try:
            found = self._store.quads_for_pattern(ox.NamedNode(subject), None, None, None)
        except ValueError:
            return ()
        return tuple(sorted({quad.graph_name.value for quad in found if isinstance(quad.graph_name, ox.NamedNode)}))

    def list_graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs, without brackets, sorted."""
        return tuple(sorted(graph.value for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode)))


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
            with _explained_query():
                yield from (tuple(None if (v := row[n]) is None else str(v) for n in names) for row in self._found)

    def write(self, output: IO[bytes], *, media_type: str, prefixes: Mapping[str, str] | None = None) -> None:
        """Write the answer, found piece by piece, in one of `RESULT_FORMATS`, or for a graph of
        `GRAPH_FORMATS`.

        Raises:
            QueryError: The query cannot be evaluated.
        """
        with _explained_query():
            if isinstance(self._found, ox.QueryTriples):
                ox.serialize(self._found, output, GRAPH_FORMATS[media_type], prefixes=dict(prefixes or {}))
            else:
                self._found.serialize(output, RESULT_FORMATS[media_type])


def _read_solutions(found: ox.QuerySolutions) -> list[tuple[str | None, ...]]:
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
def _explained_query() -> Iterator[None]:
    try:
        yield
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise QueryError(f"the query cannot be run: {error}") from error


def _begin(store: ox.Store, query: str, **options: Any) -> Result:
    with _explained_query():
        return Result(store.query(query, **options))


def parse_rows(data: bytes, *, name: str, suffix: str) -> list[Quad]:
    """Parse RDF bytes into rows; *name* is for messages, *suffix* (``.ttl``) gives the format.

    Raises:
        StoreError: Unknown suffix, or a syntax error: the message names file and line.
    """
    return [_row(quad) for quad in _parse(data, name=name, suffix=suffix)]


def stream_rows(file: IO[bytes], name: str, suffix: str) -> Iterator[Quad]:
    """Parse an open file into rows without holding more of it than a row needs; N-Triples, N-Quads,
    Turtle and TriG only.

    Raises:
        StoreError: As for `parse_rows`, but only when the row is reached.

    >>> list(stream_rows(io.BytesIO(b"<urn:a> <urn:b> 1 ."), "a.ttl", ".ttl"))
    [('<urn:a>', '<urn:b>', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>', '')]
    """
    reader = io.BufferedReader(cast("io.RawIOBase", file))
    if reader.peek(len(_MARK)).startswith(_MARK):
        reader.read(len(_MARK))
    try:
        for quad in ox.parse(cast("IO[bytes]", reader), format=FORMATS[suffix]):
            yield _row(quad)
    except (SyntaxError, ValueError) as error:
        raise _explain(error, name=name) from error
    finally:
        reader.detach()


def format_rows(rows: Iterable[Quad], *, media_type: str, prefixes: Mapping[str, str] | None = None) -> bytes:
    """Write the triples of rows in one of `GRAPH_FORMATS`, in the order given and with the labels
    that blank nodes have.
    """
    data = "".join(f"{s} {p} {o} .\n" for s, p, o, _ in rows).encode()
    triples = (quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
    written = ox.serialize(triples, format=GRAPH_FORMATS[media_type], prefixes=dict(prefixes or {}))
    return written or b""


def number_rows(data: bytes, *, name: str, suffix: str) -> Iterator[tuple[Quad, int]]:
    r"""Parse RDF bytes into rows in the order of the document, each with the line (from 1) on which
    it is complete.

    The parser is handed one line at a time, and a row that it yields ends on the line handed out
    last, or one token earlier where it ends in a plain string. JSON-LD is an exception: it is read
    whole before the first row comes.

    Raises:
        StoreError: As for `parse_rows`.

    >>> [line for _, line in number_rows(b"<urn:a> <urn:b> 1,\n 2 .", name="a.ttl", suffix=".ttl")]
    [1, 2]
    """
    reader = _LineReader(_check(data, name=name, suffix=suffix))
    try:
        for quad in ox.parse(cast("IO[bytes]", reader), format=FORMATS[suffix]):
            yield _row(quad), reader.line
    except (SyntaxError, ValueError) as error:
        raise _explain(error, name=name) from error


class _LineReader(io.RawIOBase):
    """Hands out one line at a time and knows its number."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)
        self._at_start = True
        self.line = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        part = self._data.readline(size)
        self.line += bool(part) and self._at_start
        self._at_start = part.endswith(b"\n")
        return part


def _parse(data: bytes, *, name: str, suffix: str) -> list[ox.Quad]:
    try:
        return list(ox.parse(_check(data, name=name, suffix=suffix), format=FORMATS[suffix]))
    except (SyntaxError, ValueError) as error:
        raise _explain(error, name=name) from error


def _check(data: bytes, *, name: str, suffix: str) -> bytes:
    if suffix not in FORMATS:
        raise StoreError(f"{name}: unknown suffix {suffix!r}; use one of {' '.join(sorted(FORMATS))}")
    data = data.removeprefix(_MARK)
    if FORMATS[suffix] == ox.RdfFormat.RDF_XML and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
        raise StoreError(f"{name}: a document type or entity is refused; remove it")
    return data


def _explain(error: Exception, *, name: str) -> StoreError:
    line = getattr(error, "lineno", None)
    where = f"{name}:{line}" if line else name
    return StoreError(f"{where}: not readable as RDF: {getattr(error, 'msg', error)}")


def _row(quad: ox.Quad) -> Quad:
    graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else str(quad.graph_name)
    return str(quad.subject), str(quad.predicate), str(quad.object), graph
