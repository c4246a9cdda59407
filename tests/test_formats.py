"""The formats of reports: each is read back by an independent reader, and nothing in a finding can break out of its place."""

import csv
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sarif
from airm_graph.cli.validate_command import FORMAT_NAMES, command
from airm_graph.graph.store import parse_rows
from airm_graph.model import Finding, Location, Severity
from airm_graph.namespaces import BASE, PREFIXES, literal
from airm_graph.resources import find_resource, read_resource
from airm_graph.validate.fingerprints import fingerprint_findings
from airm_graph.validate.formats import FORMATS, format_report
from airm_graph.validate.formats.junit import write_junit
from airm_graph.validate.formats.markdown import write_markdown
from airm_graph.validate.formats.parts import find_path
from airm_graph.validate.report import Report

SH = PREFIXES["sh"]
REPORT_SCHEMA = json.loads(read_resource("schemas/report.schema.json"))
PATHS = {"a.txt": "in/a.txt", "sub/b.txt": "in/sub/b.txt", "data.ttl": "data.ttl"}

READ = Finding("CAP-09", Severity.VIOLATION, "code and label: differ", "fix, then: look", Location("a.txt", 3, 4, "1.1 Wrong\nline"))
SHAPE = Finding(
    "MIT-01",
    Severity.WARNING,
    "a label is padded",
    "trim it",
    Location("data.ttl", 7, 7, '  rdfs:label "Gate " ;'),
    focus="<urn:m>",
    path="<http://www.w3.org/2000/01/rdf-schema#label>",
    value='"Gate "',
    shape=f"<{BASE}shapes#Mitigation-label>",
    component=f"<{SH}NotConstraintComponent>",
    origin=Location("a.txt", 5, 5, "Gate"),
)
SIDECAR = Finding("CAP-18", Severity.WARNING, "no date", "fix the side-car", Location("sub/b.meta.yaml", 2, 2))
UNPLACED = Finding("SKO-14", Severity.INFO, "no label", focus="<urn:c>", path="^(<urn:p>)", shape="<urn:shape>", component=f"<{SH}X>")
FOREIGN = Finding("Shape", Severity.VIOLATION, "More than 1 values", focus="_:b1", path="<urn:p>/<urn:q>", shape="<urn:x#Shape>")
REPORT = Report((UNPLACED, SIDECAR, SHAPE, READ, FOREIGN), files=tuple(PATHS))

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
#: What breaks out of lines, cells, attributes, commands, tables, or calls people.
NASTY = st.sampled_from(
    [
        "a\r\nb",
        "%0A::error::x",
        "|x|",
        "<!--",
        "]]>",
        "`",
        "``a`",
        '"',
        "=1+1",
        "\t=2",
        "@user",
        "#12",
        "</a>",
        "a,b:c",
        "\x00\x0b",
        "\ufffe",
        "\u202e",
        "\\",
    ]
)
ANY = st.one_of(TEXT, NASTY)
TERMS = st.one_of(st.just(""), st.just("<urn:x>"), st.just("_:b"), ANY.map(literal))


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    line = draw(st.one_of(st.none(), st.integers(1, 9)))
    location = draw(
        st.one_of(st.none(), st.builds(Location, file=ANY.filter(bool), first_line=st.just(line), last_line=st.just(line), text=ANY))
    )
    rule = draw(st.one_of(st.sampled_from(["CAP-01", "MIT-01"]), ANY.filter(bool)))
    path = draw(st.sampled_from(["", "<urn:p>", "^(<urn:p>)", "(<urn:p>|<urn:q>)+"]))
    return Finding(rule, draw(st.sampled_from(Severity)), draw(ANY), draw(ANY), location, draw(TERMS), path, draw(TERMS))


REPORTS = st.lists(findings(), max_size=4).map(lambda found: Report(tuple(found), files=("a.txt",)))
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def write(name: str, report: Report = REPORT) -> str:
    return format_report(report, format=name, paths=PATHS)


# All formats.


