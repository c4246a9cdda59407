"""What a server holds, and how each kind of question is answered from it. Runs in the broker and its workers, never beside HTTP."""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, cast

from airm_graph.errors import ExportError, InputError, ParameterError, QueryError, UnknownQueryError
from airm_graph.export import EXPORTS
from airm_graph.graph.store import Row, Store, parse_rows
from airm_graph.namespaces import PREFIXES, rebase_text
from airm_graph.pipeline import SUMS, Graph, load, read_sums
from airm_graph.query.answers import Table, format_table
from airm_graph.query.library import list_queries, run_query
from airm_graph.resources import find_resource, read_resource
from airm_graph.search import SearchIndex, search_index
from airm_graph.serve.frames import Reply
from airm_graph.serve.negotiate import GRAPH_TYPES, TABLE_TYPES
from airm_graph.serve.resources import describe_document, describe_resource, list_described_rows
from airm_graph.serve.screen import screen_query
from airm_graph.serve.service import SERVICE_PREFIXES, service_rows
from airm_graph.serve.settings import Limits
from airm_graph.serve.spreadsheet import defuse_table
from airm_graph.serve.writing import write_rows
from airm_graph.triples import NOTICE

__all__ = ["Holdings", "load_holdings"]

#: Folder to path below the base.
_DOCUMENTS = {"shapes": "shapes", "ontology/alignments": "alignment"}


class _TooLargeError(Exception):
    """An answer passes the limit for output."""


class _Output(io.RawIOBase):
    """Takes bytes up to a limit."""

    def __init__(self, most: int) -> None:
        self._parts: list[bytes] = []
        self._left = most

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise _TooLargeError
        self._parts.append(bytes(data))
        return len(data)

    def read_all(self) -> bytes:
        return b"".join(self._parts)


