"""Rows and an ontology in, what follows from them out.

Two engines: ``fast`` compiles the axioms to SQL over the columnar table, ``reference`` is owlrl. They agree on every statement worth
publishing, as long as every axiom is compiled.
"""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airm_graph.graph.store import Row
from airm_graph.reason.publish import publishable, read_vocabulary

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable
    from airm_graph.reason.columnar import Inference

__all__ = ["ENGINES", "Closure", "close", "close_table"]

ENGINES = ("auto", "fast", "reference")


@dataclass(frozen=True, slots=True)
class Closure:
    """What follows from rows and an ontology.

    Attributes:
        rows: New statements in the inferred graph that are worth publishing, sorted.
        engine: Which engine found them: ``fast`` or ``reference``.
        notes: Contradictions, axioms that were not applied or made the reference necessary, and what the libraries had to say.
        contradictions: The contradictions alone, each as a sentence.
    """

    rows: tuple[Row, ...]
    engine: str
    notes: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()


def close(rows: Iterable[Row], *, ontology: Iterable[Row], engine: str = "auto", table: "TripleTable | None" = None) -> Closure:
    """Infer what follows from *rows* and *ontology* under OWL 2 RL and is worth publishing.

    Args:
        rows: The data; named graphs are read as one.
        ontology: The axioms; axioms among *rows* count too.
        engine: ``fast`` applies the axioms it can compile and notes the others; ``reference`` is owlrl, which knows all of OWL 2 RL
            and takes a hundred times as long; ``auto`` is ``fast`` when every axiom is compiled, else ``reference``.
        table: A table that holds *rows* already and nothing else; the fast engine adds the ontology and what follows.

    Raises:
        ValueError: There is no such engine.
        StoreError: A term is no N-Quads term, or owlrl gives up on the ontology.
    """
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}; use one of {' '.join(ENGINES)}")
    rows, ontology = tuple(rows), tuple(ontology)
    if engine == "reference":
        return _close_by_reference(rows, ontology)
    return _close_fast(rows, ontology, whole=engine == "auto", given=table)


def close_table(table: "TripleTable", *, ontology: Iterable[Row]) -> "Inference":
    """Close a table where it is, by the fast engine; no row of it passes through Python.

    Args:
        table: Holds the data. Gets the ontology, and in the inferred graph what follows and is worth publishing; that alone can be read
            from its table ``inferred`` (s, p, o, g) until the next closure.
        ontology: The axioms; axioms in the data count too.

    Returns:
        How many statements are new, and what was not applied.

    Raises:
        StoreError: A term is no N-Quads term.
    """
    from airm_graph.reason.columnar import close_columnar, read_axioms

    ontology = tuple(ontology)
    table.load_rows(ontology)
    return close_columnar(table, read_axioms(table), vocabulary=read_vocabulary(ontology))


def _close_fast(rows: tuple[Row, ...], ontology: tuple[Row, ...], *, whole: bool, given: "TripleTable | None") -> Closure:
    """Close on the columnar table; with *whole*, leave it to owlrl when an axiom is not compiled."""
    from airm_graph.graph import TripleTable
    from airm_graph.reason.columnar import close_columnar, read_axioms

    with nullcontext(given) if given is not None else TripleTable() as table:
        table.load_rows(ontology if given is not None else (*rows, *ontology))
        axioms = read_axioms(table)
        if axioms.left_over and whole:
            return _close_by_reference(
                rows, ontology, (f"owlrl was asked, because these axioms are not compiled: {'; '.join(axioms.left_over)}",)
            )
        inference = close_columnar(table, axioms, vocabulary=read_vocabulary(ontology))
        found = tuple(table.rows("SELECT s, p, o, g FROM inferred"))
    notes = tuple(f"not applied: {axiom}" for axiom in axioms.left_over)
    return Closure(found, "fast", (*notes, *inference.contradictions), inference.contradictions)


def _close_by_reference(rows: tuple[Row, ...], ontology: tuple[Row, ...], notes: tuple[str, ...] = ()) -> Closure:
    from airm_graph.reason.reference import run_reference

    found, contradictions, said = run_reference(rows, ontology=ontology)
    return Closure(tuple(publishable(found, ontology=ontology)), "reference", (*notes, *contradictions, *said), tuple(contradictions))
