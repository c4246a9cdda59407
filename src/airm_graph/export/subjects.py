"""Rows grouped by subject, and the order in which people read them: the same in every format that has one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from airm_graph.export.terms import RDF, Names, Row, canonical_rows, natural_key

__all__ = ["RDF_TYPE", "Groups", "Property", "group_rows", "iter_subjects"]

RDF_TYPE = f"<{RDF}type>"

#: (predicate, object) pairs of each subject, as they came.
Groups = dict[str, list[tuple[str, str]]]

#: A predicate and its objects, in order.
Property = tuple[str, list[str]]

_Key = Callable[[str], tuple[object, ...]]

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
_FIRST = {"rdf:type": 0, "rdfs:label": 1, "skos:notation": 2, "skos:prefLabel": 3}


def group_rows(rows: Iterable[Row]) -> Groups:
    """Group rows by subject; graphs are dropped, so a statement of two graphs is there twice.

    Raises:
        ExportError: A row cannot be exported.
    """
    groups: Groups = {}
    for s, p, o, _ in canonical_rows(rows):
        groups.setdefault(s, []).append((p, o))
    return groups


def iter_subjects(groups: Groups, *, prefixes: Mapping[str, str]) -> Iterator[tuple[str, list[Property]]]:
    """Yield every subject with its properties, without duplicates, in reading order.

    Subjects are ordered by kind (dataset, ontology, concepts, sources, agents, mitigations with their classifications, captures, evidence,
    repairs, all others), then naturally by IRI; properties by type, label, notation, then by prefixed name; objects naturally, full IRIs
    last.

    Args:
        groups: What ``group_rows`` gave.
        prefixes: Prefix to namespace; decides what the names of the kinds stand for.
    """
    names = Names(prefixes)
    predicate_key, object_key = _predicate_key(names), _object_key(names)
    rank = cache(lambda term: _RANKS.get(names.shorten(term), len(_TYPES)))

    def subject_key(subject: str) -> tuple[int, str, str]:
        kind = min((rank(o) for p, o in groups[subject] if p == RDF_TYPE), default=len(_TYPES))
        return kind, natural_key(subject), subject

    for subject in sorted(groups, key=subject_key):
        yield subject, _sort_pairs(groups[subject], predicate_key=predicate_key, object_key=object_key)


def _predicate_key(names: Names) -> _Key:
    @cache
    def key(predicate: str) -> tuple[int, bool, str]:
        name = names.shorten(predicate)
        return _FIRST.get(name, len(_FIRST)), name[0] == "<", name

    return key


def _object_key(names: Names) -> _Key:
    def key(term: str) -> tuple[bool, str, str]:
        name = names.shorten(term) if term[0] == "<" else term
        return name[0] == "<", natural_key(name), name

    return key


def _sort_pairs(pairs: list[tuple[str, str]], *, predicate_key: _Key, object_key: _Key) -> list[Property]:
    objects: dict[str, list[str]] = {}
    for p, o in pairs:
        objects.setdefault(p, []).append(o)
    # Most predicates have one object: the natural key is made only where there is something to order.
    return [(p, found if len(found := objects[p]) == 1 else sorted(set(found), key=object_key)) for p in sorted(objects, key=predicate_key)]
