"""What queries say when they find nothing; queries of one's own, workbooks, completion."""

import bz2
import contextlib
import gzip
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

import airm_graph
from airm_graph.cli import cli
from airm_graph.namespaces import PREFIXES
from airm_graph.pipeline import find_fixes, load_mitigations
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
        (
            "airm-graph explain TAB-3",
            2,
            ["TAB-30", "TAB-31", "TAB-32", "TAB-33", "TAB-34", "TAB-35", "TAB-36", "TAB-37", "TAB-38", "TAB-39"],
        ),
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


_QUESTIONS = [
    ("query", "run", "counts", "--data"),
    ("search", "model", "--data"),
    ("info",),
    ("coverage", "--rows", "code", "--columns", "source", "--data"),
    ("gaps", "--rows", "code", "--columns", "source", "--data"),
    ("network", "source-code", "--data"),
    ("pack", "--actor", "deployer", "-o", "out"),
    ("similar", "--data"),
]


def write_odd_file(name: str) -> None:
    """Write a file or a folder that holds no mitigation."""
    statement = b'<http://example.org/c> <http://example.org/p> "x" .\n'
    contents = {
        "graph.nt": statement,
        "graph.nt.gz": gzip.compress(statement),
        "graph.nt.bz2": bz2.compress(statement),
        "cut.nt.gz": gzip.compress(statement * 1000)[:40],
        "none.nt": b"",
        "none.ttl.gz": gzip.compress(b"# nothing\n"),
        "none.csv": b"",
        "none.txt": b"",
        "object.json": b"{}",
        "list.json": b"[]",
        "none.yaml": b"",
        "paper.pdf": b"%PDF-1.4\n%\xe2\xe3\n",
        "page.html": b"<html><body><p>Hi</p></body></html>\n",
    }
    if name in contents:
        Path(name).write_bytes(contents[name])
    elif name == "archive.zip":
        with zipfile.ZipFile(name, "w") as archive:
            archive.writestr("graph.nt", statement)
    else:
        Path(name).mkdir()
        if name == "notes":
            Path(name, "notes.md").write_text("# Notes\n")


_ODD = [
    "graph.nt",
    "graph.nt.gz",
    "graph.nt.bz2",
    "cut.nt.gz",
    "none.nt",
    "none.ttl.gz",
    "none.csv",
    "none.txt",
    "object.json",
    "list.json",
]
_ODD += ["none.yaml", "paper.pdf", "page.html", "archive.zip", "nothing", "notes"]