class Holdings:
    """A loaded graph with what else is served: shapes and alignments as documents, the index for search, descriptions.

    Attributes:
        facts: What the process that speaks HTTP has to know, as JSON values.
    """

    def __init__(self, graph: Graph, *, folder: Path | None, limits: Limits, changed: float = 0.0, public_url: str = "") -> None:
        """Load everything; *folder* holds the release files, *changed* is the time of the data in seconds since 1970."""
        self.base = graph.base
        self.limits = limits
        self.store = graph.store
        endpoint = f"{public_url or graph.base}sparql"
        self._queries = {query.name: query for query in list_queries()}
        self._endpoint = f"<{endpoint}>"
        self._service = tuple(service_rows(graph.store, queries=self._queries.values(), base=graph.base, endpoint=endpoint))
        # Editors ask the endpoint itself for prefixes and examples, so its description is a graph of the store.
        self.store.add_rows((*row[:3], f"<{graph.base}graph/service>") for row in self._service)
        self._graphs = frozenset(self.store.list_graphs())
        self._texts = _read_texts(graph.base)
        self.documents = _load_documents(self._texts, base=graph.base)
        self.index = SearchIndex.build(graph.quads, base=graph.base)
        self._context: Mapping[str, Any] = json.loads(rebase_text(read_resource("ontology/context.jsonld"), graph.base))["@context"]
        self._prefixes = {prefix: rebase_text(namespace, graph.base) for prefix, namespace in PREFIXES.items()} | SERVICE_PREFIXES
        self.facts: Mapping[str, Any] = {
            "base": graph.base,
            "notice": NOTICE,
            "digest": _digest(graph, endpoint),
            "version": version("airm-graph"),
            "changed": changed,
            "graphs": sorted(self._graphs),
            "triples": len(self.store),
            "licences": self._find_licences(),
            "counts": {row[0]: int(row[1] or 0) for row in run_query(self.store, "counts", base=self.base).values()},
            "prefixes": self._prefixes,
            "files": _list_files(self.store, folder, base=graph.base),
        }
        self._answers: Mapping[str, Callable[[Mapping[str, Any]], Reply]] = {
            "graph": self._answer_graph,
            "query": self._answer_query,
            "rdf": self._answer_rdf,
            "resource": self._answer_resource,
            "search": self._answer_search,
            "service": self._answer_service,
            "sparql": self._answer_sparql,
        }

    def rehearse(self) -> None:
        """Answer one question of each kind, so that whatever is loaded when it is first needed is loaded: workers can open nothing."""
        iri = f"{self.base}notice/preliminary"
        text = "SELECT * { ?s ?p ?o } LIMIT 1"
        questions: list[Mapping[str, Any]] = [
            {"ask": "resource", "iri": iri},
            {"ask": "search", "text": "ai", "facets": {}, "limit": 1, "offset": 0},
            {"ask": "sparql", "query": "SELECT", "table_type": None, "graph_type": None},
            *({"ask": "query", "name": "counts", "arguments": {}, "format": form} for form in ("terms", *TABLE_TYPES)),
            *({"ask": "sparql", "query": text, "table_type": name, "graph_type": None} for name in TABLE_TYPES.values()),
            *({"ask": "rdf", "iri": iri, "type": name} for name in GRAPH_TYPES.values()),
            *({"ask": "rdf", "iri": f"{self.base}ontology", "type": name} for name in GRAPH_TYPES.values()),
        ]
        for question in questions:
            self.answer(question)
        # A connection is not carried across a fork.
        self.index.close()

    def answer(self, question: Mapping[str, Any]) -> Reply:
        """Answer a question; its ``ask`` names the kind."""
        try:
            reply = self._answers[question["ask"]](question)
        except _TooLargeError:
            return self._refuse_size()
        except UnknownQueryError as error:
            return Reply(404, {"error": str(error)})
        except ParameterError as error:
            return Reply(400, {"error": str(error), "parameter": error.parameter})
        except QueryError as error:
            if isinstance(error.__cause__, _TooLargeError) or isinstance(error.__context__, _TooLargeError):
                return self._refuse_size()
            return Reply(400, {"error": str(error)})
        return reply if len(reply.body) <= self.limits.output else self._refuse_size()

    def _refuse_size(self) -> Reply:
        return Reply(413, {"error": f"the answer is larger than {self.limits.output} bytes; ask for less, for example with LIMIT"})

    def _answer_sparql(self, question: Mapping[str, Any]) -> Reply:
        text = question["query"]
        screened = screen_query(text, base=self.base, depth=self.limits.depth, chain=self.limits.chain)
        default, named = question.get("default_graphs"), question.get("named_graphs")
        asked = {*screened.default_graphs, *screened.named_graphs, *(default or ()), *(named or ())}
        if foreign := sorted(asked.difference(self._graphs)):
            raise QueryError(f"the graph <{foreign[0]}> is not served here; ask SELECT DISTINCT ?g {{ GRAPH ?g {{ }} }} for those that are")
        if default is None and named is None and (screened.default_graphs or screened.named_graphs):
            default, named = screened.default_graphs, screened.named_graphs
        result = self.store.ask(text, base=self.base, default_graphs=default, named_graphs=named)
        media_type = question["graph_type" if result.kind == "graph" else "table_type"]
        if media_type is None:
            return Reply(406, {"error": "the form of the query has no such format", "kind": result.kind})
        if result.kind == "rows" and media_type == "text/csv":
            rows = tuple(self._limit(result))
            body = format_table(defuse_table(Table(result.columns, rows)), format="csv").encode()
        else:
            output = _Output(self.limits.output)
            result.write(cast("IO[bytes]", output), media_type=media_type, prefixes=self._prefixes)
            body = output.read_all()
        return Reply(200, {"type": media_type, "volatile": screened.volatile}, body)

    def _limit(self, rows: Iterable[tuple[str | None, ...]]) -> Iterator[tuple[str | None, ...]]:
        left = self.limits.output
        for row in rows:
            left -= sum(len(term or "") + 1 for term in row)
            if left < 0:
                raise _TooLargeError
            yield row

    def _answer_query(self, question: Mapping[str, Any]) -> Reply:
        name = question["name"]
        if name not in self._queries:
            raise UnknownQueryError(f"no query is called {name!r}")
        query = self._queries[name]
        table = run_query(self.store, query, question["arguments"], base=self.base)
        form = question["format"]
        if form == "terms":
            return Reply(200, {}, json.dumps({"columns": table.columns, "rows": table.rows}, ensure_ascii=False).encode())
        return Reply(200, {}, format_table(defuse_table(table) if form == "csv" else table, format=form).encode())

    def _answer_search(self, question: Mapping[str, Any]) -> Reply:
        hits = search_index(
            self.index,
            question["text"],
            facets={name: tuple(values) for name, values in question["facets"].items()},
            limit=question["limit"],
            offset=question["offset"],
        )
        return Reply(200, {}, json.dumps(asdict(hits), ensure_ascii=False).encode())

    def _answer_resource(self, question: Mapping[str, Any]) -> Reply:
        iri = question["iri"]
        found = describe_resource((self.store, self.documents), iri, base=self.base)
        if found is None and (rows := self._find_document(iri)):
            found = describe_document(self.documents, iri, rows=rows)
        if found is None:
            return Reply(404, {"error": f"nothing is known of <{question['iri']}>"})
        return Reply(200, self._head(question["iri"]), json.dumps(found.to_json(), ensure_ascii=False).encode())

    def _answer_rdf(self, question: Mapping[str, Any]) -> Reply:
        text = self._texts.get(question["iri"])
        if text is not None and question["type"] == "text/turtle":
            return Reply(200, self._head(question["iri"]), text.encode())
        rows = self._find_document(question["iri"])
        if not rows:
            return Reply(404, {"error": f"nothing is known of <{question['iri']}>"})
        return Reply(200, self._head(question["iri"]), self._write(rows, question["type"]))

    def _head(self, iri: str) -> Mapping[str, Any]:
        """What the headers of a resource say: whether it is deprecated, what replaces it, and what it belongs to."""
        rows = [row for store in (self.store, self.documents) for row in store.find_rows(subject=iri)]
        deprecated = (f"<{PREFIXES['owl']}deprecated>", f'"true"^^<{PREFIXES["xsd"]}boolean>')
        return {
            "deprecated": any(row[1:3] == deprecated for row in rows),
            "replaced_by": sorted(o[1:-1] for _, p, o, _ in rows if p == f"<{PREFIXES['dcterms']}isReplacedBy>" and o.startswith("<")),
            "collection": min((o[1:-1] for _, p, o, _ in rows if p == f"<{PREFIXES['skos']}inScheme>"), default=f"{self.base}dataset"),
        }

    def _find_document(self, iri: str) -> Sequence[Row]:
        """The statements of a document: a whole named graph, or what stands around a resource."""
        for store in (self.store, self.documents):
            if rows := sorted({(*row[:3], "") for name in _graphs_of(store, iri, base=self.base) for row in store.find_rows(graph=name)}):
                return rows
        return list_described_rows(self.store, iri, base=self.base) or list_described_rows(self.documents, iri, base=self.base)

    def _answer_graph(self, question: Mapping[str, Any]) -> Reply:
        name = question["graph"]
        if name is not None and name not in self._graphs:
            return Reply(404, {"error": f"the graph <{name}> is not served here"})
        rows = sorted((*row[:3], "") for row in self.store.find_rows(graph=name))
        return Reply(200, {"type": question["type"]}, self._write(rows, question["type"]))

    def _answer_service(self, question: Mapping[str, Any]) -> Reply:
        endpoint = f"<{question['endpoint']}>"
        rows = [(s, p, endpoint if o == self._endpoint else o, "") for s, p, o, _ in self._service]
        return Reply(200, {"type": question["type"]}, self._write(rows, question["type"]))

    def _write(self, rows: Sequence[Row], media_type: str) -> bytes:
        return write_rows(rows, media_type=media_type, prefixes=self._prefixes, context=self._context, comment=NOTICE)

    def _find_licences(self) -> list[str]:
        dataset = f"{self.base}dataset"
        wanted = {f"<{PREFIXES['dcterms']}{name}>" for name in ("license", "rights")}
        return sorted(o[1:-1] for _, p, o, _ in self.store.find_rows(subject=dataset) if p in wanted and o.startswith("<"))


