"""Pictures: the numbers they show, bytes that stay the same, the notice on each."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from airm_graph.analysis.charts import CHARTS, draw_chart, read_chart
from airm_graph.cli import cli
from airm_graph.errors import ParameterError
from airm_graph.pipeline import Graph
from serving import COMMAND


@pytest.mark.parametrize(("name", "facets"), [("code-by-source", ("code", "source")), ("code-by-actor", ("code", "actor"))])
def test_numbers_are_those_of_the_coverage(example_graph: Graph, name: str, facets: tuple[str, str]) -> None:
    chart = read_chart(example_graph.store, name)
    coverage = example_graph.coverage(*facets)
    assert [number for *_, number in chart.rows] == [cell.count for cell in coverage.cells]
    ((count, *_),) = example_graph.sparql(chart.sparql).values()
    assert int(count) == max(number for *_, number in chart.rows)


def test_tree_map_counts_each_code(example_graph: Graph) -> None:
    codes = example_graph.coverage("code", "actor").facets[0]
    numbers = [number for *_, number in read_chart(example_graph.store, "taxonomy").rows]
    assert numbers == [len(codes.mitigations[code]) for code in codes.members]


def test_gaps_are_those_of_the_coverage(example_graph: Graph) -> None:
    gaps = [gap for gap in example_graph.coverage("code", "actor").gaps if gap.kind == "empty"]
    assert sum(number for *_, number in read_chart(example_graph.store, "gaps").rows) == len(gaps) > 0


def test_overlap_is_symmetric_and_complete_with_itself(example_graph: Graph) -> None:
    found = read_chart(example_graph.store, "source-overlap").count()
    assert all(found[one][other] == found[other][one] <= found[one][one] for one in found for other in found)
    assert any(found[one][one] for one in found)


@pytest.mark.parametrize("name", CHARTS)
def test_picture_is_drawn_as_svg_and_png(example_graph: Graph, name: str) -> None:
    chart = read_chart(example_graph.store, name)
    svg = draw_chart(chart, "svg")
    assert svg == draw_chart(chart, "svg")
    assert b"<svg" in svg
    assert b"<dc:date>" not in svg
    assert b"please do not share or cite" in svg  # as a comment beside its paths
    assert draw_chart(chart, "png").startswith(b"\x89PNG")


def test_bytes_do_not_depend_on_hash_seed(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        command = [sys.executable, "-c", COMMAND, "plot", "taxonomy", "-o", str(tmp_path / f"{seed}.svg")]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "PATH": "", "HOME": str(tmp_path), "TZ": "Asia/Tokyo"})
    assert (tmp_path / "1.svg").read_bytes() == (tmp_path / "2.svg").read_bytes()


def test_graph_without_mitigations_has_pictures_too() -> None:
    for name in CHARTS:
        assert b"<svg" in draw_chart(read_chart(Graph().store, name), "svg")


def test_picture_that_there_is_not_is_refused(example_graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="code-by-source"):
        read_chart(example_graph.store, "pie")
    assert CliRunner().invoke(cli, ["plot", "pie", "-o", str(tmp_path / "a.svg")]).exit_code == 2
    assert CliRunner().invoke(cli, ["plot", "taxonomy", "-o", str(tmp_path / "a.gif")]).exit_code == 2


def test_coverage_shows_itself_in_a_notebook(example_graph: Graph) -> None:
    coverage = example_graph.coverage("code", "actor")
    text = coverage._repr_html_()
    assert text.count("<td>") == len(coverage.cells)
    assert "please do not share or cite" in text
