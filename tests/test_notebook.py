"""The graph where people work: in a notebook, as data frames, in other graph libraries, pickled."""

import pickle
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

import airm_graph
from conftest import ROOT

CELLS = [
    "import airm_graph\ngraph = airm_graph.load()\ngraph",
    "graph.query('counts')",
    "graph.sparql('SELECT ?s WHERE { ?s a airm:Mitigation } LIMIT 3'.replace('airm:Mitigation', '<https://w3id.org/airm-graph/ontology#Mitigation>'))",
    "graph.search('training').total",
    "graph.write('dist'); airm_graph.load('dist') == graph",
]
# What a kernel without the library answers to its import.
HIDE = "import sys\nsys.modules['ipywidgets'] = None"


@pytest.mark.notebook
@pytest.mark.parametrize("first", [HIDE, "import ipywidgets"], ids=["without ipywidgets", "with ipywidgets"])
@pytest.mark.filterwarnings("default")
def test_notebook_shows_graph_and_answers(first: str, tmp_path: Path) -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    cells = [nbformat.v4.new_code_cell(text) for text in [first, *CELLS]]
    book = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [cell.outputs[0].data for cell in book.cells[1:]]
    assert len(shown[0]["text/plain"]) < 300
    assert "please do not share or cite" in shown[0]["text/html"]
    assert all("<table>" in data["text/html"] for data in shown[:3])
    assert shown[4]["text/plain"] == "True"


def test_answers_convert_to_data_frames(example_graph: airm_graph.Graph) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    found = example_graph.query("counts")
    assert found.to_pandas().values.tolist() == [list(row) for row in found.values()]
    assert found.to_arrow().to_pylist() == list(found)
    empty = example_graph.query("mitigations-by-code", code="999.9.9")
    assert (len(empty.to_pandas()), empty.to_arrow().num_rows) == (0, 0)
    assert list(empty.to_pandas().columns) == list(empty.columns)


def test_graph_is_told_in_a_line_and_pickled_and_compared(example_graph: airm_graph.Graph) -> None:
    again = pickle.loads(pickle.dumps(example_graph))
    assert again == example_graph
    assert again.report == example_graph.report
    assert again != airm_graph.Graph()
    assert repr(again) == repr(example_graph)
    assert len(repr(again)) < 200


def test_version_and_validation_are_at_hand() -> None:
    report, files = airm_graph.validate([Path(airm_graph.__file__).parents[2] / "examples"])
    assert (airm_graph.__version__, report.conforms, len(files) > 5) == ("2026.11.0", True, True)


@pytest.mark.parametrize(
    "first",
    [
        "import airm_graph",
        "import airm_graph; airm_graph.build",
        "import airm_graph.validate.compile.plan",
        "import airm_graph; from airm_graph.validate import Report",
        "import airm_graph; from airm_graph.pipeline import validate_inputs",
    ],
)
def test_validate_can_be_called_whatever_was_imported_first(first: str) -> None:
    code = f"""{first}
import inspect
from airm_graph import validate
assert validate is airm_graph.validate
report, files = airm_graph.validate(["examples"])
import airm_graph.validate.compile.shapes_graph, airm_graph.validate.report
assert isinstance(report, airm_graph.validate.report.Report) and isinstance(report, airm_graph.validate.Report)
assert validate(["examples"], shapes=["core"])[0].conforms
assert "strict" in inspect.signature(airm_graph.validate).parameters"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_long_answer_shows_its_first_rows_and_how_many_more(example_graph: airm_graph.Graph) -> None:
    found = example_graph.sparql("SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 60")
    assert found._repr_html_().count("<tr>") == 51
    assert "and 10 more" in found._repr_html_()


@pytest.mark.filterwarnings("ignore:Node attribute .* Empty attribute:UserWarning")
@pytest.mark.parametrize("name", ["gexf", "graphml", "gml", "pajek", "edgelist", "adjlist"])
def test_projection_is_written_by_every_writer_of_networkx(name: str, example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    graph = example_graph.to_networkx()
    path = tmp_path / f"graph.{name}"
    getattr(nx, f"write_{name}")(graph, path)
    if name in {"gexf", "graphml", "gml"}:
        again = getattr(nx, f"read_{name}")(path)
        assert (again.number_of_nodes(), again.number_of_edges()) == (graph.number_of_nodes(), graph.number_of_edges())
        assert {data["property"] for _, _, data in again.edges(data=True)} == {data["property"] for _, _, data in graph.edges(data=True)}


def test_edges_of_the_projection_have_names_of_their_own(example_graph: airm_graph.Graph) -> None:
    keys = [key for _, _, key in example_graph.to_networkx().edges(keys=True)]
    assert len(keys) == len(set(keys))


# igraph knows no numbers of characters in GML and keeps them as they are, which the guide says.
@pytest.mark.filterwarnings("ignore:One or more unknown entities:RuntimeWarning")
@pytest.mark.parametrize("name", ["graphml", "gml"])
def test_igraph_reads_what_networkx_writes(name: str, example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph")
    graph = example_graph.to_networkx()
    path = tmp_path / f"graph.{name}"
    getattr(nx, f"write_{name}")(graph, path)
    again = igraph.Graph.Read(str(path), format=name)
    assert (again.vcount(), again.ecount()) == (graph.number_of_nodes(), graph.number_of_edges())
    assert sorted(again.es["property"]) == sorted(name for _, _, name in graph.edges(data="property"))


@pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")
def test_warnings_of_the_guide_about_rdflib_hold(example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    import rdflib

    graph = example_graph.to_rdflib()
    ask = "SELECT ?year {{ ?s dcterms:issued ?year FILTER({0}) }}"
    assert not list(graph.query(ask.format('?year > "2020"^^xsd:gYear')))
    assert list(graph.query(ask.format("xsd:integer(STR(?year)) > 2020")))
    example_graph.write(tmp_path)
    assert len(rdflib.Dataset(default_union=True).parse(tmp_path / "airm.nq", format="nquads")) > 0
