"""The ontology, the taxonomies and the vocabularies of the project as quads."""

from functools import cache

from airm_graph.namespaces import iri
from airm_graph.ontology_rows import ONTOLOGY, TAXONOMIES, read_turtle
from airm_graph.terms import Quad

__all__ = ["read_ontology", "read_taxonomies"]


@cache
def read_taxonomies() -> tuple[Quad, ...]:
    """Read the taxonomies and vocabularies, in their own graph."""
    return tuple(quad for name in TAXONOMIES for quad in _read_quads(name, iri("graph/taxonomy")))


@cache
def read_ontology() -> tuple[Quad, ...]:
    """Read the ontology, in its own graph."""
    return _read_quads(ONTOLOGY, iri("graph/ontology"))


def _read_quads(name: str, graph: str) -> tuple[Quad, ...]:
    return tuple((*row[:3], graph) for row in read_turtle(name))