def test_command_offers_every_format() -> None:
    assert tuple(FORMATS) == FORMAT_NAMES


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_format_is_the_same_for_findings_in_any_order(name: str) -> None:
    assert write(name) == write(name, Report(REPORT.findings[::-1], files=REPORT.files[::-1]))
    assert write(name).endswith("\n")


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_format_writes_a_report_without_findings(name: str) -> None:
    assert write(name, Report(()))


def test_formats_are_the_same_for_any_hash_seed() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_formats as t\n"
        "sys.stdout.buffer.write(''.join(t.write(name) for name in t.FORMAT_NAMES).encode())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"},
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {"".join(write(name) for name in FORMAT_NAMES).encode()}


@pytest.mark.parametrize(
    ("name", "path"),
    [("a.txt", "in/a.txt"), ("sub/b.meta.yaml", "in/sub/b.meta.yaml"), ("a.meta.yaml", "in/a.meta.yaml"), ("c/d.txt", "c/d.txt")],
)
def test_path_of_a_file_is_given_or_beside_one_that_is(name: str, path: str) -> None:
    assert find_path(name, paths={key: value for key, value in PATHS.items() if key != "data.ttl"}) == path


# JSON.


def test_schema_is_a_schema_and_ships_with_the_package() -> None:
    jsonschema.Draft202012Validator.check_schema(REPORT_SCHEMA)
    assert find_resource("schemas").is_dir()
    assert REPORT_SCHEMA["$id"] == BASE + "schemas/report.schema.json"


def test_json_report_is_valid() -> None:
    content = json.loads(write("json"))
    jsonschema.validate(content, REPORT_SCHEMA)
    assert {entry["rule"]: entry["origin"] for entry in content["findings"]}["MIT-01"] == "a.txt:5"


def test_json_report_of_the_example_is_valid(example_graph) -> None:
    jsonschema.validate(json.loads(example_graph.report.to_json()), REPORT_SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("notice"),
        lambda content: content.update(more=1),
        lambda content: content["findings"][0].update(severity="error"),
        lambda content: content["findings"][0].update(first_line=0),
        lambda content: content["findings"][0].pop("fingerprint"),
        lambda content: content["counts"].update(violation=-1),
    ],
)
def test_schema_refuses_what_is_no_report(change) -> None:
    content = json.loads(write("json"))
    change(content)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, REPORT_SCHEMA)


# Turtle.


