"""Coverage as an RDF Data Cube: one observation for each cell.

Source:
    The RDF Data Cube Vocabulary, sections 6 to 8 and 11.
"""

from collections.abc import Iterator

from airm_graph.analysis.counted_facets import Facet, Member
from airm_graph.analysis.coverage import Cell, Coverage
from airm_graph.analysis.term_names import mark_preliminary, write_turtle
from airm_graph.namespaces import literal, term
from airm_graph.terms import Quad

__all__ = ["coverage_turtle"]

_QB = "<http://purl.org/linked-data/cube#"
_TYPE, _LABEL = term("rdf:type"), term("rdfs:label")
_MEASURES = {
    "mitigations": "number of mitigations",
    "sources": "number of sources that they are from",
    "largest-source": "number of mitigations from the source with most",
}
_ATTRIBUTES = {"state": "covered, one source, empty, residual, coarser or unstated", "query": "SPARQL query that gives the numbers"}


def coverage_turtle(coverage: Coverage) -> str:
    """Write coverage as a cube in Turtle, normalised: all that its integrity constraints look at is
    stated.
    """
    return write_turtle(_Cube(coverage).write(), base=coverage.base)


class _Cube:
    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage
        self._root = f"{coverage.base}coverage"
        self._name = f"{self._root}/{'-by-'.join(facet.slug for facet in coverage.facets)}"

    def write(self) -> Iterator[Quad]:
        cube, structure = f"<{self._name}>", f"<{self._name}/structure>"
        title = literal(f"Mitigations by {', '.join(facet.title for facet in self._coverage.facets)}", language="en")
        yield cube, _TYPE, _qb("DataSet"), ""
        yield cube, _LABEL, title, ""
        yield cube, _qb("structure"), structure, ""
        yield from mark_preliminary(cube, base=self._coverage.base)
        yield structure, _TYPE, _qb("DataStructureDefinition"), ""
        for facet in self._coverage.facets:
            yield from self._write_dimension(structure, facet)
        for name, label in _MEASURES.items():
            yield from self._write_component(structure, name, label, kind="measure", datatype="xsd:integer")
        for name, label in _ATTRIBUTES.items():
            yield from self._write_component(structure, name, label, kind="attribute", datatype="xsd:string")
            yield f"<{self._name}/structure/{name}>", _qb("componentRequired"), literal("true", datatype="xsd:boolean"), ""
        for cell in self._coverage.cells:
            yield from self._write_observation(cube, cell)

    def _write_component(self, structure: str, name: str, label: str, *, kind: str, datatype: str) -> Iterator[Quad]:
        component, part = f"<{self._root}#{name}>", f"<{self._name}/structure/{name}>"
        yield structure, _qb("component"), part, ""
        yield part, _TYPE, _qb("ComponentSpecification"), ""
        for link in (kind, "componentProperty"):
            yield part, _qb(link), component, ""
        for each in (f"{kind.capitalize()}Property", "ComponentProperty"):
            yield component, _TYPE, _qb(each), ""
        yield component, _TYPE, term("rdf:Property"), ""
        yield component, _LABEL, literal(label, language="en"), ""
        yield component, term("rdfs:range"), term(datatype), ""

    def _write_dimension(self, structure: str, facet: Facet) -> Iterator[Quad]:
        dimension, members = self._dimension(facet), f"<{self._name}/values/{facet.slug}>"
        name = f"dimension-{facet.slug}"
        for s, p, o, _ in self._write_component(structure, name, facet.title, kind="dimension", datatype="xsd:string"):
            # The values are concepts, in a list of their own: that of an edition says no levels,
            # and has no place for what is not stated.
            yield s, p, term("skos:Concept") if p == term("rdfs:range") else o, ""
        yield dimension, _TYPE, _qb("CodedProperty"), ""
        yield dimension, _qb("codeList"), members, ""
        yield members, _TYPE, term("skos:Collection"), ""
        yield members, _LABEL, literal(f"Values of {facet.title}", language="en"), ""
        for member in facet.members:
            concept = self._concept(facet, member)
            yield members, term("skos:member"), concept, ""
            yield concept, _TYPE, term("skos:Concept"), ""
            yield concept, term("skos:prefLabel"), literal(member.label, language="en"), ""
            if member.value.startswith("<") and member.value != concept:
                yield concept, term("skos:exactMatch"), member.value, ""

    def _dimension(self, facet: Facet) -> str:
        return f"<{self._root}#dimension-{facet.slug}>"

    def _concept(self, facet: Facet, member: Member) -> str:
        """The concept of a value: that of the taxonomy where there is one, else one of the cube, as
        for sources and years.
        """
        if member.value.startswith("<") and facet.name != "source":
            return member.value
        return f"<{self._root}/{facet.slug}/{member.slug}>"

    def _write_observation(self, cube: str, cell: Cell) -> Iterator[Quad]:
        node = f"<{self._name}/{'/'.join(member.slug for member in cell.members)}>"
        yield node, _TYPE, _qb("Observation"), ""
        yield node, _qb("dataSet"), cube, ""
        for facet, member in zip(self._coverage.facets, cell.members, strict=True):
            yield node, self._dimension(facet), self._concept(facet, member), ""
        numbers = (cell.count, cell.sources, cell.largest)
        for name, number in zip(_MEASURES, numbers, strict=True):
            yield node, f"<{self._root}#{name}>", literal(number), ""
        for name, text in zip(_ATTRIBUTES, (cell.state, cell.sparql), strict=True):
            yield node, f"<{self._root}#{name}>", literal(text), ""


def _qb(name: str) -> str:
    return f"{_QB}{name}>"
