"""The main job, whole: captures in, a validated graph and linked data out, the same bytes every time."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import airm_graph
from airm_graph.errors import AirmError, InputError
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE
from graphs import close, records_of
from tools import require_programs

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
AIRM = BASE + "ontology#"
FILES = ["airm.ttl", "airm.nt", "airm.nq", "airm.jsonld", "airm.rdf"]


@pytest.fixture(scope="module")
def real_graph(captures: Path) -> airm_graph.Graph:
    return airm_graph.build([captures])


@pytest.fixture(scope="module")
def real_dist(real_graph: airm_graph.Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real") / "dist"
    real_graph.write(folder)
    return folder


def triples(path: Path) -> set[tuple[str, str, str]]:
    return {row[:3] for row in parse_rows(path.read_bytes(), name=path.name, suffix=path.suffix)}


def test_real_captures_give_their_mitigations_and_no_violation(real_graph: airm_graph.Graph) -> None:
    assert len(records_of(real_graph).mitigations) == 29
    assert len(records_of(real_graph).sources) == 2
    assert real_graph.report.conforms
    assert real_graph.report.counts["warning"] > 0


@pytest.mark.parametrize("name", FILES)
def test_every_export_loads_to_the_same_triples(example_dist: Path, name: str) -> None:
    assert triples(example_dist / name) == triples(example_dist / "airm.nt")


@pytest.mark.parametrize("name", FILES)
def test_every_export_carries_the_notice(example_dist: Path, name: str) -> None:
    found = triples(example_dist / name)
    notice = f"<{BASE}notice/preliminary>"
    carriers = {s for s, p, o in found if p == "<http://purl.org/dc/terms/rights>" and o == notice}
    assert f"<{BASE}dataset>" in carriers
    assert {s for s, p, o in found if p.endswith("#type>") and o == f"<{AIRM}Capture>"} <= carriers
    assert any(s == notice and "do not share or cite" in o for s, _, o in found)


@pytest.mark.rdf_tools
def test_real_exports_load_in_independent_parsers_with_the_same_number_of_triples(real_dist: Path) -> None:
    import rdflib

    require_programs("rapper", "serdi", packages="raptor2-utils serdi")
    expected = len(triples(real_dist / "airm.nt"))
    for name, syntax in (("airm.ttl", "turtle"), ("airm.nt", "ntriples")):
        assert len(rdflib.Graph().parse(real_dist / name)) == expected
        for command in (["rapper", "-q", "-i", syntax, "-o", "ntriples", name], ["serdi", "-i", syntax, "-o", "ntriples", name]):
            done = subprocess.run(command, cwd=real_dist, capture_output=True, check=True)
            assert len(set(done.stdout.splitlines())) == expected, command


def test_jsonld_gives_the_same_graph_through_pyld(example_dist: Path) -> None:
    from pyld import jsonld

    document = json.loads((example_dist / "airm.jsonld").read_text())
    quads = jsonld.to_rdf(document, {"format": "application/n-quads"})
    found = {row[:3] for row in parse_rows(quads.encode(), name="pyld", suffix=".nq")}
    assert found == triples(example_dist / "airm.nt")


def test_release_digest_is_that_of_the_ntriples_file(example_graph: airm_graph.Graph, example_dist: Path) -> None:
    data = (example_dist / "airm.nt").read_bytes()
    assert hashlib.sha256(data).hexdigest() == example_graph.digest
    sums = dict(reversed(line.split()) for line in (example_dist / "SHA256SUMS").read_text().splitlines())
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in example_dist.iterdir() if path.name != "SHA256SUMS"
    }


@pytest.mark.parametrize("seed", ["0", "1"])
def test_build_gives_the_same_bytes_with_any_seed_locale_and_time_zone(example_dist: Path, tmp_path: Path, seed: str) -> None:
    code = f"import airm_graph; airm_graph.build([{str(EXAMPLES)!r}]).write({str(tmp_path / 'dist')!r})"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=120)
    assert {p.name: p.read_bytes() for p in (tmp_path / "dist").iterdir()} == {p.name: p.read_bytes() for p in example_dist.iterdir()}


def test_order_of_inputs_changes_nothing(example_graph: airm_graph.Graph) -> None:
    files = sorted(EXAMPLES.glob("*.txt"))
    random.Random(7).shuffle(files)
    assert airm_graph.build(files).digest == example_graph.digest


def test_line_ends_and_byte_order_mark_change_nothing(example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    for path in EXAMPLES.iterdir():
        data = path.read_bytes()
        is_page = path.suffix == ".txt"
        (tmp_path / path.name).write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") if is_page else data)
    graph = airm_graph.build([tmp_path])
    assert graph.digest == example_graph.digest
    assert graph.report.to_json() == example_graph.report.to_json()


@pytest.mark.parametrize("name", FILES)
def test_consumer_without_reasoner_finds_a_whole_branch(example_graph: airm_graph.Graph, example_dist: Path, name: str) -> None:
    branch = f"<{BASE}taxonomy/v2/1.1>"
    found = {s for s, p, o in triples(example_dist / name) if p == f"<{AIRM}underCode>" and o == branch}
    expected = {
        f"<{BASE}{mitigation.key}>"
        for mitigation in records_of(example_graph).mitigations
        if any(c.code == "1.1" or c.code.startswith("1.1.") for c in mitigation.classifications)
    }
    assert found == expected
    assert found


def test_every_mitigation_leads_to_file_lines_and_captured_text(example_dist: Path) -> None:
    import rdflib

    graph = rdflib.Graph().parse(example_dist / "airm.ttl")
    airm = rdflib.Namespace(AIRM)
    mitigations = set(graph.subjects(rdflib.RDF.type, airm.Mitigation))
    assert mitigations
    for mitigation in mitigations:
        locations = list(graph.objects(mitigation, airm.evidence))
        assert locations, mitigation
        for location in locations:
            name = str(graph.value(graph.value(location, airm.capture), airm.fileName))
            first, last = (int(graph.value(location, airm[end])) for end in ("firstLine", "lastLine"))
            lines = (EXAMPLES / name).read_text(encoding="utf-8").split("\n")
            assert str(graph.value(location, airm.capturedText)) == "\n".join(lines[first - 1 : last])


def test_each_capture_is_one_named_graph(example_graph: airm_graph.Graph) -> None:
    graphs = {row[3] for row in example_graph.quads}
    captures = {f"<{BASE}capture/{capture.sha256[:16]}>" for capture in records_of(example_graph).captures}
    assert graphs == captures | {f"<{BASE}graph/{name}>" for name in ("taxonomy", "inferred", "dataset")}
    assert {row[3] for row in example_graph.ontology} == {f"<{BASE}graph/ontology>"}


def test_published_data_holds_no_blank_node_and_no_axiom(example_graph: airm_graph.Graph) -> None:
    for subject, predicate, value, _ in example_graph.quads:
        assert not subject.startswith("_:")
        assert not value.startswith("_:")
        assert predicate != "<http://www.w3.org/2002/07/owl#sameAs>"
    assert all(row[0].startswith("<") for row in example_graph.inferred)


def test_other_base_moves_every_iri(example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    graph = airm_graph.build([EXAMPLES], base="http://localhost:8080/x/")
    assert not [row for row in graph.quads if BASE in "".join(row) and not row[2].startswith('"')]
    assert len(graph) == len(example_graph)
    assert len(graph.query("mitigations-by-code", code="1.1")) == len(example_graph.query("mitigations-by-code", code="1.1"))
    graph.write(tmp_path)
    loaded = airm_graph.load(tmp_path)
    assert loaded.base == graph.base
    assert not [row for row in loaded.ontology if row[3].startswith(f"<{BASE}")]
    assert len(loaded.query("mitigations-by-code", code="1.1")) == len(graph.query("mitigations-by-code", code="1.1"))


def test_date_of_release_comes_from_the_environment_only(monkeypatch: pytest.MonkeyPatch, example_graph: airm_graph.Graph) -> None:
    assert '"2001-09-09"' not in str(example_graph.asserted)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert '"2001-09-09"' in str(airm_graph.build([EXAMPLES]).asserted)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(AirmError, match="SOURCE_DATE_EPOCH"):
        airm_graph.build([EXAMPLES])


@pytest.mark.parametrize("base", [BASE, "http://localhost:8080/x/"])
def test_things_counted_are_those_of_the_query(base: str) -> None:
    graph = airm_graph.build([EXAMPLES], base=base)
    assert list(graph.count().items()) == [(row["thing"], int(row["number"] or 0)) for row in graph.query("counts")]
    assert graph.count()["authors"] > 0


def test_graph_converts_to_rdflib_and_networkx(example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    import networkx as nx

    assert len(example_graph.to_rdflib()) == len(example_graph)
    named = example_graph.to_rdflib(named_graphs=True)
    assert sum(1 for _ in named.quads()) == len(set(example_graph.quads))
    projected = example_graph.to_networkx()
    mitigation = BASE + records_of(example_graph).mitigations[0].key
    assert projected.nodes[mitigation]["rdfs_label"] == records_of(example_graph).mitigations[0].names[0].value
    nx.write_gexf(projected, tmp_path / "graph.gexf")
    assert nx.read_gexf(tmp_path / "graph.gexf").number_of_nodes() == projected.number_of_nodes()


def test_same_file_twice_is_one_capture_with_two_names(tmp_path: Path) -> None:
    page = min(EXAMPLES.glob("*.txt"))
    for name in ("a.txt", "b.txt"):
        shutil.copy(page, tmp_path / name)
    records = records_of(airm_graph.build([tmp_path]))
    assert [capture.file_names for capture in records.captures] == [("a.txt", "b.txt")]


def test_files_of_one_name_in_two_folders_keep_apart(tmp_path: Path) -> None:
    pages = sorted(EXAMPLES.glob("*.txt"))[:2]
    for folder, page in zip("ab", pages, strict=True):
        (tmp_path / folder).mkdir()
        shutil.copy(page, tmp_path / folder / "page.txt")
    graph = airm_graph.build([tmp_path / "a", tmp_path / "b"])
    assert {name for capture in records_of(graph).captures for name in capture.file_names} == {"a/page.txt", "b/page.txt"}


def test_files_of_one_path_below_two_folders_keep_apart(tmp_path: Path) -> None:
    pages = sorted(EXAMPLES.glob("*.txt"))[:2]
    for folder, page in zip("ab", pages, strict=True):
        (tmp_path / folder / "deep").mkdir(parents=True)
        shutil.copy(page, tmp_path / folder / "deep" / "page.txt")
    graph = airm_graph.build([tmp_path / "a" / "deep", tmp_path / "b" / "deep"])
    assert {name for capture in records_of(graph).captures for name in capture.file_names} == {"a/deep/page.txt", "b/deep/page.txt"}


def test_file_named_twice_is_one_file_whatever_the_order(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    page = Path(shutil.copy(min(EXAMPLES.glob("*.txt")), tmp_path / "deep" / "page.txt"))
    inputs = [tmp_path, tmp_path / "deep", page]
    for order in (inputs, inputs[::-1]):
        assert [capture.file_names for capture in records_of(airm_graph.build(order)).captures] == [("deep/page.txt",)]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_file_name_that_is_no_text_is_written_with_escapes(tmp_path: Path) -> None:
    shutil.copy(min(EXAMPLES.glob("*.txt")), os.fsencode(tmp_path) + b"/a\xff\n\x01.txt")
    graph = airm_graph.build([tmp_path])
    assert [capture.file_names for capture in records_of(graph).captures] == [(r"a\xff\n\x01.txt",)]
    assert set(graph.write(tmp_path / "dist")) >= set(FILES)


def test_one_path_may_stand_alone(tmp_path: Path) -> None:
    page = shutil.copy(min(EXAMPLES.glob("*.txt")), tmp_path)
    assert airm_graph.build(str(page)).digest == airm_graph.build([page]).digest


def test_no_input_is_an_error() -> None:
    with pytest.raises(InputError, match="no input is given"):
        airm_graph.build([])


def test_broken_page_beside_good_ones_is_reported_and_the_rest_is_built(example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "in")
    (tmp_path / "in" / "zz.txt").write_bytes(b"\x00\x01")
    graph = airm_graph.build([tmp_path / "in"])
    assert len(records_of(graph).mitigations) == len(records_of(example_graph).mitigations)
    assert [f.rule for f in graph.report.findings if f.severity.value == "violation"] == ["CAP-01"]


def test_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no captures"):
        airm_graph.build([tmp_path])


def test_rdf_with_a_syntax_error_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text("@prefix a: <http://example.org/> .\na:b a:c ,, .\n")
    with pytest.raises(AirmError, match=r"bad\.ttl:2"):
        airm_graph.load(path)


def test_reference_engine_infers_the_same(example_graph: airm_graph.Graph) -> None:
    assert airm_graph.build([EXAMPLES], engine="reference").digest == example_graph.digest


def test_contradiction_is_a_violation(example_graph: airm_graph.Graph) -> None:
    mitigation = f"<{BASE}{records_of(example_graph).mitigations[0].key}>"
    wrong = (mitigation, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", f"<{AIRM}Source>", "")
    assert close([*example_graph.asserted, wrong], ontology=example_graph.ontology).contradictions
    assert not close(example_graph.asserted, ontology=example_graph.ontology).contradictions
