"""Write the parts of pages that stand on each of thousands: links, values, evidence, lists.

Templates call them as macros. They are functions because a macro of Jinja takes ten times as long;
what is rare stays in ``macros.html``. Each text is escaped once and kept.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from airm_graph.search import Hit
from airm_graph.site.folder_addresses import DATA_SUFFIXES

if TYPE_CHECKING:
    from markupsafe import Markup

    from airm_graph.site.related import Related
    from airm_graph.site.render import Cell, Site
    from airm_graph.site.resource_view import Line, ResourceView

__all__ = ["Fragments"]

_FOREIGN = ' rel="noopener noreferrer nofollow"'
_LABELS = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples"}
_FORMATS = tuple((suffix, label, DATA_SUFFIXES[suffix]) for suffix, label in _LABELS.items())
_RDF_XML = ("rdf", "RDF/XML", "application/rdf+xml")


class Fragments:
    """Writes parts of one page; all that is not written here is a macro of ``macros.html``."""

    def __init__(self, site: "Site", find_macros: Callable[["Fragments"], Any]) -> None:
        """Take the page, and what reads the macros when one is called for."""
        self.site, self._find_macros = site, find_macros
        self._macros: Any = None

    def __getattr__(self, name: str) -> Any:
        """Find a macro."""
        if name.startswith("_"):
            raise AttributeError(name)
        if self._macros is None:
            self._macros = self._find_macros(self)
        return getattr(self._macros, name)

    def ref(self, iri: str, text: str = "") -> "Markup":
        """Link to where an IRI leads, or its label where it leads nowhere."""
        return _mark(self._ref(iri, text))

    def _ref(self, iri: str, text: str = "") -> str:
        site = self.site
        label, href = _escape(text or site.label(iri)), site.href(iri)
        return f'<a href="{_escape(href)}"{"" if site.is_own(iri) else _FOREIGN}>{label}</a>' if href else label

    def cell(self, term: str | None) -> "Markup":
        """Write an N-Triples term."""
        return _mark(self._cell(self.site.cell(term)))

    def term_cell(self, found: "Cell") -> "Markup":
        """Write a term that was taken apart."""
        return _mark(self._cell(found))

    def _cell(self, found: "Cell") -> str:
        if found.iri:
            return self._ref(found.iri, found.text)
        language = f' lang="{_escape(found.language)}"' if found.language else ""
        return f"<span{language}>{_escape(found.text)}</span>"

    def list_of(self, view: "ResourceView", name: str, title: str, of: str | None = None) -> "Markup":
        """Write the values of a property that are IRIs as an entry of a list of pairs."""
        return _mark(self._list(view.links(name, of), title))

    def known(self, view: "ResourceView", name: str, title: str, unknown: str = "unknown") -> "Markup":
        """Write the values of a property, or that none is known."""
        nothing = f'<dt>{_escape(title)}</dt><dd><em class="unknown">{_escape(unknown)}</em></dd>'
        return _mark(self._list(view.links(name), title) or nothing)

    def _list(self, iris: Sequence[str], title: str) -> str:
        if not iris:
            return ""
        items = self._ref(iris[0]) if len(iris) == 1 else f'<ul class="plain">{_items(map(self._ref, iris))}</ul>'
        return f"<dt>{_escape(title)}</dt><dd>{items}</dd>"

    def code_path(self, view: "ResourceView", code: str) -> "Markup":
        """Write a code below all above it."""
        return _mark(f'<ol class="path">{_items(self._ref(step, view.code_name(step)) for step in view.path_of(code))}</ol>')

    def heading(self, view: "ResourceView") -> "Markup":
        """Write the name of a resource, its classes and its IRI."""
        types = ", ".join(map(self._ref, view.resource.types)) or _escape(view.kind)
        iri = f'<code class="iri">{_escape(view.iri)}</code>'
        return _mark(f'<h1>{_escape(view.name)}</h1>\n<p class="meta">{types} · {iri}</p>\n{self.formats(view)}')

    def statements(self, view: "ResourceView") -> "Markup":
        """Write all statements about a resource as a table."""
        site, found = self.site, view.resource.statements
        if not found:
            return _mark("")
        inferred = view.resource.inferred if site.is_server else ()
        rows = "\n".join(
            [
                f'<tr><th scope="row">{self._ref(predicate, site.shorten(predicate))}</th><td>{self._cell(site.cell(term))}'
                f"{self._why(view.iri, predicate, term) if (predicate, term) in inferred else ''}</td></tr>"
                for predicate, term in found
            ]
        )
        head = '<thead><tr><th scope="col">Property</th><th scope="col">Value</th></tr></thead>'
        table = f'<table class="statements">\n{head}\n<tbody>\n{rows}\n</tbody>\n</table>'
        scroll = f'<div class="scroll" tabindex="0" role="region" aria-label="Table of statements">\n{table}\n</div>'
        summary = f"{len(found)} statement{'s' if len(found) != 1 else ''} about it"
        return _fold("statements", "Statements", summary, scroll, is_open=view.kind in ("other", "notice", "graph", "agent"))

    def _why(self, subject: str, predicate: str, term: str) -> str:
        site = self.site
        href = site.url("why", [("subject", subject), ("predicate", predicate), ("object", term)])
        label = f"Why: {site.shorten(predicate)} {site.cell(term).text}"
        return f' <a class="why" data-only="server" href="{_escape(href)}" aria-label="{_escape(label)}">why?</a>'

    def incoming(self, view: "ResourceView") -> "Markup":
        """Write what leads to a resource."""
        found, count, shorten = view.resource.incoming, view.resource.incoming_count, self.site.shorten
        if not found:
            return _mark("")
        items = "\n".join(
            [f'<li>{self._ref(subject)} <span class="meta">({_escape(shorten(name))})</span></li>' for name, subject in found]
        )
        listed = f", the first {len(found)} listed" if count > len(found) else ""
        summary = f"{count:,} link{'s' if count != 1 else ''} here{listed}"
        is_open = view.kind in ("agent", "notice")
        return _fold("incoming", "Linked from", summary, f'<ul class="plain">\n{items}\n</ul>', is_open=is_open)

    def as_sparql(self, view: "ResourceView") -> "Markup":
        """Write the query that finds what a page says."""
        query = f'<pre class="sparql" tabindex="0">{_escape(view.write_query())}</pre>'
        href = f"{_escape(self.site.url('sparql'))}#query={view.quote_query()}"
        ask = f'\n<p data-only="site"><a href="{href}">Ask it here</a></p>' if self.site.has_engine else ""
        return _fold("as-sparql", "This page as SPARQL", "The query", query + ask)

    def refs(self, iris: Iterable[str]) -> "Markup":
        """Write links as items of a list."""
        return _mark(_items(map(self._ref, iris)))

    def alternates(self, view: "ResourceView") -> "Markup":
        """Name the data of a page to programs."""
        url, path = self.site.url, view.path
        return _mark(
            "\n".join(f'<link rel="alternate" type="{kind}" href="{_escape(url(f"{path}.{suffix}"))}">' for suffix, _, kind in _FORMATS)
        )

    def formats(self, view: "ResourceView") -> "Markup":
        """Link the data of a page for people."""
        found = []
        for suffix, label, kind in (*_FORMATS, _RDF_XML):
            if href := self.site.url(f"{view.path}.{suffix}"):
                only = ' data-only="server"' if suffix == "rdf" else ""
                found.append(f'<li{only}><a href="{_escape(href)}" type="{kind}" rel="alternate">{label}</a></li>')
        return _mark('<ul class="formats" aria-label="This page as data">\n{}\n</ul>'.format("\n".join(found)))

    def captured(self, view: "ResourceView", evidence: str, heading: str = "h3") -> "Markup":
        """Write captured lines, or the cells of a row, with repairs marked."""
        of = None if evidence == view.iri else evidence
        head = f"<h3>{self._ref(evidence)}</h3>\n" if heading == "h3" else ""
        digest, repairs = view.digest_of(evidence), view.links("airm:repair", of)
        name = _escape(self.site.label(evidence))
        file = f'the file with the SHA-256 <code class="iri">{_escape(digest)}</code>'
        cite = f'<p class="meta cite">Cite as <cite>{name}</cite>, in {file}</p>\n'
        summary = f"{len(repairs)} repair{'s' if len(repairs) > 1 else ''} before publication"
        table = f"<details><summary>{summary}</summary>\n{self._repairs(view, repairs)}\n</details>\n" if repairs else ""
        body = self._captured(view, evidence, of)
        tag = "section" if head else "div"
        return _mark(f'<{tag} class="evidence">\n{head}{body}\n{cite if digest else ""}{table}</{tag}>')

    def _captured(self, view: "ResourceView", evidence: str, of: str | None) -> str:
        row, column = view.text("airm:row", of), view.text("airm:column", of)
        if not row:
            return f'<div class="lines">{"".join(map(_write_numbered, view.lines(evidence)))}</div>'
        if column:
            lines = "".join(f'<div class="line"><span class="text">{_write_pieces(line)}</span></div>' for line in view.lines(evidence))
            return f'<p>Row {_escape(row)}, column <code>{_escape(column)}</code></p>\n<div class="lines">{lines}</div>'
        cells = "".join(
            f'<div class="line"><dt>{_escape(cell.name or f"cell {cell.line.number}")}</dt>'
            f'<dd class="text">{_write_pieces(cell.line)}</dd></div>'
            for cell in view.row_cells(evidence)
        )
        return f'<p>Row {_escape(row)}</p>\n<dl class="lines cells">{cells}</dl>'

    def repair_table(self, view: "ResourceView", repairs: Sequence[str]) -> "Markup":
        """Write repairs as a table."""
        return _mark(self._repairs(view, repairs))

    def _repairs(self, view: "ResourceView", repairs: Sequence[str]) -> str:
        rows = []
        for repair in repairs:
            of = None if repair == view.iri else repair
            line, position, rule, before, after = (
                view.text(f"airm:{name}", of) for name in ("line", "position", "rule", "before", "after")
            )
            place = self._ref(repair, f"line {line}, character {position}")
            made = f'<code class="after">{_escape(after)}</code>' if after else "<em>nothing</em>"
            rows.append(
                f"<tr><td>{place}</td><td><code>{_escape(rule)}</code></td>"
                f'<td><code class="before">{_escape(before)}</code></td><td>{made}</td></tr>\n'
            )
        heads = "".join(f'<th scope="col">{name}</th>' for name in ("Place", "Rule", "Before", "After"))
        table = f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>"
        return f'<div class="scroll" tabindex="0" role="region" aria-label="Repairs">\n{table}\n</div>'

    def hits_list(self, hits: Iterable[Hit]) -> "Markup":
        """Write what a search found."""
        return _mark('<ul class="hits">\n{}</ul>'.format("".join(map(self._hit, hits))))

    def _hit(self, hit: Hit) -> str:
        is_mitigation = hit.kind == "mitigation"
        name = self._ref(hit.iri, hit.name or ("Mitigation without a known name" if is_mitigation else "Label unknown"))
        meta = [f'<span class="kind">{_escape(hit.kind)}</span>']
        meta += [_escape(hit.iri.removeprefix(self.site.base))] if hit.kind == "code" else []
        meta += [_escape(hit.codes)] if hit.codes else []
        meta += [_escape(hit.source)] if hit.source else ["source unknown"] if is_mitigation else []
        snippet = f'\n<p class="snippet">{_write_snippet(hit)}</p>' if hit.snippet else ""
        return f'<li>\n<p class="name">{name}</p>\n<p class="meta">{" · ".join(meta)}</p>{snippet}\n</li>\n'

    def related(self, found: "Related", title: str) -> "Markup":
        """Write the first mitigations with a value of a facet, and where all are."""
        hits = self.hits_list(found.hits) if found.hits else "<p>No other mitigation in this data.</p>"
        href = self.site.url("browse/mitigations", [(found.facet, found.iri)])
        more = f'\n<p><a href="{_escape(href)}">All {found.total:,} mitigations under it</a></p>' if found.total > 1 else ""
        return _mark(f"<h3>{_escape(title)}</h3>\n{hits}{more}")


@lru_cache(maxsize=1 << 16, typed=True)
def _escape(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))


def _mark(text: str) -> "Markup":
    """Say that a text is HTML: all that data brought to it was escaped."""
    return _find_markup()(text)


@cache
def _find_markup() -> "type[Markup]":
    from markupsafe import Markup

    return Markup


def _fold(name: str, title: str, summary: str, body: str, *, is_open: bool = False) -> "Markup":
    """Write a section that can be opened."""
    details = f"<details{' open' if is_open else ''}><summary>{summary}</summary>\n{body}\n</details>"
    return _mark(f'<section aria-labelledby="{name}">\n<h2 id="{name}">{title}</h2>\n{details}\n</section>')


def _items(items: Iterable[str]) -> str:
    return "".join([f"<li>{item}</li>" for item in items])


def _write_numbered(line: "Line") -> str:
    number = f'<span class="count" aria-hidden="true">{line.number}</span>'
    unseen = f'<span class="unseen">Line {line.number}: </span>'
    return f'<div class="line">{number}<span class="text">{unseen}{_write_pieces(line)}</span></div>'


def _write_pieces(line: "Line") -> str:
    return "".join(
        _escape(piece.text)
        if piece.after is None
        else f'<mark title="published as: {_escape(piece.after or "nothing")}">{_escape(piece.text)}</mark>'
        for piece in line.pieces
    )


def _write_snippet(hit: Hit) -> str:
    parts, done = [], 0
    for start, end in hit.marks:
        parts.append(f"{_escape(hit.snippet[done:start])}<mark>{_escape(hit.snippet[start:end])}</mark>")
        done = end
    return "".join([*parts, _escape(hit.snippet[done:])])
