"""Packs: every format says the same of one selection, and nothing that the graph does not say."""

import csv
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import uuid
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import openpyxl
import pytest
import rdflib
import yaml
from click.testing import CliRunner

import airm_graph
from airm_graph.analysis.packs import Pack, select_pack
from airm_graph.analysis.packs_ciso import ciso_library
from airm_graph.analysis.packs_formats import PACK_FORMATS, pack_checklist, write_pack
from airm_graph.analysis.packs_oscal import oscal_catalog, oscal_profile
from airm_graph.cli import cli
from airm_graph.errors import ExportError, ParameterError
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import PREFIXES, rebase_text, term
from airm_graph.notice import NOTICE

#: Development installs it; an environment that is older may lack it.
needs_trestle = pytest.mark.skipif(
    importlib.util.find_spec("trestle") is None and not os.environ.get("CI"), reason="compliance-trestle is not installed"
)
HEAD = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items())
#: a has two codes and all else; b has only a name; c no name, and a text that means something in Markdown and to a spreadsheet.
DATA = """
@base <https://w3id.org/airm-graph/> .
<taxonomy/v2> a skos:ConceptScheme ; rdfs:label "Edition two" ; dcterms:modified "2026-03-04"^^xsd:date .
<taxonomy/v2/1> a airm:Code ; skos:inScheme <taxonomy/v2> ; skos:notation "1" ; skos:prefLabel "One" .
<taxonomy/v2/1.2> a airm:Code ; skos:inScheme <taxonomy/v2> ; skos:notation "1.2" ; skos:prefLabel "Two" ; skos:broader <taxonomy/v2/1> .
<taxonomy/v2/1.10> a airm:Code ; skos:inScheme <taxonomy/v2> ; skos:notation "1.10" ; skos:prefLabel "Ten" ; skos:broader <taxonomy/v2/1> .
<actor/deployer> a airm:ActorRole ; rdfs:label "Deployer" .
<source/one> a airm:Source ; rdfs:label "A source" ; dcterms:title "A source" ;
  airm:authors "Muster, Erika" ; dcterms:issued "2024"^^xsd:gYear .
<capture/aa> a airm:Capture ; airm:fileName "a.txt" .
<capture/aa/l12-l14> a airm:Evidence ; airm:capture <capture/aa> ; airm:firstLine 12 ; airm:lastLine 14 .
<capture/aa/r5-code> a airm:Evidence ; airm:capture <capture/aa> ; airm:row 5 ; airm:column "Code" .
<mitigation/a> a airm:Mitigation ; rdfs:label "Keep logs" ; dcterms:description "Logs are kept." ; airm:actor <actor/deployer> ;
  airm:source <source/one> ; airm:evidence <capture/aa/l12-l14> ; airm:classification <mitigation/a/classification/v2-1.10>,
  <mitigation/a/classification/v2-1.2> ; airm:code <taxonomy/v2/1.2>, <taxonomy/v2/1.10> ;
  airm:underCode <taxonomy/v2/1>, <taxonomy/v2/1.2>, <taxonomy/v2/1.10> .
<mitigation/a/classification/v2-1.10> a airm:Classification ; airm:assignedCode <taxonomy/v2/1.10> .
<mitigation/a/classification/v2-1.2> a airm:Classification ; airm:assignedCode <taxonomy/v2/1.2> ; airm:reasoning "Logs are records." ;
  airm:evidence <capture/aa/r5-code> .
<mitigation/b> a airm:Mitigation ; rdfs:label "Test" .
<mitigation/c> a airm:Mitigation ; dcterms:description "=1+1 [see](https://example.org) *now*" ; airm:actor <actor/deployer> .
"""


def read_small(base: str = "https://w3id.org/airm-graph/") -> airm_graph.Graph:
    return airm_graph.Graph.of(parse_rows(rebase_text(HEAD + DATA, base).encode(), name="test", suffix=".ttl"), base=base)


@pytest.fixture(scope="module")
def small() -> airm_graph.Graph:
    return read_small()


def triples(path: Path) -> set[tuple[object, ...]]:
    return set(rdflib.Graph().parse(path, format="json-ld" if path.suffix == ".jsonld" else "turtle"))


def test_item_has_source_reason_code_and_evidence(small: airm_graph.Graph) -> None:
    (item,) = small.pack(code="1").items
    assert (item.title, item.descriptions, item.roles["actor"], item.evidence) == (
        "Keep logs",
        ("Logs are kept.",),
        ("Deployer",),
        ("a.txt:12",),
    )
    # 1.2 stands before 1.10.
    assert [(str(one.code), str(one.top), one.reasons, one.evidence) for one in item.codes] == [
        ("v2 1.2 Two", "v2 1 One", ("Logs are records.",), ("a.txt (row 5, column Code)",)),
        ("v2 1.10 Ten", "v2 1 One", (), ()),
    ]
    assert [str(source) for source in item.sources] == ["Muster, Erika. 2024. A source"]


