"""Facets by which mitigations are counted: their values in a graph, and the patterns of SPARQL that
find what has one.

One pattern serves all: with a variable it lists which mitigation has which value, with a value it
is part of the query that proves a cell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from airm_graph.errors import ParameterError
from airm_graph.graph.store import Store
from airm_graph.namespaces import BASE, PREFIXES, literal, rebase_text
from airm_graph.query.answers import Table

__all__ = ["FACETS", "Facet", "Member", "check_facets", "make_prologue", "read_facet"]

#: What a value is: one of the facet; one that says it fits no other; a code above the chosen level;
#: none stated.
KINDS = ("value", "residual", "coarser", "unstated")
#: Name of a facet → pattern with the place of the value. What has several values stands in several
#: cells.
_PATTERNS = {
    "code": "?mitigation airm:underCode {} .",
    "actor": "?mitigation airm:actor {} .",
    "stage": "?mitigation airm:lifecycleStage {} .",
    "function": "?mitigation airm:function {} .",
    "statement": "?mitigation airm:statementKind {} .",
    "suggested": "?mitigation airm:suggestedStatementKind {} .",
    "source": "?mitigation airm:source {} .",
    "original": "?mitigation prov:wasDerivedFrom ?from . ?from airm:source {} .",
    "year": "?mitigation airm:source ?dated . ?dated dcterms:issued ?issued . BIND(SUBSTR(STR(?issued), 1, 4) AS ?year) FILTER(?year = {})",
}
FACETS = tuple(_PATTERNS)
_CONCEPTS = {
    "actor": "airm:ActorRole",
    "stage": "airm:LifecycleStage",
    "function": "airm:RiskFunction",
    **dict.fromkeys(("statement", "suggested"), "airm:StatementKind"),
}
#: What the values of a facet are called, where that is not its name.
_TITLES = {"statement": "kind of statement", "suggested": "suggested kind of statement", "original": "original"}


@dataclass(frozen=True, slots=True)
class Member:
    """A value of a facet.

    Attributes:
        value: Its N-Quads term; empty for ``coarser`` and ``unstated``.
        kind: One of `KINDS`.
        label: For people, with the notation of a code.
        slug: Its name in IRIs and files.
        pattern: What finds the mitigations that have it.
        facet: Name of its facet.
    """

    value: str
    kind: str
    label: str
    slug: str
    pattern: str
    facet: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values in a graph, residual ones last, and which mitigations have them."""

    name: str
    members: tuple[Member, ...]
    mitigations: Mapping[Member, frozenset[str]]
    edition: str = ""
    level: int = 0

    @property
    def title(self) -> str:
        """Name it for people."""
        return f"code ({self.edition}, level {self.level})" if self.level else _TITLES.get(self.name, self.name)

    @property
    def slug(self) -> str:
        """Name it in IRIs."""
        return f"{self.edition}-code-{self.level}" if self.level else self.name


def check_facets(*names: str) -> None:
    """Refuse facets that cannot be counted together.

    Raises:
        ParameterError: One is unknown, or two are the same.

    >>> check_facets("code", "source")
    """
    for name in names:
        if name not in _PATTERNS:
            close = get_close_matches(name, FACETS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"use one of {', '.join(FACETS)}"
            raise ParameterError(f"there is no facet {name!r}; {hint}", parameter=name)
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"the facet {name!r} is given twice; give two or three different ones", parameter=name)


def read_facet(store: Store, name: str, *, edition: str | None = None, level: int | None = None, base: str = BASE) -> Facet:
    """Read the values of a facet, and which mitigations have them.

    Args:
        store: A closed graph.
        name: One of `FACETS`.
        edition: For codes: ``v1`` or ``v2``; left out, the edition by which most mitigations are
            classified.
        level: For codes: 1 for the top; left out, the second.
        base: What the IRIs of the data begin with.

    Raises:
        ParameterError: There is no such edition or level.
    """
    return _Reader(store, base).read(name, edition, level)


