"""What a closure needs of an ontology: its axioms, compiled, and what it speaks of; for that of the
project, as it was made when the package was.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from airm_graph.frozen import frozen
from airm_graph.namespaces import term
from airm_graph.ontology_rows import ONTOLOGY, read_turtle
from airm_graph.prepared import read_prepared, write_prepared
from airm_graph.reason.axioms import Axioms, Chain, compile_axioms
from airm_graph.reason.publish import Vocabulary, read_vocabulary
from airm_graph.terms import Quad

__all__ = ["FILE", "Ontology", "compile_ontology", "read_own", "write_own"]

FILE = Path(__file__).with_suffix(".json")
#: Fields of `Axioms`, in their order.
_SETS = ("subclasses", "rewrites", "types")


@frozen
class Ontology:
    """An ontology as the columnar engine takes it.

    Attributes:
        axioms: Without the rules one by one.
        vocabulary: What may be published.
        facts: Those of its rows that are not only axioms: a rule may fire on them, or they say what
            could be inferred.
    """

    axioms: Axioms
    vocabulary: Vocabulary
    facts: tuple[Quad, ...] = ()


def compile_ontology(rows: Sequence[Quad], *, more: Iterable[Quad] = ()) -> Ontology:
    """Compile the rows of an ontology.

    Args:
        rows: Of the ontology.
        more: Axioms that stand elsewhere.
    """
    axioms, kind = replace(compile_axioms((*rows, *more)), declared=()), term("rdf:type")
    names = axioms.names()
    return Ontology(axioms, read_vocabulary(rows), tuple(row for row in rows if (row[2] if row[1] == kind else row[1]) in names))


@cache
def read_own() -> Ontology:
    """Read the ontology of the project.

    >>> read_own().axioms.left_over
    ()
    """
    written = read_prepared(FILE, sources=(ONTOLOGY,))
    return compile_ontology(read_turtle(ONTOLOGY)) if written is None else _read(**written)


def write_own() -> str:
    """Compile the ontology of the project and write it as `read_own` reads it."""
    own = compile_ontology(read_turtle(ONTOLOGY))
    axioms, known = own.axioms, own.vocabulary
    written = {
        "axioms": {
            **{name: sorted(getattr(axioms, name)) for name in _SETS},
            "chains": [[link.head, link.body] for link in axioms.chains],
            "disjoint": axioms.disjoint,
            "left_over": axioms.left_over,
        },
        "vocabulary": {name: sorted(getattr(known, name)) for name in ("classes", "properties", "terms")},
        "facts": own.facts,
    }
    return write_prepared(written, sources=(ONTOLOGY,))


def _read(axioms: dict[str, Any], vocabulary: dict[str, list[str]], facts: list[Any]) -> Ontology:
    subclasses, rewrites, types = (frozenset(map(tuple, axioms[name])) for name in _SETS)
    chains = tuple(Chain(head, tuple(body)) for head, body in axioms["chains"])
    compiled = Axioms(subclasses, rewrites, types, chains, tuple(map(tuple, axioms["disjoint"])), tuple(axioms["left_over"]))
    return Ontology(compiled, Vocabulary(**{name: frozenset(found) for name, found in vocabulary.items()}), tuple(map(tuple, facts)))


if __name__ == "__main__":
    sys.stdout.write(write_own())
