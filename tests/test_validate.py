"""Judging rows: the reference engine, locations, findings, and the report."""

import json
import logging
import os
import random
import re
import socket
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import airm_graph
from airm_graph.errors import ShapesError
from airm_graph.graph.store import parse_rows
from airm_graph.model import Finding, Location, Severity
from airm_graph.namespaces import BASE, PREFIXES, iri, literal, rebase_text, term
from airm_graph.notice import NOTICE
from airm_graph.resources import find_resource
from airm_graph.terms import Quad, read_literal
from airm_graph.validate.node_locations import find_locations
from airm_graph.validate.rdflib_nodes import Nodes
from airm_graph.validate.report import Report, ReportLine, format_lines, format_text
from airm_graph.validate.results import Result, find_findings, sort_findings
from airm_graph.validate.shape_files import DEFAULT_SHAPES, read_shapes
from airm_graph.validate.verdict import validate_rows
from judging import judge_quads, loaded

FIXTURES = Path(__file__).parent / "shapes"
MUST = ("core", "provenance", "skos", "taxonomy")
CAPTURE = iri("capture/0123456789abcdef")
EVIDENCE = iri("capture/0123456789abcdef/l3-l4")
SHAPE_HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("airm", "airmsh", "rdfs", "sh", "xsd"))
LABEL_SHAPE = """
airmsh:Test a sh:NodeShape ; sh:targetClass airm:Mitigation ; sh:property airmsh:Test-label .
airmsh:Test-label sh:path rdfs:label ; sh:minCount 1 ; sh:severity sh:Warning ;
  sh:message "TST-01: a name is known; find it; then add it."@en .
"""


def fixture_rows(name: str, *, graph: str = CAPTURE) -> list[Quad]:
    path = FIXTURES / f"{name}.ttl"
    return [(s, p, o, graph) for s, p, o, _ in parse_rows(path.read_bytes(), name=name, suffix=".ttl")]


def shapes_file(folder: Path, text: str, *, name: str = "own.ttl") -> str:
    path = folder / name
    path.write_text(SHAPE_HEAD + text, encoding="utf-8")
    return str(path)


def result(**changes: object) -> Result:
    plain = Result("<f>", "<p>", "<v>", "<c>", "<x#Shape>", term("sh:Violation"), ('"TST-01: what is wrong; what to do."',))
    return replace(plain, **changes)  # type: ignore[arg-type]


def finding(rule: str = "TST-01", severity: Severity = Severity.VIOLATION, location: Location | None = None, **more: str) -> Finding:
    return Finding(rule, severity, more.pop("message", "what is wrong"), location=location, **more)


# nodes


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_node_when_of_a_literal_holds_its_text(text: str) -> None:
    nodes = Nodes()
    assert read_literal(literal(text)).text == str(nodes.node(literal(text))) == text
    assert Nodes().term(nodes.node(literal(text))) == literal(text)


@pytest.mark.parametrize(
    "text", ['"007"^^<http://www.w3.org/2001/XMLSchema#integer>', '"a\\tb"', '"\\u00e9"@fr', "<https://example.org/x>", "_:b1"]
)
def test_node_when_taken_back_is_the_very_term(text: str) -> None:
    nodes = Nodes()
    assert nodes.term(nodes.node(text)) == text


def test_node_when_two_terms_mean_the_same_is_the_same_node() -> None:
    nodes = Nodes()
    assert nodes.node('"\\u00e9"') == nodes.node('"é"')
    assert nodes.node('"\\U0001f600\\b\\f\\\'"') == nodes.node('"😀\b\f\'"')


def test_node_when_not_a_term_is_refused() -> None:
    with pytest.raises(ValueError, match="not an N-Triples term"):
        Nodes().node("word")


# results


def test_findings_when_made_split_rule_fault_and_remedy() -> None:
    (found,) = find_findings(
        [result(messages=('"MIT-01: a, b; do c; or d."@en',))], locations={"<f>": (Location("a.txt", 3), Location("a.txt", 5))}
    )
    assert (found.rule, found.message, found.remedy) == ("MIT-01", "a, b", "do c; or d")
    assert (found.focus, found.path, found.value, found.location) == ("<f>", "<p>", "<v>", Location("a.txt", 3))


