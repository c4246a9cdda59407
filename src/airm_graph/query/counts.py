"""How much a graph holds, counted on its table."""

from airm_graph.graph import TripleTable
from airm_graph.namespaces import BASE, rebase_text, term

__all__ = ["count_things"]

_MEMBERS = "SELECT count(DISTINCT s) FROM quads WHERE p IN {rdf:type} AND o IN {%s}"
_LACKING = _MEMBERS + " AND s NOT IN (SELECT s FROM quads WHERE p IN {%s})"
#: What is counted, and how; in braces stand terms.
_COUNTS = {
    "captures": _MEMBERS % "airm:Capture",
    "sources": _MEMBERS % "airm:Source",
    "sources that are not described": "SELECT count(DISTINCT s) FROM quads WHERE p IN {adms:status} AND o IN {airm:NotDescribed} "
    "AND s IN (SELECT s FROM quads WHERE p IN {rdf:type} AND o IN {airm:Source})",
    "authors": "SELECT count(DISTINCT o) FROM quads WHERE p IN {dcterms:creator} "
    "AND s IN (SELECT s FROM quads WHERE p IN {rdf:type} AND o IN {airm:Source})",
    "mitigations": _MEMBERS % "airm:Mitigation",
    "mitigations without a name": _LACKING % ("airm:Mitigation", "rdfs:label"),
    "mitigations without a code": _LACKING % ("airm:Mitigation", "airm:code"),
    "mitigations without a source": _LACKING % ("airm:Mitigation", "airm:source"),
    "classifications": _MEMBERS % "airm:Classification",
    "classifications without a reason": _LACKING % ("airm:Classification", "airm:reasoning"),
    "codes": _MEMBERS % "airm:Code",
    "codes used": "SELECT count(DISTINCT o) FROM quads WHERE p IN {airm:code}",
    "pieces of evidence": _MEMBERS % "airm:Evidence",
    "repairs": _MEMBERS % "airm:Repair",
}


def count_things(table: TripleTable, *, base: str = BASE) -> dict[str, int]:
    """Count what the query ``counts`` counts, in its order.

    Args:
        table: A closed graph; the terms of the project have the default base or *base*.
        base: See above.
    """
    names = sorted({part.partition("}")[0] for sql in _COUNTS.values() for part in sql.split("{")[1:]})
    spelt = {name: {term(name), rebase_text(term(name), base)} for name in names}
    ids = table.find_ids(one for every in spelt.values() for one in every)
    lists = {name: ", ".join(str(ids[one]) for one in sorted(every) if one in ids) or "-1" for name, every in spelt.items()}
    counts = []
    for sql in _COUNTS.values():
        for name, listed in lists.items():
            sql = sql.replace("{" + name + "}", f"({listed})")
        counts.append(f"({sql})")
    return dict(zip(_COUNTS, map(int, table.execute(f"SELECT {', '.join(counts)}")[0]), strict=True))
