"""The SPARQL store: Oxigraph, embedded.

Loading keeps lexical forms as written, except that Oxigraph normalises numbers, booleans and dates
and lower-cases language tags.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from airm_graph.errors import QueryError, StoreError
from airm_graph.graph.rdf_format import find_format
from airm_graph.graph.solutions import GRAPH_FORMATS, RESULT_FORMATS, Result, begin, explained_query, read_solutions
from airm_graph.terms import Quad

__all__ = [
    "FORMATS",
    "GRAPH_FORMATS",
    "RESULT_FORMATS",
    "Result",
    "Store",
    "find_format",
    "format_rows",
    "number_rows",
    "parse_rows",
    "stream_rows",
    "write_canonical",
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
_MARK = b"\xef\xbb\xbf"
_NO_LANGUAGE = re.compile(rb"""(\bxml:lang\s*=\s*)(["'])\2""")
_NONE = "x-airm-none"
#: A language tag with a base direction, of RDF 1.2.
_DIRECTED = re.compile("@[A-Za-z0-9-]+--(?:ltr|rtl)")
_MOST_SAID = 300
#: What the parser raises; the last where a term has more than 16 MiB.
_REFUSALS = (SyntaxError, ValueError, MemoryError)


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

    def add_exports(self, quads: bytes, triples: bytes) -> None:
        """Load the N-Quads and the N-Triples that this project wrote of one graph; the latter are
        the union.

        Raises:
            StoreError: They are none; the message names the line.
        """
        try:
            for data, form in ((quads, ox.RdfFormat.N_QUADS), (triples, ox.RdfFormat.N_TRIPLES)):
                self._store.load(data, format=form, lenient=True)
        except (SyntaxError, ValueError) as error:
            raise _explain(error, name="the exports of the graph") from error

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
        with explained_query():
            found = self._store.query(query)
        if not isinstance(found, ox.QuerySolutions):
            raise QueryError("the query is not a SELECT")
        names = tuple(variable.value for variable in found.variables)
        with explained_query():
            return names, read_solutions(found) if names else [() for _ in found]

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
            return begin(store, query, base_iri=base)
        default, named = ([ox.NamedNode(name) for name in sorted(set(names or ()))] for names in (default_graphs, named_graphs))
        if len(default) > 1:
            # Oxigraph's own union of graphs repeats statements, see above.
            return begin(self._merge(default, named), query, base_iri=base, default_graph=ox.DefaultGraph(), named_graphs=named)
        return begin(store, query, base_iri=base, default_graph=default, named_graphs=named)

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


def parse_rows(data: bytes, *, name: str, suffix: str, base_iri: str | None = None) -> list[Quad]:
    """Parse RDF bytes into rows; *name* is for messages, *suffix* (``.ttl``) gives the format.

    Args:
        base_iri: What relative IRIs are resolved against: the address that the bytes were read
            from.

    Raises:
        StoreError: Unknown suffix, a syntax error, or what only RDF 1.2 has: the message names file
            and line.
    """
    checked = _check(data, name=name, suffix=suffix)
    try:
        rows = [_row(quad) for quad in ox.parse(checked, format=FORMATS[suffix], base_iri=base_iri)]
    except _REFUSALS as error:
        # Only these do not know their line.
        for _ in (
            number_rows(data, name=name, suffix=suffix, base_iri=base_iri) if isinstance(error, _NewerError) or _is_xml(suffix) else ()
        ):
            pass
        raise _explain(error, name=name) from error
    return _drop_marks(rows) if _is_xml(suffix) else rows


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
    except _REFUSALS as error:
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


def number_rows(data: bytes, *, name: str, suffix: str, base_iri: str | None = None) -> Iterator[tuple[Quad, int]]:
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
        for quad in ox.parse(cast("IO[bytes]", reader), format=FORMATS[suffix], base_iri=base_iri):
            row = _row(quad)
            yield (_drop_marks([row])[0] if _is_xml(suffix) else row), reader.line
    except _REFUSALS as error:
        line = reader.line if isinstance(error, _NewerError) or _is_xml(suffix) else None
        raise _explain(error, name=name, line=line) from error


def write_canonical(seconds: int) -> None:
    """Read N-Quads from standard input and write them with canonical labels; the process ends when
    its time is over.
    """
    with suppress(ImportError):
        import resource  # Windows has no such limit

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    dataset = ox.Dataset(ox.parse(sys.stdin.buffer, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    sys.stdout.buffer.write(ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"")


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


def _check(data: bytes, *, name: str, suffix: str) -> bytes:
    if suffix not in FORMATS:
        raise StoreError(f"{name}: unknown suffix {suffix!r}; use one of {' '.join(sorted(FORMATS))}")
    data = data.removeprefix(_MARK)
    if FORMATS[suffix] == ox.RdfFormat.RDF_XML:
        from airm_graph.graph.nesting import check_xml  # most files are of other formats
        from airm_graph.graph.xml_text import join_texts, to_utf8

        data = to_utf8(data, name)
        check_xml(data, name)
        data = join_texts(data)
    elif FORMATS[suffix] == ox.RdfFormat.JSON_LD:
        from airm_graph.graph.nesting import check_json

        check_json(data, name)
    # XML takes an empty language for none at all; the parser takes it for a mistake.
    return _NO_LANGUAGE.sub(rb"\1\2" + _NONE.encode() + rb"\2", data) if _is_xml(suffix) else data


def _is_xml(suffix: str) -> bool:
    return FORMATS.get(suffix) == ox.RdfFormat.RDF_XML


def _drop_marks(rows: list[Quad]) -> list[Quad]:
    """Take the mark of no language off literals."""
    mark = f'"@{_NONE}'
    return [(s, p, o[: -len(mark) + 1] if o.endswith(mark) else o, g) for s, p, o, g in rows]


class _NewerError(ValueError):
    """A statement that only RDF 1.2 has."""


def _explain(error: Exception, *, name: str, line: int | None = None) -> StoreError:
    line = getattr(error, "lineno", None) or line
    where, what = f"{name}:{line}" if line else name, str(getattr(error, "msg", error))
    if "LoadDocumentCallback" in what:
        what = "its context lies elsewhere, and nothing is fetched; write the context into the file"
    what = " ".join(what.split())  # it may hold a text of the file
    return StoreError(f"{where}: not readable as RDF: {what if len(what) <= _MOST_SAID else f'{what[:_MOST_SAID]}…'}")


def _row(quad: ox.Quad) -> Quad:
    graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else str(quad.graph_name)
    value = str(quad.object)
    if isinstance(quad.object, ox.Triple) or _DIRECTED.search(value, value.rfind('"') + 1):
        what = "a directional language tag" if value.startswith('"') else "a statement about a statement"
        raise _NewerError(f"{what} is RDF 1.2, and RDF 1.1 is what is read here")
    return str(quad.subject), str(quad.predicate), value, graph
