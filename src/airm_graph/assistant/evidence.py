"""Find where mitigations are stated: the first captured lines or cells of each."""

from collections.abc import Iterable, Mapping
from typing import Any

from airm_graph.query.answers import split_term
from airm_graph.serve.graph_client import GraphClient

__all__ = ["add_evidence"]

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
    inner = f"{client.info.base}mitigation/"
    iris = sorted({str(item[key]) for item in found if str(item.get(key, "")).startswith(inner)})
    stated = await _find_evidence(client, iris) if iris else {}
    return [{**item, "evidence": stated[item[key]]} if item.get(key) in stated else item for item in found]


async def _find_evidence(client: GraphClient, iris: Iterable[str]) -> dict[str, dict[str, Any]]:
    query = _QUERY.format(base=client.info.base, subjects=" ".join(f"<{iri}>" for iri in iris))
    table = await client.begin_query(query, rows=10_000, text=0)
    found = {}
    for row in table.rows:
        subject, stated = (split_term(term or '""')[1] for term in row)
        where, _, text = stated.partition("\n")
        cut = len(text) > _LONGEST
        found[subject] = {"where": where, "text": text[:_LONGEST] + "…" * cut, "cut": cut}
    return found
