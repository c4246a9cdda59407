"""Which inferred statements are worth publishing, read off the ontology.

A closure under OWL RL is mostly noise: every term is the same as itself, every class lies below
``owl:Thing``. Published are statements about data, in words that the ontology declares or relates
its own words to.
"""

from collections.abc import Iterable

from airm_graph.frozen import frozen
from airm_graph.namespaces import PREFIXES, term
from airm_graph.terms import Quad

__all__ = ["Vocabulary", "publishable", "read_vocabulary"]

_TYPE = term("rdf:type")
#: Terms of these vocabularies (and datatypes) describe the language, not the data.
_LANGUAGE = tuple(f"<{PREFIXES[prefix]}" for prefix in ("owl", "rdf", "rdfs", "xsd"))
_SCHEMA = frozenset(term(f"rdfs:{name}") for name in ("subClassOf", "subPropertyOf", "domain", "range"))
_CLASSES = frozenset((term("owl:Class"), term("rdfs:Class")))
_CLASS_TO_CLASS = frozenset(map(term, ("rdfs:subClassOf", "owl:equivalentClass", "owl:disjointWith", "owl:complementOf")))
_PROPERTY_TO_PROPERTY = frozenset(map(term, ("rdfs:subPropertyOf", "owl:equivalentProperty", "owl:inverseOf", "owl:propertyDisjointWith")))
_PROPERTY_TO_CLASS = frozenset(map(term, ("rdfs:domain", "rdfs:range")))
_INDIVIDUAL = term("owl:NamedIndividual")


@frozen
class Vocabulary:
    """The classes and properties an ontology speaks of, and every term it defines, as N-Quads
    terms.
    """

    classes: frozenset[str]
    properties: frozenset[str]
    terms: frozenset[str]


def read_vocabulary(ontology: Iterable[Quad]) -> Vocabulary:
    """Read off the rows of an ontology what can be said in its words.

    Classes are those declared or related to by subclass, equivalence, disjointness, domain or
    range; properties those declared or related to by subproperty, equivalence, inverse or chain.
    Terms of OWL, RDF, RDFS and the datatypes are neither.

    >>> rows = [(term("airm:Code"), term("rdfs:subClassOf"), term("skos:Concept"), "")]
    >>> sorted(read_vocabulary(rows).classes) == [term("skos:Concept"), term("airm:Code")]
    True
    """
    classes, properties, defined = set[str](), set[str](), set[str]()
    for subject, predicate, value, _ in ontology:
        if predicate in _CLASS_TO_CLASS:
            classes |= {subject, value}
        elif predicate in _PROPERTY_TO_PROPERTY:
            properties |= {subject, value}
        elif predicate in _PROPERTY_TO_CLASS:
            properties.add(subject)
            classes.add(value)
        elif predicate == term("owl:propertyChainAxiom"):
            properties.add(subject)
        elif predicate == _TYPE and value.startswith(_LANGUAGE) and value != _INDIVIDUAL:
            defined.add(subject)
            if value in _CLASSES:
                classes.add(subject)
            elif value.endswith("Property>"):
                properties.add(subject)
    own_classes, own_properties = frozenset(filter(_is_own, classes)), frozenset(filter(_is_published_property, properties))
    return Vocabulary(own_classes, own_properties, own_classes | own_properties | defined)


def publishable(rows: Iterable[Quad], *, ontology: Iterable[Quad]) -> list[Quad]:
    """Keep the inferred statements that a consumer of the data wants, sorted.

    Args:
        rows: What a closure inferred; graphs are kept as they are.
        ontology: Rows of the ontology; decides which properties and classes count.

    Returns:
        Statements about data (no term of the ontology, no blank node, no literal as subject) that
        use a property of the ontology or one it relates to its own, or give a class of it as type;
        never one that relates a thing to itself.

    >>> ontology = [(term("airm:source"), term("rdfs:subPropertyOf"), term("dcterms:source"), "")]
    >>> said = [("dcterms:source", "<urn:s>"), ("owl:sameAs", "<urn:m>")]
    >>> rows = [("<urn:m>", term(name), value, "") for name, value in said]
    >>> publishable(rows, ontology=ontology) == rows[:1]
    True
    """
    known = read_vocabulary(ontology)
    return sorted({row for row in rows if _is_publishable(row, known)})


def _is_publishable(row: Quad, known: Vocabulary) -> bool:
    subject, predicate, value, _ = row
    if not subject.startswith("<") or value.startswith("_:") or subject == value or subject in known.terms:
        return False
    return value in known.classes if predicate == _TYPE else predicate in known.properties


def _is_own(name: str) -> bool:
    return name.startswith("<") and not name.startswith(_LANGUAGE)


def _is_published_property(name: str) -> bool:
    """Labels and other annotations of RDFS may be superproperties of ours; the schema itself is not
    data.
    """
    return _is_own(name) or (name.startswith(f"<{PREFIXES['rdfs']}") and name not in _SCHEMA)