@pytest.mark.parametrize("base", ["https://w3id.org/airm-graph/", "https://example.org/own/"])
def test_items_stand_by_code_and_those_without_one_last(base: str) -> None:
    pack = read_small(base).pack()
    assert [(str(top) if top else "", [item.iri.removeprefix(base) for item in items]) for top, items in pack.groups] == [
        ("v2 1 One", ["mitigation/a"]),
        ("", ["mitigation/c", "mitigation/b"]),
    ]


def test_selection_is_what_the_query_library_finds(example_graph: airm_graph.Graph) -> None:
    found = Counter[bool]()
    actors, stages = ("deployer", "developer", "governance-actor"), ("deploy", "operate-and-monitor", "build-and-use-model")
    for actor, stage in product(actors, stages):
        rows = example_graph.query("mitigations-by-role", actor=actor, stage=stage).values()
        pack = example_graph.pack(actor=actor, stage=stage)
        assert {item.iri for item in pack.items} == {row[5] for row in rows}
        assert bool(pack.why_empty) == (not rows)
        found[bool(rows)] += 1
    assert len(found) == 2
    assert {item.iri for item in example_graph.pack(code="2.3").items} == {
        row[5] for row in example_graph.query("mitigations-by-code", code="2.3").values()
    }


def test_statements_of_a_pack_are_those_of_the_graph_and_whole(example_graph: airm_graph.Graph) -> None:
    pack = example_graph.pack(actor="deployer")
    stated = {quad[:3] for quad in example_graph.quads}
    about = {quad[0] for quad in pack.quads}
    assert {quad[:3] for quad in pack.quads} == {triple for triple in stated if triple[0] in about}
    followed = {term(f"airm:{name}") for name in ("classification", "source", "evidence", "assignedCode", "capture", "actor")}
    assert {o for _, p, o, _ in pack.quads if p in followed} <= about
    mitigations = {s for s, p, o, _ in pack.quads if (p, o) == (term("rdf:type"), term("airm:Mitigation"))}
    assert mitigations == {f"<{item.iri}>" for item in pack.items}


def test_evidence_is_what_the_query_library_finds(example_graph: airm_graph.Graph) -> None:
    for item in example_graph.pack().items:
        rows = example_graph.query("evidence-by-mitigation", mitigation=item.iri).values()
        assert set(item.evidence) == {f"{row[0]}:{row[1]}" for row in rows if row[3] == "mitigation"}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning:rdflib")
def test_formats_say_the_same_and_carry_the_notice(example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    pack = example_graph.pack(actor="developer")
    files = write_pack(pack, tmp_path)
    assert set(files) == {name for each in PACK_FORMATS.values() for name in each}
    assert triples(files["pack.ttl"]) == triples(files["pack.jsonld"])
    assert len(triples(files["pack.ttl"])) == len({quad[:3] for quad in pack.statements})
    rows = list(csv.reader(io.StringIO(files["pack.csv"].read_text(encoding="utf-8"), newline="")))
    sheet = [[cell or "" for cell in row] for row in openpyxl.load_workbook(files["pack.xlsx"]).active.iter_rows(values_only=True)]
    assert sheet == rows
    iris = [item.iri for item in pack.items for _ in item.codes or ("",)]
    assert [row[rows[0].index("mitigation")] for row in rows[1:]] == iris
    assert {row[-1] for row in rows[1:]} == {NOTICE}
    checklist = files["checklist.md"].read_text(encoding="utf-8")
    assert checklist.count("- [ ] ") == len(pack.items) > 1
    for name, path in files.items():
        assert path.suffix == ".xlsx" or NOTICE in path.read_text(encoding="utf-8"), name


def test_texts_of_a_checklist_are_shown_as_they_stand(small: airm_graph.Graph, tmp_path: Path) -> None:
    pack = small.pack(actor="deployer")
    assert r"=1+1 \[see\](https&#58;//example.org) \*now\*" in pack_checklist(pack)
    assert "**name unknown (c)**" in pack_checklist(pack)
    assert "'=1+1 [see]" in write_pack(pack, tmp_path, formats=["csv"])["pack.csv"].read_text(encoding="utf-8")


def test_pack_is_the_same_bytes_for_any_hash_seed_and_time_zone(tmp_path: Path) -> None:
    found = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        folder = tmp_path / seed
        code = f"import airm_graph, pathlib; from airm_graph.analysis.packs_formats import write_pack; \
write_pack(airm_graph.load().pack(actor='developer'), pathlib.Path({str(folder)!r}))"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=120)
        found.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert found[0] == found[1]