@pytest.mark.parametrize("name", _ODD)
def test_what_holds_no_mitigation_answers_no_question(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_odd_file(name)
    others = [("map",)] if not name.endswith((".nt", ".gz")) else [("export", "-f", "table", "-o", "out")] * (name[:5] != "graph")
    for command in [*_QUESTIONS, *others]:
        done = CliRunner().invoke(cli, [*command, name], standalone_mode=False)
        assert isinstance(done.exception, airm_graph.AirmError), (command, done.stdout)
        assert name in str(done.exception)
        assert "SELECT" not in str(done.exception)
        assert done.stdout == ""


def test_rdf_of_others_can_be_asked_in_sparql_and_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_odd_file("graph.nt.gz")
    assert ask("-", "--data", "graph.nt.gz", text="SELECT ?o WHERE { <http://example.org/c> ?p ?o }").stdout == "o\nx\n"
    done = CliRunner().invoke(cli, ["export", "graph.nt.gz", "-f", "ntriples"], standalone_mode=False)
    assert done.stdout == '<http://example.org/c> <http://example.org/p> "x" .\n'


def test_data_of_another_base_is_told_from_data_of_others(tmp_path: Path) -> None:
    (tmp_path / "mine.nt").write_text(
        f"<http://example.org/m> <{PREFIXES['rdf']}type> <http://example.org/airm/ontology#Mitigation> .\n", encoding="utf-8"
    )
    with pytest.raises(airm_graph.AirmError, match="have another base"):
        load_mitigations(tmp_path / "mine.nt")


@pytest.mark.parametrize("name", ["nothing", "notes", "paper.pdf", "list.json", "archive.zip"])
def test_fix_refuses_what_it_never_fixes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_odd_file(name)
    with pytest.raises(airm_graph.AirmError, match="name tables"):
        find_fixes([name])


AIRM = "PREFIX airm: <https://w3id.org/airm-graph/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
CODE = "https://w3id.org/airm-graph/taxonomy"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("?m airm:mitigates ?risk", "nothing in this data has the property airm:mitigates"),
        ("?m airm:undrCode ?code", "the ontology has no term airm:undrCode; near: underCode"),
        (f"?m airm:underCode <{CODE}/v1/1.1>", "no mitigation has the code v1 1.1; some have 1.1 of v2"),
        (f"?m airm:underCode <{CODE}/v1/2.4.1>", "no code of v1 is '2.4.1'; it is one of v2"),
        (f"?m airm:underCode <{CODE}/v2/1.1.99>", "no code of v2 is '1.1.99'; near: 1.1"),
        ("?m airm:source <https://w3id.org/airm-graph/source/gipiskis-2024>", "is not in this data; near: gipiskis-2024-risk-sources"),
        ("?m <http://example.org/p> ?o", "nothing in it begins with http://example.org/"),
        ("?m airm:underCode ?c . ?c skos:notation 1.1", '1.1 is a text in this data: write "1.1"'),
        ('?m airm:underCode ?c . ?c skos:notation "1.1"@en', '"1.1" has no language tag in this data: leave @en out'),
        ('?m airm:underCode ?c . ?c skos:notation "77"', 'nothing in this data has "77" as a value of'),
        ("?m a airm:Mitigation ; airm:partOf ?m # airm:none", "every name in the query is in this data"),
        ('?m a airm:Mitigation FILTER(CONTAINS(STR(?m), "airm:none"))', "every name in the query is in this data"),
    ],
)
def test_query_of_ones_own_without_rows_says_why(where: str, said: str, dist: Path) -> None:
    done = ask("-", "--data", dist, text=f"{AIRM}SELECT * WHERE {{ {where}\n }}")
    assert said in done.stderr
    assert done.stdout.count("\n") == 1


def test_query_of_ones_own_says_that_named_graphs_are_not_there(dist: Path) -> None:
    text = f"{AIRM}SELECT * WHERE {{ GRAPH ?g {{ ?m a airm:Mitigation }} }}"
    assert "this data has no named graphs, which GRAPH asks for" in ask("-", "--data", dist / "airm.ttl", text=text).stderr
    assert ask("-", "--data", dist, text=text).stderr == ""


