"""Find where mitigations are stated: the first captured lines or cells of each."""

from collections.abc import Iterable, Mapping
from typing import Any

from airm_graph.query.answers import split_term
from airm_graph.serve.graph_client import GraphClient

__all__ = ["add_evidence", "find_evidence"]

#: Characters of a captured text beside a hit; `describe` gives all of it.
_LONGEST = 240
_QUERY = """\
PREFIX airm: <{base}ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?subject (MIN(?stated) AS ?first) {{
  VALUES ?subject {{ {subjects} }}
  ?subject airm:evidence ?evidence .
  ?evidence rdfs:label ?label ; airm:capturedText ?text .
  BIND(CONCAT(STR(?label), "\\n", STR(?text)) AS ?stated)
}}
GROUP BY ?subject
"""


async def add_evidence(client: GraphClient, items: Iterable[Mapping[str, Any]], *, key: str) -> list[dict[str, Any]]:
    """Add to each item where what its *key* names is stated: file with lines or row, and text."""
    found = [dict(item) for item in items]
    stated = await find_evidence(client, (str(item.get(key, "")) for item in found))
    return [{**item, "evidence": stated[item[key]]} if item.get(key) in stated else item for item in found]


async def find_evidence(client: GraphClient, iris: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Find where mitigations are stated; other things are left out."""
    inner = f"{client.info.base}mitigation/"
    known = sorted({iri for iri in iris if iri.startswith(inner)})
    if not known:
        return {}
    query = _QUERY.format(base=client.info.base, subjects=" ".join(f"<{iri}>" for iri in known))
    table = await client.begin_query(query, rows=10_000, text=0)
    found = {}
    for row in table.rows:
        subject, stated = (split_term(term or '""')[1] for term in row)
        where, _, text = stated.partition("\n")
        cut = len(text) > _LONGEST
        found[subject] = {"where": where, "text": text[:_LONGEST] + "…" * cut, "cut": cut}
    return found
