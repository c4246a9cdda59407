"""Pages for people: what a page is given, and a plain set of pages that needs no templates.

Whoever makes better pages writes a class with the methods of `Pages` and hands it to `server.run_server`; `PlainPages` shows how little
is needed. Pages are strings of HTML. They get a `View`, which asks for data and knows where IRIs are found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Protocol

from airm_graph.query import Query
from airm_graph.search import Hits
from airm_graph.serve.desk import Desk, Facts
from airm_graph.serve.resources import Resource
from airm_graph.tables import Table, split_term

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

__all__ = ["Pages", "PlainPages", "View"]


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


class PlainPages:
    """Pages of plain HTML without styles or scripts."""

    async def show_front(self, view: View) -> str:
        """Counts and ways in."""
        counts = _list_pairs((name, str(count)) for name, count in view.facts.counts.items())
        root = view.desk.settings.root_path
        ways = "".join(f'<li><a href="{escape(root)}/{path}">{escape(path)}</a></li>' for path in ("dataset", "query", "search", "sparql"))
        return _page(view, "AI risk mitigations", f"{counts}<ul>{ways}</ul>")

    async def show_resource(self, view: View, resource: Resource) -> str:
        """Statements of a resource and who points at it."""
        statements = "".join(
            f"<tr><th>{_link(view, p, resource)}</th><td>{_show_term(view, o, resource)}</td></tr>" for p, o in resource.statements
        )
        incoming = "".join(f"<li>{_link(view, s, resource)} ({_link(view, p, resource)})</li>" for p, s in resource.incoming)
        formats = "".join(f'<li><a href="?_mediatype={name}">{name}</a></li>' for name in ("ttl", "jsonld", "nt", "rdf"))
        replaced = "".join(f"<p>Replaced by {_link(view, iri, resource)}.</p>" for iri in resource.replaced_by)
        return _page(
            view,
            resource.label or resource.iri,
            f"<p><code>{escape(resource.iri)}</code></p>{replaced}<table>{statements}</table><h2>Linked from</h2><ul>{incoming}</ul>"
            f"<h2>Formats</h2><ul>{formats}</ul>",
        )

    async def show_queries(self, view: View, queries: Sequence[Query]) -> str:
        """The queries with what they answer."""
        root = escape(view.desk.settings.root_path)
        items = "".join(f'<li><a href="{root}/query/{q.name}">{escape(q.name)}</a>: {escape(q.summary)}</li>' for q in queries)
        return _page(view, "Queries", f"<ul>{items}</ul>")

    async def show_query(self, view: View, query: Query, *, arguments: Mapping[str, str], table: Table | None, error: str) -> str:
        """Form and rows."""
        fields = "".join(
            f"<p><label>{escape(p.name)}: {escape(p.description)}"
            f' <input name="{escape(p.name)}" value="{escape(arguments.get(p.name, ""))}"'
            f' placeholder="{escape(p.default or p.example or "")}"></label></p>'
            for p in query.parameters
        )
        rows = "" if table is None else _show_table(view, table)
        said = f"<p><strong>{escape(error)}</strong></p>" if error else ""
        return _page(view, query.summary, f"<p>{escape(query.description)}</p><form>{fields}<button>Ask</button></form>{said}{rows}")

    async def show_search(self, view: View, hits: Hits, *, chosen: Mapping[str, Sequence[str]]) -> str:
        """Field and hits."""
        items = "".join(
            f'<li><a href="{escape(view.desk.href(hit.iri))}">{escape(hit.name or hit.iri)}</a>'
            f" ({escape(hit.kind)}) {escape(hit.snippet)}</li>"
            for hit in hits.hits
        )
        form = f'<form><label>Search <input name="q" value="{escape(hits.text)}"></label> <button>Search</button></form>'
        kept = "".join(f"<p>{escape(facet)}: {escape(', '.join(values))}</p>" for facet, values in chosen.items())
        return _page(view, "Search", f"{form}{kept}<p>{hits.total} found</p><ol>{items}</ol>")

    async def show_editor(self, view: View) -> str:
        """A field for a query."""
        form = '<form><p><label>Query<br><textarea name="query" rows="12" cols="80"></textarea></label></p><button>Ask</button></form>'
        return _page(view, "SPARQL", form)

    async def show_problem(self, view: View, *, status: int, message: str) -> str:
        """Status and message."""
        return _page(view, str(status), f"<p>{escape(message)}</p>")

    def list_routes(self, desk: Desk) -> "list[BaseRoute]":  # noqa: ARG002 - the plain pages have nothing else
        """None."""
        return []


def _page(view: View, title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1>{body}</main>"
        f"<footer><p>{escape(view.facts.notice)}</p></footer></body></html>\n"
    )


def _link(view: View, iri: str, resource: Resource) -> str:
    return f'<a href="{escape(view.desk.href(iri))}">{escape(resource.labels.get(iri, iri))}</a>'


def _show_term(view: View, term: str, resource: Resource) -> str:
    return _link(view, term[1:-1], resource) if term.startswith("<") else escape(split_term(term)[1])


def _show_table(view: View, table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{_show_cell(view, term)}</td>' for term in row)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _show_cell(view: View, term: str | None) -> str:
    if term is None:
        return ""
    kind, text, _, _ = split_term(term)
    return f'<a href="{escape(view.desk.href(text))}">{escape(text)}</a>' if kind == "uri" else escape(text)


def _list_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(value)}</dd>' for name, value in pairs)}</dl>"
