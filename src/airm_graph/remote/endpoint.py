"""A SPARQL endpoint that holds a release and answers the query library as the embedded store does.

The library asks the union of all graphs. Some servers take that for their default graph (Virtuoso,
GraphDB, Blazegraph, Neptune), others have nothing there (Fuseki and Oxigraph, unless told to): such
a server is told the graphs of the release with every query.

Source:
    SPARQL 1.1 Protocol, section 2.1; SPARQL 1.1 Query Results JSON Format.
"""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlencode

from airm_graph.errors import RemoteError, StoreError
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, PREFIXES, literal
from airm_graph.remote.client import Answer, Client
from airm_graph.terms import Quad, read_literal

__all__ = ["Endpoint"]

Solutions = tuple[tuple[str, ...], list[tuple[str | None, ...]]]

_RESULTS = "application/sparql-results+json"
_TRIPLES = {"application/n-triples": ".nt", "text/plain": ".nt", "text/turtle": ".ttl", "application/x-turtle": ".ttl"}
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*')
_LANGUAGE = re.compile(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*")
_LABEL = re.compile(r"[^\s<>\"{}|^`\\]+")
# As the embedded store writes terms, so that rows are equal character by character.
_ESCAPED = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)} | {8: "\\b", 9: "\\t", 12: "\\f"}
_STRING = PREFIXES["xsd"] + "string"
_PAGE = 1000

_FIND_BASES = """SELECT DISTINCT ?space WHERE {
  { GRAPH ?graph { ?dataset a <%(void)sDataset> ; <%(void)suriSpace> ?space } }
  UNION { ?dataset a <%(void)sDataset> ; <%(void)suriSpace> ?space }
} LIMIT 100"""
# Holds in a default graph only if what is asserted and what is inferred are both there: they stand
# in graphs of their own.
_FIND_UNION = """SELECT ?code WHERE {
  <%(base)sdataset> <%(void)suriSpace> ?space .
  ?mitigation <%(base)sontology#code> ?code .
} LIMIT 1"""
_FIND_ANY = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"
_COUNT_GRAPHS = """SELECT ?graph (COUNT(*) AS ?count) WHERE {
  GRAPH ?graph { ?s ?p ?o }
  FILTER(STRSTARTS(STR(?graph), %(start)s) && STR(?graph) > %(after)s)
} GROUP BY ?graph ORDER BY ?graph LIMIT %(page)d"""


