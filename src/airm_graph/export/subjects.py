"""The order in which people read statements, the same in every format that has one: subjects by kind, properties, values."""

from collections.abc import Iterable, Mapping
from functools import cache

from airm_graph.export.terms import CACHE_SIZE, RDF, Cache, Names, natural_key

__all__ = ["RDF_TYPE", "Order"]

RDF_TYPE = f"<{RDF}type>"

# Groups of subjects from first to last; a subject of several types stands in its first group, one without in the last.
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
_DEEPEST = 32
_FIRST = {"rdf:type": 0, "rdfs:label": 1, "skos:notation": 2, "skos:prefLabel": 3}


class Order:
    """Keys that sort subjects, predicates and objects.

    Subjects are ordered by kind (dataset, ontology, concepts, sources, agents, mitigations with their classifications, captures, evidence,
    repairs, all others), then naturally by IRI; properties by type, label, notation, then by prefixed name; objects naturally, full IRIs
    last.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        """Take a table of prefixes, which decides what the names of the kinds stand for."""
        self._names = Names(prefixes)
        self._heads = Cache(self._make_head)
        self._tails = Cache(_make_tail)
        self.rank = cache(self._find_rank)
        self._objects: dict[str, tuple[bool, str, str]] = {}
        self.predicate_key = cache(self._make_predicate_key)

    def subject_keys(self, subjects: Iterable[str], *, types: Iterable[tuple[str, ...]]) -> list[str]:
        """Make the keys of some subjects, each a text, from their IRIs and their types."""
        heads, tails, keys, found = self._heads, self._tails, list[str](), list(types)
        ranks = {kinds: self.rank(kinds) for kinds in set(found)}
        for subject, kinds in zip(subjects, found, strict=True):
            # Digits do not go on across a slash, so the two parts have keys of their own; most first parts are met often.
            cut = subject.rfind("/") + 1
            keys.append(f"{ranks[kinds]}{heads[subject[:cut]]}{tails[subject[cut:]]}\0{subject}")
        return keys

    def sort_objects(self, terms: Iterable[str]) -> list[str]:
        """Order the objects of one predicate."""
        keys, found = self._objects, list(terms)
        if len(keys) + len(found) > CACHE_SIZE:
            keys.clear()
        for term in found:
            if term not in keys:
                keys[term] = self._make_object_key(term)
        return sorted(found, key=keys.__getitem__)

    def _make_head(self, head: str) -> str:
        """Make the key of the first part of an IRI, which ends in a slash or is nothing."""
        if not head:
            return ""
        cut = head.rfind("/", 0, -1) + 1
        # Each part is looked up, down to the authority; a path that is deep on purpose would go too deep.
        whole = cut < 2 or head[cut] == "/" or head.count("/") > _DEEPEST
        return natural_key(f"{head}>") if whole else f"{self._heads[head[:cut]]}{self._tails[head[cut:-1] + '>']}\x01"

    def _find_rank(self, types: tuple[str, ...]) -> str:
        return chr(ord("a") + min((_RANKS.get(self._names.shorten(name), len(_TYPES)) for name in types), default=len(_TYPES)))

    def _make_predicate_key(self, predicate: str) -> tuple[int, bool, str]:
        name = self._names.shorten(predicate)
        return _FIRST.get(name, len(_FIRST)), name[0] == "<", name

    def _make_object_key(self, term: str) -> tuple[bool, str, str]:
        name = self._names.shorten(term) if term[0] == "<" else term
        return name[0] == "<", natural_key(name), name


def _make_tail(tail: str) -> str:
    """Make the key of the last part of an IRI, or of an IRI without slash."""
    return natural_key(tail if tail[0] == "<" else f"<{tail}")
