"""What stands beside a resource and takes further questions: neighbours in the outline, others under the same code, terms of a document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from airm_graph.graph.store import Row, parse_rows
from airm_graph.namespaces import rebase_text, term
from airm_graph.query.answers import Table, split_term
from airm_graph.search import Hit
from airm_graph.serve.desk import Desk
from airm_graph.site.shown import Shown

__all__ = ["Entry", "Related", "Term", "arrange_outline", "find_related", "find_siblings", "find_terms"]

_MOST_PARENTS, _MOST_CODES, _MOST_RELATED = 3, 3, 8
_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TEXTS = ("skos:definition", "rdfs:comment", "sh:description", "skos:note")


@dataclass(frozen=True, slots=True)
class Related:
    """Mitigations that share something, the first of them, and the facet that lists them all."""

    iri: str
    facet: str
    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A mitigation in the outline of its source: how many stand above it there."""

    iri: str
    label: str
    level: int


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a document: *anchor* is the last part of its IRI where that is a plain name, else empty."""

    iri: str
    anchor: str
    label: str
    definition: str
    types: tuple[str, ...]
    statements: tuple[tuple[str, str], ...]


async def find_siblings(desk: Desk, shown: Shown) -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
    """For each parent of a mitigation its name and the other mitigations below it, as IRI and name."""
    found = {}
    for parent in shown.links("airm:partOf")[:_MOST_PARENTS]:
        above = await desk.describe(parent)
        wanted = rebase_text(term("airm:partOf")[1:-1], shown.site.base)
        below = tuple((iri, above.labels.get(iri, "")) for predicate, iri in above.incoming if predicate == wanted and iri != shown.iri)
        found[parent] = (above.label, below)
    return found


async def find_related(desk: Desk, facet: str, iris: Sequence[str], *, besides: str = "") -> list[Related]:
    """Mitigations under codes, by an actor, of a source and so on, but for one: the first few, and how many there are."""
    found = []
    for iri in iris[:_MOST_CODES]:
        hits = await desk.search("", facets={"kind": ["mitigation"], facet: [iri]}, limit=_MOST_RELATED + 1)
        others = tuple(hit for hit in hits.hits if hit.iri != besides)
        found.append(Related(iri, facet, hits.total, others[:_MOST_RELATED]))
    return found


def arrange_outline(table: Table) -> list[Entry]:
    """Put the rows of ``outline-by-source`` in the order of the outline: each below the first of its parents.

    >>> rows = (("<b>", '"B"', "<a>"), ("<a>", '"A"', None))
    >>> [(entry.label, entry.level) for entry in arrange_outline(Table(("mitigation", "label", "parent"), rows))]
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
    # What stands in a circle is below nothing at the top; it comes last.
    for start in ("", *labels):
        waiting = [(iri, 0) for iri in reversed(below.pop(start, []))]
        while waiting:
            iri, level = waiting.pop()
            found.append(Entry(iri, labels[iri], level))
            waiting += [(child, level + 1) for child in reversed(below.pop(iri, []))]
    return found


async def find_terms(desk: Desk, iri: str) -> list[Term]:
    """The terms that a document defines, by label."""
    reply = await desk.ask("rdf", iri=iri, type="application/n-triples")
    about: dict[str, list[Row]] = {}
    for row in parse_rows(reply.body, name=iri, suffix=".nt"):
        # The document may be asked for by its version; its terms are those of the namespace.
        if "#" in row[0]:
            about.setdefault(row[0][1:-1], []).append(row)
    terms = [_read_term(name, rows) for name, rows in sorted(about.items()) if name.startswith(desk.facts.base)]
    return sorted(terms, key=lambda found: (found.label.casefold(), found.iri))


def _read_term(iri: str, rows: Sequence[Row]) -> Term:
    def texts(name: str) -> list[str]:
        return [split_term(o)[1] for _, p, o, _ in rows if p == term(name)]

    tail = iri.rpartition("#")[2]
    labels = [*texts("rdfs:label"), *texts("sh:name"), tail]
    definition = next((text for name in _TEXTS for text in texts(name)), "")
    types = tuple(sorted(texts("rdf:type")))
    statements = tuple(sorted((p[1:-1], o) for _, p, o, _ in rows if p not in {term("rdf:type"), term("rdfs:isDefinedBy")}))
    return Term(iri, tail if _ANCHOR.fullmatch(tail) else "", labels[0], definition, types, statements)
