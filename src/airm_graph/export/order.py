"""The order in which people read statements, the same in every format that has one.

Subjects by kind (dataset, ontology, concepts, sources, agents, mitigations with their
classifications, captures, evidence, repairs, all others), then naturally by IRI; properties by
type, label, notation, then by prefixed name; objects naturally, full IRIs last. Subjects and
objects are put in order by SQL (``graph.order``); what is particular to this vocabulary stands
here.
"""

from collections.abc import Mapping
from functools import cache

from airm_graph.export.term_writers import Names

__all__ = ["Order"]

# Groups of subjects from first to last; a subject of several types stands in its first group, one
# without a type in the last.
_TYPES = (
    ("dcat:Dataset", "dcat:Distribution", "dcterms:RightsStatement", "void:Dataset"),
    ("owl:Ontology",),
    ("owl:Class", "rdfs:Class"),
    ("owl:ObjectProperty",),
    ("owl:AnnotationProperty", "owl:DatatypeProperty", "rdf:Property"),
    ("skos:Concept", "skos:ConceptScheme"),
    ("airm:Source",),
    ("prov:Agent",),
    ("airm:Classification", "airm:Mitigation"),
    ("airm:Capture",),
    ("airm:Evidence",),
    ("airm:Repair",),
)
_RANKS = {name: rank for rank, names in enumerate(_TYPES) for name in names}
_FIRST = {"rdf:type": 0, "rdfs:label": 1, "skos:notation": 2, "skos:prefLabel": 3}


class Order:
    """Keys that sort subjects by their kind, and predicates."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        """Take a table of prefixes, which decides what the names of the kinds stand for."""
        self.prefixes = prefixes
        self._names = Names(prefixes)
        self.rank = cache(self._find_rank)
        self.predicate_key = cache(self._make_predicate_key)

    def _find_rank(self, types: tuple[str, ...]) -> str:
        ranks = (_RANKS.get(self._names.shorten(name), len(_TYPES)) for name in types)
        return chr(ord("a") + min(ranks, default=len(_TYPES)))

    def _make_predicate_key(self, predicate: str) -> tuple[int, bool, str]:
        name = self._names.shorten(predicate)
        return _FIRST.get(name, len(_FIRST)), name[0] == "<", name
