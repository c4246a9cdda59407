"""Compiles the axioms of an ontology into rules for the columnar engine, and tells which ones it
cannot compile.

Compiled are subclass, subproperty, equivalence of either, inverse, symmetric and transitive
properties, property chains, domain, range and disjoint classes, all between named classes and
properties. What follows from axioms alone (a subclass of a subclass, the domain of a superproperty)
is worked out here, so that the engine meets each fact once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

from airm_graph.frozen import frozen
from airm_graph.namespaces import PREFIXES, term
from airm_graph.terms import Quad

__all__ = ["Axioms", "Chain", "Rule", "compile_axioms", "is_axiom"]


T = TypeVar("T")


def _terms(names: str) -> frozenset[str]:
    return frozenset(map(term, names.split()))


_TYPE = term("rdf:type")
_OWL = f"<{PREFIXES['owl']}"
_LANGUAGE = tuple(f"<{PREFIXES[prefix]}" for prefix in ("owl", "rdf", "rdfs", "xsd"))
_NIL = term("rdf:nil")
_CELLS = (term("rdf:first"), term("rdf:rest"))
#: Properties that steer the closure itself: an axiom about them changes the rules, not the facts.
_STEERING = _terms("rdf:type rdf:first rdf:rest rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range")
#: Being one of these infers nothing that is worth publishing.
_INERT_CLASSES = _terms(
    "owl:Annotation owl:AnnotationProperty owl:Axiom owl:Class owl:DatatypeProperty owl:DeprecatedClass owl:DeprecatedProperty "
    "owl:NamedIndividual owl:ObjectProperty owl:Ontology owl:OntologyProperty owl:Thing rdf:List rdf:Property rdf:langString "
    "rdfs:Class rdfs:Datatype rdfs:Literal rdfs:Resource"
)
_TOP_PROPERTIES = _terms("owl:topObjectProperty owl:topDataProperty")
#: Words of OWL that annotate or are read from elsewhere.
_INERT_PROPERTIES = _terms(
    "owl:annotatedProperty owl:annotatedSource owl:annotatedTarget owl:backwardCompatibleWith owl:deprecated "
    "owl:imports owl:incompatibleWith owl:members owl:priorVersion owl:versionIRI owl:versionInfo rdf:first rdf:rest"
)
#: Those of them that no axiom is read from, either.
_NO_AXIOM = _INERT_PROPERTIES - {*_CELLS, term("owl:members")}


@frozen(order=True)
class Chain:
    """A path of properties that implies another property; a transitive property implies itself
    after two steps.
    """

    head: str
    body: tuple[str, ...]


@frozen
class Rule:
    """A rule as one axiom declares it; properties and classes are N-Quads terms.

    Attributes:
        name: What OWL 2 RL calls the rule, such as ``prp-spo2``.
        kind: ``class`` (a class lies below another), ``type`` (domain, range), ``property`` (a
            property implies another), ``chain`` or ``disjoint``.
        body: Classes or properties that are required.
        head: Class or property that follows; empty for ``disjoint``.
        turned: Whether a type is of the object, or subject and object change places.
        axiom: The statement that declares it.
    """

    name: str
    kind: str
    body: tuple[str, ...]
    head: str
    turned: bool
    axiom: tuple[str, str, str]


@frozen
class Axioms:
    """Rules, closed over each other; properties and classes are N-Quads terms.

    Attributes:
        subclasses: (class, every class above it).
        rewrites: (property, every property it implies, whether subject and object change places),
            not (p, p, False).
        types: (property, class, whether the class is of the object), all that follow from domain,
            range and rewrites.
        chains: As declared, sorted; transitive properties among them.
        disjoint: Pairs of classes, as declared.
        left_over: What is not compiled, in words.
        declared: The rules one by one, before they are closed over each other.
    """

    subclasses: frozenset[tuple[str, str]] = frozenset()
    rewrites: frozenset[tuple[str, str, bool]] = frozenset()
    types: frozenset[tuple[str, str, bool]] = frozenset()
    chains: tuple[Chain, ...] = ()
    disjoint: tuple[tuple[str, str], ...] = ()
    left_over: tuple[str, ...] = ()
    declared: tuple[Rule, ...] = ()

    def names(self) -> set[str]:
        """Return every property and class of the rules."""
        pairs = {name for pair in self.subclasses | set(self.disjoint) for name in pair}
        triples = {name for source, target, _ in self.rewrites | self.types for name in (source, target)}
        return pairs | triples | {name for chain in self.chains for name in (chain.head, *chain.body)}


def is_axiom(row: Quad) -> bool:
    """Tell whether a row can be part of an axiom: it speaks OWL, is a schema statement of RDFS or a
    cell of a list.
    """
    predicate = row[1]
    if predicate == _TYPE:
        return row[2].startswith(_OWL)
    return predicate in _STEERING or (predicate.startswith(_OWL) and predicate not in _NO_AXIOM)


def compile_axioms(rows: Iterable[Quad]) -> Axioms:
    """Compile the axioms among *rows*; other rows are passed over.

    >>> below = term("rdfs:subClassOf")
    >>> rows = [("<urn:a>", below, "<urn:b>", ""), ("<urn:b>", below, "<urn:c>", "")]
    >>> sorted(compile_axioms(rows).subclasses)
    [('<urn:a>', '<urn:b>'), ('<urn:a>', '<urn:c>'), ('<urn:b>', '<urn:c>')]
    """
    triples = sorted({row[:3] for row in rows if is_axiom(row)})
    reader = _Reader()
    for subject, predicate, value in triples:
        reader.values[subject, predicate].append(value)
    for triple in triples:
        reader.read(*triple)
    return reader.close()


def _is_class(name: str) -> bool:
    return name.startswith("<") and not name.startswith(_LANGUAGE)


def _is_inert_class(name: str) -> bool:
    return name in _INERT_CLASSES or name.startswith(f"<{PREFIXES['xsd']}")


def _is_property(name: str) -> bool:
    return name.startswith("<") and name not in _STEERING and not name.startswith(_OWL)


@dataclass(slots=True)
class _Reader:
    """Sorts axioms by kind, as declared."""

    values: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    superclasses: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    implied: dict[str, set[tuple[str, bool]]] = field(default_factory=lambda: defaultdict(set))
    typed: dict[str, set[tuple[str, bool]]] = field(default_factory=lambda: defaultdict(set))
    chains: set[Chain] = field(default_factory=set)
    disjoint: set[tuple[str, str]] = field(default_factory=set)
    left_over: list[str] = field(default_factory=list)
    declared: dict[Rule, None] = field(default_factory=dict)
    axiom: tuple[str, str, str] = ("", "", "")

    def read(self, subject: str, predicate: str, value: str) -> None:
        """Take in one statement, or note that it is not understood."""
        self.axiom = subject, predicate, value
        reader = _READERS.get(predicate)
        understood = reader(self, subject, value) if reader else predicate in _INERT_PROPERTIES
        if not understood:
            self.left_over.append(f"{_short(value if predicate == _TYPE else predicate)} on {_short(subject)}")

    def close(self) -> Axioms:
        """Work out what follows from the axioms alone."""
        above = {name: _reach(name, self.superclasses) - {name} for name in self.superclasses}
        implied = {name: _reach_rewrites(name, self.implied) for name in {*self.implied, *self.typed}}
        types = {
            (name, upper, of_object != flipped)
            for name, targets in implied.items()
            for target, flipped in {*targets, (name, False)}
            for cls, of_object in self.typed.get(target, ())
            for upper in {cls, *above.get(cls, ())}
        }
        return Axioms(
            subclasses=frozenset((name, upper) for name, uppers in above.items() for upper in uppers),
            rewrites=frozenset((name, target, flipped) for name, targets in implied.items() for target, flipped in targets),
            types=frozenset(types),
            chains=tuple(sorted(self.chains)),
            disjoint=tuple(sorted(self.disjoint)),
            left_over=tuple(dict.fromkeys(self.left_over)),
            declared=tuple(self.declared),
        )

    def read_type(self, subject: str, kind: str) -> bool:
        """``rdf:type`` with a class of OWL."""
        if kind == term("owl:SymmetricProperty"):
            return self._imply(subject, subject, flipped=True)
        if kind == term("owl:TransitiveProperty"):
            return self._chain(subject, (subject, subject))
        if kind == term("owl:AllDisjointClasses"):
            lists = [self._read_list(head) for head in self.values.get((subject, term("owl:members")), ())]
            return all(members and all(self.read_disjoint(a, b) for a, b in combinations(members, 2)) for members in lists)
        return kind in _INERT_CLASSES

    def read_subclass(self, subject: str, value: str) -> bool:
        """``rdfs:subClassOf``."""
        if subject == value or _is_inert_class(value) or subject == term("owl:Nothing"):
            return True
        sound = self._add(_is_class(subject) and _is_class(value), self.superclasses[subject], value)
        return self._declare(sound, "class", (subject,), value)

    def read_equivalent_class(self, subject: str, value: str) -> bool:
        """``owl:equivalentClass``."""
        return self.read_subclass(subject, value) and self.read_subclass(value, subject)

    def read_subproperty(self, subject: str, value: str) -> bool:
        """``rdfs:subPropertyOf``."""
        return value in _TOP_PROPERTIES or subject == value or self._imply(subject, value)

    def read_equivalent_property(self, subject: str, value: str) -> bool:
        """``owl:equivalentProperty``."""
        return subject == value or (self._imply(subject, value) and self._imply(value, subject))

    def read_inverse(self, subject: str, value: str) -> bool:
        """``owl:inverseOf``."""
        return self._imply(subject, value, flipped=True) and self._imply(value, subject, flipped=True)

    def read_chain(self, subject: str, head: str) -> bool:
        """``owl:propertyChainAxiom``; an empty list says nothing."""
        body = self._read_list(head)
        return head == _NIL or self._chain(subject, body)

    def read_domain(self, subject: str, value: str) -> bool:
        """``rdfs:domain``."""
        return self._type(subject, value, of_object=False)

    def read_range(self, subject: str, value: str) -> bool:
        """``rdfs:range``; datatypes type literals, which are no subjects."""
        return self._type(subject, value, of_object=True)

    def read_disjoint(self, subject: str, value: str) -> bool:
        """``owl:disjointWith``."""
        sound = self._add(_is_class(subject) and _is_class(value), self.disjoint, (subject, value))
        return self._declare(sound, "disjoint", (subject, value), "")

    def read_same(self, subject: str, value: str) -> bool:
        """``owl:sameAs``."""
        return subject == value

    def read_different(self, subject: str, value: str) -> bool:
        """``owl:differentFrom``, which says nothing new and contradicts only what is the same."""
        return subject != value

    def _add(self, sound: bool, axioms: set[T], axiom: T) -> bool:  # noqa: FBT001
        """Add an axiom if it is sound, and tell whether it is."""
        if sound:
            axioms.add(axiom)
        return sound

    def _declare(self, sound: bool, kind: str, body: tuple[str, ...], head: str, *, turned: bool = False) -> bool:  # noqa: FBT001
        """Keep what the axiom being read declares, if it is sound, and tell whether it is."""
        if sound:
            subject, predicate, value = self.axiom
            name = _NAMES[value if predicate == _TYPE else predicate]
            # Rules of both directions have the number of theirs: the one that reads from left to
            # right is the first.
            number = ("2", "1")[subject == body[0]] if name in _NUMBERED else ""
            self.declared[Rule(name + number, kind, body, head, turned, self.axiom)] = None
        return sound

    def _imply(self, source: str, target: str, *, flipped: bool = False) -> bool:
        sound = self._add(_is_property(source) and _is_property(target), self.implied[source], (target, flipped))
        return self._declare(sound, "property", (source,), target, turned=flipped)

    def _chain(self, head: str, body: tuple[str, ...]) -> bool:
        if len(body) == 1:
            return self.read_subproperty(body[0], head)
        sound = self._add(bool(body) and all(map(_is_property, (head, *body))), self.chains, Chain(head, body))
        return self._declare(sound, "chain", body, head)

    def _type(self, name: str, cls: str, *, of_object: bool) -> bool:
        if _is_inert_class(cls):
            return True
        sound = self._add(_is_property(name) and _is_class(cls), self.typed[name], (cls, of_object))
        return self._declare(sound, "type", (name,), cls, turned=of_object)

    def _read_list(self, head: str) -> tuple[str, ...]:
        """Read an RDF list; empty when it is none, has no end, or more than one."""
        found = dict[str, str]()
        while head != _NIL:
            first, rest = (self.values.get((head, cell), []) for cell in _CELLS)
            if len(first) != 1 or len(rest) != 1 or head in found:
                return ()
            found[head] = first[0]
            head = rest[0]
        return tuple(found.values())


#: What OWL 2 RL calls the rule of an axiom, by its predicate or, of types, its object.
_NAMES = {
    term("owl:AllDisjointClasses"): "cax-adc",
    term("owl:SymmetricProperty"): "prp-symp",
    term("owl:TransitiveProperty"): "prp-trp",
    term("owl:disjointWith"): "cax-dw",
    term("owl:equivalentClass"): "cax-eqc",
    term("owl:equivalentProperty"): "prp-eqp",
    term("owl:inverseOf"): "prp-inv",
    term("owl:propertyChainAxiom"): "prp-spo2",
    term("rdfs:domain"): "prp-dom",
    term("rdfs:range"): "prp-rng",
    term("rdfs:subClassOf"): "cax-sco",
    term("rdfs:subPropertyOf"): "prp-spo1",
}
_NUMBERED = {"cax-eqc", "prp-eqp", "prp-inv"}
_READERS: dict[str, Callable[[_Reader, str, str], bool]] = {
    _TYPE: _Reader.read_type,
    term("owl:differentFrom"): _Reader.read_different,
    term("owl:disjointWith"): _Reader.read_disjoint,
    term("owl:equivalentClass"): _Reader.read_equivalent_class,
    term("owl:equivalentProperty"): _Reader.read_equivalent_property,
    term("owl:inverseOf"): _Reader.read_inverse,
    term("owl:propertyChainAxiom"): _Reader.read_chain,
    term("owl:sameAs"): _Reader.read_same,
    term("rdfs:domain"): _Reader.read_domain,
    term("rdfs:range"): _Reader.read_range,
    term("rdfs:subClassOf"): _Reader.read_subclass,
    term("rdfs:subPropertyOf"): _Reader.read_subproperty,
}


def _reach(start: str, edges: dict[str, set[str]]) -> set[str]:
    """Every node on a path from *start*, and itself only if it is on a circle."""
    found, open_ends = set[str](), [start]
    while open_ends:
        new = edges.get(open_ends.pop(), set()) - found
        found |= new
        open_ends += new
    return found


def _reach_rewrites(start: str, edges: dict[str, set[tuple[str, bool]]]) -> set[tuple[str, bool]]:
    """Every property that *start* implies, with whether subject and object change places on the
    way; not itself as it is.
    """
    found, open_ends = {(start, False)}, [(start, False)]
    while open_ends:
        source, turned = open_ends.pop()
        new = {(target, flipped != turned) for target, flipped in edges.get(source, ())} - found
        found |= new
        open_ends += new
    return found - {(start, False)}


def _short(name: str) -> str:
    """Write a term with its prefix when it has one.

    >>> _short(term("owl:hasKey"))
    'owl:hasKey'
    """
    for prefix, address in PREFIXES.items():
        if name.startswith(f"<{address}"):
            return f"{prefix}:{name[len(address) + 1 : -1]}"
    return name
