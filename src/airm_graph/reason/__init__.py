"""What follows from a graph and an ontology, under OWL 2 RL, as far as it is worth publishing.

Two engines: ``fast`` compiles the axioms to SQL over the table, ``reference`` is owlrl. They agree
on every statement worth publishing, as long as every axiom is compiled.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from airm_graph.frozen import frozen
from airm_graph.ontology_rows import ONTOLOGY, read_turtle
from airm_graph.reason.publish import publishable
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["ENGINES", "Inference", "infer"]

ENGINES = ("auto", "fast", "reference")


@frozen
class Inference:
    """What an engine found.

    Attributes:
        count: How many statements are new.
        engine: Which engine found them: ``fast`` or ``reference``.
        notes: Axioms that were not applied or made the reference necessary, contradictions, and
            what the libraries had to say.
        contradictions: The contradictions alone, each as a sentence.
    """

    count: int
    engine: str
    notes: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()


def infer(table: "TripleTable", *, ontology: Iterable[Quad] | None = None, engine: str = "auto") -> Inference:
    """Add to a table, in the inferred graph, what follows from it and is worth publishing.

    Args:
        table: The data; named graphs are read as one. Nothing else of it changes.
        ontology: The axioms, which do not stay in the table; those of the project when left out.
            Axioms in the data count too.
        engine: ``fast`` applies the axioms it can compile and notes the others; ``reference`` is
            owlrl, which knows all of OWL 2 RL and takes a hundred times as long; ``auto`` is
            ``fast`` when every axiom is compiled, else ``reference``.

    Raises:
        ValueError: There is no such engine.
        StoreError: A term is no N-Quads term, or owlrl gives up on the ontology.
    """
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}; use one of {' '.join(ENGINES)}")
    given = None if ontology is None else tuple(ontology)
    if engine == "reference":
        return _infer_by_reference(table, given)
    from airm_graph.reason.compiled import find_axioms, infer_compiled
    from airm_graph.reason.ontology import compile_ontology, read_own

    more = find_axioms(table)
    known = compile_ontology(_read_rows(given), more=more) if more or given is not None else read_own()
    if known.axioms.left_over and engine == "auto":
        why = f"owlrl was asked, because these axioms are not compiled: {'; '.join(known.axioms.left_over)}"
        return _infer_by_reference(table, given, (why,))
    facts = [(*row[:3], _FACTS) for row in known.facts]
    try:
        if facts:
            table.load_rows(facts)
        count, contradictions = infer_compiled(table, known.axioms, vocabulary=known.vocabulary)
    finally:
        if facts:
            table.remove_graph(_FACTS)
    notes = (*(f"not applied: {axiom}" for axiom in known.axioms.left_over), *contradictions)
    return Inference(count, "fast", notes, contradictions)


#: Where facts of the ontology stand while its axioms are applied.
_FACTS = "<urn:airm-graph:axioms>"


def _read_rows(ontology: tuple[Quad, ...] | None) -> tuple[Quad, ...]:
    return read_turtle(ONTOLOGY) if ontology is None else ontology


def _infer_by_reference(table: "TripleTable", given: tuple[Quad, ...] | None, notes: tuple[str, ...] = ()) -> Inference:
    from airm_graph.reason.reference import run_reference

    ontology = _read_rows(given)
    found, contradictions, said = run_reference(table.rows(), ontology=ontology)
    kept = publishable(found, ontology=ontology)
    table.load_rows(kept)
    return Inference(len(kept), "reference", (*notes, *contradictions, *said), tuple(contradictions))
