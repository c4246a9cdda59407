"""A finding stands where its value is stated."""

from pathlib import Path

import airm_graph
from airm_graph.namespaces import iri


def _lines(report, rule: str) -> list[str]:
    found = [finding.location for finding in report.findings if finding.rule == rule]
    return [location.text.split("\n")[0] for location in found if location]


def test_residual_role_is_reported_at_the_line_that_prints_it(example_graph) -> None:
    found = _lines(example_graph.report, "EDI-15")
    assert len(found) >= 3
    assert set(found) == {"Unable to classify", "Other (outside lifecycle)", "Other (multiple stages)"}


def test_residual_code_is_reported_at_its_code_line(captures: Path) -> None:
    report = airm_graph.build([captures]).report
    found = _lines(report, "EDI-21")
    assert len(found) == 5
    assert all(line.startswith(("1.1.9 Other", "1.2.9 Other", "99 Other", "99.9 Other")) for line in found)
    (finding,) = [finding for finding in report.findings if finding.rule == "EDI-15"]
    assert finding.value == iri("function/unable-to-classify")
    assert finding.location
    assert finding.location.first_line == 33
    assert finding.location.text.startswith("Unable to classify\n")


def test_value_of_a_table_is_reported_at_its_cell(first_edition: Path) -> None:
    report = airm_graph.build([first_edition]).report
    locations = [finding.location for finding in report.findings if finding.rule in {"EDI-02", "EDI-07"} and finding.location]
    assert len(locations) > 50
    assert {(location.file, location.column) for location in locations} == {("mitigations.csv", "Description"), ("sources.csv", "Abstract")}
    assert all(location.row and location.first_line for location in locations)