@pytest.mark.parametrize(("message", "expected"), [("Too short.", "Too short"), ("", "")])
def test_findings_when_a_message_has_no_rule_take_the_name_of_the_shape(message: str, expected: str) -> None:
    (found,) = find_findings([result(messages=(literal(message),))], locations={})
    assert (found.rule, found.message, found.remedy) == ("Shape", expected, "")


def test_findings_when_one_value_fails_twice_in_a_shape_are_two() -> None:
    twice = [result(component="<a>"), result(component="<b>"), result(value="<w>"), result(shape="<x#Other>"), result(focus="<g>")]
    assert len(find_findings(twice, locations={})) == 5


def test_findings_when_sorted_go_by_severity_file_line_rule_with_unplaced_last() -> None:
    ordered = [
        finding("B-1", location=Location("a.txt")),
        finding("A-1", location=Location("a.txt", 2)),
        finding("B-1", location=Location("a.txt", 2)),
        finding("A-1", location=Location("a.txt", 10)),
        finding("A-1", location=Location("b.txt", 1)),
        finding("A-1"),
        finding("A-1", Severity.WARNING, Location("a.txt", 1)),
        finding("A-1", Severity.INFO, Location("a.txt", 1)),
    ]
    shuffled = random.Random(7).sample(ordered, len(ordered))
    assert sort_findings(shuffled) == ordered


# locations


def locations_of(node: str, rows: list[Quad]) -> tuple[Location, ...]:
    with loaded(rows) as table:
        return find_locations(table, nodes=[node]).get(node, ())


def location_of(node: str, rows: list[Quad]) -> Location | None:
    return next(iter(locations_of(node, rows)), None)


@pytest.mark.parametrize(
    "focus",
    [
        "mitigation/doe-2025-safe-release/release-gate",
        "mitigation/doe-2025-safe-release/release-gate/classification/v2-1",
        "source/doe-2025-safe-release",
    ],
)
def test_location_when_a_record_has_evidence_is_that_of_the_evidence(focus: str) -> None:
    expected = Location("page.txt", 3, 4, "A gate before release\nStops a release that fails its tests.")
    rows = fixture_rows("Classification/valid-with-reasoning")
    assert location_of(iri(focus), rows) == location_of(EVIDENCE, rows) == expected


def test_locations_when_there_are_several_go_by_file_and_line() -> None:
    rows = fixture_rows("Evidence/valid-lines")
    for number, (file, line) in enumerate([("b.txt", 1), ("a.txt", 10), ("a.txt", 9)]):
        capture, evidence = f"<c{file}>", f"<e{number}>"
        rows += [
            ("<m>", term("airm:evidence"), evidence, ""),
            (evidence, term("airm:capture"), capture, ""),
            (capture, term("airm:fileName"), literal(file), ""),
        ]
        rows += [(evidence, term("airm:firstLine"), literal(line), "")]
    assert locations_of("<m>", rows) == (Location("a.txt", 9), Location("a.txt", 10), Location("b.txt", 1))


def test_location_when_a_repair_is_its_own_line() -> None:
    rows = fixture_rows("Repair/valid-removed")
    repair = iri("capture/0123456789abcdef/repair/l4-c2-footnote-number")
    assert location_of(repair, rows) == Location("page.txt", 4, 4, "S37tops a release that fails its tests.")
    without_line = [row for row in rows if row[1] != term("airm:line")]
    assert location_of(repair, without_line) == location_of(EVIDENCE, rows)
    beyond = [(s, p, literal(9) if p == term("airm:line") else o, g) for s, p, o, g in rows]
    assert location_of(repair, beyond) == Location("page.txt", 9, 9)


def test_location_when_a_capture_is_its_first_file() -> None:
    assert location_of(CAPTURE, fixture_rows("Capture/valid-two-names")) == Location("copy/page.txt")


def test_location_when_evidence_is_a_cell_is_its_row_and_column() -> None:
    location = location_of(iri("capture/0123456789abcdef/r2-name"), fixture_rows("Evidence/valid-cell"))
    assert location == Location("page.txt", row=2, column="Name")


def test_location_when_nothing_is_evident_is_the_file_that_states_the_node() -> None:
    bare = [("<m>", term("rdf:type"), term("airm:Mitigation"), CAPTURE)]
    assert location_of("<m>", [*bare, *fixture_rows("Capture/valid-minimal")]) == Location("page.txt")


