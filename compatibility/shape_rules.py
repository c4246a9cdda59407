"""Rules for shapes that are to judge the same in every validator: one for each thing that validators read differently."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from query_rules import Break, check_query_text
from rdflib import OWL, RDF, RDFS, SH, XSD, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

__all__ = ["SHAPE_RULES", "ShapeRule", "check_shapes"]

_BOUNDS = (SH.minInclusive, SH.minExclusive, SH.maxInclusive, SH.maxExclusive)
#: Regular expressions that Python, JavaScript, Java, Rust and XPath read alike have none of these.
_DIALECT = re.compile(r"\\[pPiIcCbBAZzGkQE]|\(\?|\[[^]]*-\[|\[\[|&&|[*+?}][+]|\\[0-9]")
_ONCE = (SH["or"], SH["and"], SH.xone, SH["not"])
_TRUE = Literal("true", datatype=XSD.boolean)
_NOT_IN_SHACL = re.compile(r"\b(MINUS|VALUES|SERVICE)\b")


@dataclass(frozen=True)
class ShapeRule:
    """One rule: its name, what validators do, what to write, and the function that finds where it is broken."""

    name: str
    seen: str
    instead: str
    find: Callable[[Graph], Iterator[str]]


SHAPE_RULES: list[ShapeRule] = []


def _rule(name: str, *, seen: str, instead: str) -> Callable[[Callable[[Graph], Iterator[str]]], Callable[[Graph], Iterator[str]]]:
    def add(find: Callable[[Graph], Iterator[str]]) -> Callable[[Graph], Iterator[str]]:
        SHAPE_RULES.append(ShapeRule(name, seen, instead, find))
        return find

    return add


def check_shapes(text: str, *, file: str, kinds: Mapping[str, str]) -> list[Break]:
    """Check a file of shapes against every rule, and its queries against those for queries."""
    graph = Graph().parse(data=text, format="turtle")
    found = [Break(file, rule.name, what) for rule in SHAPE_RULES for what in rule.find(graph)]
    return found + [one for query in _list_queries(graph) for one in check_query_text(query, file=file, kinds=kinds, given={"this"})]


def _list_queries(graph: Graph) -> Iterator[str]:
    """The queries of SPARQL constraints, as a validator asks them: with the path of the shape in place."""
    declared = {str(graph.value(one, SH.prefix)): str(graph.value(one, SH.namespace)) for one in graph.objects(None, SH.declare)}
    head = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted({"rdfs": str(RDFS), **declared}.items()))
    for constraint, text in sorted(graph.subject_objects(SH.select)):
        path = next((graph.value(shape, SH.path) for shape in graph.subjects(SH.sparql, constraint)), None)
        yield head + str(text).replace("$PATH", f"<{path}>" if isinstance(path, URIRef) else "<urn:path>")


def _show(graph: Graph, node: Node) -> str:
    return node.n3(graph.namespace_manager) if isinstance(node, URIRef) else "a blank node"


@_rule(
    "year-bound",
    seen="bounds on years hold in one validator, not in another",
    instead="sh:pattern, or a SPARQL constraint over STR",
)
def _year_bound(graph: Graph) -> Iterator[str]:
    for bound in _BOUNDS:
        yield from (_show(graph, s) for s, o in graph.subject_objects(bound) if isinstance(o, Literal) and o.datatype == XSD.gYear)


@_rule("large-bound", seen="rdf-validate-shacl reads bounds as doubles", instead="bounds are integers below 2 to the 53rd")
def _large_bound(graph: Graph) -> Iterator[str]:
    for bound in _BOUNDS:
        for shape, value in graph.subject_objects(bound):
            if isinstance(value, Literal) and value.datatype != XSD.gYear:
                plain = value.datatype == XSD.integer and abs(int(value)) < 1 << 53
                yield from () if plain else (_show(graph, shape),)


@_rule("member-shape", seen="ignored by four validators of five", instead="a shape for the elements")
def _member_shape(graph: Graph) -> Iterator[str]:
    yield from (_show(graph, shape) for shape in graph.subjects(URIRef(f"{SH}memberShape")))


@_rule("inverse-of-sequence", seen="pyshacl finds nothing", instead="turn the steps round, each inverse")
def _inverse_of_sequence(graph: Graph) -> Iterator[str]:
    yield from ("sh:inversePath of a sequence" for path in graph.objects(None, SH.inversePath) if (path, RDF.first, None) in graph)


@_rule("implicit-target", seen="an owl:Class that is a shape is no target to pyrudof", instead="sh:targetClass")
def _implicit_target(graph: Graph) -> Iterator[str]:
    for kind in (OWL.Class, RDFS.Class):
        yield from (_show(graph, shape) for shape in graph.subjects(RDF.type, kind) if (shape, RDF.type, SH.NodeShape) in graph)


@_rule("closed-with-path", seen="shacl-engine reports what a sequence path allows", instead="sh:ignoredProperties, or no sh:closed")
def _closed_with_path(graph: Graph) -> Iterator[str]:
    for shape in graph.subjects(SH.closed, _TRUE):
        paths = [graph.value(one, SH.path) for one in graph.objects(shape, SH.property)]
        yield from (_show(graph, shape) for path in paths if not isinstance(path, URIRef))


@_rule("classes-in-shapes", seen="read as data by one validator, passed over by another", instead="put rdfs:subClassOf into the ontology")
def _classes_in_shapes(graph: Graph) -> Iterator[str]:
    yield from (_show(graph, one) for one in graph.subjects(RDFS.subClassOf))


@_rule("zero-length", seen="sh:minLength 0 fails or passes on a blank node", instead="sh:nodeKind")
def _zero_length(graph: Graph) -> Iterator[str]:
    yield from (_show(graph, shape) for shape in graph.subjects(SH.minLength, Literal(0)))


@_rule("pattern-dialect", seen="an error, or another match", instead="classes of characters written out; of the flags only i")
def _pattern_dialect(graph: Graph) -> Iterator[str]:
    yield from (_show(graph, s) for s, pattern in graph.subject_objects(SH.pattern) if _DIALECT.search(str(pattern).replace("\\\\", "")))
    yield from (_show(graph, s) for s, flags in graph.subject_objects(SH.flags) if str(flags) != "i")


@_rule(
    "two-of-a-kind",
    seen="shacl-engine joins two sh:or lists and fails on two sh:not",
    instead="one of each; a shape of its own for the other",
)
def _two_of_a_kind(graph: Graph) -> Iterator[str]:
    for component in _ONCE:
        yield from (_show(graph, s) for s in set(graph.subjects(component)) if len(list(graph.objects(s, component))) > 1)


@_rule("deactivated-query", seen="shacl-engine runs it", instead="take the constraint away")
def _deactivated_query(graph: Graph) -> Iterator[str]:
    yield from (_show(graph, one) for one in graph.subjects(SH.deactivated, _TRUE) if (one, SH.select, None) in graph)


@_rule("own-severity", seen="conforms is true beside a result", instead="sh:Violation, sh:Warning or sh:Info")
def _own_severity(graph: Graph) -> Iterator[str]:
    known = {SH.Violation, SH.Warning, SH.Info}
    yield from (_show(graph, shape) for shape, severity in graph.subject_objects(SH.severity) if severity not in known)


@_rule("not-in-shacl", seen="the specification forbids it, validators differ", instead="OPTIONAL and !BOUND, or FILTER NOT EXISTS")
def _not_in_shacl(graph: Graph) -> Iterator[str]:
    for constraint, text in graph.subject_objects(SH.select):
        yield from (f"{_show(graph, constraint)}: {word}" for word in _NOT_IN_SHACL.findall(str(text)))


@_rule("mixed-list", seen="sh:in compares terms; 1 and 1.0 differ or not", instead="IRIs and plain strings in sh:in")
def _mixed_list(graph: Graph) -> Iterator[str]:
    for shape, head in graph.subject_objects(SH["in"]):
        if any(isinstance(one, Literal) and one.datatype not in {None, XSD.string} for one in Collection(graph, head)):
            yield _show(graph, shape)
