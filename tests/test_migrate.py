"""From the codes of one edition to those of the next: the mapping, proposals, and what people decide of them."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF, SKOS

import airm_graph
from airm_graph.cli import cli
from airm_graph.errors import InputError
from airm_graph.ingest.decisions import REVIEW_COLUMNS, read_decisions, split_codes
from airm_graph.ingest.mapping_sets import load_matches, read_matches
from airm_graph.migrate import measure, propose
from airm_graph.model import Attested, Classification, Evidence, Finding, Location, Mitigation, Records
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.pipeline.migration import has_decisions, migrate_codes
from airm_graph.resources import find_resource
from airm_graph.sssom import NO_TERM, Match, MatchSet
from airm_graph.taxonomy import load_taxonomy
from graphs import records_of

MAPPING = find_resource("ontology/alignments/v1-v2.sssom.tsv")
SEMAPV = "https://w3id.org/semapv/vocab/"
EVIDENCE = Evidence("ab" * 32, 1, 1, "x")


# The mapping of the editions.


def test_every_code_of_the_first_edition_is_mapped_with_a_reason():
    matches = load_matches(MAPPING).matches
    assert {match.get("subject_id").rpartition("/")[2] for match in matches} == set(load_taxonomy("v1").codes)
    for match in matches:
        assert match.get("mapping_justification") == f"{SEMAPV}ManualMappingCuration"
        assert match.get("author_id") == f"{BASE}agent/airm-graph-contributors"
        assert 0 < float(match.get("confidence")) < 1
        assert len(match.get("comment")) > 30
        target = match.get("object_id")
        assert target == NO_TERM or target.removeprefix(f"{BASE}taxonomy/v2/") in load_taxonomy("v2").codes
    counts = f"{sum(match.is_statement for match in matches)} links, {sum(match.is_negative for match in matches)} denials"
    assert counts in (Path(__file__).parents[1] / "docs" / "guides" / "mappings.md").read_text(encoding="utf-8")
    assert len({match.get("comment") for match in matches}) == len(matches)
    assert len({match.triple for match in matches}) == len(matches)


def test_mapping_in_turtle_keeps_what_skos_asks():
    graph = Graph().parse(find_resource("ontology/alignments/v1-v2.ttl"))
    exact = set(graph.subject_objects(SKOS.exactMatch))
    broad, narrow, related = (set(graph.subject_objects(SKOS[f"{kind}Match"])) for kind in ("broad", "narrow", "related"))
    assert not exact & (broad | narrow | related)
    assert not related & (broad | narrow)
    assert URIRef(f"{BASE}taxonomy/v1/1.6") not in set(graph.subjects())
    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [URIRef(f"{BASE}alignment/v1-v2")]


def test_mapping_stays_out_of_graphs(example_graph: airm_graph.Graph):
    matches = {f"<{PREFIXES['skos']}{kind}Match>" for kind in ("exact", "close", "broad", "narrow", "related")}
    assert not [row for row in (*example_graph.asserted, *example_graph.inferred) if row[1] in matches]


# Proposals.


def make_mitigation(name: str, *codes: tuple[str, str], description: str = "") -> Mitigation:
    return Mitigation(
        f"mitigation/doe-2025-book/{name.lower().replace(' ', '-')}",
        Attested("source/doe-2025-book", (EVIDENCE,)),
        (EVIDENCE,),
        names=(Attested(name, (EVIDENCE,)),),
        descriptions=(Attested(description, (EVIDENCE,)),) if description else (),
        classifications=tuple(Classification(edition, code, (EVIDENCE,)) for edition, code in codes),
    )


def make_mapping(*rows: tuple[str, str, str]) -> MatchSet:
    """Rows of old code, predicate (with an exclamation mark: denied) and new code (a dash: none)."""
    matches = []
    for old, predicate, new in rows:
        values = {
            "subject_id": f"{BASE}taxonomy/v1/{old}",
            "predicate_id": f"{PREFIXES['skos']}{predicate.removeprefix('!')}Match",
            "object_id": NO_TERM if new == "-" else f"{BASE}taxonomy/v2/{new}",
        }
        matches.append(Match({**values, **({"predicate_modifier": "Not"} if predicate.startswith("!") else {})}))
    return MatchSet({}, {}, tuple(matches))


def propose_one(mitigation: Mitigation, *rows: tuple[str, str, str]) -> tuple[list[str], bool]:
    (proposal,) = propose(Records(mitigations=(mitigation,)), make_mapping(*rows), old="v1", new="v2")
    return [candidate.code for candidate in proposal.candidates], proposal.is_certain


@pytest.mark.parametrize(
    ("rows", "codes", "is_certain"),
    [
        ([("3.4", "exact", "2.3.1")], ["2.3.1"], True),
        ([("3.4", "broad", "2.3.1")], ["2.3.1"], True),
        ([("3.4", "broad", "2.3.1"), ("3.4", "!close", "2.3.2")], ["2.3.1"], True),
        ([("3.4", "narrow", "2.3.1")], ["2.3.1"], False),
        ([("3.4", "close", "2.3.1")], ["2.3.1"], False),
        ([("3.4", "related", "2.3.1")], ["2.3.1"], False),
        ([("3.4", "exact", "2.3.1"), ("3.4", "related", "2.1.3")], ["2.3.1", "2.1.3"], False),
        ([("3.4", "exact", "2.3.1"), ("3.4", "!exact", "2.3.1")], [], False),
        ([("3.4", "broad", "3.3")], ["3.3", "3.3.1", "3.3.2", "3.3.3", "3.3.9"], False),
        ([("3.4", "broad", "3.3"), ("3.4", "!close", "3.3.9")], ["3.3", "3.3.1", "3.3.2", "3.3.3"], False),
        ([("3.4", "narrow", "3.3")], ["3.3"], False),
        ([("3.4", "exact", "-")], [], False),
        ([("3.5", "exact", "2.3.1")], [], False),
        ([("3.4", "exact", "2.7.1")], [], False),
    ],
)
def test_only_what_the_mapping_leaves_alone_is_certain(rows: list[tuple[str, str, str]], codes: list[str], is_certain: bool):
    found, certain = propose_one(make_mitigation("Gate", ("v1", "3.4")), *rows)
    assert (sorted(found), certain) == (sorted(codes), is_certain)


def test_texts_rank_and_decide_nothing():
    rows = (("3.1", "related", "2.2.2"), ("3.1", "related", "2.2.3"))
    audit = make_mitigation("Gate", ("v1", "3.1"), description="Independent audits verify the rules.")
    test = make_mitigation("Gate", ("v1", "3.1"), description="Red teaming and other testing of capabilities.")
    assert propose_one(audit, *rows) == (["2.2.3", "2.2.2"], False)
    assert propose_one(test, *rows) == (["2.2.2", "2.2.3"], False)


def test_each_old_code_is_a_proposal_and_present_codes_are_told():
    mitigation = make_mitigation("Gate", ("v1", "3.1"), ("v1", "3.4"), ("v2", "2.3.1"))
    proposals = propose(
        Records(mitigations=(mitigation, make_mitigation("Other", ("v2", "1.1")))), load_matches(MAPPING), old="v1", new="v2"
    )
    assert [(proposal.old, proposal.state, proposal.present) for proposal in proposals] == [
        ("3.1", "present", ("2.3.1",)),
        ("3.4", "present", ("2.3.1",)),
    ]
    found = measure(proposals)
    assert (found.compared, found.held, found.first, found.certain, found.right) == (2, 1, 1, 1, 1)


def test_mapping_of_other_editions_is_refused():
    with pytest.raises(InputError, match="holds no code of v2"):
        propose(Records(), load_matches(MAPPING), old="v2", new="v1")


# Reading codes that people write.


@pytest.mark.parametrize(
    ("said", "codes", "findings"),
    [
        ("2.2.2", ["2.2.2"], 0),
        ("2.2.2 Testing & Evaluation", ["2.2.2"], 0),
        ("v2:2.2.2; v2 2.2.3 auditing & compliance", ["2.2.2", "2.2.3"], 0),
        ("'2.2.2\n2.2.3", ["2.2.2", "2.2.3"], 0),
        ("3.3.2", ["3.3.2"], 0),
        ("2.2.2 Risk Assessment", [], 1),
        ("2.2.7", [], 1),
        ("02.02.2001", [], 1),
        ("perhaps; 2.2.2", ["2.2.2"], 1),
    ],
)
def test_code_is_read_alone_or_with_its_label(said: str, codes: list[str], findings: int):
    found: list[Finding] = []
    assert list(split_codes(said, edition="v2", location=Location("review.csv"), findings=found)) == codes
    assert [finding.rule for finding in found] == ["DEC-03"] * findings


# The whole way.


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "mitigations.csv").write_text(
        "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
        "A1,Red teaming,People try to break it.,doc-1,3.1,Testing & Auditing,,\n"
        "A2,Release in steps,First to few.,doc-1,3.4,Staged Deployment,,\n"
        "A3,=Save power,Less of it.,doc-1,1.6,Environmental Impact Management,,\n"
        "A4,Uncoded,What is it?,doc-1,,,,\n"
    )
    (folder / "sources.csv").write_text('ID,Title,Authors,URL,Date,Abstract\ndoc-1,A Made-up Handbook,"Ann Lee, Bo Chen",,2025,\n')
    return folder


def migrate(tables: Path, *arguments: object) -> Result:
    return CliRunner().invoke(cli, ["migrate", str(tables), *map(str, arguments)], standalone_mode=False)


def read_review(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def fill(path: Path, target: Path, **decisions: str) -> Path:
    """Write the review with decisions by the last segment of the mitigation."""
    rows = read_review(path)
    for row in rows:
        said = decisions.get(row["mitigation"].rpartition("/")[2].replace("-", "_"), "")
        row["decision"], row["decided by"], row["decided on"] = (said, "Cy Day", "2026-11-21") if said else ("", "", "")
    out = io.StringIO()
    writer = csv.DictWriter(out, REVIEW_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    target.write_text(out.getvalue(), encoding="utf-8")
    return target


def test_proposals_and_review_are_written(tables: Path, tmp_path: Path):
    done = migrate(tables, "--from", "v1", "--to", "v2", "-o", tmp_path / "out")
    assert (done.return_value, sorted(Path(line).name for line in done.stdout.split())) == (0, ["proposals.sssom.tsv", "review.csv"])
    assert "3 codes: 1 certain by the mapping, 2 for a person to decide" in done.stderr
    rows = {row["name"]: row for row in read_review(tmp_path / "out" / "review.csv")}
    assert rows.keys() == {"Red teaming", "Release in steps", "'=Save power"}
    assert (rows["Release in steps"]["certain"], rows["Release in steps"]["candidates"]) == ("yes", "2.3.1 Deployment Management")
    assert rows["Red teaming"]["certain"] == "no"
    assert "2.2.2 Testing & Evaluation" in rows["Red teaming"]["candidates"]
    assert "Red teams and evaluations of capability are one half" in rows["Red teaming"]["reasons"]
    assert rows["'=Save power"]["candidates"] == ""
    assert {row["decision"] for row in rows.values()} == {""}
    matches, findings = read_matches((tmp_path / "out" / "proposals.sssom.tsv").read_bytes(), file="p")
    assert findings == ()
    assert {match.get("predicate_id") for match in matches.matches} == {f"{BASE}ontology#code"}
    assert {match.get("comment").partition(":")[0] for match in matches.matches} == {"certain", "open"}
    assert "do not share" in matches.get("comment")


def test_reviewed_table_becomes_classifications_and_nothing_is_overwritten(tables: Path, tmp_path: Path):
    migrate(tables, "-o", tmp_path / "out")
    review = fill(
        tmp_path / "out" / "review.csv", tmp_path / "mine.csv", red_teaming="2.2.2 Testing & Evaluation; 2.2.3", save_power="none"
    )
    done = migrate(tables, "-o", tmp_path / "out", "--decisions", review, "--accept-certain")
    assert (done.return_value, [Path(line).name for line in done.stdout.split()]) == (0, ["accepted.sssom.tsv"])
    assert "1 rows of the decisions are still open" in done.stderr
    accepted = tmp_path / "out" / "accepted.sssom.tsv"
    matches, findings = read_matches(accepted.read_bytes(), file="a")
    assert findings == ()
    ends = [(match.get("subject_id").rpartition("/")[2], match.get("object_id").rpartition("/")[2]) for match in matches.matches]
    said = {(*pair, match.get("mapping_justification").removeprefix(SEMAPV)) for pair, match in zip(ends, matches.matches, strict=True)}
    assert said == {
        ("red-teaming", "2.2.2", "ManualMappingCuration"),
        ("red-teaming", "2.2.3", "ManualMappingCuration"),
        ("save-power", "NoTermFound", "ManualMappingCuration"),
        ("release-in-steps", "2.3.1", "MappingChaining"),
    }
    graph = airm_graph.build([tables], decisions=[accepted])
    codes = {
        mitigation.key.rpartition("/")[2]: [(c.edition, c.code) for c in mitigation.classifications]
        for mitigation in records_of(graph).mitigations
    }
    assert codes == {
        "red-teaming": [("v1", "3.1"), ("v2", "2.2.2"), ("v2", "2.2.3")],
        "release-in-steps": [("v1", "3.4"), ("v2", "2.3.1")],
        "save-power": [("v1", "1.6")],
        "uncoded": [],
    }
    assert not [finding for finding in graph.report.findings if finding.severity.rank == 0]


def test_decided_code_rests_on_the_cell_that_says_so(tables: Path, tmp_path: Path):
    migrate(tables, "-o", tmp_path / "out")
    review = fill(tmp_path / "out" / "review.csv", tmp_path / "mine.csv", red_teaming="2.2.2")
    graph = airm_graph.build([tables], decisions=[review])
    mitigation = next(m for m in records_of(graph).mitigations if m.key.endswith("red-teaming"))
    new = next(c for c in mitigation.classifications if c.edition == "v2")
    row = next(number for number, entry in enumerate(read_review(review), 2) if entry["decision"])
    assert [(location.row, location.column, location.text) for location in new.evidence] == [(row, "decision", "2.2.2")]
    assert [agent.name for agent, _ in new.agents] == ["Cy Day"]
    assert [day.value for day in new.created] == ["2026-11-21"]
    assert "mine.csv" in {name for capture in records_of(graph).captures for name in capture.file_names}
    assert graph.report.conforms


def test_hand_made_code_without_a_name_is_nobodys(tables: Path, tmp_path: Path):
    migrate(tables, "-o", tmp_path / "out", "--accept-certain")
    accepted = tmp_path / "out" / "accepted.sssom.tsv"
    (derived,) = read_decisions([accepted]).codes
    assert derived.assigned.agent.key == "agent/classifier/airm-graph"
    accepted.write_text(accepted.read_text().replace("MappingChaining", "ManualMappingCuration"))
    (by_hand,) = read_decisions([accepted]).codes
    assert by_hand.assigned.agent is None


def test_review_with_decisions_is_not_written_over(tables: Path, tmp_path: Path):
    migrate(tables, "-o", tmp_path / "out")
    review = tmp_path / "out" / "review.csv"
    assert not has_decisions(review)
    assert migrate(tables, "-o", tmp_path / "out").return_value == 0
    fill(review, review, red_teaming="2.2.2")
    before = review.read_bytes()
    done = CliRunner().invoke(cli, ["migrate", str(tables), "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "holds decisions" in done.output
    assert review.read_bytes() == before


def test_decision_that_cannot_be_taken_is_found_at_its_row(tables: Path, tmp_path: Path):
    migrate(tables, "-o", tmp_path / "out")
    review = fill(tmp_path / "out" / "review.csv", tmp_path / "mine.csv", red_teaming="2.2.7", release_in_steps="2.3.1")
    review.write_text(review.read_text().replace("/release-in-steps", "/release-at-once"))
    done = migrate(tables, "-o", tmp_path / "out", "--decisions", review)
    assert done.return_value == 1
    assert "DEC-03" in done.stderr
    assert "DEC-01" in done.stderr
    graph = airm_graph.build([tables], decisions=[review])
    found = {finding.rule: finding.location for finding in graph.report.findings if finding.rule.startswith("DEC")}
    assert {rule: location.column for rule, location in found.items()} == {"DEC-01": "decision", "DEC-03": "decision"}
    assert {row: read_review(review)[row - 2]["decision"] for row in (found["DEC-01"].row, found["DEC-03"].row)} == {
        found["DEC-01"].row: "2.3.1",
        found["DEC-03"].row: "2.2.7",
    }


def test_names_of_another_base_are_understood(tables: Path, tmp_path: Path):
    base = "https://example.org/mine/"
    done = migrate_codes([tables], base=base)
    (tmp_path / "review.csv").write_text(done.tables["review.csv"])
    review = fill(tmp_path / "review.csv", tmp_path / "mine.csv", red_teaming="2.2.2")
    assert read_review(review)[0]["mitigation"].startswith(f"{base}mitigation/")
    assert "v2/2.2.2>" in json.dumps(airm_graph.build([tables], base=base, decisions=[review]).asserted)


def test_another_mapping_can_be_given(tables: Path, tmp_path: Path):
    mine = tmp_path / "mine.sssom.tsv"
    mine.write_text(
        MAPPING.read_text(encoding="utf-8").replace("closeMatch", "relatedMatch").replace("v2:2.3.1\t", "v2:2.3.2\t"), encoding="utf-8"
    )
    rows = csv.DictReader(io.StringIO(migrate_codes([tables], alignment=mine).tables["review.csv"]))
    assert {row["candidates"] for row in rows if row["certain"] == "yes"} == {"2.3.2 Access & Security Controls"}


def test_editions_without_a_mapping_are_refused(tables: Path, tmp_path: Path):
    for old, message in (("v2", "no mapping from v2 to v1"), ("v1", "same edition")):
        done = CliRunner().invoke(cli, ["migrate", str(tables), "-o", str(tmp_path / "out"), "--from", old, "--to", "v1"])
        assert done.exit_code != 0
        assert message in done.output + str(done.exception)


def test_output_is_the_same_in_any_order_of_rows(tables: Path, tmp_path: Path):
    first = migrate_codes([tables]).tables
    head, *rows = (tables / "mitigations.csv").read_text().splitlines()
    (tables / "mitigations.csv").write_text("\n".join([head, *reversed(rows)]) + "\n")
    assert migrate_codes([tables]).tables == first


def test_real_editions_agree_as_often_as_the_guide_says(captures: Path):
    folder = captures.parent / "data" / "mit-v1"
    if not folder.is_dir():
        pytest.skip("the tables of the first edition are not beside this checkout")
    done = migrate_codes([folder, captures])
    states = [proposal.state for proposal in done.proposals]
    assert {state: states.count(state) for state in set(states)} == {"open": 805, "certain": 8, "present": 7}
    found = done.agreement
    assert (found.compared, found.held, found.first, found.certain, found.candidates) == (7, 5, 1, 0, 41)
    guide = (Path(__file__).parents[1] / "docs" / "guides" / "mappings.md").read_text(encoding="utf-8")
    assert f"for {found.held} of {found.compared}" in guide