@pytest.mark.parametrize("focus", ["<https://example.org/unheard-of>", iri("taxonomy/v2/1"), iri("taxonomy/v2")])
def test_location_when_no_capture_speaks_of_a_node_is_none(focus: str) -> None:
    rows = [*fixture_rows("Code/valid-level-one", graph=iri("graph/taxonomy")), *fixture_rows("Evidence/valid-lines")]
    assert location_of(focus, rows) is None


def test_location_when_rows_are_damaged_says_what_is_left() -> None:
    rows = fixture_rows("Evidence/valid-lines")
    damage = {term("airm:firstLine"): literal("three"), term("airm:capturedText"): "<no-text>", term("airm:lastLine"): literal(4)}
    assert location_of(EVIDENCE, [(s, p, damage.get(p, o), g) for s, p, o, g in rows]) == Location("page.txt", None, 4)
    assert location_of(CAPTURE, [(s, p, "<iri>" if p == term("airm:fileName") else o, g) for s, p, o, g in rows]) is None


# the reference engine


def test_rows_when_a_mitigation_cites_what_is_no_source_give_a_finding_at_its_lines() -> None:
    rows = [(s, p, '"Doe"' if p == term("airm:source") else o, g) for s, p, o, g in fixture_rows("Mitigation/valid-unnamed")]
    (found,) = validate_rows(iter(rows), shapes=MUST)
    assert (found.rule, found.severity, found.message) == (
        "MIT-03",
        Severity.VIOLATION,
        "not met: the source of a mitigation is a document",
    )
    assert found.remedy == "give airm:source the document's IRI, typed airm:Source"
    assert found.location == Location("page.txt", 3, 4, "A gate before release\nStops a release that fails its tests.")
    assert (found.focus, found.path, found.value) == (
        iri("mitigation/doe-2025-safe-release/page-0123456789abcdef"),
        term("airm:source"),
        '"Doe"',
    )


def test_values_when_reported_keep_their_lexical_form() -> None:
    rows = fixture_rows("Evidence/valid-cell")
    zeros = f'"000"^^<{PREFIXES["xsd"]}integer>'
    (found,) = validate_rows([(s, p, zeros if p == term("airm:row") else o, g) for s, p, o, g in rows])
    assert (found.rule, found.value) == ("EVI-06", zeros)


def test_paths_when_complex_are_written_as_sparql_paths() -> None:
    orphans = judge_quads(fixture_rows("Repair/invalid-evidence"), MUST, engine="reference").results
    assert {one.path for one in orphans} == {f"^({term('airm:repair')})"}
    circles = judge_quads(fixture_rows("Mitigation/invalid-part-of-itself"), MUST, engine="reference").results
    assert {one.path for one in circles} == {f"(^({term('airm:partOf')}))+"}
    related = judge_quads(fixture_rows("Related/invalid-related-above"), DEFAULT_SHAPES, engine="reference").results
    broader = term("skos:broader")
    (path,) = {one.path for one in related}
    assert path.startswith(f"({broader}|")
    assert f"^({broader})|" in path
    schemes = judge_quads(fixture_rows("Narrower/invalid-two-schemes"), DEFAULT_SHAPES, engine="reference").results
    assert {one.path for one in schemes} == {f"{broader}/{term('skos:inScheme')}"}


def test_shapes_when_judging_make_no_inferences() -> None:
    ontology = find_resource("ontology/airm.ttl")
    rows = parse_rows(ontology.read_bytes(), name=ontology.name, suffix=".ttl") + fixture_rows("Mitigation/valid-unnamed")
    untyped = [row for row in rows if row[2] != term("airm:Source")]
    assert validate_rows(rows, shapes=MUST) == []
    assert {found.rule for found in validate_rows(untyped, shapes=MUST)} == {"MIT-03"}


def test_rows_when_judged_twice_give_the_same_findings_in_any_order() -> None:
    rows = fixture_rows("Source/invalid-label") + fixture_rows("Capture/invalid-label")
    assert validate_rows(rows) == validate_rows(rows[::-1])


def test_rows_when_of_another_base_are_judged_by_shapes_of_that_base() -> None:
    base = "https://example.org/graph/"
    rows = fixture_rows("Mitigation/invalid-source")
    moved = [(rebase_text(s, base), rebase_text(p, base), rebase_text(o, base), rebase_text(g, base)) for s, p, o, g in rows]
    expected = [(found.rule, found.location) for found in validate_rows(rows)]
    assert validate_rows(moved) == []
    assert [(found.rule, found.location) for found in validate_rows(moved, base=base)] == expected != []


