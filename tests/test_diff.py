"""What changed between two releases: each planted change is told as what it is, and nothing else is."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import airm_graph
from airm_graph.analysis.releases import KINDS, Changes, Release, compare_releases
from airm_graph.analysis.releases_formats import changes_json, changes_markdown, changes_turtle, describe_changes
from airm_graph.cli import cli
from airm_graph.errors import InputError, QueryError, StoreError
from airm_graph.matching import match_things
from airm_graph.namespaces import iri, literal, term
from airm_graph.notice import NOTICE
from airm_graph.pipeline import diff
from airm_graph.terms import Quad
from conftest import ROOT

STAGED = iri("mitigation/example-standards-forum-2025-safeguards-practice/staged-release")
BEFORE = iri("mitigation/example-standards-forum-2025-safeguards-practice/before-release")
HANDBOOK = iri("source/example-standards-forum-2025-safeguards-practice")
CODE = iri("taxonomy/v2/1.1.1")
TRUE = literal("true", datatype="xsd:boolean")


@pytest.fixture(scope="module")
def quads(example_graph: airm_graph.Graph) -> tuple[Quad, ...]:
    return example_graph.quads


def compare(old: tuple[Quad, ...], new: list[Quad] | tuple[Quad, ...]) -> Changes:
    return compare_releases(Release("old", old), Release("new", new))


def told(changes: Changes) -> list[tuple[str, str, str]]:
    return [(one.kind, one.subject, one.what) for one in changes.changes]


def replace(quads: tuple[Quad, ...], old: str, new: str) -> list[Quad]:
    """Put one IRI, and those below it, in place of another."""
    stem, other = old[:-1], new[:-1]
    return [tuple(re.sub(re.escape(stem) + "(?=[>/])", other, part) for part in quad) for quad in quads]


def set_value(quads: tuple[Quad, ...], subject: str, predicate: str, value: str) -> list[Quad]:
    """Put a value in place of all that a subject has of a property."""
    assert any((s, p) == (subject, predicate) for s, p, _, _ in quads)
    return sorted({(s, p, value if (s, p) == (subject, predicate) else o, g) for s, p, o, g in quads})


def without(quads: tuple[Quad, ...], *subjects: str) -> list[Quad]:
    return [
        quad for quad in quads if not any(part[:-1] == one[:-1] or part.startswith(f"{one[:-1]}/") for one in subjects for part in quad)
    ]


def test_release_is_equal_to_itself_in_any_order_and_graph(quads: tuple[Quad, ...]) -> None:
    changes = compare(quads, [(*quad[:3], "") for quad in reversed(quads)])
    assert changes.is_equal
    assert changes.statements == (0, 0)


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "expected"),
    [
        (f"{STAGED[:-1]}/classification/v2-2.2>", "airm:assignedCode", CODE, ("mitigation recoded", STAGED, "airm:assignedCode")),
        (f"{BEFORE[:-1]}/classification/v2-2>", "airm:reasoning", '"So."', ("mitigation text changed", BEFORE, "airm:reasoning")),
        (STAGED, "dcterms:description", '"Other words."', ("mitigation text changed", STAGED, "dcterms:description")),
        (STAGED, "airm:actor", iri("actor/user"), ("mitigation role changed", STAGED, "airm:actor")),
        (STAGED, "airm:lifecycleStage", iri("lifecycle/deploy/x"), ("mitigation role changed", STAGED, "airm:lifecycleStage")),
        (STAGED, "airm:function", iri("function/govern"), ("mitigation role changed", STAGED, "airm:function")),
        (STAGED, "airm:source", iri("source/gipiskis-2024-risk-sources"), ("mitigation source changed", STAGED, "airm:source")),
        (STAGED, "airm:partOf", iri("mitigation/x"), ("mitigation moved", STAGED, "airm:partOf")),
        (STAGED, "rdfs:label", '"Staged roll-out"', ("mitigation renamed", STAGED, "same IRI")),
        (HANDBOOK, "dcterms:title", '"Another title"', ("source changed", HANDBOOK, "dcterms:title")),
        (HANDBOOK, "dcterms:issued", '"2026"', ("source changed", HANDBOOK, "dcterms:issued")),
        (CODE, "skos:prefLabel", '"Other"@en', ("term changed", CODE, term("skos:prefLabel"))),
    ],
)
def test_planted_change_is_told_and_nothing_else(quads: tuple[Quad, ...], subject: str, predicate: str, value: str, expected) -> None:
    changes = compare(quads, set_value(quads, subject, term(predicate), value))
    assert told(changes) == [expected]
    assert value in changes.changes[0].new
    assert not changes.is_equal


def test_mitigations_and_sources_that_come_and_go_are_told(quads: tuple[Quad, ...]) -> None:
    fewer = without(quads, STAGED, iri("source/gipiskis-2024-risk-sources"))
    lost = compare(quads, fewer)
    assert ("mitigation removed", STAGED, "") in told(lost)
    assert ("source removed", iri("source/gipiskis-2024-risk-sources"), "") in told(lost)
    gained = compare(tuple(fewer), quads)
    assert ("mitigation added", STAGED, "") in told(gained)
    assert ("source added", iri("source/gipiskis-2024-risk-sources"), "") in told(gained)


NAMED = iri("mitigation/example-standards-forum-2025-safeguards-practice/roll-out-in-stages")


def forget(quads: list[Quad], subject: str, *names: str) -> list[Quad]:
    return [quad for quad in quads if quad[0] != subject or quad[1] not in {term(name) for name in names}]


@pytest.mark.parametrize(
    ("forgotten", "why"),
    [
        ((), "same evidence"),
        (("dcterms:description",), "same evidence"),
        (("airm:evidence",), "same text"),
    ],
)
def test_mitigation_with_another_iri_is_renamed_where_evidence_or_text_says_so(quads: tuple[Quad, ...], forgotten, why: str) -> None:
    new = forget(replace(quads, STAGED, NAMED), NAMED, *forgotten)
    found = [one for one in compare(quads, new).changes if one.kind != "mitigation text changed"]
    assert [(one.kind, one.subject, one.what) for one in found] == [("mitigation renamed", NAMED, why)]
    assert STAGED in found[0].old
    assert NAMED in found[0].new


def test_mitigation_with_another_iri_is_renamed_where_its_identifier_says_so(quads: tuple[Quad, ...]) -> None:
    new = forget(replace(quads, BEFORE, NAMED), NAMED, "airm:evidence", "dcterms:description")
    assert told(compare(quads, new)) == [("mitigation renamed", NAMED, "same identifier")]


def test_mitigation_of_which_nothing_is_the_same_is_another_one(quads: tuple[Quad, ...]) -> None:
    new = forget(replace(quads, STAGED, NAMED), NAMED, "airm:evidence", "dcterms:description")
    assert told(compare(quads, new)) == [("mitigation added", NAMED, ""), ("mitigation removed", STAGED, "")]


def test_renamed_parent_is_not_told_at_its_parts(quads: tuple[Quad, ...]) -> None:
    new = replace(quads, BEFORE, NAMED)
    assert told(compare(quads, new)) == [("mitigation renamed", NAMED, "same identifier")]


def test_source_with_another_iri_is_no_change_of_its_mitigations(quads: tuple[Quad, ...]) -> None:
    other = iri("source/another-name")
    assert told(compare(quads, replace(quads, HANDBOOK, other))) == [("source changed", other, "same title")]


def test_things_are_paired_only_where_there_is_no_choice() -> None:
    assert match_things({"text": ({"a": {"x"}, "b": {"x"}}, {"c": {"x"}})}) == {}
    assert match_things({"text": ({"a": {"x", "y", "z"}}, {"c": {"x", "p", "q"}})}) == {}
    assert match_things({"id": ({"a": {"1"}}, {"c": {"1"}}), "text": ({"a": {"x"}}, {"d": {"x"}})}) == {"a": ("c", "id")}


def test_terms_that_come_go_and_are_deprecated_are_told(quads: tuple[Quad, ...]) -> None:
    deprecated = [*quads, (CODE, term("owl:deprecated"), TRUE, ""), (CODE, term("dcterms:isReplacedBy"), iri("taxonomy/v2/1.1.2"), "")]
    (change,) = compare(quads, deprecated).changes
    assert (change.kind, change.subject, change.new) == ("term deprecated", CODE, (iri("taxonomy/v2/1.1.2"),))
    added = [*quads, (iri("actor/new"), term("rdf:type"), term("skos:Concept"), "")]
    assert told(compare(quads, added)) == [("term added", iri("actor/new"), "")]
    assert told(compare(tuple(added), quads)) == [("term removed", iri("actor/new"), "")]


def test_statements_of_which_no_change_is_told_still_make_a_difference(quads: tuple[Quad, ...]) -> None:
    changes = compare(quads, [*quads, ("<urn:a>", "<urn:b>", "<urn:c>", "")])
    assert changes.changes == ()
    assert changes.statements == (1, 0)
    assert not changes.is_equal
    assert "1 statements added, 0 removed" in describe_changes(changes)


# Releases in folders and files.


@pytest.fixture(scope="module")
def folders(example_dist: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The example, and the example after a name was changed and a page taken away."""
    folder = tmp_path_factory.mktemp("diff")
    shutil.copytree(ROOT / "examples", folder / "pages")
    for page in (folder / "pages").glob("*.txt"):
        page.write_text(page.read_text(encoding="utf-8").replace("Incident response plan", "Incident handling plan"), encoding="utf-8")
    (folder / "pages" / "francois-unnamed.txt").unlink()
    airm_graph.build([folder / "pages"]).write(folder / "dist")
    return example_dist, folder / "dist"


