"""Plants defects in generated rows, and says which rule has to find each, and where."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from airm_graph.namespaces import iri, literal, term
from airm_graph.terms import Quad

__all__ = ["KINDS", "Defects", "plant"]

_LABEL, _TYPE = term("rdfs:label"), term("rdf:type")
_Change = Callable[[str, list[Quad]], list[Quad]]


@dataclass(frozen=True)
class Defects:
    """Rows with defects, and the pairs of rule and focus node that must be found."""

    rows: list[Quad]
    planned: frozenset[tuple[str, str]]


def plant(rows: Iterable[Quad], *, every: int) -> Defects:
    """Break every n-th mitigation in one of ten ways, in turn."""
    blocks: dict[str, list[Quad]] = {}
    for row in rows:
        blocks.setdefault(row[0], []).append(row)
    mitigations = [s for s, some in blocks.items() if any(p == _TYPE and o == term("airm:Mitigation") for _, p, o, _ in some)]
    planned = set()
    for number, subject in enumerate(mitigations[::every]):
        rule, name, change = KINDS[number % len(KINDS)]
        where = subject if name == "mitigation" else next(o for _, p, o, _ in blocks[subject] if p == term("airm:classification"))
        blocks[where] = change(where, blocks[where])
        planned.add((rule, where))
    return Defects([row for some in blocks.values() for row in some], frozenset(planned))


def _without(name: str) -> _Change:
    return lambda _, rows: [row for row in rows if row[1] != term(name)]


def _with(name: str, value: str) -> _Change:
    return lambda subject, rows: [*rows, (subject, term(name), value, rows[0][3])]


def _instead(name: str, value: str) -> _Change:
    return lambda subject, rows: [*(row for row in rows if row[1] != term(name)), (subject, term(name), value, rows[0][3])]


#: Rule, what is broken, and how.
KINDS: list[tuple[str, str, _Change]] = [
    ("MIT-01", "mitigation", _with("rdfs:label", literal("A second name"))),
    ("MIT-01", "mitigation", _instead("rdfs:label", literal("A padded name "))),
    ("MIT-03", "mitigation", _instead("airm:source", iri("taxonomy/v2/1.1.1"))),
    ("CLS-01", "classification", _without("airm:assignedCode")),
    ("MIT-05", "mitigation", _instead("dcterms:description", literal(" "))),
    ("MIT-06", "mitigation", _with("airm:classification", iri("taxonomy/v2/1.1.1"))),
    ("MIT-07", "mitigation", _instead("airm:actor", iri("lifecycle/operate-and-monitor"))),
    ("MIT-11", "mitigation", lambda subject, rows: [*rows, (subject, term("airm:partOf"), subject, rows[0][3])]),
    ("MIT-12", "mitigation", _instead("dcterms:identifier", literal(7))),
    ("CLS-04", "classification", _instead("airm:reasoning", literal("\t"))),
]