def test_ill_typed_values_when_judged_leave_the_terminal_quiet(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    assert validate_rows(fixture_rows("Capture/invalid-retrieved"))
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    assert not logging.getLogger("rdflib.term").disabled


def test_shapes_when_unusable_leave_the_terminal_quiet(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    name = shapes_file(tmp_path, "airmsh:Bad a sh:NodeShape ; sh:targetClass airm:Mitigation ; sh:minCount 1 .")
    with pytest.raises(ShapesError):
        validate_rows(fixture_rows("Mitigation/valid-unnamed"), shapes=[name], engine="reference")
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    assert not logging.getLogger("pyshacl-validate").disabled


def test_network_when_data_and_shapes_import_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    imports = "<http://www.w3.org/2002/07/owl#imports> <http://192.0.2.1/other.ttl> ."
    name = shapes_file(tmp_path, f"{LABEL_SHAPE}\n<http://192.0.2.1/shapes> a <http://www.w3.org/2002/07/owl#Ontology> ; {imports}")
    rows = [*fixture_rows("Mitigation/valid-unnamed"), ("<http://192.0.2.1/data>", term("owl:imports"), "<http://192.0.2.1/other.ttl>", "")]
    assert [found.rule for found in validate_rows(rows, shapes=[name])] == ["TST-01"]


def test_shapes_when_given_replace_the_usual_ones(tmp_path: Path) -> None:
    rows = fixture_rows("Mitigation/valid-unnamed")
    (found,) = validate_rows(rows, shapes=[shapes_file(tmp_path, LABEL_SHAPE)])
    assert (found.rule, found.severity, found.remedy) == ("TST-01", Severity.WARNING, "find it; then add it")
    assert validate_rows(rows, shapes=[]) == validate_rows(rows, shapes=["core"]) == []


def test_findings_when_of_any_hash_seed_are_the_same_bytes() -> None:
    code = (
        "import sys; from pathlib import Path; from airm_graph.graph.store import parse_rows\n"
        "from airm_graph.validate import validate_rows; from airm_graph.validate.report import Report\n"
        "rows = [r for f in sys.argv[1:] for r in parse_rows(Path(f).read_bytes(), name=f, suffix='.ttl')]\n"
        "sys.stdout.write(Report(tuple(validate_rows(rows))).to_json())"
    )
    files = [str(FIXTURES / name) for name in ("Capture/invalid-sha256.ttl", "Source/invalid-title.ttl", "Concept/invalid-cycle.ttl")]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code, *files], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert len(json.loads(outputs[0])["findings"]) > 10


# shapes that cannot be used

SELECT = 'airmsh:Bad a sh:NodeShape ; sh:targetClass airm:Mitigation ; sh:sparql airmsh:q . airmsh:q sh:select """%s""" .'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("airmsh:Bad a sh:NodeShape", r"own\.ttl:\d+"),
        ("airmsh:Bad a sh:PropertyShape ; sh:targetClass airm:Mitigation .", "sh:path"),
        ('airmsh:Bad a sh:NodeShape ; sh:targetClass airm:Mitigation ; sh:pattern "(" .', "cannot be used"),
        ("airmsh:Bad a sh:NodeShape ; sh:targetClass airm:Mitigation ; sh:minLength true .", "cannot be used"),
        (SELECT % "SELECT $this WHERE { $this ", "cannot be used"),
        (SELECT % "SELECT $this WHERE { SERVICE <http://192.0.2.1/> { $this ?p ?o } }", "SERVICE or FROM"),
        (SELECT % "SELECT $this WHERE { service\\n<http://192.0.2.1/> { $this ?p ?o } }", "SERVICE or FROM"),
        (SELECT % "SELECT $this\\nFROM <file:///a/file> WHERE { $this ?p ?o }", "SERVICE or FROM"),
    ],
)
def test_shapes_when_unusable_are_refused_and_named(tmp_path: Path, text: str, reason: str) -> None:
    names = ["core", shapes_file(tmp_path, text)]
    with pytest.raises(ShapesError, match=reason) as caught:
        validate_rows(fixture_rows("Mitigation/valid-unnamed"), shapes=names)
    assert names[1] in str(caught.value)
    assert "core" not in str(caught.value)


