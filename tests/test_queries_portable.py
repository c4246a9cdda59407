"""The query library on the example in engines of others: the rows of every query are those of this project's own store.

Virtuoso is asked in ``test_virtuoso``, the fixtures of the queries in Oxigraph and rdflib in ``test_query``.
"""

import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from jena import MISSING, find_jena
from node_packages import ENGINES, InstallError, ask_node
from query_cases import CASES, Rows, bind_case, expect_rows, read_answers, write_queries

from airm_graph.pipeline import Graph
from tools import miss, require_programs


def compare(found: list[Rows], graph: Graph) -> None:
    wanted = expect_rows(graph)
    differing = {case: (one - other, other - one) for case, one, other in zip(CASES, found, wanted, strict=True) if one != other}
    assert differing == {}


def test_every_query_finds_something_on_the_example(example_graph: Graph) -> None:
    found = dict(zip(CASES, expect_rows(example_graph), strict=True))
    # Nothing is wrong with the example in two respects (their fixtures make them answer), and its pages state no kinds.
    silent = {"check-conflicting-codes", "check-conflicting-descriptions", "mitigations-by-statement"}
    assert {name for (name, which), rows in found.items() if which == "required" and not rows} <= silent


# rdflib 7.6 uses what it has deprecated itself when it reads and queries named graphs.
@pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph).* is deprecated:DeprecationWarning")
def test_rdflib_finds_the_same(example_graph: Graph, example_dist: Path) -> None:
    data = rdflib.Dataset(default_union=True)
    data.parse(example_dist / "airm.nq", format="nquads")
    answers = [data.query(bind_case(*case)) for case in CASES]
    compare([Counter(tuple("" if term is None else str(term) for term in row) for row in rows) for rows in answers], example_graph)


@pytest.mark.jena
def test_jena_finds_the_same(example_graph: Graph, example_dist: Path, tmp_path: Path) -> None:
    command = find_jena(tmp_path)
    if command is None or len(command) == 1:
        miss(MISSING)
    run = [*command[:-1], str(ENGINES / "Ask.java"), example_dist / "airm.nt", example_dist / "airm.nq", write_queries(tmp_path)]
    done = subprocess.run(run, capture_output=True, check=False, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr[-2000:]
    compare(read_answers(done.stdout), example_graph)


@pytest.mark.npm
@pytest.mark.parametrize("script", ["ask_comunica.mjs", "ask_oxigraph.mjs"])
def test_engines_in_javascript_find_the_same(script: str, example_graph: Graph, example_dist: Path, tmp_path: Path) -> None:
    require_programs("node", "npm", packages="nodejs npm")
    try:
        text = ask_node(script, example_dist / "airm.nt", example_dist / "airm.nq", write_queries(tmp_path))
    except InstallError as error:
        miss(f"the packages cannot be had: {error}")
    compare(read_answers(text), example_graph)
