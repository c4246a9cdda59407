"""Ask a release in this process, for pages that are written to a folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from sys import intern

from airm_graph.analysis.charts import Chart, read_chart
from airm_graph.errors import InputError
from airm_graph.graph.store import Store, parse_rows
from airm_graph.key_cache import Cache
from airm_graph.pipeline import Graph, count_set_aside, is_release, load, read_sums
from airm_graph.query.answers import Table
from airm_graph.query.library import run_query
from airm_graph.search import Hits, SearchIndex, search_index
from airm_graph.search.search_documents import make_documents
from airm_graph.serve.graph_writer import name_blank_nodes
from airm_graph.serve.problems import Problem
from airm_graph.serve.project_documents import describe_known, find_document_rows, read_documents
from airm_graph.serve.release_info import list_release_files, read_dataset_info
from airm_graph.serve.resource_description import KeptRows, Resource
from airm_graph.site.indexed_rows import IndexedRows
from airm_graph.terms import Quad

__all__ = ["ReleaseClient", "load_release_client"]

#: Descriptions that are kept: those of the parents of what is written next are asked for again.
_MOST_DESCRIBED = 256

_Facets = Mapping[str, Sequence[str]]


class ReleaseClient:
    """Answers what pages ask, as `GraphClient` does, and keeps what many pages ask alike.

    Attributes:
        folder: The release.
        info: What is known of the data as a whole.
        texts: Turtle of ontology, shapes and alignments, by IRI.
        quads: The graph with the ontology.
        searched: What is searched.
        data, documents: Statements of the graph with the ontology, and of shapes and alignments.
    """

    def __init__(self, graph: Graph, *, folder: Path, sums: Mapping[str, str]) -> None:
        """Load everything."""
        self.folder, self._base = folder, graph.base
        self._store: Store = graph.make_store()
        self.info = read_dataset_info(graph, self._store, files=list_release_files(folder, sums), aside=count_set_aside(graph, folder))
        self.texts = read_documents(graph.base)
        # A store gives blank nodes other labels each time.
        every = (*graph.quads, *name_blank_nodes(graph.ontology))
        # Each term once, however many statements have it.
        self.quads: Sequence[Quad] = [(intern(s), intern(p), intern(o), intern(g)) for s, p, o, g in every]
        del every
        self.data = IndexedRows(self.quads)
        self.documents = IndexedRows(self._read_documents())
        self._data, self._documents = KeptRows(self.data), KeptRows(self.documents)
        self._described = Cache(self._describe, most=_MOST_DESCRIBED)
        self.searched = make_documents(graph.quads, base=graph.base)
        self._index = SearchIndex.of(self.searched)
        self._hits: dict[tuple[object, ...], Hits] = {}
        self._charts: dict[str, Chart] = {}
        self._tables: dict[tuple[object, ...], Table] = {}

    def _read_documents(self) -> list[Quad]:
        ontology = f"{self._base}ontology"
        return [
            (*row[:3], f"<{iri}>")
            for iri, text in self.texts.items()
            if iri != ontology
            for row in name_blank_nodes(parse_rows(text.encode(), name=iri, suffix=".ttl"))
        ]

    async def describe(self, iri: str) -> Resource:
        """Describe a resource.

        Raises:
            Problem: Nothing is known of it.
        """
        return self._described[iri]

    def _describe(self, iri: str) -> Resource:
        found = describe_known(iri, data=self._data, documents=self._documents, base=self._base)
        if found is None:
            raise Problem(404, f"nothing is known of <{iri}>")
        return found

    async def read_document(self, iri: str) -> Sequence[Quad]:
        """Read the statements of the document about a resource."""
        return find_document_rows(iri, data=self.data, documents=self.documents, base=self._base)

    async def query(self, name: str, arguments: Mapping[str, str] | None = None) -> Table:
        """Answer a query of the library.

        Raises:
            QueryError: There is no such query, or an argument is wrong.
        """
        key = (name, *sorted((arguments or {}).items()))
        if key not in self._tables:
            self._tables[key] = run_query(self._store, name, arguments, base=self._base)
        return self._tables[key]

    def read_chart(self, name: str) -> Chart:
        """Count what a picture shows."""
        if name not in self._charts:
            self._charts[name] = read_chart(self._store, name, base=self._base)
        return self._charts[name]

    async def search(self, text: str, *, facets: _Facets | None = None, limit: int = 20, offset: int = 0) -> Hits:
        """Search; arguments as for `airm_graph.search.search_index`."""
        values = {name: tuple(found) for name, found in (facets or {}).items()}
        key = (text, limit, offset, *sorted(values.items()))
        if key not in self._hits:
            self._hits[key] = search_index(self._index, text, facets=values, limit=limit, offset=offset)
        return self._hits[key]


def load_release_client(folder: Path) -> ReleaseClient:
    """Load a release; what its ``SHA256SUMS`` does not say is refused.

    Raises:
        InputError: The folder is no release, or was written while it was read.
    """
    if not is_release(folder):
        remedy = f"build one first: airm-graph build captures/ -o {folder}"
        raise InputError("is not a folder that airm-graph build wrote", file=str(folder), remedy=remedy)
    sums = read_sums(folder)
    client = ReleaseClient(load(folder), folder=folder, sums=sums)
    if read_sums(folder) != sums:
        raise InputError("another release was written there while it was loaded", file=str(folder), remedy="start again")
    return client
