"""Make what is searched: one document for each mitigation, source, code and role."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from airm_graph.namespaces import BASE, rebase_text, term
from airm_graph.terms import Quad, read_literal

__all__ = ["FACETS", "Document", "FacetValue", "make_documents"]

#: What hits can be narrowed by; ``code`` counts a code and all above it, ``statement`` is the kind
#: of statement that an input states, ``suggested`` the one that a rule suggests, and ``original``
#: the source of what a mitigation was taken from.
FACETS = ("kind", "code", "actor", "lifecycle", "function", "source", "edition", "statement", "suggested", "original")

_KINDS = {
    "airm:ActorRole": "actor",
    "airm:Code": "code",
    "airm:LifecycleStage": "lifecycle",
    "airm:Mitigation": "mitigation",
    "airm:RiskFunction": "function",
    "airm:Source": "source",
}
_LINKS = {
    "airm:underCode": "code",
    "airm:code": "code",
    "airm:actor": "actor",
    "airm:lifecycleStage": "lifecycle",
    "airm:function": "function",
    "airm:source": "source",
    "airm:statementKind": "statement",
    "airm:suggestedStatementKind": "suggested",
}


@dataclass(frozen=True, slots=True, order=True)
class FacetValue:
    """Hold a value of a facet: its IRI (for kinds their name), the last part of it, and a label."""

    facet: str
    iri: str
    slug: str
    label: str


@dataclass(frozen=True, slots=True)
class Document:
    """Hold what is searched of one resource; each text is empty where there is none."""

    iri: str
    kind: str
    name: str
    other: str = ""
    description: str = ""
    reasons: str = ""
    source: str = ""
    codes: str = ""
    facets: tuple[FacetValue, ...] = field(default=())


#: Subject → predicate → objects, all as N-Quads terms.
Statements = Mapping[str, Mapping[str, list[str]]]


def make_documents(rows: Iterable[Quad], *, base: str = BASE) -> list[Document]:
    """Make the documents of a closed graph, sorted by IRI."""
    about: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for s, p, o in sorted({row[:3] for row in rows}):
        about[s][p].append(o)
    reader = _Reader(about, base)
    kinds = {rebase_text(term(name), base): kind for name, kind in _KINDS.items()}
    found = ((subject, kinds[o]) for subject in sorted(about) for o in about[subject][term("rdf:type")] if o in kinds)
    return [reader.read(subject, kind) for subject, kind in found]


class _Reader:
    def __init__(self, about: Statements, base: str) -> None:
        self._about, self._base = about, base
        self._values: dict[tuple[str, str], FacetValue] = {}

    def read(self, subject: str, kind: str) -> Document:
        links = [(facet, o) for name, facet in _LINKS.items() for o in self._get(subject, name)]
        codes = [self._name_code(subject)] if kind == "code" else sorted({self._name_code(o) for o in self._get(subject, "airm:code")})
        facets = {self._value("kind", kind), *(self._value(facet, o) for facet, o in links)}
        if kind == "code":
            facets |= {self._value("edition", o) for o in self._get(subject, "skos:inScheme")}
        facets |= {self._value("edition", scheme) for facet, o in links if facet == "code" for scheme in self._get(o, "skos:inScheme")}
        originals = (source for o in self._get(subject, "prov:wasDerivedFrom") for source in self._get(o, "airm:source"))
        facets |= {self._value("original", o) for o in originals}
        sources = [o for facet, o in links if facet == "source"]
        return Document(
            iri=subject[1:-1],
            kind=kind,
            name=self._name(subject),
            other=self._join(subject, "skos:altLabel", "dcterms:alternative", "skos:notation", "dcterms:identifier"),
            description=self._join(subject, "dcterms:description", "dcterms:abstract", "skos:scopeNote"),
            reasons="\n".join(text for o in self._get(subject, "airm:classification") for text in self._texts(o, "airm:reasoning")),
            source="\n".join(self._name(o) for o in sources) or self._join(subject, "airm:authors"),
            codes="; ".join(codes),
            facets=tuple(sorted(facets)),
        )

    def _get(self, subject: str, name: str) -> list[str]:
        return self._about.get(subject, {}).get(rebase_text(term(name), self._base), [])

    def _texts(self, subject: str, name: str) -> list[str]:
        return [read_literal(o).text for o in self._get(subject, name) if o.startswith('"')]

    def _join(self, subject: str, *names: str) -> str:
        return "\n".join(text for name in names for text in self._texts(subject, name))

    def _name(self, subject: str) -> str:
        return next(iter((*self._texts(subject, "skos:prefLabel"), *self._texts(subject, "rdfs:label"))), "")

    def _value(self, facet: str, value: str) -> FacetValue:
        if facet == "kind":
            return FacetValue(facet, value, value, value)
        if (facet, value) not in self._values:
            name = self._name_code(value) if facet == "code" else self._name(value)
            self._values[facet, value] = FacetValue(facet, value[1:-1], value[1:-1].rpartition("/")[2], name)
        return self._values[facet, value]

    def _name_code(self, code: str) -> str:
        """Write edition, notation and label of a code, as far as they are known."""
        editions = [scheme[1:-1].rpartition("/")[2] for scheme in self._get(code, "skos:inScheme")]
        return " ".join((*editions, *self._texts(code, "skos:notation"), self._name(code))).strip()