def test_query_of_ones_own_says_that_the_data_has_another_base(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("Name\nKeep an inventory\n")
    (tmp_path / "mapping.yaml").write_text(CODELESS)
    airm_graph.build([tmp_path], base="https://example.org/mine/").write(tmp_path / "dist")
    told = ask("-", "--data", tmp_path / "dist", text=f"{AIRM}SELECT * WHERE {{ ?m a airm:Mitigation }}").stderr
    assert "has another base: the IRIs of this data begin with https://example.org/mine/" in told


@pytest.mark.parametrize(
    "command",
    [
        ("why", "mitigation/example-standards-forum-2025-safeguards-practice/after-release", "airm:underCode", "taxonomy/v2/2.3", "--data"),
        (
            "why",
            "mitigation/example-standards-forum-2025-safeguards-practice/after-release",
            "airm:underCode",
            "taxonomy/v2/2.3",
            "--format",
            "json",
            "--data",
        ),
        ("network", "path", "actor/deployer", "taxonomy/v2/2.3", "--data"),
        ("network", "mitigation-code", "--data"),
        ("network", "source-code", "--data"),
        ("search", "Operations & Security", "--kind", "code", "--data"),
        ("check-codes", "--limit", "100", "--data"),
        ("check-codes", "--limit", "100", "--format", "csv", "--data"),
    ],
)
def test_answer_with_a_code_shows_its_edition_and_label(command: tuple[str, ...], dist: Path) -> None:
    if command[0] == "check-codes":
        pytest.importorskip("sklearn")
    done = CliRunner().invoke(cli, [*command, str(dist)], standalone_mode=False)
    assert not done.exception, done.exception
    assert re.search(r"v2 \d[\d.]* [A-Z][a-z]", done.stdout), done.stdout


def test_difference_and_pack_show_edition_and_label_of_codes(tmp_path: Path) -> None:
    for name, code in (("old", "1.1"), ("new", "2.3")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.csv").write_text(f"Name,Code\nKeep an inventory,{code}\n")
        (tmp_path / name / "mapping.yaml").write_text(
            "edition: v2\ntables: {mitigations: {columns: {name: Name, code: Code}, document: {title: A handbook}}}\n"
        )
        airm_graph.build([tmp_path / name]).write(tmp_path / f"dist-{name}")
    told = CliRunner().invoke(cli, ["diff", str(tmp_path / "dist-old"), str(tmp_path / "dist-new")], standalone_mode=False).stdout
    assert "- taxonomy/v2/1.1 “v2 1.1 Model”" in told
    assert "+ taxonomy/v2/2.3 “v2 2.3 Operations & Security”" in told
    assert airm_graph.load(tmp_path / "dist-new").pack(code="2.3").title == "Mitigations with code v2 2.3 Operations & Security"


def test_facet_that_has_no_such_value_names_the_nearest_codes_with_their_editions(example_graph: airm_graph.Graph) -> None:
    with pytest.raises(airm_graph.AirmError, match=r"no code is called 'v1/1\.1\.2'; near: v2/1\.1\.2, .* more"):
        example_graph.search("", code="v1/1.1.2")


def run_on_terminal(*words: str, width: int) -> str:
    """What a command writes to a terminal of some width."""
    pty = pytest.importorskip("pty")
    above, below = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(width), "LINES": "40", "TERM": "xterm", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "airm_graph", *words]
    with subprocess.Popen(command, stdout=below, stderr=below, stdin=subprocess.DEVNULL, env=environment) as process:
        os.close(below)
        parts = []
        # Linux ends what a terminal says with an error.
        with contextlib.suppress(OSError):
            while part := os.read(above, 1 << 16):
                parts.append(part)
        assert process.wait(timeout=120) == 0
    os.close(above)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", b"".join(parts).decode()).replace("\r\n", "\n")


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize(
    "asked",
    [
        ("query", "run", "mitigations-by-code", "code=1.1", "--data"),
        ("query", "run", "mitigation-detail", "mitigation=gipiskis-2024-risk-sources/adversarial-training", "--data"),
        ("query", "run", "sources-by-shared-code", "--data"),
        ("search", "training", "--data"),
    ],
    ids=lambda asked: asked[2],
)
def test_table_on_a_terminal_hides_no_column_in_silence(asked: tuple[str, ...], width: int, dist: Path) -> None:
    columns = CliRunner().invoke(cli, [*asked, str(dist)], standalone_mode=False).stdout.splitlines()[0].split(",")
    told = run_on_terminal(*asked, str(dist), width=width)
    hidden = re.search(r"without the IRIs in (.*) \(--format csv has them\)", told)
    left_out = hidden[1].split(", ") if hidden else []
    head = told.partition("─")[0].rstrip().split("\n")
    places = [found.start() for found in re.finditer(r"(?<=  )\S|(?<=^ )\S", head[0])]
    ends = [*places[1:], None]
    shown = ["".join(line[start:end].strip() for line in head) for start, end in zip(places, ends, strict=True)]
    assert sorted([*shown, *left_out]) == sorted(columns)
    assert all(len(line) <= width for line in told.partition("rows")[0].split("\n")[:-1])
