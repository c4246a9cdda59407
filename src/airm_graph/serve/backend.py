"""Answer messages from the loaded graph. Only the fork server and its workers run this."""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from airm_graph.errors import EngineError, InputError, ParameterError, QueryError, UnknownQueryError
from airm_graph.export import make_options
from airm_graph.graph.store import Result
from airm_graph.namespaces import PREFIXES
from airm_graph.notice import NOTICE
from airm_graph.pipeline import Graph, compare_with, count_set_aside, is_release, load_mitigations, read_sums
from airm_graph.query.answers import Table, format_table
from airm_graph.query.library import list_queries, run_query
from airm_graph.search import SearchIndex, search_index
from airm_graph.search.entities import read_entities
from airm_graph.search.script_lists import MOST_LISTED, write_script_lists
from airm_graph.search.search_documents import Document, make_documents
from airm_graph.serve.addresses import is_page_path
from airm_graph.serve.analyses import ANALYSES, LIGHT, TEXT
from airm_graph.serve.analysis_answers import AnalysisAnswers, write_changes
from airm_graph.serve.content_negotiation import GRAPH_TYPES, TABLE_TYPES
from airm_graph.serve.dataset_info import ReleaseFile
from airm_graph.serve.graph_writer import write_graph
from airm_graph.serve.messages import Message, Reply
from airm_graph.serve.project_documents import describe_known, find_document_rows, load_documents, read_documents
from airm_graph.serve.query_checks import CheckedQuery, check_query
from airm_graph.serve.reconciliation import Reconciler
from airm_graph.serve.release_info import list_release_files, read_dataset_info
from airm_graph.serve.server_settings import Limits
from airm_graph.serve.service_description import SERVICE_GRAPH, SERVICE_PREFIXES, describe_service
from airm_graph.serve.store_limits import correct_query
from airm_graph.terms import Quad, read_literal

__all__ = ["Backend", "load_backend"]

#: Form of an answer → what a message calls the media type for it.
_TYPE_OF = {"boolean": "truth_type", "graph": "graph_type", "rows": "table_type"}


class _TooLargeError(Exception):
    """Says that an answer passes the limit for output."""


class _Output(io.RawIOBase):
    """Takes bytes up to a limit."""

    def __init__(self, most: int) -> None:
        self._parts: list[bytes] = []
        self._left = most
        self.is_full = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if len(data) > self._left:
            self._parts.append(bytes(data[: self._left]))
            self.is_full = True
            raise _TooLargeError
        self._left -= len(data)
        self._parts.append(bytes(data))
        return len(data)

    def read_all(self) -> bytes:
        return b"".join(self._parts)


