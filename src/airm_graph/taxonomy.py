"""Codes and vocabularies, read once from ``ontology/``: what the capture reader must know to read a
page.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from airm_graph.frozen import frozen
from airm_graph.namespaces import BASE, term
from airm_graph.ontology_rows import read_turtle
from airm_graph.terms import Quad, read_literal

__all__ = [
    "Code",
    "Concept",
    "Taxonomy",
    "Vocabulary",
    "label_classification",
    "load_scope_notes",
    "load_taxonomy",
    "load_vocabularies",
    "load_vocabulary",
]


@frozen
class Code:
    """A code of an edition; *label* is None where none was ever observed."""

    notation: str
    label: str | None
    parent: str | None


@frozen
class Taxonomy:
    """The codes of one edition.

    Attributes:
        codes: By notation.
        fingerprints: Fingerprint of a definition → notation.
        branches: Fingerprint of a definition → notations it may belong to, when which of them is
            unknown.
    """

    edition: str
    codes: dict[str, Code]
    fingerprints: dict[str, str]
    branches: dict[str, tuple[str, ...]]

    def labels(self) -> dict[str, tuple[str, ...]]:
        """Label → notations that carry it ("Other" has many)."""
        found = defaultdict(list)
        for code in self.codes.values():
            if code.label:
                found[code.label].append(code.notation)
        return {label: tuple(sorted(notations)) for label, notations in found.items()}


@frozen
class Concept:
    """A concept of a vocabulary; *slug* is the last segment of its IRI."""

    slug: str
    label: str
    fingerprints: frozenset[str]


@frozen
class Vocabulary:
    """One of ``ROLES``; *concepts* by label."""

    name: str
    concepts: dict[str, Concept]

    @property
    def path(self) -> str:
        """Path of its scheme below the base, and the name of its file."""
        return self.name.replace(" ", "-")


@cache
def load_taxonomy(edition: str = "v2") -> Taxonomy:
    """Read ``ontology/taxonomy/<edition>.ttl``.

    >>> load_taxonomy("v2").codes["1.1.3"].label
    'Capability Modification'
    """
    name = f"ontology/taxonomy/{edition}.ttl"
    index = _index(read_turtle(name))
    scheme = f"<{BASE}taxonomy/{edition}>"
    codes, fingerprints, branches = {}, {}, {}
    for subject, values in index.items():
        if scheme not in values[term("skos:inScheme")]:
            continue
        (notation,) = map(_text, values[term("skos:notation")])
        parents = [_last_segment(parent) for parent in values[term("skos:broader")]]
        label = next(map(_text, values[term("skos:prefLabel")]), None)
        codes[notation] = Code(notation, label, parents[0] if parents else None)
        fingerprints.update(dict.fromkeys(map(_text, values[term("airm:definitionFingerprint")]), notation))
        below = tuple(sorted([notation, *map(_last_segment, _below(subject, index))]))
        branches.update(dict.fromkeys(map(_text, values[term("airm:branchFingerprint")]), below))
    return Taxonomy(edition, codes, fingerprints, branches)


@cache
def label_classification(edition: str, notation: str) -> str:
    """Name a code by its edition, its notation and, where one is known, its label.

    >>> label_classification("v2", "1.1.3")
    'v2 1.1.3 Capability Modification'
    """
    code = load_taxonomy(edition).codes.get(notation)
    return " ".join(part for part in (edition, notation, code.label if code else None) if part)


@cache
def load_scope_notes(edition: str) -> dict[str, str]:
    """Return what each code of an edition is about, in our words, by notation; without the codes of
    which nothing is known.

    >>> load_scope_notes("v2")["2.2.4"]
    'Safety cases and other documented evidence for safety claims.'
    """
    name = f"ontology/taxonomy/{edition}.ttl"
    index = _index(read_turtle(name))
    notes = ((values[term("skos:notation")], values[term("skos:scopeNote")]) for values in index.values())
    return {_text(notation[0]): read_literal(note[0]).text for notation, note in notes if notation and note}


@cache
def load_vocabularies() -> tuple[Vocabulary, ...]:
    """Read the three vocabularies of a page, in the order in which it prints them.

    >>> [vocabulary.name for vocabulary in load_vocabularies()]
    ['lifecycle', 'actor', 'function']
    """
    return tuple(load_vocabulary(name) for name in ("lifecycle", "actor", "function"))


@cache
def load_vocabulary(name: str) -> Vocabulary:
    """Read one vocabulary.

    >>> sorted(load_vocabulary("statement kind").concepts)[:2]
    ['Description', 'Heading']
    """
    file = f"ontology/vocabularies/{name.replace(' ', '-')}.ttl"
    concepts = {}
    for subject, values in _index(read_turtle(file)).items():
        for label in map(_text, values[term("skos:prefLabel")]):
            prints = frozenset(map(_text, values[term("airm:definitionFingerprint")]))
            concepts[label] = Concept(_last_segment(subject), label, prints)
    return Vocabulary(name, concepts)


def _index(rows: Iterable[Quad]) -> dict[str, defaultdict[str, list[str]]]:
    index: dict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value, _ in sorted(rows):
        index[subject][predicate].append(value)
    return index


def _below(subject: str, index: dict[str, defaultdict[str, list[str]]]) -> list[str]:
    narrower = index[subject][term("skos:narrower")] if subject in index else []
    return [*narrower, *(deep for near in narrower for deep in _below(near, index))]


def _text(value: str) -> str:
    # Labels and notations hold no escapes: the quotes and what follows them (a language tag) fall
    # away.
    return value[1 : value.rindex('"')]


def _last_segment(subject: str) -> str:
    return subject.rstrip(">").rsplit("/", 1)[1]