class Endpoint:
    """A SPARQL endpoint; give it to `airm_graph.query.library.run_query` in place of a store."""

    #: Virtuoso puts long texts in an order of its own, others sort by the language of the machine.
    in_order = False

    def __init__(self, url: str, *, client: Client | None = None, base: str | None = None, graphs: Sequence[str] | None = None) -> None:
        """Make an endpoint; nothing is sent yet.

        Args:
            url: Address of the endpoint, http or https.
            client: How to reach it; made without credentials when left out.
            base: The base of the release there; found by asking when left out.
            graphs: IRIs of the only graphs to ask; found by asking when left out.

        Raises:
            RemoteError: The address cannot be used.
        """
        self.url = url
        self.client = client or Client(url)
        self._base, self._graphs = base, graphs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.client.close()

    @cached_property
    def base(self) -> str:
        """Find the base of the release that the endpoint holds.

        Raises:
            RemoteError: There is none, or there are several and none has the default base.
        """
        if self._base is not None:
            return self._base
        _, rows = self.ask(_FIND_BASES % PREFIXES)
        values = {term[1:-1] if term.startswith("<") else read_literal(term).text for (term,) in rows if term}
        found = sorted(value for value in values if value.startswith(("http://", "https://")) and _IRI.fullmatch(value))
        if BASE in found or not found:
            # Without a description of the dataset the default is as good a guess as any: the
            # queries answer, with nothing if need be.
            return BASE
        if len(found) > 1:
            raise RemoteError(f"{self.url} holds data below {', '.join(found)}; say which with --base")
        return found[0]

    @cached_property
    def dataset(self) -> tuple[tuple[str, str], ...]:
        """Find the parameters that make the default graph of a query the union of the release.

        There are none where it is so anyway.

        Raises:
            RemoteError: There is no way to ask this server for the union of graphs.
        """
        if self._graphs is not None:
            return _name_graphs(self._graphs)
        if self.ask(_FIND_UNION % {**PREFIXES, "base": self.base})[1]:
            return ()
        found = _name_graphs(tuple(self.count_graphs(self.base)))
        if found and not self._solve(_FIND_ANY, found)[1]:
            # Empty answers would look like answers.
            what = "its default graph does not hold the named graphs, and it does not heed default-graph-uri"
            raise RemoteError(f"{self.url}: {what}; make the union of all graphs the default graph there")
        return found

    def select(self, query: str) -> Solutions:
        """Run a SELECT over the release, as `airm_graph.graph.store.Store.select` does.

        Raises:
            RemoteError: No answer, an error, or an answer that is not whole.
        """
        return self._solve(query, self.dataset)

    def ask(self, query: str) -> Solutions:
        """Run a SELECT over whatever the endpoint takes for its dataset.

        Raises:
            RemoteError: As `select`.
        """
        return self._solve(query, ())

    def construct(self, query: str) -> list[Quad]:
        """Run a CONSTRUCT and return its triples as rows without a graph.

        Raises:
            RemoteError: As `select`.
        """
        answer = self._post(query, (), accept="application/n-triples, text/turtle;q=0.5")
        if answer.media_type not in _TRIPLES:
            raise RemoteError(f"{self.url}: the answer is {self._name_type(answer)}, not N-Triples; is this a SPARQL endpoint?")
        try:
            return parse_rows(answer.body, name=self.url, suffix=_TRIPLES[answer.media_type])
        except StoreError as error:
            raise RemoteError(self.client.hide(str(error))) from None

    def count_graphs(self, start: str) -> dict[str, int]:
        """Count the statements of each named graph whose IRI begins with *start*, sorted by IRI."""
        found: dict[str, int] = {}
        while True:
            after = literal(max(found, default=""))
            _, rows = self.ask(_COUNT_GRAPHS % {"start": literal(start), "after": after, "page": _PAGE})
            fresh = {graph[1:-1]: int(count.split('"')[1]) for graph, count in rows if graph and count and graph[1:-1] not in found}
            found |= fresh
            if len(rows) < _PAGE or not fresh:
                return dict(sorted(found.items()))

    def _solve(self, query: str, dataset: Iterable[tuple[str, str]]) -> Solutions:
        answer = self._post(query, dataset, accept=_RESULTS)
        try:
            names, rows = _read_results(json.loads(answer.body))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            what = f"the answer ({self._name_type(answer)}) is not a table of results in JSON; is this a SPARQL endpoint?"
            raise RemoteError(f"{self.url}: {what}") from error
        _check_whole(answer, len(rows), url=self.url)
        return names, rows

    def _name_type(self, answer: Answer) -> str:
        return self.client.hide(answer.media_type) or "of no type"

    def _post(self, query: str, dataset: Iterable[tuple[str, str]], *, accept: str) -> Answer:
        body = urlencode([("query", query), *dataset]).encode()
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        return self.client.request("POST", self.url, headers=headers, body=body)


def _name_graphs(graphs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, graph) for name in ("default-graph-uri", "named-graph-uri") for graph in graphs)


def _check_whole(answer: Answer, size: int, *, url: str) -> None:
    """Refuse what Virtuoso sends with status 200 when it stopped early."""
    most = answer.headers.get("x-sparql-maxrows", "")
    if most.isdecimal() and size >= int(most):
        raise RemoteError(f"{url}: the server cut the answer at {most} rows; raise ResultSetMaxRows there, or ask for less")
    if "x-sql-state" in answer.headers:
        raise RemoteError(f"{url}: the server stopped early and sent a part of the answer; raise MaxQueryExecutionTime there")


def _read_results(found: Any) -> Solutions:
    names = tuple(str(name) for name in found["head"]["vars"])
    rows = [tuple(_read_term(row[name]) if name in row else None for name in names) for row in found["results"]["bindings"]]
    return names, rows


def _read_term(term: dict[str, str]) -> str:
    """Write a term of a result as N-Triples; ValueError for what is none."""
    kind, value = term["type"], term["value"]
    if kind == "uri":
        return f"<{_match(_IRI, value)}>"
    if kind == "bnode":
        return f"_:{_match(_LABEL, value)}"
    if kind not in ("literal", "typed-literal") or not isinstance(value, str):
        raise ValueError(kind)
    written = literal(value).translate(_ESCAPED)
    if language := term.get("xml:lang"):
        return f"{written}@{_match(_LANGUAGE, language)}"
    datatype = term.get("datatype", _STRING)
    return written if datatype == _STRING else f"{written}^^<{_match(_IRI, datatype)}>"


def _match(pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(value)
    return value
