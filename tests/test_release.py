"""A release: whole, described, checked by the validators of its standards, the same bytes each time, and refused where it should be."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
import yaml
from click.testing import CliRunner

import airm_graph
from airm_graph.cli import cli
from airm_graph.errors import ExportError, InputError, ParameterError, ReleaseError
from airm_graph.export.citation import Publisher
from airm_graph.namespaces import PREFIXES
from airm_graph.notice import NOTICE
from airm_graph.pipeline import diff, read_sums
from airm_graph.pipeline.releasing import write_release
from conftest import ROOT
from tools import miss

pytest.importorskip("rocrate")

DCAT = rdflib.Namespace(PREFIXES["dcat"])
VOID = rdflib.Namespace(PREFIXES["void"])
START = "https://w3id.org/airm-graph/dataset/"
#: Made up: nobody has it.
INSTITUTE = Publisher("Example Institute", "https://ror.org/000000000", "https://institute.example/")
DAY = "1795910400"  # 2026-11-29


@pytest.fixture(scope="module")
def releases(example_dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases of the example: as it is, and after a name was changed and a page taken away."""
    folder = tmp_path_factory.mktemp("release")
    shutil.copytree(ROOT / "examples", folder / "pages")
    for page in (folder / "pages").glob("*.txt"):
        page.write_text(page.read_text(encoding="utf-8").replace("Incident response plan", "Incident handling plan"), encoding="utf-8")
    (folder / "pages" / "francois-unnamed.txt").unlink()
    airm_graph.build([folder / "pages"]).write(folder / "changed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", DAY)
        write_release(example_dist, folder / "releases", version="2026.12.0", publisher=INSTITUTE)
        before = folder / "releases" / "2026.12.0"
        write_release(folder / "changed", folder / "releases", version="2026.12.1", previous=before, publisher=INSTITUTE)
    return folder / "releases"


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY)


def test_release_is_whole_and_its_sums_hold(releases: Path) -> None:
    assert sorted(path.name for path in releases.iterdir()) == ["2026.12.0", "2026.12.1"]
    folder = releases / "2026.12.1"
    names = {path.name for path in folder.iterdir()}
    exports = {"airm.ttl", "airm.jsonld", "airm.nt", "airm.nq", "airm.rdf"}
    beside = {"SHA256SUMS", "report.json", "links.sssom.tsv", "CHANGES.md", "changes.json", "CITATION.cff", "dataset.ttl"}
    assert names == exports | beside | {"ro-crate-metadata.json"}
    assert read_sums(folder).keys() == names - {"SHA256SUMS"}
    for name in names - {"SHA256SUMS"}:
        assert NOTICE in (folder / name).read_text(encoding="utf-8"), name


def test_release_states_what_was_built_and_its_version_alone_differs(releases: Path, example_graph: airm_graph.Graph) -> None:
    released = airm_graph.load(releases / "2026.12.0")
    data = [quad for quad in released.quads if f"{START}2026" not in "".join(quad)]
    assert data == [quad for quad in example_graph.quads if f"{START}2026" not in "".join(quad)]
    assert len(released) == len(example_graph) + 2  # dcat:version, dcterms:issued
    assert "2026.11.0" not in "".join(part for quad in released.quads for part in quad if START in part)


def test_description_says_version_predecessor_and_digests(releases: Path) -> None:
    folder = releases / "2026.12.1"
    found = rdflib.Graph().parse(folder / "dataset.ttl")
    release = rdflib.URIRef(f"{START}2026.12.1")
    assert str(found.value(release, DCAT.version)) == "2026.12.1"
    assert found.value(release, DCAT.previousVersion) == rdflib.URIRef(f"{START}2026.12.0")
    assert str(found.value(release, rdflib.DCTERMS.issued)) == "2026-11-29"
    triples = rdflib.Graph().parse(folder / "airm.nt")
    assert int(found.value(release, VOID.triples)) == len(triples)
    assert (release, DCAT.previousVersion, rdflib.URIRef(f"{START}2026.12.0")) in triples
    described = {str(one).rpartition("/")[2]: one for one in found.objects(release, DCAT.distribution)}
    assert {"airm.ttl", "report.json", "CHANGES.md"} <= described.keys()
    for name, one in described.items():
        data = (folder / name).read_bytes()
        assert int(found.value(one, DCAT.byteSize)) == len(data)
        checksum = found.value(one, rdflib.URIRef("http://spdx.org/rdf/terms#checksum"))
        assert str(found.value(checksum, rdflib.URIRef("http://spdx.org/rdf/terms#checksumValue"))) == hashlib.sha256(data).hexdigest()
    first = rdflib.Graph().parse(releases / "2026.12.0" / "dataset.ttl")
    assert (None, DCAT.previousVersion, None) not in first