def test_shapes_when_pyshacl_fails_say_why_it_was_asked(tmp_path: Path) -> None:
    query = "SELECT $this WHERE { { SELECT $this (SUM(?v) AS ?n) WHERE { $this ?p ?v } GROUP BY $this } }"
    name = shapes_file(tmp_path, SELECT % query)
    with pytest.raises(ShapesError) as caught:  # rdflib ends with an error of its own where there is no number
        validate_rows(fixture_rows("Mitigation/valid-unnamed"), shapes=[name])
    assert re.fullmatch(
        rf"{re.escape(name)}: the shapes cannot be used: pyshacl stopped with AttributeError: [^;]*; "
        r"<\S+Bad> is judged by pyshacl: an aggregate that is not grouped by \$this",
        str(caught.value),
    )
    assert " 0x" not in str(caught.value)


def test_shapes_when_a_variable_is_called_from_are_accepted(tmp_path: Path) -> None:
    query = "SELECT $this WHERE { $this a airm:Mitigation . OPTIONAL { ?from airm:partOf $this } FILTER (!BOUND(?from)) }"
    declared = (
        f'<s> sh:declare airmsh:p . airmsh:p sh:prefix "airm" ; sh:namespace "{PREFIXES["airm"]}"^^xsd:anyURI . airmsh:q sh:prefixes <s> .'
    )
    name = shapes_file(tmp_path, SELECT % query + declared.replace("<s>", "<https://example.org/s>"))
    assert [found.rule for found in validate_rows(fixture_rows("Mitigation/valid-unnamed"), shapes=[name])] == ["Bad"]


def test_shapes_when_each_file_is_fine_alone_but_not_together_name_all(tmp_path: Path) -> None:
    one = shapes_file(tmp_path, "airmsh:Two a sh:PropertyShape ; sh:targetClass airm:Mitigation ; sh:path rdfs:label .", name="one.ttl")
    two = shapes_file(tmp_path, "airmsh:Two a sh:PropertyShape ; sh:targetClass airm:Mitigation ; sh:path airm:partOf .", name="two.ttl")
    with pytest.raises(ShapesError, match="cannot be used together") as caught:
        validate_rows(fixture_rows("Mitigation/valid-unnamed"), shapes=[one, two])
    assert one in str(caught.value)
    assert two in str(caught.value)


@pytest.mark.parametrize("name", ["nonesuch", "nonesuch.ttl", "../core"])
def test_shapes_when_not_there_are_named_with_those_that_are(name: str) -> None:
    with pytest.raises(ShapesError, match=r"no such shapes file; use core(, \w+)*, skos") as caught:
        read_shapes(name)
    assert str(caught.value).startswith(f"{name}: ")


# report

PLACED = finding(location=Location("a.txt", 3, 4, "first line\nsecond line"), focus="<f>", path="<p>", value='"v"')


def test_json_when_written_holds_every_field() -> None:
    report = Report((replace(PLACED, remedy="fix it"), finding("A-1", Severity.INFO)), files=("b.txt", "a.txt"))
    content = json.loads(report.to_json())
    nothing = dict.fromkeys(
        (
            *("remedy", "file", "first_line", "last_line", "row", "column", "text", "focus", "path", "value", "shape", "origin"),
            *("component", "severity_iri", "messages"),
        )
    )
    fingerprints = [entry.pop("fingerprint") for entry in content["findings"]]
    assert len({len(fingerprint) for fingerprint in fingerprints} | {16}) == 1
    assert content == {
        "version": version("airm-graph"),
        "conforms": False,
        "counts": {"violation": 1, "warning": 0, "info": 1},
        "files": ["a.txt", "b.txt"],
        "notice": NOTICE,
        "engines": {},
        "notes": [],
        "ledger": {"read": [], "passed_over": [], "shapes": []},
        "findings": [
            {
                "rule": "TST-01",
                "severity": "violation",
                "message": "what is wrong",
                "remedy": "fix it",
                "file": "a.txt",
                "first_line": 3,
                "last_line": 4,
                "row": None,
                "column": None,
                "text": "first line\nsecond line",
                "focus": "<f>",
                "path": "<p>",
                "value": '"v"',
                "shape": None,
                "component": None,
                "severity_iri": None,
                "messages": None,
                "origin": None,
            },
            nothing | {"rule": "A-1", "severity": "info", "message": "what is wrong"},
        ],
    }


