"""The ontology, the taxonomies and the vocabularies of the project as quads."""

from functools import cache

from airm_graph.namespaces import iri
from airm_graph.taxonomy import read_turtle
from airm_graph.terms import Quad

__all__ = ["read_ontology", "read_taxonomies"]

_TAXONOMIES = (
    *("taxonomy/v1", "taxonomy/v2"),
    *("vocabularies/actor", "vocabularies/function", "vocabularies/lifecycle", "vocabularies/statement-kind"),
)


@cache
def read_taxonomies() -> tuple[Quad, ...]:
    """Read the taxonomies and vocabularies, in their own graph."""
    return tuple(quad for name in _TAXONOMIES for quad in _read_quads(f"ontology/{name}.ttl", iri("graph/taxonomy")))


@cache
def read_ontology() -> tuple[Quad, ...]:
    """Read the ontology, in its own graph."""
    return _read_quads("ontology/airm.ttl", iri("graph/ontology"))


def _read_quads(name: str, graph: str) -> tuple[Quad, ...]:
    return tuple(sorted((*row[:3], graph) for row in read_turtle(name)))
