"""Pages for people: what a page is given, and the pages that a server asks for.

Pages are strings of HTML. They get a `View`, which asks for data and knows where IRIs are found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from airm_graph.query.answers import Table
from airm_graph.query.library import Query
from airm_graph.search import Hits
from airm_graph.serve.desk import Desk, Facts
from airm_graph.serve.resources import Resource

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

__all__ = ["Pages", "View"]


@dataclass(frozen=True, slots=True)
class View:
    """What every page is given.

    Attributes:
        desk: Asks for data: ``await desk.query("counts")``, ``describe``, ``search``; ``desk.href(iri)`` is where an IRI is found.
        path: Path that was asked for, without the path of a proxy.
        parameters: Parameters of the address, in order.
    """

    desk: Desk
    path: str
    parameters: Sequence[tuple[str, str]] = ()

    @property
    def facts(self) -> Facts:
        """What is known of the data without asking."""
        return self.desk.facts


class Pages(Protocol):
    """The pages of a server; each method returns a whole HTML document."""

    async def show_front(self, view: View) -> str:
        """The page at ``/``."""
        ...

    async def show_resource(self, view: View, resource: Resource) -> str:
        """The page of one resource; deprecated ones too."""
        ...

    async def show_queries(self, view: View, queries: Sequence[Query]) -> str:
        """The gallery of the query library at ``/query``."""
        ...

    async def show_query(self, view: View, query: Query, *, arguments: Mapping[str, str], table: Table | None, error: str) -> str:
        """One query at ``/query/NAME``: its form, and its rows where it could be answered."""
        ...

    async def show_search(self, view: View, hits: Hits, *, chosen: Mapping[str, Sequence[str]]) -> str:
        """The page at ``/search``."""
        ...

    async def show_editor(self, view: View) -> str:
        """The page at ``/sparql`` for those who bring no query."""
        ...

    async def show_problem(self, view: View, *, status: int, message: str) -> str:
        """A page that says why there is no other."""
        ...

    def list_routes(self, desk: Desk) -> "list[BaseRoute]":
        """Further routes: pages for browsing, style sheets, scripts. They come before the routes of resources."""
        ...