class _Reader:
    def __init__(self, store: Store, base: str) -> None:
        self._store, self._base = store, base

    def read(self, name: str, edition: str | None, level: int | None) -> Facet:
        if name == "code":
            return self._read_codes(edition, 2 if level is None else level, chosen=level is not None)
        if name == "year":
            years = self._select("?value", "?source a airm:Source ; dcterms:issued ?issued . BIND(SUBSTR(STR(?issued), 1, 4) AS ?value)")
            members = [self._make(name, literal(year), year, year) for (year,) in years]
        else:
            about = f"?value a {_CONCEPTS.get(name, 'airm:Source')} . OPTIONAL {{ ?value rdfs:label ?label }}"
            residual = {iri for (iri,) in self._select("?value", "?value a airm:ResidualConcept .")}
            # Of several labels the first counts.
            found = {iri: label for iri, label in reversed(self._select("?value ?label", about))}  # noqa: C416 - rows of two
            members = [
                self._make(name, f"<{iri}>", label or _slug(iri), _slug(iri), residual=iri in residual) for iri, label in found.items()
            ]
            members.sort(key=lambda one: (KINDS.index(one.kind), one.label.casefold(), one.value))
        dated = "?mitigation airm:source ?dated . ?dated dcterms:issued ?issued ."
        has = dated if name == "year" else _PATTERNS[name].format(f"?any{name.capitalize()}")
        members.append(Member("", "unstated", f"no {_TITLES.get(name, name)} stated", "unstated", f"MINUS {{ {has} }}", name))
        return self._fill(name, members)

    def _read_codes(self, wanted: str | None, level: int, *, chosen: bool) -> Facet:
        about = "?value a airm:Code ; skos:inScheme ?scheme ; skos:notation ?notation ."
        more = "OPTIONAL { ?value skos:prefLabel ?label } OPTIONAL { ?value skos:broader ?broader }"
        rows = self._select("?value ?scheme ?notation ?label ?broader", f"{about} {more}")
        edition = self._find_edition(wanted, sorted({_slug(scheme) for _, scheme, *_ in rows}))
        codes = {row[0]: row for row in rows if _slug(row[1]) == edition}
        depths = {iri: _count_above(iri, {code: row[4] for code, row in codes.items()}) for iri in codes}
        deepest = max(depths.values())
        if not 1 <= level <= deepest and chosen:
            raise ParameterError(f"the edition {edition} has no level {level}; its levels are 1 to {deepest}", parameter="level")
        level = min(level, deepest)
        residual = {iri for (iri,) in self._select("?value", "?value a airm:ResidualConcept .")}
        found = sorted((iri for iri in codes if depths[iri] == level), key=lambda iri: (iri in residual, _natural(codes[iri][2])))
        labels = {iri: f"{codes[iri][2]} {codes[iri][3]}".strip() for iri in found}
        members = [self._make("code", f"<{iri}>", labels[iri], codes[iri][2], residual=iri in residual) for iri in found]
        scheme = f"?anyCode skos:inScheme <{next(iter(codes.values()))[1]}> ."
        steps = " ".join(f"?up{n} skos:broader ?up{n + 1} ." for n in range(level - 1))
        fine = f"?mitigation airm:underCode ?up0 . {scheme.replace('?anyCode', '?up0')} {steps}".rstrip()
        has = f"?mitigation airm:code ?anyCode . {scheme}"
        if level > 1:
            members.append(Member("", "coarser", f"code above level {level}", "coarser", f"{has} MINUS {{ {fine} }}", "code"))
        members.append(Member("", "unstated", f"no code of {edition} stated", "unstated", f"MINUS {{ {has} }}", "code"))
        return self._fill("code", members, edition=edition, level=level)

    def _find_edition(self, wanted: str | None, editions: list[str]) -> str:
        if not editions:
            raise ParameterError("the graph holds no codes; build it with airm-graph build", parameter="edition")
        if wanted is None:
            used = self._select(
                "?scheme (COUNT(DISTINCT ?m) AS ?n)", "?m airm:code ?c . ?c skos:inScheme ?scheme .", end="GROUP BY ?scheme"
            )
            return max(((int(n), _slug(scheme)) for scheme, n in used), default=(0, editions[-1]))[1]
        if (name := _slug(wanted)) not in editions:
            raise ParameterError(f"there is no edition {wanted!r} in the graph; there are {', '.join(editions)}", parameter="edition")
        return name

    def _make(self, facet: str, value: str, label: str, slug: str, *, residual: bool = False) -> Member:
        return Member(value, "residual" if residual else "value", label, slug, _PATTERNS[facet].format(value), facet)

    def _fill(self, name: str, members: list[Member], *, edition: str = "", level: int = 0) -> Facet:
        """Find what has which value; what nothing has stays, but for having none."""
        has: dict[str, set[str]] = {}
        for mitigation, value in self._terms("?mitigation ?value", f"?mitigation a airm:Mitigation . {_PATTERNS[name].format('?value')}"):
            has.setdefault(value, set()).add(mitigation)
        if name == "year":
            has = {}
            for member in members[:-1]:
                has[member.value] = {m for (m,) in self._terms("?mitigation", f"?mitigation a airm:Mitigation . {member.pattern}")}
        filled: dict[Member, frozenset[str]] = {}
        for member in members:
            if member.value:
                filled[member] = frozenset(has.get(member.value, ()))
            elif found := self._terms("?mitigation", f"?mitigation a airm:Mitigation . {member.pattern}"):
                filled[member] = frozenset(m for (m,) in found)
        return Facet(name, tuple(filled), filled, edition, level)

    def _terms(self, columns: str, where: str, *, end: str = "") -> list[tuple[str, ...]]:
        query = f"{make_prologue(where, self._base)}\nSELECT DISTINCT {columns} WHERE {{ {where} }} {end}"
        return [tuple(value or "" for value in row) for row in self._store.select(query)[1]]

    def _select(self, columns: str, where: str, *, end: str = "") -> list[tuple[str, ...]]:
        rows = self._terms(columns, where, end=end)
        names = tuple(str(number) for number in range(len(rows[0]))) if rows else ()
        return sorted(
            tuple(value or "" for value in row) for row in Table(names, tuple(tuple(v or None for v in r) for r in rows)).values()
        )


def make_prologue(pattern: str, base: str = BASE) -> str:
    """Declare the prefixes that a pattern uses.

    >>> make_prologue("?m a airm:Mitigation .")
    'PREFIX airm: <https://w3id.org/airm-graph/ontology#>'
    """
    used = sorted(set(re.findall(r"\b([a-z]+):[A-Za-z]", re.sub(r"<[^>]*>", "", pattern))) & PREFIXES.keys())
    return "\n".join(f"PREFIX {name}: <{rebase_text(PREFIXES[name], base)}>" for name in used)


def _count_above(iri: str, broader: Mapping[str, str]) -> int:
    seen = set[str]()
    while iri in broader and iri not in seen:
        seen.add(iri)
        iri = broader[iri]
    return len(seen)


def _slug(iri: str) -> str:
    return iri.rstrip("/>").rpartition("/")[2]


def _natural(notation: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", notation)))
