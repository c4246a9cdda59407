"""Render templates to HTML.

Everything that a template prints is escaped; addresses come from `Site`, which gives only harmless
ones.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.query.answers import split_term
from airm_graph.query.library import Query
from airm_graph.serve.page_interface import PageRequest
from airm_graph.serve.responses import escape_json
from airm_graph.site.fragments import Fragments
from airm_graph.site.page_markdown import page_markdown
from airm_graph.site.static_files import has_editor, has_engine, has_network, hash_static

if TYPE_CHECKING:
    import jinja2
    import markupsafe

__all__ = ["Cell", "Crumb", "Site", "render"]

#: Statements that a tab is asked to hold: about 1.2 KB each with the engine's indexes.
_MOST_TRIPLES = 1_000_000
_TEMPLATES = Path(__file__).parent / "templates"
# Characters that may stand in texts of RDF, and in no page.
_NOT_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
# The same in UTF-8: what is one byte, and what begins with C2; all others begin with EF.
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
#: Pages of the menu, which say that they are shown.
_IN_MENU = frozenset(f"/{path}" for path in ("browse", "search", "query", "sparql", "dataset", "rules"))
_MOST_PARTS, _MOST_SHORT = 256, 20_000
_parts: dict[tuple[object, ...], "markupsafe.Markup"] = {}


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold an N-Triples term for a page; *iri* is empty for texts, *language* may be."""

    text: str
    iri: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """Hold a step of the breadcrumb trail; without a path where it is the page itself."""

    label: str
    path: str = ""


class Site:
    """Gives templates addresses and labels; made for one page."""

    most_triples = _MOST_TRIPLES

    def __init__(self, page: PageRequest, *, labels: Mapping[str, str] | None = None) -> None:
        """Take the page and the labels of IRIs that occur on it."""
        self.page, self.info = page, page.info
        self.url, self.href = page.addresses.url, page.addresses.href
        self.is_server, self.endpoint = page.addresses.is_server, page.addresses.endpoint
        self._labels = labels or {}
        self._short = _keep_short(page.info.digest, page.info.base)

    @property
    def base(self) -> str:
        """What every IRI of the project begins with."""
        return self.info.base

    @property
    def has_engine(self) -> bool:
        """Whether pages can answer SPARQL themselves."""
        return not self.is_server and has_engine()

    @property
    def has_lists(self) -> bool:
        """Whether scripts can have the lists that they look through."""
        return self.info.has_lists

    @property
    def pages(self) -> str:
        """The address of every page of a resource, with braces in place of its path."""
        return f"{self.url()}{{}}" if self.is_server else f"{self.url().removesuffix('index.html')}{{}}/index.html"

    @property
    def has_network(self) -> bool:
        """Whether neighbourhoods can be drawn."""
        return has_network()

    @property
    def has_editor(self) -> bool:
        """Whether the editor can be shown."""
        return has_editor()

    @property
    def markdown(self) -> str:
        """The address of the page as Markdown; empty where there is none."""
        return self.url(f"{self.page.path.strip('/') or 'index'}.md", self.page.parameters)

    def static(self, name: str) -> str:
        """Write the address of a file that comes with the pages."""
        return self.url(f"static/{name}", [("v", hash_static(name))])

    def script_list(self, path: str) -> str:
        """Write the address of a list that scripts fetch; a site has it compressed."""
        return self.url(path) or self.url(f"{path}.gz")

    def part(self, template: str) -> "markupsafe.Markup":
        """Write what all pages at one depth have alike, from the template of that name."""
        path = self.page.path if self.page.path in _IN_MENU else ""
        key = (template, self.url(), path, self.info.digest, self.info.triples, self.is_server)
        if key not in _parts:
            if len(_parts) >= _MOST_PARTS:
                _parts.clear()
            _parts[key] = _make_markup(_environment().get_template(template).render(site=self))
        return _parts[key]

    def crumbs(self, *steps: tuple[str, str], page: str) -> list[Crumb]:
        """Make a breadcrumb trail of the labels and paths of *steps* and the label of the page."""
        return [Crumb("Home", self.url()), *(Crumb(label, self.url(path)) for label, path in steps), Crumb(page)]

    def is_own(self, iri: str) -> bool:
        """Tell whether an IRI lies below the base."""
        return iri.startswith(self.base)

    def label(self, iri: str) -> str:
        """Find the label of an IRI, or else shorten it."""
        return self._labels.get(iri) or self.shorten(iri)

    def shorten(self, iri: str) -> str:
        """Write an IRI as a prefixed name, by the longest namespace, or as path below the base."""
        found = self._short.get(iri)
        if found is None:
            if len(self._short) >= _MOST_SHORT:
                self._short.clear()
            found = self._short[iri] = self.info.shorten(iri)
        return found

    def cell(self, term: str | None) -> Cell:
        """Make a cell of an N-Triples term."""
        if term is None:
            return Cell("")
        kind, text, _, language = split_term(term)
        return Cell(self.label(text), iri=text) if kind == "uri" else Cell(text, language=language)


