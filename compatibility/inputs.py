"""What the tools are given: exports of the packaged example, answers with codes, networks, the query library; and what is to come back."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import pyoxigraph as ox
from query_cases import Rows, expect_rows, write_queries

import airm_graph
from airm_graph.namespaces import BASE, literal, term
from airm_graph.pipeline import Graph
from airm_graph.query.answer_workbook import write_workbook
from airm_graph.query.answers import format_table

__all__ = ["CODE", "CODES", "FORMS", "HEAD", "Inputs", "make_inputs"]

ROOT = Path(__file__).resolve().parent.parent
#: Codes that are others as numbers, or equal.
CODES = ["1", "1.1", "1.10", "1.2", "10.1"]
HEAD = f"PREFIX airm: <{BASE}ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
#: The thing that is described.
CODE = f"{BASE}taxonomy/v2/1.1"
#: One query of each form, with and without an answer.
FORMS = {
    "SELECT": f"{HEAD}SELECT ?label {{ ?s a airm:Source ; rdfs:label ?label }} ORDER BY ?label",
    "SELECT nothing": f"{HEAD}SELECT ?label {{ ?s a airm:Nothing ; rdfs:label ?label }}",
    "ASK true": f"{HEAD}ASK {{ ?s a airm:Mitigation }}",
    "ASK false": f"{HEAD}ASK {{ ?s a airm:Nothing }}",
    "CONSTRUCT": f"CONSTRUCT WHERE {{ <{CODE}> ?p ?o }}",
    "DESCRIBE": f"DESCRIBE <{CODE}>",
}


@dataclass(frozen=True)
class Inputs:
    """Files in one folder, and what is to be read from them.

    Attributes:
        folder: Holds ``airm.*``, ``codes.*``, ``graph.*`` and ``queries``.
        triples, quads: Statements of ``airm.nt`` and ``airm.nq``.
        network: Numbers of nodes, edges and labels, and the codes.
        rows: Of each case of the query library.
        forms: Text of a query of each form.
        answers: To these queries.
    """

    folder: Path
    triples: frozenset[ox.Quad]
    quads: frozenset[ox.Quad]
    network: dict[str, Any]
    rows: list[Rows]
    forms: dict[str, str]
    answers: dict[str, Any]


def make_inputs(folder: Path) -> Inputs:
    """Write all files."""
    graph = airm_graph.build([ROOT / "examples"])
    graph.write(folder)
    _write_codes(folder)
    network = graph.to_networkx()
    nx.write_graphml(network, folder / "graph.graphml")
    nx.write_gexf(network, folder / "graph.gexf")
    write_queries(folder / "cases")
    return Inputs(
        folder=folder,
        triples=frozenset(ox.parse(path=folder / "airm.nt", format=ox.RdfFormat.N_TRIPLES)),
        quads=frozenset(ox.parse(path=folder / "airm.nq", format=ox.RdfFormat.N_QUADS)),
        network=_describe(network),
        rows=expect_rows(graph),
        forms=FORMS,
        answers=_answer(graph),
    )


def _write_codes(folder: Path) -> None:
    rows = "".join(f"<{BASE}taxonomy/x/{code}> {term('skos:notation')} {literal(code)} .\n" for code in CODES)
    (folder / "codes.nt").write_text(rows, encoding="utf-8")
    table = airm_graph.load(folder / "codes.nt").sparql(
        f"SELECT ?notation ?code {{ ?code {term('skos:notation')} ?notation }} ORDER BY ?notation"
    )
    for suffix in ("csv", "tsv", "json"):
        (folder / f"codes.{suffix}").write_text(format_table(table, format=suffix), encoding="utf-8", newline="")
    (folder / "codes.xlsx").write_bytes(write_workbook(table))


def _describe(network: "nx.MultiDiGraph[str]") -> dict[str, Any]:
    values = {name: [one for _, one in network.nodes(data=name) if one] for name in ("rdfs_label", "skos_notation")}
    found = {"labels": len(values["rdfs_label"]), "codes": sorted(set(values["skos_notation"]))}
    return json.loads(json.dumps({"nodes": network.number_of_nodes(), "edges": network.number_of_edges(), **found}))


def _answer(graph: Graph) -> dict[str, Any]:
    titles = [row[0] for row in graph.sparql(FORMS["SELECT"]).values()]
    stated = len({(p, o) for s, p, o, _ in graph.quads if s == f"<{CODE}>"})
    return {"SELECT": titles, "SELECT nothing": [], "ASK true": True, "ASK false": False, "CONSTRUCT": stated, "DESCRIBE": stated}
