"""Templates to HTML. Everything that a template prints is escaped; addresses come from `Site`, which lets only harmless ones through."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from airm_graph.query.answers import split_term
from airm_graph.serve.pages import View
from airm_graph.site.static import find_vendored, static_version

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

__all__ = ["Cell", "Crumb", "Site", "render"]

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Cell:
    """An N-Triples term taken apart for a page: ``iri`` is empty for texts, ``language`` for texts without one."""

    text: str
    iri: str = ""
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way to a page; no path where it is the page itself."""

    label: str
    path: str = ""


class Site:
    """What templates ask for addresses and names; bound to one page."""

    def __init__(self, view: View, *, labels: Mapping[str, str] | None = None) -> None:
        """Take the page and the names of IRIs that occur on it."""
        self.view, self.facts = view, view.facts
        self._labels = labels or {}
        self._root = view.desk.settings.root_path

    @property
    def base(self) -> str:
        """What every IRI of the project begins with."""
        return self.facts.base

    @property
    def endpoint(self) -> str:
        """Address of the SPARQL endpoint, as a path or as users know it."""
        public = self.view.desk.settings.public_url
        return f"{public}sparql" if public else self.url("sparql")

    @property
    def has_editor(self) -> bool:
        """Whether the editor was put beside the style sheet."""
        return find_vendored() is not None

    def url(self, path: str = "", parameters: Iterable[tuple[str, str]] = ()) -> str:
        """Address of a path on this server."""
        query = urlencode(list(parameters))
        return f"{self._root}/{quote(path.lstrip('/'), safe='/:.~@!$,;=+*()')}" + (f"?{query}" if query else "")

    def static(self, name: str) -> str:
        """Address of a file that comes with the pages; it changes with the file."""
        return f"{self._root}/static/{name}?v={static_version(name)}"

    def is_own(self, iri: str) -> bool:
        """Whether an IRI lies below the base."""
        return iri.startswith(self.base)

    def href(self, iri: str) -> str:
        """Where an IRI is found: empty for what is no address of the web, and never another host in the guise of a path."""
        if not self.is_own(iri):
            return iri if iri.startswith(("http://", "https://")) else ""
        path = iri.removeprefix(self.base)
        return "" if path.startswith(("/", "\\")) else self.view.desk.href(iri)

    def label(self, iri: str) -> str:
        """The name of an IRI: as the data says, or else its path below the base or its short form."""
        return self._labels.get(iri) or self.shorten(iri)

    def shorten(self, iri: str) -> str:
        """An IRI as people write it.

        Where two prefixes fit, the longer namespace is used.
        """
        fitting = [(len(space), prefix, space) for prefix, space in self.facts.prefixes.items() if iri.startswith(space) and iri != space]
        if fitting:
            _, prefix, space = max(fitting)
            return f"{prefix}:{iri.removeprefix(space)}"
        return iri.removeprefix(self.base) or iri

    def cell(self, term: str | None) -> Cell:
        """Take an N-Triples term apart."""
        if term is None:
            return Cell("")
        kind, text, datatype, language = split_term(term)
        if kind == "uri":
            return Cell(self.label(text), iri=text)
        return Cell(text, language=language, datatype=datatype)


def render(template: str, site: Site, *, title: str, crumbs: Sequence[Crumb] = (), data: object = None, **values: Any) -> str:
    """Write a page.

    Args:
        template: Name of its template.
        site: Addresses and names.
        title: Its title; the name of the site is added.
        crumbs: The way to it from the front page.
        data: JSON-LD to put into it.
        **values: What else the template shows.
    """
    script = _write_script(data) if data is not None else None
    return _environment().get_template(template).render(site=site, title=title, crumbs=crumbs, script=script, **values)


@cache
def _environment() -> "jinja2.Environment":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["number"] = lambda number: f"{number:,}"
    return environment


def _write_script(data: object) -> "Markup":
    """Write JSON so that nothing in it ends the element it stands in, or reads as markup."""
    from markupsafe import Markup

    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    # Nothing that could be markup is left.
    return Markup(text)  # noqa: S704