def render(template: str, site: Site, *, title: str, crumbs: Sequence[Crumb] = (), data: object = None, **values: Any) -> str:
    """Write a page, as HTML or, where that is asked for, as Markdown.

    Args:
        template: Name of its template.
        site: Addresses and labels.
        title: Its title; the name of the site is added.
        crumbs: Its breadcrumb trail.
        data: JSON-LD to embed.
        **values: What else the template shows.
    """
    # Escaped as JSON, it holds nothing that could be markup.
    script = None if data is None else _make_markup(escape_json(json.dumps(data, ensure_ascii=False, sort_keys=True)))
    fragments = Fragments(site, _read_macros)
    text = _environment().get_template(template).render(site=site, m=fragments, title=title, crumbs=crumbs, script=script, **values)
    return page_markdown(text, notice=site.info.notice) if site.page.is_markdown else _clean(text)


@lru_cache(maxsize=4)
def _keep_short(digest: str, base: str) -> dict[str, str]:  # noqa: ARG001 - they tell whose names these are
    """Keep the short names of IRIs for all pages of a release."""
    return {}


def _clean(text: str) -> str:
    """Replace what may stand in no page; nearly all have nothing of it, which is seen quickly."""
    data = text.encode("utf-8", "replace")
    if len(data.translate(None, _CONTROLS)) == len(data) and not _C1.search(data) and b"\xef" not in data:
        return text
    return _NOT_HTML.sub("\ufffd", text)


def _read_macros(fragments: Fragments) -> object:
    return _environment().get_template("macros.html").make_module({"site": fragments.site, "m": fragments})


def _make_markup(text: str) -> "markupsafe.Markup":
    from markupsafe import Markup

    return Markup(text)  # noqa: S704


@cache
def _environment() -> "jinja2.Environment":
    import jinja2
    from jinja2.runtime import Context, Macro

    class _Context(Context):
        # That of Jinja asks each of some ten calls on a page what only macros need.
        def call(self, called: Any, /, *given: Any, _block_vars: Any = None, _loop_vars: Any = None, **named: Any) -> Any:
            if isinstance(called, Macro):
                return super().call(called, *given, _block_vars=_block_vars, _loop_vars=_loop_vars, **named)
            return called(*given, **named)

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.context_class = _Context
    environment.filters["number"] = lambda number: f"{number:,}"
    environment.filters["query_json"] = _write_query
    return environment


def _write_query(query: Query) -> str:
    """Write what a script needs to put arguments into a query."""
    parameters = [
        {"name": p.name, "kind": p.kind, "default": p.default, "scheme": p.scheme, "allowed": p.allowed} for p in query.parameters
    ]
    return json.dumps({"name": query.name, "text": query.text, "parameters": parameters}, ensure_ascii=False)