def test_turtle_is_a_shacl_report_for_both_parsers() -> None:
    import rdflib

    text = write("turtle")
    graph = rdflib.Graph().parse(data=text.encode(), format="turtle")
    rows = parse_rows(text.encode(), name="report.ttl", suffix=".ttl")
    assert len(graph) == len(rows)
    query = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX airm: <https://w3id.org/airm-graph/ontology#>
        SELECT ?focus ?severity ?message ?value ?line WHERE { ?report a sh:ValidationReport ; sh:conforms false ; sh:result ?result .
          ?result a sh:ValidationResult ; sh:focusNode ?focus ; sh:resultSeverity ?severity ;
            sh:resultMessage ?message ; sh:sourceShape ?shape .
          OPTIONAL { ?result sh:value ?value } OPTIONAL { ?result airm:evidence/airm:firstLine ?line } }"""
    found = {
        (str(row.focus), str(row.severity).removeprefix(SH), str(row.message))
        for row in graph.query(query)
        if not isinstance(row.focus, rdflib.BNode)
    }
    assert found == {
        ("urn:m", "Warning", "a label is padded; trim it"),
        ("urn:c", "Info", "no label"),
        ("urn:airm-graph:file:in/a.txt", "Violation", "code and label: differ; fix, then: look"),
        ("urn:airm-graph:file:in/sub/b.meta.yaml", "Warning", "no date; fix the side-car"),
    }
    subjects = {s for s, _, _, _ in rows if s.startswith("_:")}
    assert len(subjects) == 3  # an inverse path, and the two nodes of a sequence; results and places have IRIs
    assert f"<{BASE}rules/CAP-09>" in {o for _, p, o, _ in rows if p == f"<{SH}sourceShape>"}


def test_turtle_conforms_only_without_results() -> None:
    assert "sh:conforms true" in write("turtle", Report(()))
    assert "sh:conforms false" in write("turtle", Report((UNPLACED,)))


@QUICK
@given(REPORTS)
def test_turtle_when_findings_hold_anything_is_read_by_both_parsers(report: Report) -> None:
    import rdflib

    text = write("turtle", report)
    rows = parse_rows(text.encode(), name="report.ttl", suffix=".ttl")
    assert sum(p == f"<{SH}result>" for _, p, _, _ in rows) == len(report.findings)
    assert len(rdflib.Graph().parse(data=text.encode(), format="turtle")) == len(rows)


# GitHub.


def read_command(line: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as GitHub's runner does."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert match is not None, line
    properties = dict(part.split("=", 1) for part in match[2].split(","))
    return match[1], {key: _undo(value) for key, value in properties.items()}, _undo(match[3])


def _undo(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_github_names_file_and_lines() -> None:
    *commands, summary = write("github").splitlines()
    read = [read_command(line) for line in commands]
    assert read[0] == (
        "error",
        {"file": "in/a.txt", "line": "3", "endLine": "4", "title": "CAP-09"},
        "code and label: differ; fix, then: look",
    )
    assert [kind for kind, _, _ in read] == ["error", "error", "warning", "warning", "notice"]
    assert {properties.get("file") for _, properties, _ in read} == {"in/a.txt", "data.ttl", "in/sub/b.meta.yaml", None}
    assert summary == "2 violations, 2 warnings, 1 note in 3 files"
    assert "node <urn:m>, property rdfs:label" in commands[2]


@QUICK
@given(REPORTS)
def test_github_when_findings_hold_anything_is_one_command_each(report: Report) -> None:
    lines = format_report(report, format="github", paths={}).removesuffix("\n").split("\n")
    assert len(lines) == len(report.findings) + 1
    for line, (finding, _) in zip(lines, fingerprint_findings(report.findings), strict=False):
        _, properties, message = read_command(line)
        assert properties["title"] == finding.rule
        assert properties.get("file") == (finding.location.file if finding.location else None)
        assert " ".join(finding.message.split()) in " ".join(message.split())


# SARIF: the part of the schema of SARIF 2.1.0 that this project writes, without any property beyond it.


def _object(required: str, **properties: object) -> dict[str, object]:
    return {"type": "object", "additionalProperties": False, "required": required.split(), "properties": properties}


STRING = {"type": "string"}
URI = {"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = _object("text", text={"type": "string", "minLength": 1})
LINE = {"type": "integer", "minimum": 1}
ARTIFACT = _object("uri", uri=URI, uriBaseId=STRING)
REGION = _object("startLine", startLine=LINE, endLine=LINE, snippet=_object("text", text=STRING))
PHYSICAL = _object("artifactLocation", artifactLocation=ARTIFACT, region=REGION)
LOCATION = {
    **_object(
        "",
        physicalLocation=PHYSICAL,
        message=MESSAGE,
        logicalLocations={
            "type": "array",
            "uniqueItems": True,
            "minItems": 1,
            "items": _object("", fullyQualifiedName=STRING, kind=STRING),
        },
    ),
    "minProperties": 1,
}
RULE = _object(
    "id",
    id=STRING,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    helpUri=URI,
    defaultConfiguration=_object("level", level=LEVEL),
)
RESULT = _object(
    "message ruleId level partialFingerprints",
    ruleId=STRING,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    partialFingerprints={"type": "object", "additionalProperties": STRING, "minProperties": 1},
    locations={"type": "array", "items": LOCATION},
    relatedLocations={"type": "array", "uniqueItems": True, "items": LOCATION},
)
DRIVER = _object("name rules", name=STRING, version=STRING, informationUri=URI, rules={"type": "array", "uniqueItems": True, "items": RULE})
NOTIFICATION = _object("level message", level={"const": "note"}, message=MESSAGE)
INVOCATION = _object(
    "executionSuccessful toolExecutionNotifications properties",
    executionSuccessful={"const": True},
    toolExecutionNotifications={"type": "array", "items": NOTIFICATION},
    properties={"type": "object", "required": ["ledger"]},
)
RUN = _object(
    "tool results",
    tool=_object("driver", driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations={"type": "array", "minItems": 1, "items": INVOCATION},
    originalUriBaseIds={"type": "object", "additionalProperties": _object("", uri=URI, description=MESSAGE)},
    properties={"type": "object"},
    results={"type": "array", "items": RESULT},
)
SARIF = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "runs"],
    "properties": {"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": {"type": "array", "items": RUN}},
}


def check_sarif(text: str) -> dict:
    content = json.loads(text)
    jsonschema.validate(content, SARIF)
    (run,) = content["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return run


def test_sarif_holds_rules_results_and_places() -> None:
    run = check_sarif(write("sarif"))
    assert run["originalUriBaseIds"].keys() == {"%SRCROOT%"}
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["MIT-01"]["helpUri"] == BASE + "rules/MIT-01"
    assert "helpUri" not in rules["Shape"]
    results = {result["ruleId"]: result for result in run["results"]}
    location = results["CAP-09"]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "in/a.txt", "uriBaseId": "%SRCROOT%"}
    assert location["region"] == {"startLine": 3, "endLine": 4, "snippet": {"text": "1.1 Wrong\nline"}}
    assert results["MIT-01"]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 5
    assert results["SKO-14"]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "urn:c"


def test_sarif_fingerprints_stay_when_lines_move() -> None:
    moved = Report(
        tuple(
            Finding(**{**{f: getattr(old, f) for f in Finding.__dataclass_fields__}, "location": _move(old.location)})
            for old in REPORT.findings
        )
    )
    before, after = (
        {result["ruleId"]: result["partialFingerprints"] for result in json.loads(write("sarif", report))["runs"][0]["results"]}
        for report in (REPORT, moved)
    )
    assert before == after
    assert len({fingerprint["airmFinding/v1"] for fingerprint in before.values()}) == len(before)


def _move(location: Location | None) -> Location | None:
    return (
        Location(location.file, location.first_line + 9, location.last_line + 9, location.text)
        if location and location.first_line and location.last_line
        else location
    )


def test_sarif_paths_are_addresses() -> None:
    locations = (Location("ä b#1.txt", 1), Location("/abs/a%.txt", 1), Location("./here.txt", 1))
    report = Report(tuple(Finding("CAP-01", Severity.INFO, "no", location=location) for location in locations))
    run = check_sarif(format_report(report, format="sarif", paths={}))
    addresses = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]]
    assert {tuple(sorted(address.items())) for address in addresses} == {
        (("uri", "%C3%A4%20b%231.txt"), ("uriBaseId", "%SRCROOT%")),
        (("uri", "file:///abs/a%25.txt"),),
        (("uri", "here.txt"), ("uriBaseId", "%SRCROOT%")),
    }


@QUICK
@given(REPORTS)
def test_sarif_when_findings_hold_anything_is_valid(report: Report) -> None:
    assert len(check_sarif(write("sarif", report))["results"]) == len(report.findings)


@pytest.mark.npm
def test_sarif_is_valid_by_its_official_schema(example_graph) -> None:
    schema = sarif.load_schema()
    validator = jsonschema.validators.validator_for(schema)
    for report in (REPORT, example_graph.report, Report(())):
        check = validator(schema, format_checker=validator.FORMAT_CHECKER)
        assert list(check.iter_errors(json.loads(write("sarif", report)))) == []


@pytest.mark.npm
def test_sarif_passes_the_validator_of_its_makers(example_graph, tmp_path: Path) -> None:
    for name, report in {"all": REPORT, "example": example_graph.report}.items():
        path = tmp_path / f"{name}.sarif"
        path.write_text(write("sarif", report), encoding="utf-8")
        assert sarif.run_validator(path) == []


# JUnit.


def test_junit_has_a_suite_for_each_file_and_counts_right() -> None:
    root = ET.fromstring(write("junit"))
    suites = {suite.get("name"): suite for suite in root}
    assert suites.keys() == {"in/a.txt", "in/sub/b.txt", "in/sub/b.meta.yaml", "data.ttl", "statements"}
    for element in (root, *root):
        assert int(element.get("tests", "")) == len(list(element.iter("testcase")))
        assert int(element.get("failures", "")) == len(list(element.iter("failure")))
    assert root.get("failures") == "2"
    case = suites["in/a.txt"][0]
    assert (case.get("name"), case.get("file"), case.get("line")) == ("CAP-09 line 3", "in/a.txt", "3")
    assert suites["in/sub/b.txt"][0].get("name") == "nothing is wrong at or above violation"


@pytest.mark.parametrize(("fail_on", "failures"), [(Severity.VIOLATION, "2"), (Severity.WARNING, "4"), (Severity.INFO, "5")])
def test_junit_fails_from_the_threshold_on(fail_on: Severity, failures: str) -> None:
    assert ET.fromstring(write_junit(REPORT, paths=PATHS, fail_on=fail_on)).get("failures") == failures
    assert ET.fromstring(format_report(REPORT, format="junit", paths=PATHS, fail_on=fail_on)).get("failures") == failures


@QUICK
@given(REPORTS)
def test_junit_when_findings_hold_anything_is_xml(report: Report) -> None:
    root = ET.fromstring(write("junit", report).encode())
    assert len([case for case in root.iter("testcase") if len(case)]) == len(report.findings)


# GitLab.


def test_gitlab_has_what_the_merge_request_shows() -> None:
    entries = json.loads(write("gitlab"))
    assert [(entry["check_name"], entry["severity"], entry["location"]) for entry in entries] == [
        ("CAP-09", "major", {"path": "in/a.txt", "lines": {"begin": 3}}),
        ("MIT-01", "minor", {"path": "data.ttl", "lines": {"begin": 7}}),
        ("CAP-18", "minor", {"path": "in/sub/b.meta.yaml", "lines": {"begin": 2}}),
    ]
    assert len({entry["fingerprint"] for entry in entries}) == 3


# CSV.


@QUICK
@given(REPORTS)
def test_csv_when_findings_hold_anything_is_read_back_and_runs_nothing(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(write("csv", report), newline="")))
    assert len(rows) == len(report.findings)
    for row, (finding, fingerprint) in zip(rows, fingerprint_findings(report.findings), strict=True):
        assert row["message"].removeprefix("'") == finding.message.removeprefix("'")
        assert row["fingerprint"] == fingerprint
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u200b=1", "＝1"])
def test_csv_cells_that_a_spreadsheet_would_run_are_defused(text: str) -> None:
    (row,) = csv.DictReader(io.StringIO(write("csv", Report((Finding("A", Severity.INFO, text),))), newline=""))
    assert row["message"] == f"'{text}"


# Markdown.


def test_markdown_is_a_table_with_links_to_the_rules() -> None:
    lines = write("markdown").splitlines()
    assert lines[0] == "**2 violations, 2 warnings, 1 note in 3 files**"
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 2 + len(REPORT.findings)
    assert f"| [CAP-09]({BASE}rules/CAP-09) | `in/a.txt:3` | code and label: differ; fix, then: look |" in write("markdown")
    assert "Preliminary" in lines[-1]


@QUICK
@given(REPORTS)
def test_markdown_when_findings_hold_anything_keeps_its_rows(report: Report) -> None:
    text = write("markdown", report)
    rows = [line for line in text.split("\n") if line.startswith("|")]
    assert len(rows) == (2 + len(report.findings) if report.findings else 0)
    for row in rows:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 5, row


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@user", "@&#8203;user"),
        ("#12", "#&#8203;12"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("[a](b)", "\\[a\\]\\(b\\)"),
        ("https://example.org", "https:&#8203;//example.org"),
        ("www.example.org", "www&#8203;.example.org"),
        (":smile:", ":&#8203;smile:"),
        ("a|b\nc", "a\\|b c"),
        ("*_`~", "\\*\\_\\`\\~"),
        ("&amp;", "\\&amp;"),
    ],
)
def test_markdown_shows_text_and_obeys_none(text: str, shown: str) -> None:
    assert f"| {shown} |" in write("markdown", Report((Finding("A-1", Severity.INFO, text),)))


def test_markdown_is_cut_with_the_number_of_rows_left_out() -> None:
    many = Report(tuple(Finding("CAP-01", Severity.INFO, f"finding {number:04}") for number in range(1000)))
    text = write_markdown(many, paths={}, limit=5000)
    rows = text.count("| finding")
    assert len(text) <= 5000
    assert 20 < rows < 1000
    assert f"\nand {1000 - rows} more\n" in text
    assert len(write_markdown(many, paths={})) < 65_536


# The command.


PAGE = "not a page\n"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, list(arguments), standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.return_value, done.stdout


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_validate_writes_every_format_to_standard_output_and_to_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.txt").write_text(PAGE)
    code, printed = run("page.txt", "--format", name)
    assert code == 1
    assert "CAP-03" in printed
    code, nothing = run(str(tmp_path / "page.txt"), "--format", name, "--output", "report")
    assert (code, nothing) == (1, "")
    assert Path("report").read_text().replace(f"{tmp_path}/", "") == printed


def test_validate_writes_several_formats_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.txt").write_text(PAGE)
    code, printed = run("page.txt", "--format", "github", "--write", "sarif=airm.sarif", "--write", "junit=junit.xml")
    assert code == 1
    assert printed.startswith("::error file=page.txt,")
    check_sarif(Path("airm.sarif").read_text())
    assert ET.parse("junit.xml").getroot().get("failures") == "1"


@pytest.mark.parametrize("other", ["sarif", "sarif=", "=x", "word=x"])
def test_validate_refuses_a_format_it_does_not_know(other: str) -> None:
    with pytest.raises(Exception, match="FORMAT=FILE"):
        run("page.txt", "--write", other)


@pytest.mark.parametrize(("fail_on", "expected"), [("violation", 0), ("warning", 0), ("info", 1)])
def test_validate_fails_from_the_severity_asked_for(fail_on: str, expected: int, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        '<urn:s> a skos:ConceptScheme ; dcterms:title "S"@en ; rdfs:label "S"@en ; skos:hasTopConcept <urn:s/1> .\n'
        "<urn:s/1> a skos:Concept ; skos:inScheme <urn:s> ; skos:topConceptOf <urn:s> .\n"
    )
    code, printed = run(str(tmp_path / "a.ttl"), "--fail-on", fail_on, "--shapes", "taxonomy", "--format", "json")
    assert [(entry["rule"], entry["severity"], entry["first_line"]) for entry in json.loads(printed)["findings"]] == [("SKO-14", "info", 3)]
    assert code == expected


def test_validate_takes_other_peoples_shapes(tmp_path: Path) -> None:
    shapes = tmp_path / "own.ttl"
    shapes.write_text(
        "PREFIX sh: <http://www.w3.org/ns/shacl#>\n<urn:Thing> a sh:NodeShape ; sh:targetClass <urn:T> ; sh:property <urn:shape/name> .\n"
        "<urn:shape/name> sh:path <urn:name> ; sh:minCount 1 .\n"
    )
    (tmp_path / "a.ttl").write_text("\n<urn:x> a <urn:T> .\n")
    code, printed = run(str(tmp_path / "a.ttl"), "--shapes", str(shapes), "--format", "json")
    (finding,) = json.loads(printed)["findings"]
    assert (code, finding["rule"], finding["first_line"], finding["shape"]) == (1, "name", 2, "<urn:shape/name>")