def load_holdings(path: Path | None, *, limits: Limits, public_url: str = "") -> Holdings:
    """Load a dist folder, an RDF file or the packaged example, with all that is served beside it.

    Raises:
        InputError: There is no such file, or a folder is not what its ``SHA256SUMS`` says.
        StoreError: A file is not what its suffix says.
    """
    graph = load(path)
    folder = path if path is not None and path.is_dir() and (path / SUMS).is_file() else None
    times = [
        entry.stat().st_mtime for entry in (path.iterdir() if folder and path else [path] if path else []) if entry and entry.is_file()
    ]
    if graph.is_empty:
        raise InputError("holds no statement", file=str(path), remedy="build a graph first: airm-graph build captures/ -o dist")
    holdings = Holdings(graph, folder=folder, limits=limits, changed=max(times, default=0.0), public_url=public_url)
    holdings.rehearse()
    return holdings


def _digest(graph: Graph, endpoint: str) -> str:
    """A digest that changes with the data, the software that answers, and what it says of itself."""
    try:
        data = graph.digest
    except ExportError:
        # Blank nodes have no digest that every reader agrees on; this one holds as long as the file is the same.
        data = hashlib.sha256("\n".join(" ".join(row) for row in graph.quads).encode()).hexdigest()
    return hashlib.sha256(f"{data} {version('airm-graph')} {endpoint}".encode()).hexdigest()


