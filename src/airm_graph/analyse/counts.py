"""How much a graph holds, counted on its rows."""

from collections.abc import Iterable

from airm_graph.namespaces import BASE, rebase_text, term

__all__ = ["count_things"]

_CLASSES = {
    "captures": "airm:Capture",
    "sources": "airm:Source",
    "mitigations": "airm:Mitigation",
    "classifications": "airm:Classification",
    "codes": "airm:Code",
    "pieces of evidence": "airm:Evidence",
    "repairs": "airm:Repair",
}
_PREDICATES = ("airm:code", "airm:reasoning", "dcterms:creator", "rdf:type", "rdfs:label")


def count_things(rows: Iterable[tuple[str, str, str, str]], *, base: str = BASE) -> dict[str, int]:
    """Count what the query ``counts`` counts, in its order.

    >>> count_things([])["mitigations"]
    0
    """
    pairs: dict[str, set[tuple[str, str]]] = {rebase_text(term(name), base): set() for name in _PREDICATES}
    for s, p, o, _ in rows:
        if p in pairs:
            pairs[p].add((s, o))
    codes, reasons, creators, types, labels = pairs.values()
    kinds = {rebase_text(term(kind), base): name for name, kind in _CLASSES.items()}
    members: dict[str, set[str]] = {name: set() for name in _CLASSES}
    for s, o in types:
        if o in kinds:
            members[kinds[o]].add(s)
    coded, reasoned, named = ({s for s, _ in found} for found in (codes, reasons, labels))
    mitigations, classifications = members["mitigations"], members["classifications"]
    return {
        "captures": len(members["captures"]),
        "sources": len(members["sources"]),
        "authors": len({o for s, o in creators if s in members["sources"]}),
        "mitigations": len(mitigations),
        "mitigations without a name": len(mitigations - named),
        "mitigations without a code": len(mitigations - coded),
        "classifications": len(classifications),
        "classifications without a reason": len(classifications - reasoned),
        "codes": len(members["codes"]),
        "codes used": len({o for _, o in codes}),
        "pieces of evidence": len(members["pieces of evidence"]),
        "repairs": len(members["repairs"]),
    }
