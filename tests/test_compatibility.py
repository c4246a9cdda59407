"""The page of compatibility and what makes it; the tools themselves are run by ``make compatibility``."""

import importlib.util
import json
from pathlib import Path

import compatibility
import pyoxigraph as ox
import pytest
from inputs import CODES, Inputs, make_inputs
from node_packages import ENGINES
from probes import PROBES, TOOLS

PAGE = compatibility.PAGE.read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and line.split(" | ")[0][2:] in TOOLS]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return make_inputs(tmp_path_factory.mktemp("inputs") / "dist")


@pytest.fixture(scope="module")
def readers():
    spec = importlib.util.spec_from_file_location("engines_read", ENGINES / "read.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.READERS


# --- the page


def test_page_has_a_row_for_each_tool_and_file() -> None:
    assert [(row[0], row[2]) for row in ROWS] == [(probe.tool, probe.file) for probe in PROBES]
    assert {probe.tool for probe in PROBES} == set(TOOLS)


def test_page_says_what_to_do_wherever_a_tool_does_not_read_alike() -> None:
    for row in ROWS:
        assert row[3] == "equal" or row[4].rstrip(" |").endswith("→ equal"), row


def test_page_tells_every_rule() -> None:
    assert PAGE.endswith(compatibility.write_rules())


def test_engines_answer_the_query_library_alike() -> None:
    asked = [row for row in ROWS if row[2] == "query library"]
    assert len(asked) == 6
    assert {row[3] for row in asked} == {"equal"}


# --- what makes it


def write(quads: frozenset[ox.Quad]) -> str:
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS).decode()


def test_statements_are_compared_with_their_graphs(inputs: Inputs) -> None:
    some = frozenset(sorted(inputs.quads, key=str)[1:])
    assert compatibility.judge_statements(write(inputs.quads), inputs, "airm.nq") == "equal"
    assert compatibility.judge_statements(write(inputs.triples), inputs, "airm.nt") == "equal"
    assert compatibility.judge_statements(write(some), inputs, "airm.nq").endswith(
        "1 of " + f"{len(inputs.quads)} statements are missing, 0 are others"
    )
    assert compatibility.judge_statements(write(inputs.triples), inputs, "airm.nq") != "equal"
    assert compatibility.judge_statements("", inputs, "airm.nt") == "differs: nothing is read, and no error told"


def test_codes_networks_rows_and_clients_are_compared(inputs: Inputs) -> None:
    assert compatibility.judge_codes(json.dumps(CODES), inputs, "") == "equal"
    assert compatibility.judge_codes('["1.1", "1.1"]', inputs, "") == "differs: 1.1, 1.1"
    assert compatibility.judge_network(json.dumps(inputs.network), inputs, "") == "equal"
    assert compatibility.judge_network(json.dumps({**inputs.network, "edges": 0}), inputs, "").startswith("differs: edges 0 instead of ")
    told = compatibility.judge_client(json.dumps({"a": {"ASK true": True}, "b": {"ASK true": "TypeError: no"}}), inputs, "")
    assert told == "differs: ASK true in 1 of 2 ways (TypeError: no)"
    empty = '{"results": {"bindings": []}}\n'
    assert "mitigations-by-code" in compatibility.judge_rows(empty * len(inputs.rows), inputs, "")


@pytest.mark.parametrize(
    "change", [lambda rows: rows, lambda rows: [rows[0].replace("| equal |", "| differs |"), *rows[1:]], lambda rows: rows[1:]]
)
def test_command_fails_where_a_row_is_another(change, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    recorded = [line for line in PAGE.splitlines() if line.startswith("| ") and line.split(" | ")[0][2:] in TOOLS]
    monkeypatch.setattr(compatibility, "make_rows", lambda tools: change(recorded))
    same = change(recorded) == recorded
    assert compatibility.main([]) == (0 if same else 1)
    assert (recorded[0] in capsys.readouterr().err) is not same


def test_unknown_tool_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert compatibility.main(["nothing"]) == 2
    assert "there is no tool 'nothing'" in capsys.readouterr().err


# --- codes, in the tools that are here


@pytest.mark.parametrize(
    ("reader", "file"),
    [
        ("DuckDB all_varchar", "codes.csv"),
        ("DuckDB all_varchar", "codes.tsv"),
        ("DuckDB read_json", "codes.json"),
        ("pandas dtype=str", "codes.csv"),
        ("pandas dtype=str", "codes.tsv"),
        ("pandas dtype=str", "codes.xlsx"),
        ("pandas json_normalize", "codes.json"),
        ("openpyxl", "codes.xlsx"),
        ("python-calamine", "codes.xlsx"),
        ("csv", "codes.csv"),
    ],
)
def test_codes_survive_with_the_setting_that_the_guide_names(readers, inputs: Inputs, reader: str, file: str) -> None:
    assert json.loads(readers[reader](inputs.folder / file)) == CODES


def test_guide_names_the_settings() -> None:
    guide = (Path(compatibility.ROOT) / "docs" / "guides" / "tables.md").read_text(encoding="utf-8")
    assert all(setting in guide for setting in ("all_varchar = true", "dtype=str", "{raw: true}", "jsonPath"))