def test_renamed_page_is_recognised_and_findings_are_compared(folders: tuple[Path, Path]) -> None:
    changes = diff(*folders)
    name = "mitigation/example-standards-forum-2025-safeguards-practice/incident-{}-plan"
    assert ("mitigation renamed", iri(name.format("handling"))) in {one[:2] for one in told(changes)}
    counts = changes.count()
    assert counts["mitigation removed"] == 6
    assert "mitigation added" not in counts
    assert "mitigation recoded" not in counts
    reports = [json.loads((folder / "report.json").read_text(encoding="utf-8"))["findings"] for folder in folders]
    old, new = ({one["fingerprint"] for one in findings} for findings in reports)
    found = {kind: {one.new[0] for one in changes.changes if one.kind == kind} for kind in ("finding gained", "finding lost")}
    assert found == {"finding gained": new - old, "finding lost": old - new}


def test_files_are_compared_without_findings(folders: tuple[Path, Path], quads: tuple[Quad, ...]) -> None:
    changes = diff(folders[0] / "airm.ttl", folders[0] / "airm.nq")
    assert changes.is_equal
    assert not changes.knows_findings
    assert "findings are not compared" in describe_changes(changes)
    assert changes.old.triples == {quad[:3] for quad in quads}


def test_release_is_found_by_the_digest_of_its_triples(folders: tuple[Path, Path], tmp_path: Path, monkeypatch) -> None:
    for number, folder in enumerate(folders):
        shutil.copytree(folder, tmp_path / "releases" / f"r{number}")
    digests = [load_digest(tmp_path / "releases" / f"r{number}") for number in range(2)]
    expected = diff(*folders).changes
    assert diff(digests[0], tmp_path / "releases" / "r1").changes == expected
    assert diff(tmp_path / "releases" / "r0", digests[1][:12]).changes == expected
    monkeypatch.chdir(tmp_path)
    assert diff(digests[0], digests[1]).changes == expected
    with pytest.raises(InputError, match="no release here or beside the other has this digest; give a folder"):
        diff("0" * 64, "releases/r1")
    shutil.copytree("releases/r0", "releases/again")
    with pytest.raises(InputError, match="2 releases have this digest"):
        diff(digests[0], "releases/r1")


