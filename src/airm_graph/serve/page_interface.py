"""Define what a server asks for pages, and what each page is given.

Pages are strings of HTML, or of Markdown where that is asked for. Each gets a `PageRequest`, whose
client asks for data, and whose addresses know where paths and IRIs lead. A client is the
`GraphClient` of a server, or reads a release in the process that writes pages to a folder.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from airm_graph.query.answers import Table
from airm_graph.query.library import Query
from airm_graph.search import Hits
from airm_graph.serve.addresses import Addresses
from airm_graph.serve.analyses import Analysis
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.markdown_requests import wants_markdown
from airm_graph.serve.resource_description import Resource
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

__all__ = ["MoreRoutes", "PageClient", "PageRequest", "Pages"]

#: Makers of routes of other interfaces, each given the client.
MoreRoutes = Sequence[Callable[[GraphClient], list[Any]]]


class PageClient(Protocol):
    """Asks for data; `GraphClient` says what each method answers and raises."""

    @property
    def info(self) -> DatasetInfo: ...  # noqa: D102

    async def describe(self, iri: str) -> Resource: ...  # noqa: D102

    async def read_document(self, iri: str) -> Sequence[Quad]: ...  # noqa: D102

    async def query(self, name: str, arguments: Mapping[str, str] | None = None) -> Table: ...  # noqa: D102

    async def search(self, text: str, *, facets: Mapping[str, Sequence[str]] | None = None, limit: int = 20, offset: int = 0) -> Hits: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Hold what every page is given.

    Attributes:
        client: Asks for data: ``await client.query("counts")``, ``describe``, ``search``.
        addresses: Where paths and IRIs lead.
        path: Path that was asked for, without the path of a proxy.
        parameters: Parameters of the address, in order.
        is_markdown: Whether the page is asked for as Markdown.
    """

    client: PageClient
    addresses: Addresses
    path: str
    parameters: Sequence[tuple[str, str]] = ()
    is_markdown: bool = False

    @classmethod
    def of(cls, request: "Request", client: GraphClient) -> "PageRequest":
        """Take path and parameters of an HTTP request."""
        return cls(client, client.addresses, request.url.path, request.query_params.multi_items(), wants_markdown(request.scope))

    @property
    def info(self) -> DatasetInfo:
        """What is known of the data without asking."""
        return self.client.info


class Pages(Protocol):
    """Makes the pages of a server; each method returns a whole HTML document."""

    async def show_front(self, page: PageRequest) -> str:
        """Write the page at ``/``."""
        ...

    async def show_resource(self, page: PageRequest, resource: Resource) -> str:
        """Write the page of one resource; deprecated ones have one too."""
        ...

    async def show_queries(self, page: PageRequest, queries: Sequence[Query]) -> str:
        """Write the list of the query library at ``/query``."""
        ...

    async def show_query(self, page: PageRequest, query: Query, *, arguments: Mapping[str, str], table: Table | None, error: str) -> str:
        """Write one query at ``/query/NAME``: its form, and its rows where it could be answered."""
        ...

    async def show_search(self, page: PageRequest, hits: Hits, *, chosen: Mapping[str, Sequence[str]], limit: int) -> str:
        """Write the page at ``/search``."""
        ...

    async def show_analysis(
        self, page: PageRequest, analysis: Analysis, *, arguments: Mapping[str, str | int | float], text: str, error: str
    ) -> str:
        """Write the page of an analysis: a form, and what it says or what is wrong."""
        ...

    async def show_editor(self, page: PageRequest) -> str:
        """Write the page at ``/sparql`` for those who bring no query."""
        ...

    async def show_problem(self, page: PageRequest, *, status: int, title: str) -> str:
        """Write a page that says why there is no other."""
        ...

    def list_routes(self, client: GraphClient) -> "list[BaseRoute]":
        """List further routes: pages for browsing, style sheets, scripts. They come first."""
        ...