def test_change_log_is_what_diff_tells(releases: Path) -> None:
    changes = diff(releases / "2026.12.0", releases / "2026.12.1")
    counts = changes.count()
    assert counts["mitigation renamed"] == 3
    written = json.loads((releases / "2026.12.1" / "changes.json").read_text(encoding="utf-8"))
    assert written["counts"] == counts
    assert (written["old"]["name"], written["new"]["name"]) == ("2026.12.0", "2026.12.1")
    assert written["new"]["digest"] == read_sums(releases / "2026.12.1")["airm.nt"]
    text = (releases / "2026.12.1" / "CHANGES.md").read_text(encoding="utf-8")
    assert "<summary>mitigation renamed: 3</summary>" in text
    assert "the first release" in (releases / "2026.12.0" / "CHANGES.md").read_text(encoding="utf-8")
    assert not (releases / "2026.12.0" / "changes.json").exists()


@pytest.mark.usefixtures("day")
def test_same_input_gives_the_same_bytes(releases: Path, example_dist: Path, tmp_path: Path) -> None:
    again = write_release(str(example_dist), tmp_path / "elsewhere", version="2026.12.0", publisher=INSTITUTE)
    for path in sorted((releases / "2026.12.0").iterdir()):
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_citation_says_first_that_the_data_is_preliminary(releases: Path) -> None:
    said = yaml.safe_load((releases / "2026.12.1" / "CITATION.cff").read_text(encoding="utf-8"))
    assert said["message"].startswith(NOTICE)
    assert (said["version"], said["date-released"], said["type"]) == ("2026.12.1", "2026-11-29", "dataset")
    assert said["identifiers"][0]["value"] == f"{START}2026.12.1"
    assert said["authors"] == [{"name": "Example Institute"}]


# The validators of the standards, which have libraries of their own.