def _read_texts(base: str) -> dict[str, str]:
    """The files of the ontology, the shapes and the alignments by the IRI of what they say: people like them as they were written."""
    found = {f"{base}ontology": read_resource("ontology/airm.ttl")}
    for folder, place in _DOCUMENTS.items():
        found |= {f"{base}{place}/{path.stem}": path.read_text(encoding="utf-8") for path in sorted(find_resource(folder).glob("*.ttl"))}
    return {iri: rebase_text(text, base) for iri, text in found.items()}


def _load_documents(texts: Mapping[str, str], *, base: str) -> Store:
    """Shapes and alignments: served under their IRIs, no part of the data that is queried."""
    store = Store()
    for iri, text in texts.items():
        if iri != f"{base}ontology":
            store.add_rows((*row[:3], f"<{iri}>") for row in parse_rows(text.encode(), name=iri, suffix=".ttl"))
    return store


def _graphs_of(store: Store, iri: str, *, base: str) -> list[str]:
    """The named graphs that a document IRI stands for: its own, that of the version it names, or for ``shapes`` those of all its files."""
    graphs = store.list_graphs()
    if iri in graphs:
        return [iri]
    ontology = f"{base}ontology"
    if iri in {ontology, *(o[1:-1] for _, p, o, _ in store.find_rows(subject=ontology) if p == f"<{PREFIXES['owl']}versionIRI>")}:
        return [name for name in graphs if name == f"{base}graph/ontology"]
    return [name for name in graphs if iri == f"{base}shapes" and name.startswith(f"{iri}/")]


def _list_files(store: Store, folder: Path | None, *, base: str) -> dict[str, tuple[str, str, str, int]]:
    """The files of the release that the folder has: path below the base to name, media type, SHA-256 and size."""
    if folder is None:
        return {}
    types = {export.file_name: export.media_type for export in EXPORTS.values()}
    sums = read_sums(folder)
    declared = {s[1:-1] for s, p, _, _ in store.find_rows(object=f"{PREFIXES['dcat']}Distribution") if s.startswith(f"<{base}")}
    names = {iri.removeprefix(base): iri.rpartition("/")[2] for iri in sorted(declared)}
    return {path: (name, types[name], sums[name], (folder / name).stat().st_size) for path, name in names.items() if name in sums}
