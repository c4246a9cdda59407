"""What reader and shapes both see is said once: by the reader, which knows the line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airm_graph.model import Finding, Location, Severity
from airm_graph.pipeline import validate_inputs
from airm_graph.rules import RULES, SAYS_THE_SAME, make_finding
from airm_graph.terms import read_literal
from airm_graph.text import find_damage
from airm_graph.validate import validate_rows
from airm_graph.validate.results import leave_out_repeated
from airm_graph.validate.shape_files import read_shapes

SH = "http://www.w3.org/ns/shacl#"
DAMAGE = {"truncated": "TXT-01", "empty-lead-in": "TXT-02", "structured-only": "TXT-03"}


def pattern_of(shape: str) -> re.Pattern[str]:
    (value,) = (o for s, p, o, _ in read_shapes("editorial") if s.endswith(f"#{shape}>") and p == f"<{SH}pattern>")
    return re.compile(read_literal(value).text)


def of_shape(rule: str, location: Location | None, *, focus: str = "<m>") -> Finding:
    return Finding(rule, Severity.WARNING, "what is wrong", location=location, focus=focus)


def left(rule: str, location: Location, *, said: Finding, more: tuple[Location, ...] = ()) -> bool:
    return bool(leave_out_repeated([of_shape(rule, location)], said=[said], locations={"<m>": [location, *more]}))


def test_table_when_read_pairs_rules_of_shapes_with_rules_of_reader_and_merge() -> None:
    of_shapes = {read_literal(o).text.partition(":")[0] for _, p, o, _ in read_shapes("editorial") if p == f"<{SH}message>"}
    assert SAYS_THE_SAME.keys() <= of_shapes
    assert {rule for rules in SAYS_THE_SAME.values() for rule in rules} <= RULES.keys()


@pytest.mark.parametrize(
    ("rule", "first", "last", "file", "kept"),
    [
        ("TXT-01", 4, 4, "a.txt", False),
        ("TXT-01", 5, 9, "a.txt", False),
        ("TXT-01", None, None, "a.txt", False),
        ("TXT-01", 6, 7, "a.txt", True),
        ("TXT-01", 4, 4, "b.txt", True),
        ("TXT-02", 4, 4, "a.txt", True),
    ],
)
def test_finding_of_a_shape_is_left_out_when_the_reader_speaks_of_its_lines(
    rule: str, first: int | None, last: int | None, file: str, kept: bool
) -> None:
    said = make_finding(rule, "what is wrong", Location(file, first, last))
    assert left("EDI-07", Location("a.txt", 3, 5), said=said) == kept


def test_finding_of_a_shape_is_left_out_when_the_reader_speaks_of_another_place_of_the_node() -> None:
    said = make_finding("TXT-01", "what is wrong", Location("b.txt", 12, 12))
    assert left("EDI-07", Location("a.txt", 3, 5), said=said)
    assert not left("EDI-07", Location("a.txt", 3, 5), said=said, more=(Location("b.txt", 11, 13),))


def test_finding_of_a_shape_stays_when_it_has_no_place_or_the_reader_has_none() -> None:
    said = make_finding("TXT-01", "what is wrong", Location("a.txt", 4, 4))
    assert leave_out_repeated([of_shape("EDI-07", None)], said=[said], locations={})
    assert left("EDI-07", Location("a.txt", 3, 5), said=make_finding("TXT-01", "what is wrong", None))


def test_findings_of_captures_when_built_say_nothing_twice(example_graph) -> None:
    judged = validate_rows(example_graph.asserted)
    kept = {(finding.rule, finding.focus, finding.value) for finding in example_graph.report.findings}
    gone = [finding for finding in judged if (finding.rule, finding.focus, finding.value) not in kept]
    assert {finding.rule for finding in gone} == {"EDI-07", "EDI-08", "EDI-10", "EDI-11", "EDI-13", "EDI-23"}
    # Of a mitigation that is only listed, only the reader of tables says that its description is missing.
    assert not {finding.rule for finding in judged if finding not in gone} & (SAYS_THE_SAME.keys() - {"EDI-09", "EDI-18"})
    said = [finding for finding in example_graph.report.findings if not finding.shape]
    for finding in gone:
        assert any(other.rule in SAYS_THE_SAME[finding.rule] for other in said), finding


def test_findings_of_the_written_graph_when_validated_are_those_of_the_shapes_alone(example_dist: Path) -> None:
    report, _ = validate_inputs([example_dist])
    assert report.conforms
    assert {finding.rule for finding in report.findings} >= {"EDI-07", "EDI-08", "EDI-10", "EDI-11", "EDI-13", "EDI-23"}
    (unnamed, *_) = (finding for finding in report.findings if finding.rule == "EDI-08")
    assert unnamed.location is not None
    assert unnamed.location.text == unnamed.focus or unnamed.location.text.split(" ")[0] in unnamed.focus


def test_texts_when_located_in_turtle_stand_on_the_line_of_their_own_property(tmp_path: Path) -> None:
    text = (Path(__file__).parent / "shapes/PublishedText/invalid-markup.ttl").read_text(encoding="utf-8")
    path = tmp_path / "damaged.ttl"
    path.write_text(text, encoding="utf-8")
    found = [finding for finding in validate_inputs([path])[0].findings if finding.rule == "EDI-03"]
    assert len(found) == 4
    assert all("dcterms:description" in finding.location.text for finding in found if finding.location)


PIECES = [
    "Tests",
    " before",
    " release",
    " such as",
    " and",
    ".",
    ":",
    "\n",
    "- ",
    "()",
    " (a)",
    " https://x.org/a",
    "”",
    "…",
    " Stage: a;",
]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join).map(str.strip).filter(bool))
def test_text_when_a_shape_finds_it_broken_is_broken_to_the_reader(text: str) -> None:
    said = {DAMAGE.get(damage.rule, "TXT-04") for damage in find_damage(text, kind="prose")}
    if pattern_of("Gap").search(text):
        assert said & set(SAYS_THE_SAME["EDI-06"])
    if pattern_of("LeadIn").search(text):
        assert said & set(SAYS_THE_SAME["EDI-10"])
    if not pattern_of("PublishedText-end").search(text):
        assert said & set(SAYS_THE_SAME["EDI-07"])