def test_empty_pack_says_why_and_writes_nothing(tmp_path: Path) -> None:
    Path(tmp_path, "data.ttl").write_text(HEAD + DATA)
    done = CliRunner().invoke(
        cli, ["pack", str(tmp_path / "data.ttl"), "--stage", "deploy", "-o", str(tmp_path / "out")], standalone_mode=False
    )
    assert done.return_value == 1
    assert "none; no mitigation of this data has a stage of the lifecycle" in done.stderr
    assert not (tmp_path / "out").exists()
    with pytest.raises(ExportError, match="nothing is selected: because"):
        write_pack(Pack({}, (), why_empty="because"), tmp_path / "out")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"actor": "baker"}, "it takes"),
        ({"code": "9.9"}, "no code of v2 is '9.9'"),
        ({"source": "nobody-2020"}, "no source of this data is called 'nobody-2020'"),
        ({"edition": "v2"}, "edition goes with a code"),
        ({"colour": "blue"}, "there is no facet 'colour'"),
    ],
)
def test_wrong_facet_or_value_is_refused_with_what_there_is(small: airm_graph.Graph, given: dict[str, str], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        select_pack(small.store, given)


def test_unknown_format_is_refused_before_anything_is_written(small: airm_graph.Graph, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="there is no format 'pdf'; use some of turtle"):
        write_pack(small.pack(), tmp_path / "out", formats=["csv", "pdf"])
    assert not (tmp_path / "out").exists()


@needs_trestle
@pytest.mark.parametrize("given", [{}, {"actor": "developer"}, {"source": "gipiskis-2024-risk-sources"}])
def test_catalog_and_profile_are_valid_and_resolve_to_the_mitigations(
    example_graph: airm_graph.Graph, given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import trestle.core.validator_factory
    from trestle.core.catalog.catalog_interface import CatalogInterface
    from trestle.core.profile_resolver import ProfileResolver
    from trestle.oscal.catalog import Catalog
    from trestle.oscal.profile import Profile

    pack = example_graph.pack(**given)
    files = write_pack(pack, tmp_path, formats=["oscal"])
    # What makes a folder a workspace of that tool.
    (tmp_path / ".trestle").mkdir()
    monkeypatch.chdir(tmp_path)
    for model, name in ((Catalog, "oscal-catalog.json"), (Profile, "oscal-profile.json")):
        assert trestle.core.all_validator.AllValidator().model_is_valid(model.oscal_read(files[name]), False, tmp_path), name
    resolved = CatalogInterface(ProfileResolver.get_resolved_profile_catalog(tmp_path, "oscal-profile.json"))
    controls = {next(link.href for link in one.links if link.rel == "canonical"): one for one in resolved.get_all_controls_from_dict()}
    assert set(controls) == {item.iri for item in pack.items}
    for item in pack.items:
        props = [(prop.name, prop.value) for prop in controls[item.iri].props]
        assert [value for name, value in props if name == "evidence"] == list(item.evidence)
        assert [value for name, value in props if name == "code"] == [str(one.code) for one in item.codes]
        kinds = {part.name for part in controls[item.iri].parts or ()}
        assert kinds == {name for name, there in (("statement", item.descriptions), ("guidance", item.codes)) if there}


@needs_trestle
def test_catalog_and_profile_are_canonical_json(example_graph: airm_graph.Graph, small: airm_graph.Graph) -> None:
    import rfc8785

    for pack in (example_graph.pack(), small.pack()):
        for text in (oscal_catalog(pack), oscal_profile(pack)):
            assert rfc8785.dumps(json.loads(text)) == text.encode()


def test_identifiers_of_a_catalog_follow_from_iris(small: airm_graph.Graph) -> None:
    pack = small.pack()
    catalog = json.loads(oscal_catalog(pack))["catalog"]
    (source,) = catalog["back-matter"]["resources"]
    assert source["uuid"] == str(uuid.uuid5(uuid.NAMESPACE_URL, "https://w3id.org/airm-graph/source/one"))
    groups = [(group["id"], [one["id"] for one in group["controls"]]) for group in catalog["groups"]]
    assert groups == [("v2-1", ["a"]), ("no-code", ["c", "b"])]
    (control,) = catalog["groups"][0]["controls"]
    assert {"href": f"#{source['uuid']}", "rel": "reference"} in control["links"]
    assert control["parts"][1]["prose"].startswith("v2 1.2 Two (stated at a.txt (row 5, column Code)): Logs are records.\n\n")


def test_mitigations_whose_names_would_meet_have_different_controls() -> None:
    data = HEAD + "@base <https://w3id.org/airm-graph/> . <mitigation/a/b> a airm:Mitigation . <mitigation/a_b> a airm:Mitigation ."
    pack = airm_graph.Graph.of(parse_rows(data.encode(), name="test", suffix=".ttl")).pack()
    (chosen,) = json.loads(oscal_profile(replace(pack, modified="2026-03-04")))["profile"]["imports"][0]["include-controls"]
    assert len({name.rpartition("-")[0] for name in chosen["with-ids"]}) == 1
    assert len(set(chosen["with-ids"])) == 2


def test_catalog_is_from_the_last_day_of_its_statements_or_the_day_given(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_day() -> str:
        return json.loads(oscal_catalog(read_small().pack()))["catalog"]["metadata"]["last-modified"]

    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert read_day() == "2026-03-04T00:00:00Z"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert read_day() == "1970-01-02T00:00:00Z"


def test_catalog_without_a_day_is_refused_with_what_to_do(small: airm_graph.Graph) -> None:
    with pytest.raises(ExportError, match="set SOURCE_DATE_EPOCH, or choose other formats"):
        oscal_catalog(replace(small.pack(), modified=""))


#: What CISO Assistant takes for a URN, and how long its fields are (backend/core/models.py).
URN = re.compile(r"urn:[a-zA-Z0-9_-]+:[a-zA-Z0-9_-]+:[a-zA-Z0-9_-]+(?::[a-zA-Z0-9_-]+)?:[0-9A-Za-z\[\]()\-._:]+")


def test_library_has_the_fields_that_its_reader_asks_for(example_graph: airm_graph.Graph) -> None:
    long = DATA.replace('"Keep logs"', f'"{"Keep logs " * 40}"').replace("mitigation/b>", f"mitigation/{'b' * 150}>")
    for graph in (example_graph, airm_graph.Graph.of(parse_rows((HEAD + long).encode(), name="test", suffix=".ttl"))):
        pack = graph.pack()
        library = yaml.safe_load(ciso_library(pack))
        framework = library["objects"]["framework"]
        assert library.keys() >= {"urn", "name", "version", "locale", "ref_id", "description", "copyright", "provider", "packager"}
        assert framework.keys() >= {"urn", "ref_id", "name"}
        assert library["version"] > 0
        nodes = framework["requirement_nodes"]
        seen = set[str]()
        for one in (library, framework, *nodes):
            assert URN.fullmatch(one["urn"])
            assert (one["urn"], one["urn"] in seen) == (one["urn"].lower(), False)
            assert (len(one["urn"]) <= 255, len(one["ref_id"]) <= 100, len(one["name"]) <= 200) == (True, True, True)
            assert re.fullmatch(r"[a-zA-Z0-9._-]+", one["ref_id"])
            assert one.get("parent_urn") is None or one["parent_urn"] in seen
            seen.add(one["urn"])
        assessed = [node for node in nodes if node["assessable"]]
        assert [node["annotation"].rpartition("\n")[2] for node in assessed] == [item.iri for item in pack.items]
        assert len(nodes) - len(assessed) == len(pack.groups)


def test_library_is_the_same_one_at_a_later_day(small: airm_graph.Graph) -> None:
    pack = small.pack(actor="Deployer", code="1")
    before, after = (yaml.safe_load(ciso_library(replace(pack, modified=day))) for day in ("2026-03-04", "2026-04-01"))
    assert before["urn"] == after["urn"] == "urn:airm-graph:risk:library:airm_actor-deployer_code-1"
    assert (before["version"], after["version"]) == (20260304, 20260401)
    with pytest.raises(ExportError, match="set SOURCE_DATE_EPOCH"):
        ciso_library(replace(pack, modified=""))


def test_every_text_of_an_item_is_in_the_library(small: airm_graph.Graph) -> None:
    nodes = yaml.safe_load(ciso_library(small.pack()))["objects"]["framework"]["requirement_nodes"]
    assert [(node["ref_id"], node["depth"]) for node in nodes] == [("v2-1", 1), ("a", 2), ("no-code", 1), ("c", 2), ("b", 2)]
    assert nodes[1]["description"] == "Logs are kept."
    assert nodes[1]["annotation"].split("\n") == [
        "Actor: Deployer",
        "Code: v2 1.2 Two (stated at a.txt (row 5, column Code)): Logs are records.",
        "Code: v2 1.10 Ten: no reason stated",
        "Source: Muster, Erika. 2024. A source",
        "Evidence: a.txt:12",
        "https://w3id.org/airm-graph/mitigation/a",
    ]


def test_command_offers_every_format() -> None:
    from airm_graph.cli.pack_command import command

    (option,) = (one for one in command.params if one.name == "formats")
    assert list(option.type.choices) == list(PACK_FORMATS)
    done = CliRunner().invoke(cli, ["pack", "nowhere", "-o", "out", "--format", "pdf"])
    assert done.exit_code == 2
    assert "'turtle', 'jsonld'" in done.stderr