def load_digest(folder: Path) -> str:
    return airm_graph.load(folder).digest


def test_what_is_no_release_is_an_error_that_says_what_to_do(example_dist: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder; give a folder that airm-graph build wrote"):
        diff(example_dist, tmp_path / "none")
    with pytest.raises(InputError, match="this is no folder that airm-graph build wrote"):
        diff(ROOT / "examples", example_dist)
    with pytest.raises(InputError, match="this is no release; give a folder"):
        diff(example_dist, ROOT / "README.md")
    with pytest.raises(InputError, match="no dataset is described in it"):
        diff(example_dist, ROOT / "ontology" / "airm.ttl")
    (tmp_path / "broken.nt").write_text("<urn:a> <urn:b>\n", encoding="utf-8")
    with pytest.raises(StoreError, match="not readable as RDF"):
        diff(example_dist, tmp_path / "broken.nt")


def test_release_that_was_changed_since_is_refused(example_dist: Path, tmp_path: Path) -> None:
    shutil.copytree(example_dist, tmp_path / "dist")
    with (tmp_path / "dist" / "report.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    with pytest.raises(InputError, match=r"report\.json was changed since"):
        diff(example_dist, tmp_path / "dist")


def test_file_that_lies_beside_a_release_is_no_part_of_it(example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    example_graph.write(tmp_path / "dist", formats=["turtle"])
    (tmp_path / "dist" / "airm.nq").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    assert len(diff(tmp_path / "dist", tmp_path / "dist" / "airm.ttl").old.triples) == len(example_graph)


def test_release_with_another_base_is_an_error(example_dist: Path, tmp_path: Path) -> None:
    airm_graph.build([ROOT / "examples"], base="https://example.org/elsewhere/").write(tmp_path / "dist", formats=["nquads"])
    with pytest.raises(QueryError, match=r"has the base https://w3id\.org/airm-graph/ and .* has https://example\.org/elsewhere/"):
        diff(example_dist, tmp_path / "dist")


# Formats and the command.


def test_formats_tell_the_same_changes_and_carry_the_notice(folders: tuple[Path, Path]) -> None:
    import rdflib

    changes = diff(*folders)
    text, markdown, record, turtle = (write(changes) for write in (describe_changes, changes_markdown, changes_json, changes_turtle))
    assert all(NOTICE in each for each in (text, markdown, record, turtle))
    assert json.loads(record)["counts"] == changes.count()
    for kind, number in changes.count().items():
        assert f"\n{kind}: {number}\n" in text
        assert f"<summary>{kind}: {number}</summary>" in markdown
    found = rdflib.Graph().parse(data=turtle, format="turtle")
    types = [str(o).rpartition("#")[2] for o in found.objects(None, rdflib.RDF.type) if "/changes#" in str(o)]
    named = {kind: types.count("".join(word.capitalize() for word in kind.split())) for kind in KINDS}
    assert {kind: number for kind, number in named.items() if number} == changes.count()
    assert turtle == changes_turtle(diff(*folders))


def test_texts_of_the_data_are_code_in_markdown(quads: tuple[Quad, ...]) -> None:
    changes = compare(quads, set_value(quads, STAGED, term("rdfs:label"), literal("See `this` @somebody\n# title <b>")))
    (line,) = (line for line in changes_markdown(changes).splitlines() if "+ See" in line)
    assert line == r"  - ``+ See `this` @somebody\n# title <b>``"


def run(*arguments: str) -> tuple[object, str]:
    done = CliRunner().invoke(cli, ["diff", *arguments], standalone_mode=False)
    return done.return_value if done.exception is None else type(done.exception).__name__, done.stdout


def test_command_shows_what_the_function_returns_and_its_code_is_the_answer(folders: tuple[Path, Path]) -> None:
    old, new = map(str, folders)
    changes = diff(old, new)
    writers = {"text": describe_changes, "markdown": changes_markdown, "json": changes_json, "turtle": changes_turtle}
    for shape, write in writers.items():
        assert run(old, new, "--format", shape) == (1, write(changes))
    assert run(old, old) == (0, describe_changes(diff(old, old)))
    assert run(old, str(ROOT / "examples"))[0] == "InputError"
