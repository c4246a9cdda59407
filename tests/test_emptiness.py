"""What queries say when they find nothing; queries of one's own, workbooks, completion."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

import airm_graph
from airm_graph.cli import cli
from airm_graph.validate import Report

CODELESS = "tables: {mitigations: {columns: {name: Name}, document: {title: A handbook}}}\n"


def ask(*arguments: object, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["query", "run", *map(str, arguments)], input=text, standalone_mode=False)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory, example_graph: airm_graph.Graph) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    example_graph.write(folder)
    return folder


@pytest.fixture(scope="module")
def codeless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("codeless")
    (folder / "m.csv").write_text("Name\nKeep an inventory\n")
    (folder / "mapping.yaml").write_text(CODELESS)
    return folder


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("mitigations-by-code", "code=1.1", "edition=v1"), "the codes of this data are of v2: ask with edition=v2"),
        (("mitigations-by-code", "code=v1/1.1"), "the codes of this data are of v2: ask with edition=v2"),
        (("mitigations-by-code", "code=2.4.9"), "no mitigation has the code v2 2.4.9, or one below it"),
        (("mitigations-by-text", "text=zyzzyva"), "not together"),
        (("check-conflicting-descriptions",), "nothing is wrong"),
    ],
)
def test_empty_answer_says_why(asked: tuple[str, ...], said: str, dist: Path) -> None:
    done = ask(*asked, "--data", dist)
    assert (done.return_value, said in done.stderr) == (0, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("mitigations-by-role", "actor=developer"), "no mitigation of this data has an actor"),
        (("mitigations-by-role", "stage=deploy"), "no mitigation of this data has a stage of the lifecycle"),
        (("mitigations-by-code", "code=1.1"), "no mitigation of this data has a code"),
    ],
)
def test_what_is_known_of_no_mitigation_is_said(asked: tuple[str, ...], said: str, codeless: Path) -> None:
    assert said in ask(*asked, "--data", codeless).stderr


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        (("mitigations-by-code", "code=9.9.9"), "near: 99.9"),
        (("mitigations-by-source", "source=gipiskis-2024"), "near: gipiskis-2024-risk-sources"),
        (("mitigation-detail", "mitigation=gipiskis-2024-risk-sources/adversarial"), "near: gipiskis-2024-risk-sources/"),
    ],
)
def test_what_is_not_there_is_an_error_with_the_nearest_names(asked: tuple[str, ...], near: str, dist: Path) -> None:
    done = ask(*asked, "--data", dist)
    assert isinstance(done.exception, airm_graph.AirmError)
    assert near in str(done.exception)


def test_format_that_lost_the_graphs_is_said(dist: Path) -> None:
    assert "no named graphs" in ask("check-conflicting-descriptions", "--data", dist / "airm.ttl").stderr


@pytest.mark.parametrize(
    "command", [("query", "run", "counts", "--data"), ("search", "model", "--data"), ("export", "-f", "ntriples"), ("info",)]
)
def test_file_that_is_no_data_is_refused(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Notes\nNothing here is a graph.\n")
    done = CliRunner().invoke(cli, [*command, str(tmp_path / "notes.md")], standalone_mode=False)
    assert isinstance(done.exception, airm_graph.AirmError)
    assert "no mitigation could be read" in str(done.exception)


def test_query_without_data_says_that_it_answers_from_the_example() -> None:
    assert "this is the example that the package ships" in ask("counts").stderr


def test_query_of_ones_own_is_run_from_a_file_and_from_standard_input(dist: Path, tmp_path: Path) -> None:
    text = "SELECT ?kind WHERE { ?kind a <http://www.w3.org/2002/07/owl#Class> } ORDER BY ?kind LIMIT 2"
    (tmp_path / "mine.rq").write_text(text)
    done = ask(tmp_path / "mine.rq", "--data", dist)
    assert done.stdout.splitlines()[0] == "kind"
    assert ask("-", "--data", dist, text=text).stdout == done.stdout
    assert isinstance(ask("-", "--data", dist, text="INSERT DATA { <urn:a> <urn:b> 1 }").exception, airm_graph.AirmError)


def test_written_report_comes_back(dist: Path, example_graph: airm_graph.Graph) -> None:
    report = airm_graph.load(dist).report
    assert report.counts == example_graph.report.counts
    assert report.to_json() == (dist / "report.json").read_text(encoding="utf-8")


def test_report_of_an_earlier_version_is_read(dist: Path, example_graph: airm_graph.Graph) -> None:
    told = json.loads((dist / "report.json").read_text(encoding="utf-8"))
    del told["ledger"]
    for entry in told["findings"]:
        for later in ("component", "severity_iri", "messages"):
            del entry[later]
    report = Report.from_json(json.dumps(told))
    assert report.counts == example_graph.report.counts
    assert [entry["fingerprint"] for entry in json.loads(report.to_json())["findings"]] == [one["fingerprint"] for one in told["findings"]]


def test_answer_as_a_workbook_keeps_every_text_and_is_the_same_every_time(dist: Path) -> None:
    asked = ("mitigations-by-code", "code=1.1", "--data", dist, "--format")
    data = ask(*asked, "xlsx").stdout_bytes
    assert ask(*asked, "xlsx").stdout_bytes == data
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).active.values)
    found = airm_graph.load(dist).query("mitigations-by-code", code="1.1")
    assert rows == [found.columns, *found.values()]


@pytest.mark.parametrize(
    ("words", "number", "found"),
    [
        ("airm-graph query run mitigations-by-r", 3, ["mitigations-by-role"]),
        ("airm-graph query run mitigations-by-role actor=dep", 4, ["actor=deployer"]),
        ("airm-graph query run mitigations-by-code code=1.1.", 4, ["code=1.1.1", "code=1.1.2", "code=1.1.3"]),
        # As bash parts the words.
        ("airm-graph query run mitigations-by-code code = 1.1.", 6, ["1.1.1", "1.1.2", "1.1.3"]),
        ("airm-graph query run mitigations-by-role actor =", 5, ["affected-stakeholder", "deployer", "developer"]),
        ("airm-graph explain TAB-3", 2, ["TAB-30", "TAB-31", "TAB-32", "TAB-33", "TAB-34", "TAB-35", "TAB-36"]),
    ],
)
def test_completion_knows_queries_parameters_codes_and_rules(words: str, number: int, found: list[str]) -> None:
    asked = {"_AIRM_GRAPH_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    done = CliRunner().invoke(cli, [], env=asked, prog_name="airm-graph")
    assert [line.partition(",")[2] for line in done.stdout.splitlines()][: len(found)] == found


def test_facet_with_an_edition_finds_the_codes_of_that_edition(example_graph: airm_graph.Graph) -> None:
    assert example_graph.search("", code="v2/1.1").total == example_graph.search("", code=f"{example_graph.base}taxonomy/v2/1.1").total > 0
    with pytest.raises(airm_graph.AirmError, match=r"no code is called 'v1/1\.1\.2'"):
        example_graph.search("", code="v1/1.1.2")


def test_what_was_set_aside_is_said_of_a_written_graph(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "m.csv").write_text("Name,Note\nKeep an inventory,x\n,y\n")
    (tmp_path / "in" / "mapping.yaml").write_text(CODELESS)
    airm_graph.build([tmp_path / "in"]).write(tmp_path / "dist")
    done = CliRunner().invoke(cli, ["info", str(tmp_path / "dist")], standalone_mode=False)
    assert "rows set aside: 1" in done.stdout
    assert "violation: 1" in done.stdout


def test_misspelt_command_is_told_the_nearest() -> None:
    done = CliRunner().invoke(cli, ["bild"])
    assert done.exit_code == 2
    assert "Did you mean 'build'?" in done.stderr
    assert "Did you mean" not in CliRunner().invoke(cli, ["xyz"]).stderr
