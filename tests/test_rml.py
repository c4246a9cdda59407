"""The table of statements as others read it: the published mapping and page are made of it, and morph-kgc makes the triples of a build."""

import os
import subprocess
from pathlib import Path

import pytest

import airm_graph
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import iri
from airm_graph.triples.rml import describe_statements, write_rml
from airm_graph.triples.statements import STATEMENTS
from tools import miss

ROOT = Path(__file__).resolve().parent.parent


def test_published_mapping_and_page_are_those_of_the_table() -> None:
    assert (ROOT / "ontology" / "statements.rml.ttl").read_text(encoding="utf-8") == write_rml()
    assert (ROOT / "docs" / "statements.md").read_text(encoding="utf-8") == describe_statements()
    assert describe_statements().count("\n| ") == len(STATEMENTS) + 2


def test_mapping_is_turtle_that_names_every_property() -> None:
    rows = parse_rows(write_rml().encode(), name="statements.rml.ttl", suffix=".ttl")
    said = {o for _, p, o, _ in rows if p == "<http://www.w3.org/ns/r2rml#predicate>"}
    assert len(said) == len({one.predicate for one in STATEMENTS})


@pytest.mark.morph
@pytest.mark.parametrize("inputs", ["examples", "first_edition", "awkward"])
def test_morph_kgc_makes_the_triples_of_a_build(inputs: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    python = os.environ.get("AIRM_MORPH_KGC") or miss("AIRM_MORPH_KGC does not name the Python of an environment with morph-kgc")
    if inputs == "awkward":
        (tmp_path / "in").mkdir()
        head = "ID,Name,Description,Source ID,Code,Classified by,Classification date\n"
        row = 'A1,"\'=1+1, ""so""","two\nlines – \\\\ é",doc,1.1,Ann Lee; bot,2026-01-02\nA2,Audits,whose source nobody lists,other,1.1,,\n'
        (tmp_path / "in" / "mitigations.csv").write_text(head + row, encoding="utf-8")
        (tmp_path / "in" / "sources.csv").write_text("ID,Title,Authors,URL,Date,Abstract\ndoc,-Title,Ann Lee,,2025,\n", encoding="utf-8")
    folder = {"examples": ROOT / "examples", "awkward": tmp_path / "in"}.get(inputs) or request.getfixturevalue(inputs)
    graph = airm_graph.build([folder])
    graph.write_tables(tmp_path / "tables")
    settings = (
        f"[CONFIGURATION]\noutput_file=made.nt\nna_values=None\nnumber_of_processes=1\n[it]\nmappings={ROOT}/ontology/statements.rml.ttl\n"
    )
    (tmp_path / "tables" / "settings.ini").write_text(settings, encoding="utf-8")
    subprocess.run([python, "-m", "morph_kgc", "settings.ini"], cwd=tmp_path / "tables", check=True, capture_output=True, timeout=300)
    made = parse_rows((tmp_path / "tables" / "made.nt").read_bytes(), name="made.nt", suffix=".nt")
    of_captures = iri("capture/")[:-1]
    assert {quad[:3] for quad in made} == {quad[:3] for quad in graph.asserted if quad[3].startswith(of_captures)}