class Backend:
    """Answers messages from a graph, which it copies into a store of its own and never changes.

    Attributes:
        info: What the HTTP process has to know, as JSON values: `DatasetInfo`.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        limits: Limits,
        files: Mapping[str, ReleaseFile] | None = None,
        changed: float = 0.0,
        public_url: str = "",
        aside: int = 0,
        changes: Mapping[str, str] | None = None,
    ) -> None:
        """Load everything.

        Args:
            graph: The data.
            limits: Of a query and an answer.
            files: Files of the release by name.
            changed: Time of the data, in seconds since 1970.
            public_url: Address under which users reach the server, with a slash at the end.
            aside: How many rows of tables were set aside when the graph was built.
            changes: What changed since an earlier release, by format.
        """
        self._base, self._limits = graph.base, limits
        endpoint = f"{public_url or graph.base}sparql"
        self._store = graph.make_store()
        self._queries = {query.name: query for query in list_queries()}
        self._endpoint = f"<{endpoint}>"
        self._service = tuple(describe_service(self._store, queries=self._queries.values(), base=graph.base, endpoint=endpoint))
        # Editors ask the endpoint itself for prefixes and examples, so its description is a graph
        # of the store.
        info = read_dataset_info(graph, self._store, files=files, changed=changed, prefixes=SERVICE_PREFIXES, aside=aside)
        self._store.add_rows((*row[:3], f"<{graph.base}{SERVICE_GRAPH}>") for row in self._service)
        self._graphs = frozenset(self._store.list_graphs())
        self._analyses = AnalysisAnswers(self._store, base=graph.base, changes=changes)
        self._texts = read_documents(graph.base)
        self._documents = load_documents(self._texts, base=graph.base)
        quads = graph.quads
        documents = make_documents(quads, base=graph.base)
        self._index = SearchIndex.of(documents)
        self._lists = _write_lists(documents, quads, base=graph.base)
        labels = {s[1:-1]: read_literal(o).text for s, p, o, _ in self._documents.find_rows() if p == f"<{PREFIXES['rdfs']}label>"}
        self._reconciler = Reconciler(read_entities(quads, base=graph.base), base=graph.base, labels=labels)
        self._options = replace(make_options(graph.base, comment=NOTICE), prefixes=info.prefixes)
        earlier = changes["json"] if changes else ""
        digest = hashlib.sha256(f"{info.release} {info.version} {endpoint} {info.aside} {earlier}".encode()).hexdigest()
        self.info: Mapping[str, Any] = {**asdict(info), "graphs": sorted(self._graphs), "digest": digest, "has_lists": bool(self._lists)}
        self._answers: Mapping[str, Callable[[Message], Reply]] = {
            "analysis": self._analyses.answer,
            "graph": self._answer_graph,
            "list": self._answer_list,
            "query": self._answer_query,
            "rdf": self._answer_rdf,
            "reconcile": self._answer_reconcile,
            "resource": self._answer_resource,
            "search": self._answer_search,
            "service": self._answer_service,
            "sparql": self._answer_sparql,
            "table": self._answer_table,
        }

    def warm_up(self) -> None:
        """Answer one message of each kind.

        What Python loads when it is first needed is loaded then: workers can open nothing.
        """
        iri = f"{self._base}notice/preliminary"
        text = "SELECT * { ?s ?p ?o } LIMIT 1"
        messages: list[Message] = [
            {"kind": "resource", "iri": iri},
            {"kind": "search", "text": "ai", "facets": {}, "limit": 1, "offset": 0},
            {
                "kind": "reconcile",
                "operation": "suggest",
                "arguments": {"what": "entity", "prefix": "ai", "type": "", "limit": 1, "cursor": 0},
            },
            {"kind": "sparql", "query": "SELECT", **dict.fromkeys(_TYPE_OF.values())},
            *({"kind": "table", "query": form, "rows": 1, "text": 9} for form in (text, "ASK {}", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1")),
            *({"kind": "query", "name": "counts", "arguments": {}, "format": form} for form in ("terms", *TABLE_TYPES)),
            *({"kind": "sparql", "query": text, **dict.fromkeys(_TYPE_OF.values(), name)} for name in TABLE_TYPES.values()),
            *({"kind": "rdf", "iri": iri, "type": name} for name in GRAPH_TYPES.values()),
            *(
                {"kind": "analysis", "name": one.name, "format": form, "arguments": one.example}
                for one in ANALYSES.values()
                if one.name in LIGHT
                for form in (TEXT, *one.types)
            ),
            *({"kind": "rdf", "iri": f"{self._base}ontology", "type": name} for name in GRAPH_TYPES.values()),
        ]
        for message in messages:
            self.answer(message)
        # A connection to SQLite is not carried across a fork.
        self._index.close()

    def prepare(self) -> None:
        """Load what only analyses need."""
        self._analyses.prepare(memory=self._limits.memory)

    def answer(self, message: Message) -> Reply:
        """Answer a message."""
        try:
            reply = self._answers[message["kind"]](message)
        except _TooLargeError:
            return self._refuse_size()
        except UnknownQueryError as error:
            return Reply(404, {"error": str(error)})
        except EngineError as error:
            return Reply(501, {"error": str(error)})
        except ParameterError as error:
            return Reply(400, {"error": str(error), "parameter": error.parameter})
        except QueryError as error:
            if isinstance(error.__cause__, _TooLargeError) or isinstance(error.__context__, _TooLargeError):
                return self._refuse_size()
            return Reply(400, {"error": str(error)})
        return reply if len(reply.body) <= self._limits.output else self._refuse_size()

    def _refuse_size(self) -> Reply:
        return Reply(413, {"error": f"the answer is larger than {self._limits.output} bytes; ask for less, for example with LIMIT"})

    def _ask(self, message: Message) -> tuple[CheckedQuery, Result]:
        """Check a query and begin to answer it.

        Raises:
            QueryError: It is refused, or names a graph that is not served.
        """
        text = message["query"]
        checked = check_query(text, base=self._base, depth=self._limits.depth, repetitions=self._limits.repetitions)
        default, named = message.get("default_graphs"), message.get("named_graphs")
        asked = {*checked.default_graphs, *checked.named_graphs, *(default or ()), *(named or ())}
        if unknown := sorted(asked.difference(self._graphs)):
            raise QueryError(f"the graph <{unknown[0]}> is not served here; ask SELECT DISTINCT ?g {{ GRAPH ?g {{ }} }} for those that are")
        if default is None and named is None and (checked.default_graphs or checked.named_graphs):
            default, named = checked.default_graphs, checked.named_graphs
        return checked, self._store.ask(correct_query(text), base=self._base, default_graphs=default, named_graphs=named)

    def _answer_table(self, message: Message) -> Reply:
        """Answer what a page shows of a query: the first rows and their number, the truth, or the
        beginning of statements.
        """
        _, result = self._ask(message)
        if result.kind == "rows":
            rows, shown = iter(result), message["rows"]
            first = list(self._limit(islice(rows, shown)))
            said: dict[str, Any] = {"columns": result.columns, "rows": first, "count": len(first) + sum(1 for _ in rows)}
        elif result.kind == "boolean":
            output = _Output(self._limits.output)
            result.write(cast("IO[bytes]", output), media_type=TABLE_TYPES["json"])
            said = {"truth": bool(json.loads(output.read_all())["boolean"])}
        else:
            output = _Output(4 * message["text"])
            try:
                result.write(cast("IO[bytes]", output), media_type=GRAPH_TYPES["ttl"], prefixes=self._options.prefixes)
            except (QueryError, _TooLargeError):
                if not output.is_full:
                    raise
            text = output.read_all().decode("utf-8", "replace")
            said = {"text": text[: message["text"]], "is_whole": not output.is_full and len(text) <= message["text"]}
        return Reply(200, {}, json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"))

    def _answer_sparql(self, message: Message) -> Reply:
        checked, result = self._ask(message)
        media_type = message[_TYPE_OF[result.kind]]
        if media_type is None:
            return Reply(406, {"error": "the form of the query has no such format", "form": result.kind})
        if result.kind == "rows" and media_type == "text/csv":
            # Ours, and not Oxigraph's: cells that a spreadsheet would run are written as text.
            body = format_table(Table(result.columns, tuple(self._limit(result))), format="csv").encode()
        else:
            output = _Output(self._limits.output)
            result.write(cast("IO[bytes]", output), media_type=media_type, prefixes=self._options.prefixes)
            body = output.read_all()
        return Reply(200, {"type": media_type, "volatile": checked.volatile}, body)

    def _limit(self, rows: Iterable[tuple[str | None, ...]]) -> Iterator[tuple[str | None, ...]]:
        left = self._limits.output
        for row in rows:
            left -= sum(len(term or "") + 1 for term in row)
            if left < 0:
                raise _TooLargeError
            yield row

    def _answer_query(self, message: Message) -> Reply:
        name = message["name"]
        if name not in self._queries:
            raise UnknownQueryError(f"no query is called {name!r}")
        table = run_query(self._store, self._queries[name], message["arguments"], base=self._base)
        if message["format"] == "terms":
            return Reply(200, {}, json.dumps({"columns": table.columns, "rows": table.rows}, ensure_ascii=False).encode())
        return Reply(200, {}, format_table(table, format=message["format"]).encode())

    def _answer_search(self, message: Message) -> Reply:
        facets = {name: tuple(values) for name, values in message["facets"].items()}
        hits = search_index(self._index, message["text"], facets=facets, limit=message["limit"], offset=message["offset"])
        return Reply(200, {}, json.dumps(asdict(hits), ensure_ascii=False).encode())

    def _answer_list(self, message: Message) -> Reply:
        body = self._lists.get(message["name"])
        return Reply(404, {"error": "there are more things here than a page can list"}) if body is None else Reply(200, {}, body)

    def _answer_reconcile(self, message: Message) -> Reply:
        found = self._reconciler.answer(message["operation"], message["arguments"])
        return Reply(200, {}, json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))

    def _answer_resource(self, message: Message) -> Reply:
        iri = message["iri"]
        found = describe_known(iri, data=self._store, documents=self._documents, base=self._base)
        if found is None:
            return Reply(404, {"error": f"nothing is known of <{iri}>"})
        follows = {row[:3] for row in self._store.find_rows(subject=iri, graph=f"{self._base}graph/inferred")}
        inferred = tuple(pair for pair in found.statements if (f"<{iri}>", f"<{pair[0]}>", pair[1]) in follows)
        return Reply(200, self._make_head(iri), json.dumps(replace(found, inferred=inferred).to_json(), ensure_ascii=False).encode())

    def _answer_rdf(self, message: Message) -> Reply:
        iri, text = message["iri"], self._texts.get(message["iri"])
        if text is not None and message["type"] == "text/turtle":
            return Reply(200, self._make_head(iri), text.encode())
        rows = self._find_document(iri)
        if not rows:
            return Reply(404, {"error": f"nothing is known of <{iri}>"})
        return Reply(200, self._make_head(iri), write_graph(rows, media_type=message["type"], options=self._options))

    def _make_head(self, iri: str) -> Mapping[str, Any]:
        """Find what the headers of a resource say: deprecation, successors, collection."""
        rows = [row for store in (self._store, self._documents) for row in store.find_rows(subject=iri)]
        deprecated = (f"<{PREFIXES['owl']}deprecated>", f'"true"^^<{PREFIXES["xsd"]}boolean>')
        return {
            "deprecated": any(row[1:3] == deprecated for row in rows),
            # Of what is gone nothing is said any more but what replaces it.
            "gone": not any(p == f"<{PREFIXES['rdf']}type>" for _, p, _, _ in rows),
            "replaced_by": sorted(o[1:-1] for _, p, o, _ in rows if p == f"<{PREFIXES['dcterms']}isReplacedBy>" and o.startswith("<")),
            "collection": min((o[1:-1] for _, p, o, _ in rows if p == f"<{PREFIXES['skos']}inScheme>"), default=f"{self._base}dataset"),
        }

    def _find_document(self, iri: str) -> Sequence[Quad]:
        return find_document_rows(iri, data=self._store, documents=self._documents, base=self._base)

    def _answer_graph(self, message: Message) -> Reply:
        name = message["graph"]
        if name is not None and name not in self._graphs:
            return Reply(404, {"error": f"the graph <{name}> is not served here"})
        rows = sorted((*row[:3], "") for row in self._store.find_rows(graph=name))
        return Reply(200, {"type": message["type"]}, write_graph(rows, media_type=message["type"], options=self._options))

    def _answer_service(self, message: Message) -> Reply:
        endpoint = f"<{message['endpoint']}>"
        rows = [(s, p, endpoint if o == self._endpoint else o, "") for s, p, o, _ in self._service]
        return Reply(200, {"type": message["type"]}, write_graph(rows, media_type=message["type"], options=self._options))


def load_backend(path: Path | None, *, limits: Limits, public_url: str = "", previous: Path | None = None) -> Backend:
    """Load a dist folder, an RDF file, captures or the packaged example, and what is served beside;
    compare it with an earlier release where one is given.

    Raises:
        InputError: There is no such file, or a folder is not what its ``SHA256SUMS`` says.
        StoreError: A file is not what its suffix says.
    """
    folder = path if path is not None and is_release(path) else None
    sums = read_sums(folder) if folder else {}
    graph = load_mitigations(path)
    if graph.is_empty:
        raise InputError("holds no statement", file=str(path), remedy="build a graph first: airm-graph build captures/ -o dist")
    files = list_release_files(folder, sums) if folder else {}
    backend = Backend(
        graph,
        limits=limits,
        files=files,
        changed=_find_time(path, folder),
        public_url=public_url,
        aside=count_set_aside(graph, folder),
        changes=None if previous is None else write_changes(compare_with(previous, graph, path)),
    )
    if folder and read_sums(folder) != sums:
        raise InputError("another release was written there while it was loaded", file=str(folder), remedy="start again")
    # Everything was copied; threads of DuckDB end with the table, and whoever forks has one.
    graph.close()
    backend.warm_up()
    return backend


def _write_lists(documents: Sequence[Document], rows: Sequence[Quad], *, base: str) -> Mapping[str, bytes]:
    """Write the lists of what has a page on this server; none where a tab could not hold them."""
    if len(documents) > MOST_LISTED:
        return {}
    listed = [one for one in documents if one.iri.startswith(base) and is_page_path(one.iri.removeprefix(base))]
    return write_script_lists(listed, rows, base=base, notice=NOTICE)


def _find_time(path: Path | None, folder: Path | None) -> float:
    """Find when the data was written: the time of the newest file."""
    files = [*folder.iterdir()] if folder is not None else [path] if path is not None else []
    return max((file.stat().st_mtime for file in files if file.is_file()), default=0.0)