def test_json_when_findings_come_in_another_order_is_the_same() -> None:
    found = (PLACED, finding("A-1"), finding("A-2", Severity.WARNING))
    assert Report(found).to_json() == Report(found[::-1]).to_json()


def test_report_when_only_warnings_are_found_conforms() -> None:
    assert Report((finding(severity=Severity.WARNING),)).conforms
    assert not Report((finding(severity=Severity.WARNING), finding())).conforms


def test_notice_when_reported_is_that_of_the_dataset(example_graph: airm_graph.Graph) -> None:
    said = {o for s, p, o, _ in example_graph.asserted if (s, p) == (iri("notice/preliminary"), term("rdfs:label"))}
    assert said == {literal(example_graph.report.notice, language="en")}
    assert example_graph.report.notice == NOTICE
    assert NOTICE.startswith("Preliminary")


def test_text_when_written_is_grouped_by_file_with_a_summary() -> None:
    found = [
        finding("B-1", Severity.WARNING, Location("b.txt", 7, 7, "seven")),
        finding("A-1", Severity.INFO, Location("a.txt", 9, 9, "nine")),
        finding("A-2", location=Location("b.txt"), remedy="look at the whole file"),
        finding("A-3", location=Location("a.txt", 12, 13, "twelve\nthirteen"), remedy="fix it"),
        finding("A-4", focus="<f>"),
    ]
    assert format_text(found, paths={"a.txt": "in/a.txt"}) == (
        "in/a.txt:9  note  A-1  what is wrong\n"
        "    | nine\n"
        "in/a.txt:12  violation  A-3  what is wrong\n"
        "    | twelve\n"
        "    fix it\n"
        "\n"
        "b.txt  violation  A-2  what is wrong\n"
        "    look at the whole file\n"
        "b.txt:7  warning  B-1  what is wrong\n"
        "    | seven\n"
        "\n"
        "<f>  violation  A-4  what is wrong\n"
        "\n"
        "3 violations, 1 warning, 1 note in 2 files\n"
    )


def test_text_when_nothing_is_found_is_the_summary() -> None:
    assert format_text([]) == "0 violations, 0 warnings, 0 notes\n"
    assert format_text([], files=["a.txt"]) == "0 violations, 0 warnings, 0 notes in 1 file\n"


def test_text_when_lines_are_long_or_hostile_is_cut_and_escaped() -> None:
    red = finding(location=Location("a\x1b.txt", 1, 1, "\x1b[31m" + "é" * 200), message="a \u202e b")
    lines = format_text([red]).splitlines()
    assert lines[0] == "a\\x1b.txt:1  violation  TST-01  a \\u202e b"
    assert lines[1] == "    | \\x1b[31m" + "é" * 92


def test_lines_when_laid_out_say_what_they_are() -> None:
    kinds = [line.kind for line in format_lines([replace(PLACED, remedy="fix it"), finding("A-1", Severity.INFO)])]
    assert kinds == ["violation", "quote", "node", "remedy", "blank", "info", "blank", "summary"]
    assert format_lines([])[-1] == ReportLine("summary", "0 violations, 0 warnings, 0 notes")
    assert BASE not in format_text([PLACED])


@pytest.mark.parametrize("count", [3, 70])
def test_shapes_of_many_targets_find_what_pyshacl_finds(count: int, tmp_path: Path) -> None:
    """Up to 62 targets are bits of one number; of more, each target is walked by itself."""
    text = "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX e: <urn:e:>\n" + "".join(
        f"e:S{n} a sh:NodeShape ; sh:targetClass e:C{n} ; sh:property [ sh:path e:p ; sh:maxCount {n % 3} ; sh:minLength {n % 4} ;"
        f' sh:message "N-{n}: no" ] .\n'
        for n in range(count)
    )
    path = shapes_file(tmp_path, text)
    rows = [(f"<urn:e:{n % 7}>", term("rdf:type"), f"<urn:e:C{n}>", "") for n in range(count)]
    rows += [(f"<urn:e:{n % 7}>", "<urn:e:p>", literal("x" * (n % 5)), "") for n in range(20)]
    fast, reference = (validate_rows(rows, shapes=[path], engine=engine) for engine in ("fast", "reference"))
    assert fast == reference
    assert {found.rule for found in fast} >= {f"N-{count - 1}", f"N-{count - 2}"}