def ask(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment whose Python AIRM_ROC_VALIDATOR names."""
    python = os.environ.get("AIRM_ROC_VALIDATOR", "")
    if not python:
        miss("AIRM_ROC_VALIDATOR does not name the Python of an environment with roc-validator, rocrate and cffconvert")
    return subprocess.run([Path(python).with_name(name), *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.crate
@pytest.mark.parametrize("version", ["2026.12.0", "2026.12.1"])
def test_no_check_of_ro_crate_is_open(releases: Path, version: str) -> None:
    done = ask(Path(os.environ.get("AIRM_ROC_VALIDATOR", "python")).name, ROOT / "tests" / "crate_check.py", releases / version)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["open"] == []
    assert found["ran"]["REQUIRED"] >= 67
    assert found["ran"]["RECOMMENDED"] >= 100


@pytest.mark.crate
def test_validator_sees_what_is_missing(releases: Path, tmp_path: Path) -> None:
    shutil.copytree(releases / "2026.12.0", tmp_path / "crate")
    file = tmp_path / "crate" / "ro-crate-metadata.json"
    crate = json.loads(file.read_text(encoding="utf-8"))
    for entity in crate["@graph"]:
        entity.pop("datePublished", None)
        entity.pop("contentSize", None)
    file.write_text(json.dumps(crate), encoding="utf-8")
    done = ask(Path(os.environ.get("AIRM_ROC_VALIDATOR", "python")).name, ROOT / "tests" / "crate_check.py", tmp_path / "crate")
    found = json.loads(done.stdout.splitlines()[-1])
    assert {one.partition(" ")[0] for one in found["open"]} == {"REQUIRED", "RECOMMENDED"}


@pytest.mark.crate
def test_citation_is_valid(releases: Path) -> None:
    done = ask("cffconvert", "--validate", "-i", releases / "2026.12.1" / "CITATION.cff")
    assert done.returncode == 0, done.stdout + done.stderr


# What is refused.


def spoil(dist: Path, folder: Path, change: Callable[[str], str], name: str = "airm.nq") -> Path:
    """Copy a built folder with one file changed, and sums that say so."""
    shutil.copytree(dist, folder)
    path = folder / name
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    sums = folder / "SHA256SUMS"
    sums.write_text(sums.read_text().replace(old, hashlib.sha256(path.read_bytes()).hexdigest()))
    return folder


@pytest.mark.usefixtures("day")
def test_open_violations_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    page = (ROOT / "examples" / "handbook-staged-release.txt").read_text(encoding="utf-8")
    (tmp_path / "in" / "page.txt").write_text(
        page.replace("2.2.4 Assurance Documentation", "2.2.4 Assurance Documents", 1), encoding="utf-8"
    )
    graph = airm_graph.build([tmp_path / "in"])
    assert not graph.report.conforms
    graph.write(tmp_path / "dist")
    with pytest.raises(ReleaseError, match=r"violations? (is|are) open, the first: .*; airm-graph validate shows all"):
        write_release(tmp_path / "dist", tmp_path / "releases", version="1")
    assert not (tmp_path / "releases").exists()


@pytest.mark.usefixtures("day")
def test_missing_notice_is_refused(example_dist: Path, tmp_path: Path) -> None:
    def remove(text: str) -> str:
        return "".join(line for line in text.splitlines(keepends=True) if NOTICE not in line)

    with pytest.raises(ReleaseError, match=r"the notice \(Preliminary data: please do not share or cite\.\) is missing"):
        write_release(spoil(example_dist, tmp_path / "dist", remove), tmp_path / "releases", version="1")


@pytest.mark.usefixtures("day")
def test_release_before_that_is_none_is_refused(releases: Path, example_dist: Path, tmp_path: Path) -> None:
    def refuse(previous: Path, message: str, version: str = "3") -> None:
        with pytest.raises(ReleaseError, match=message):
            write_release(example_dist, tmp_path / "releases", version=version, previous=previous)

    refuse(tmp_path / "none", "there is no such folder; give the folder that airm-graph release wrote")
    refuse(ROOT / "examples", "this is no folder that airm-graph build wrote")
    refuse(example_dist, "this is a build and no release: it states no dcat:version; give the folder that airm-graph release wrote")
    refuse(releases / "2026.12.0", r"it has the version 2026\.12\.0, too; choose another version", version="2026.12.0")
    shutil.copytree(releases / "2026.12.0", tmp_path / "broken")
    (tmp_path / "broken" / "airm.nq").write_text("", encoding="utf-8")
    refuse(tmp_path / "broken", r"airm\.nq was changed since")
    assert not (tmp_path / "releases").exists()


@pytest.mark.usefixtures("day")
def test_release_before_with_another_base_is_refused(releases: Path, tmp_path: Path) -> None:
    airm_graph.build([ROOT / "examples"], base="https://example.org/elsewhere/").write(tmp_path / "dist")
    with pytest.raises(ReleaseError, match=r"has the base https://w3id\.org/airm-graph/ and this one has https://example"):
        write_release(tmp_path / "dist", tmp_path / "releases", version="3", previous=releases / "2026.12.0")
    # By itself it is a release with that base.
    folder = write_release(tmp_path / "dist", tmp_path / "releases", version="3")
    found = rdflib.Graph().parse(folder / "dataset.ttl")
    assert str(found.value(rdflib.URIRef("https://example.org/elsewhere/dataset/3"), DCAT.version)) == "3"
    assert "w3id.org/airm-graph/dataset" not in (folder / "ro-crate-metadata.json").read_text(encoding="utf-8")


def test_day_is_asked_for_where_nothing_states_one(example_dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    with pytest.raises(ExportError, match="a release has a day; set SOURCE_DATE_EPOCH"):
        write_release(example_dist, tmp_path / "releases", version="1")


@pytest.mark.usefixtures("day")
def test_what_is_no_build_or_no_version_is_an_error_that_says_what_to_do(releases: Path, example_dist: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder; build it with all formats"):
        write_release(tmp_path / "none", tmp_path / "releases", version="1")
    with pytest.raises(InputError, match="this is no folder that airm-graph build wrote"):
        write_release(ROOT / "examples", tmp_path / "releases", version="1")
    airm_graph.build([ROOT / "examples"]).write(tmp_path / "part", formats=["turtle"])
    with pytest.raises(InputError, match=r"airm\.nq is missing; build it with all formats"):
        write_release(tmp_path / "part", tmp_path / "releases", version="1")
    for version in ("", "a/b", "..", "1.", "ü", "x" * 65):
        with pytest.raises(ParameterError, match="cannot be part of an IRI; use up to 64 letters"):
            write_release(example_dist, tmp_path / "releases", version=version)
    with pytest.raises(ExportError, match="is there already, and a release does not change; choose another version"):
        write_release(example_dist, releases, version="2026.12.0")


@pytest.mark.usefixtures("day")
def test_release_of_a_release_keeps_its_data(releases: Path, tmp_path: Path) -> None:
    again = write_release(releases / "2026.12.0", tmp_path, version="2027.1.0", previous=releases / "2026.12.0", publisher=INSTITUTE)
    quads = airm_graph.load(again).quads
    assert sum(PREFIXES["dcat"] + "version>" in p for _, p, _, _ in quads) == 1
    changes = diff(releases / "2026.12.0", again)
    assert changes.changes == ()


# The command.


def run(*arguments: object) -> tuple[object, str, str]:
    done = CliRunner().invoke(cli, ["release", *map(str, arguments)], standalone_mode=False)
    return (done.return_value if done.exception is None else done.exception), done.stdout, done.stderr


@pytest.mark.usefixtures("day")
def test_command_writes_what_the_function_writes(releases: Path, example_dist: Path, tmp_path: Path) -> None:
    who = ("--publisher", INSTITUTE.name, "--publisher-id", INSTITUTE.identifier, "--contact", INSTITUTE.contact)
    code, out, _ = run(example_dist, "-o", tmp_path, "--version", "2026.12.0", *who)
    assert code == 0
    assert f"{tmp_path / '2026.12.0' / 'ro-crate-metadata.json'}\n" in out
    assert (tmp_path / "2026.12.0" / "SHA256SUMS").read_bytes() == (releases / "2026.12.0" / "SHA256SUMS").read_bytes()
    code, _, said = run(example_dist, "-o", tmp_path, "--version", "3", "--previous", example_dist)
    assert code == 1
    assert "is not released:\n  the release before: " in said
    code, _, said = run(example_dist, "-o", tmp_path, "--version", "3")
    assert (code, "no --publisher-id is given" in said) == (0, True)
    wrong = run(example_dist, "--version", "4", "--publisher-id", "x")[0]
    assert "is no https://ror.org/… and no https://orcid.org/… address" in str(wrong)
