"""Baselines: known findings are accepted, new ones stand out, fixed ones are told; exit codes."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import new_defects
from airm_graph.cli import main
from airm_graph.cli.validate_command import command
from airm_graph.errors import InputError
from airm_graph.model import Finding, Location, Severity
from airm_graph.validate.baseline import compare_report, read_baseline, write_baseline
from airm_graph.validate.fingerprints import fingerprint_findings
from airm_graph.validate.report import Report

LINE = Finding("CAP-08", Severity.WARNING, "no reason", location=Location("a.txt", 3, 3, "A  text"))
NODE = Finding(
    "MIT-03", Severity.VIOLATION, "no source", focus="<urn:m>", path="<urn:p>", value='"x"', location=Location("a.ttl", 7, 7, "x")
)
BLANK = replace(NODE, focus="_:anon1", value="_:anon2")
EXAMPLES = Path(__file__).parent.parent / "examples"


def fingerprint(finding: Finding) -> str:
    ((_, found),) = fingerprint_findings([finding])
    return found


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (LINE, replace(LINE, location=Location("a.txt", 30, 30, "A text"))),
        (LINE, replace(LINE, message="no reason, said in other words")),
        (LINE, replace(LINE, severity=Severity.INFO)),
        (NODE, replace(NODE, location=Location("other.ttl", 1, 1, "y"))),
        (NODE, replace(NODE, location=None)),
        (BLANK, replace(BLANK, focus="_:anon9", value="_:anon8")),
        (replace(NODE, value="_:anon1"), replace(NODE, value="_:anon2")),
    ],
)
def test_fingerprint_stays_when_lines_or_words_change(one: Finding, two: Finding) -> None:
    assert fingerprint(one) == fingerprint(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (LINE, replace(LINE, rule="CAP-09")),
        (LINE, replace(LINE, location=Location("b.txt", 3, 3, "A  text"))),
        (LINE, replace(LINE, location=Location("a.txt", 3, 3, "Another text"))),
        (replace(LINE, location=None), replace(LINE, location=None, message="other")),
        (NODE, replace(NODE, focus="<urn:n>")),
        (NODE, replace(NODE, path="<urn:q>")),
        (NODE, replace(NODE, value='"y"')),
    ],
)
def test_fingerprint_differs_for_another_finding(one: Finding, two: Finding) -> None:
    assert fingerprint(one) != fingerprint(two)


def test_fingerprints_of_equal_findings_are_numbered() -> None:
    found = [text for _, text in fingerprint_findings([LINE, LINE, NODE, LINE])]
    assert len(set(found)) == 4
    assert sorted(text.partition("-")[2] for text in found) == ["", "", "2", "3"]


def test_baseline_is_the_same_for_findings_in_any_order_and_holds_no_lines() -> None:
    text = write_baseline(Report((LINE, NODE, BLANK)))
    assert text == write_baseline(Report((BLANK, NODE, LINE)))
    assert [entry["rule"] for entry in json.loads(text)["findings"]] == ["MIT-03", "MIT-03", "CAP-08"]
    assert "A  text" not in text
    assert len(text.splitlines()) == 5


def test_compare_leaves_new_findings_and_tells_stale_ones() -> None:
    known = read_baseline(write_baseline(Report((LINE, NODE))), name="known.json")
    compared = compare_report(Report((NODE, BLANK), files=("a.ttl",)), known=known)
    assert compared.report == Report((BLANK,), files=("a.ttl",))
    assert compared.accepted == 1
    assert compared.stale == (fingerprint(LINE),)


def test_compare_accepts_as_many_as_are_known_and_no_more() -> None:
    known = read_baseline(write_baseline(Report((LINE,))), name="known.json")
    assert compare_report(Report((LINE, LINE)), known=known).report.findings == (LINE,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "known.json:1: the baseline is not JSON"),
        ("[]", "not a baseline"),
        ('{"version": 2}', "not a baseline"),
        ('{"version": 2, "findings": [{}]}', "not a baseline"),
        ('{"version": 2, "findings": 5}', "not a baseline"),
        ('{"version": 3, "findings": []}', "version 3"),
    ],
)
def test_baseline_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_baseline(text, name="known.json")


# The command.


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)


def test_validate_with_a_baseline_fails_on_new_findings_only(tmp_path: Path) -> None:
    page, known = tmp_path / "page.txt", tmp_path / "known.json"
    text = (EXAMPLES / "handbook-staged-release.txt").read_text()
    page.write_text(text.replace("2.2.4 Assurance", "2.2.9 Assurance"))
    assert run(page).return_value == 1
    made = run(page, "--baseline", known, "--update-baseline")
    assert made.return_value == 0
    assert "0 no longer found" in made.stderr
    again = run(page, "--baseline", known, "--fail-on", "info", "--format", "json")
    assert (again.return_value, json.loads(again.stdout)["findings"]) == (0, [])
    # The same findings three lines further down, and one that is new.
    page.write_text(page.read_text().replace("Reasoning\n", "\n\n\nReasoning\n").replace("\nDeployer\n", "\nNobody\n"))
    new = run(page, "--baseline", known, "--format", "json")
    assert new.return_value == 1
    assert {entry["rule"] for entry in json.loads(new.stdout)["findings"] if entry["severity"] == "violation"} == {"CAP-16"}
    # All is fixed: what the baseline lists is stale.
    page.write_text(text)
    fixed = run(page, "--baseline", known)
    assert fixed.return_value == 0
    assert "1 no longer found; --update-baseline drops" in fixed.stderr
    run(page, "--baseline", known, "--update-baseline")
    assert "CAP-09" not in known.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["known.json", "page.txt"]


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        ([EXAMPLES], 0, ""),
        ([EXAMPLES, "--fail-on", "warning"], 1, ""),
        ([EXAMPLES, "--baseline", "no-such.json"], 2, "--update-baseline"),
        ([EXAMPLES, "--update-baseline"], 2, "needs --baseline"),
        ([EXAMPLES, "--fail-on", "error"], 2, "--fail-on"),
        ([EXAMPLES, "--shapes", "no-such.ttl"], 2, "no-such.ttl"),
        ([EXAMPLES, "--output", "no-such-folder/report"], 2, "no-such-folder"),
        (["no-such.ttl"], 2, "no-such.ttl"),
    ],
)
def test_exit_codes_are_as_documented(
    arguments: list[str], code: int, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(["validate", *map(str, arguments)])
    assert stopped.value.code == code
    assert word in capsys.readouterr().err


def test_exit_code_is_three_when_the_program_is_at_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airm_graph.pipeline.validation.find_files", None)
    with pytest.raises(SystemExit) as stopped:
        main(["validate", str(EXAMPLES)])
    assert stopped.value.code == 3


# What a baseline accepts, and that it accepts nothing else.


def test_baseline_when_a_graph_is_changed_at_random_accepts_no_new_defect() -> None:
    assert new_defects.run(25)["none new"] > 0  # `make defects` tries a thousand


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_baseline_accepts_fewer_values_too_many_and_no_further_one(engine: str, tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix : <urn:x:> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxCount 1 ] , [ sh:path :q ; sh:minCount 3 ] .\n"
    )

    def judge(*values: str, present: int = 1) -> Report:
        rows = [("<urn:x:a>", "<urn:x:p>", f'"{value}"') for value in values]
        return new_defects.judge([*rows, *(("<urn:x:a>", "<urn:x:q>", f'"{n}"') for n in range(present))], shapes, engine=engine)

    known = read_baseline(write_baseline(judge("a", "b", "c")), name="known.json")
    less = compare_report(judge("b", "a", present=2), known=known)
    assert (less.report.findings, less.accepted, less.stale) == ((), 2, ())
    assert [finding.path for finding in compare_report(judge("a", "b", "d"), known=known).report.findings] == ["<urn:x:p>"]
    assert [finding.path for finding in compare_report(judge("a", present=0), known=known).report.findings] == ["<urn:x:q>"]
    # What was accepted before these were told apart does not accept any number of them.
    entries = [{"rule": known[one].rule, "fingerprint": known[one].kind} for one in known]
    earlier = read_baseline(json.dumps({"version": 2, "findings": entries}), name="known.json")
    assert len(compare_report(judge("a", "b", "c"), known=earlier).report.findings) == 2


def test_baseline_survives_reordered_shapes_moved_lines_and_other_labels(tmp_path: Path) -> None:
    data = new_defects.make_data(random.Random(3))
    known = read_baseline(write_baseline(new_defects.judge(data, new_defects.write_shapes(tmp_path / "shapes.ttl"))), name="known.json")
    order = random.Random(4).sample(new_defects.SHAPES, len(new_defects.SHAPES))
    moved = new_defects.write_shapes(tmp_path / "other.ttl", order=order, blank_lines=7)
    renamed = [tuple(term.replace("_:b", "_:other") for term in triple) for triple in sorted(data, reverse=True)]
    compared = compare_report(new_defects.judge(renamed, moved), known=known)
    assert (compared.report.findings, compared.accepted, compared.stale) == ((), len(known), ())
