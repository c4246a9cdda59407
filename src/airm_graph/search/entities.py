"""Read the entities that names are reconciled with: mitigations, sources, codes, roles, agents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from airm_graph.namespaces import BASE, rebase_text, term
from airm_graph.terms import Quad, read_literal

__all__ = ["ENTITY_TYPES", "Entity", "read_entities"]

#: Class → what it is called.
ENTITY_TYPES = {
    "airm:Mitigation": "Mitigation",
    "airm:Source": "Source",
    "airm:Code": "Code",
    "airm:ActorRole": "Actor role",
    "airm:LifecycleStage": "Lifecycle stage",
    "airm:RiskFunction": "Risk function",
    "prov:Agent": "Agent",
}
_NAMES = ("skos:prefLabel", "rdfs:label", "dcterms:title", "skos:altLabel", "dcterms:alternative")
_KEYS = ("dcterms:identifier", "skos:notation")
#: What describes how the graph was made, or says what the type says.
_HIDDEN = ("rdf:type", "airm:classification", "airm:definitionFingerprint", "airm:evidence")

Statements = Mapping[str, Mapping[str, set[str]]]


@dataclass(frozen=True, slots=True)
class Entity:
    """Hold one thing that a name may stand for.

    Attributes:
        iri: Its IRI.
        type: IRI of its class.
        name: What it is called; the last part of its IRI where it has no name.
        names: All its names; a code also has them with its notation before.
        keys: What stands for it alone: IRI, its path below the base, identifiers, notations, and
            notations with their edition.
        description: What tells it from others of the same name: source, codes, edition, authors.
        values: Predicate → values, as N-Quads terms in order.
    """

    iri: str
    type: str
    name: str
    names: tuple[str, ...]
    keys: tuple[str, ...]
    description: str
    values: Mapping[str, tuple[str, ...]]


def read_entities(rows: Iterable[Quad], *, base: str = BASE) -> tuple[Entity, ...]:
    """Read the entities of a closed graph, in the order of their IRIs."""
    types = {rebase_text(term(name), base): name for name in ENTITY_TYPES}
    about: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value, _ in rows:
        about[subject][predicate].add(value)
    is_a, reader = term("rdf:type"), _Reader(about, base)
    # What has several of the types is called by the first of them in the table.
    chosen = {subject: next((one for one in types if one in said[is_a]), "") for subject, said in about.items() if is_a in said}
    return tuple(reader.read(subject, kind) for subject, kind in sorted(chosen.items()) if kind and subject.startswith("<"))


class _Reader:
    def __init__(self, about: Statements, base: str) -> None:
        self._about, self._base = about, base
        self._hidden = {rebase_text(term(name), base) for name in _HIDDEN}

    def read(self, subject: str, kind: str) -> Entity:
        iri, notations = subject[1:-1], self._texts(subject, "skos:notation")
        last = iri.rpartition("/")[2]
        plain = self._texts(subject, *_NAMES)
        editions = [scheme[1:-1].rpartition("/")[2] for scheme in self._get(subject, "skos:inScheme")]
        names = (*plain, *(f"{notation} {name}" for notation in notations for name in plain))
        keys = (
            iri,
            iri.removeprefix(self._base),
            *self._texts(subject, *_KEYS),
            *(f"{edition}{mark}{n}" for edition in editions for n in notations for mark in "/ "),
        )
        values = {
            predicate[1:-1]: tuple(sorted(found))
            for predicate, found in sorted(self._about[subject].items())
            if predicate not in self._hidden
        }
        description = "; ".join(filter(None, self._describe(subject, editions)))
        return Entity(iri, kind[1:-1], next(iter(plain), last), names or (last,), tuple(dict.fromkeys(keys)), description, values)

    def _describe(self, subject: str, editions: list[str]) -> list[str]:
        linked = [o for name in ("airm:code", "airm:source", "skos:broader") for o in self._get(subject, name)]
        own = [" ".join((*editions, *self._texts(subject, "skos:notation")))] if self._get(subject, "skos:notation") else []
        told = self._texts(subject, "airm:authors", "dcterms:issued", "dcterms:identifier")
        return [*own, *(" ".join((*self._texts(o, "skos:notation"), *self._texts(o, *_NAMES)[:1])) for o in linked), *told]

    def _get(self, subject: str, name: str) -> list[str]:
        return sorted(self._about.get(subject, {}).get(rebase_text(term(name), self._base), ()))

    def _texts(self, subject: str, *names: str) -> list[str]:
        """The literals of some predicates, each once, in the order of the predicates."""
        found = (read_literal(o).text for name in names for o in self._get(subject, name) if o.startswith('"'))
        return list(dict.fromkeys(found))
