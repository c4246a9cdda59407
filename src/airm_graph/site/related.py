"""Find what a page shows beside its resource: siblings, related mitigations, terms, an outline."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from airm_graph.namespaces import rebase_text, term
from airm_graph.query.answers import Table, split_term
from airm_graph.search import Hit
from airm_graph.serve.page_interface import PageClient
from airm_graph.site.resource_view import ResourceView
from airm_graph.terms import Quad

__all__ = ["Entry", "Related", "Term", "arrange_outline", "find_related", "find_siblings", "find_terms"]

_MOST_PARENTS, _MOST_CODES, _MOST_RELATED = 3, 3, 8
_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TEXTS = ("skos:definition", "rdfs:comment", "sh:description", "skos:note")


@dataclass(frozen=True, slots=True)
class Related:
    """Hold the first mitigations with a value of a facet, and how many there are."""

    iri: str
    facet: str
    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold a mitigation in the outline of its source, and how many are above it there."""

    iri: str
    label: str
    level: int


@dataclass(frozen=True, slots=True)
class Term:
    """Hold a term of a document; *anchor* is the end of its IRI where that is a plain name,
    *shapes* are those that speak of it.
    """

    iri: str
    anchor: str
    label: str
    definition: str
    types: tuple[str, ...]
    shapes: tuple[str, ...]
    statements: tuple[tuple[str, str], ...]


async def find_siblings(client: PageClient, view: ResourceView) -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
    """Find for each parent of a mitigation its label, and IRI and label of its other children."""
    found = {}
    for parent in view.links("airm:partOf")[:_MOST_PARENTS]:
        above = await client.describe(parent)
        wanted = rebase_text(term("airm:partOf")[1:-1], view.site.base)
        below = tuple((iri, above.labels.get(iri, "")) for predicate, iri in above.incoming if predicate == wanted and iri != view.iri)
        found[parent] = (above.label, below)
    return found


async def find_related(client: PageClient, facet: str, iris: Sequence[str], *, without: str = "") -> list[Related]:
    """Find the first mitigations with each value of a facet, but for one, and their number."""
    found = []
    for iri in iris[:_MOST_CODES]:
        hits = await client.search("", facets={"kind": ["mitigation"], facet: [iri]}, limit=_MOST_RELATED + 1)
        others = tuple(hit for hit in hits.hits if hit.iri != without)
        found.append(Related(iri, facet, hits.total, others[:_MOST_RELATED]))
    return found


def arrange_outline(table: Table) -> list[Entry]:
    """Arrange the rows of ``outline-by-source``: each mitigation below the first of its parents.

    >>> rows = (("<b>", '"B"', "<a>"), ("<a>", '"A"', None))
    >>> table = Table(("mitigation", "label", "parent"), rows)
    >>> [(entry.label, entry.level) for entry in arrange_outline(table)]
    [('A', 0), ('B', 1)]
    """
    labels: dict[str, str] = {}
    parents: dict[str, str] = {}
    for row in table:
        iri = row["mitigation"] or ""
        if iri not in labels:
            labels[iri], parents[iri] = row["label"] or "", row["parent"] or ""
    below: dict[str, list[str]] = {}
    for iri, parent in parents.items():
        below.setdefault(parent if parent in labels else "", []).append(iri)
    found: list[Entry] = []
    # Mitigations in a circle are below nothing at the top; they come last.
    for start in ("", *labels):
        waiting = [(iri, 0) for iri in reversed(below.pop(start, []))]
        while waiting:
            iri, level = waiting.pop()
            found.append(Entry(iri, labels[iri], level))
            waiting += [(child, level + 1) for child in reversed(below.pop(iri, []))]
    return found


async def find_terms(client: PageClient, iri: str) -> list[Term]:
    """Find the terms that a document defines, by label."""
    about: dict[str, list[Quad]] = {}
    for row in await client.read_document(iri):
        # The document may be asked for by its version; its terms are those of the namespace.
        if "#" in row[0]:
            about.setdefault(row[0][1:-1], []).append(row)
    # Shapes are not judged by shapes.
    is_judged = not iri.startswith(f"{client.info.base}shapes")
    shapes = _find_shapes(await client.read_document(f"{client.info.base}shapes")) if is_judged else {}
    terms = [_read_term(name, rows, shapes.get(name, ())) for name, rows in sorted(about.items()) if name.startswith(client.info.base)]
    return sorted(terms, key=lambda found: (found.label.casefold(), found.iri))


def _find_shapes(rows: Sequence[Quad]) -> dict[str, list[str]]:
    """Find for each IRI the named shapes that speak of it, themselves or in a nameless part."""
    above: dict[str, list[str]] = {}
    for s, _, o, _ in rows:
        above.setdefault(o, []).append(s)
    found: dict[str, list[str]] = {}
    for name in sorted(above):
        waiting, names = list(above[name]), set[str]()
        seen = set(waiting)
        while waiting:
            node = waiting.pop()
            if node.startswith("<"):
                names.add(node[1:-1])
            else:
                more = set(above.get(node, ())) - seen
                seen |= more
                waiting += more
        found[name[1:-1]] = sorted(shape for shape in names if "#" in shape)
    return found


def _read_term(iri: str, rows: Sequence[Quad], shapes: Sequence[str]) -> Term:
    def texts(name: str) -> list[str]:
        return [split_term(o)[1] for _, p, o, _ in rows if p == term(name)]

    tail = iri.rpartition("#")[2]
    labels = [*texts("rdfs:label"), *texts("sh:name"), tail]
    definition = next((text for name in _TEXTS for text in texts(name)), "")
    types = tuple(sorted(texts("rdf:type")))
    statements = tuple(sorted((p[1:-1], o) for _, p, o, _ in rows if p not in {term("rdf:type"), term("rdfs:isDefinedBy")}))
    return Term(iri, tail if _ANCHOR.fullmatch(tail) else "", labels[0], definition, types, tuple(shapes), statements)
