"""Findings about RDF files: the line of the offending triple, or of its subject, in every format."""

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airm_graph.errors import StoreError
from airm_graph.graph import TripleTable
from airm_graph.graph.store import FORMATS, number_rows, parse_rows
from airm_graph.ingest.rdf import RdfFile, load_rdf_files, locate_findings
from airm_graph.ingest.rdf_jsonld import find_json_lines
from airm_graph.model import Finding, Location, Severity
from airm_graph.pipeline import validate_inputs
from airm_graph.terms import Quad, read_literal

RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
E = "http://example.org/"


def read_files(paths: list[Path]) -> tuple[tuple[RdfFile, ...], list[Quad]]:
    with TripleTable(threads=1) as table:
        return load_rdf_files(paths, table=table), table.rows()


def read_text(folder: Path, name: str, text: str | bytes) -> RdfFile:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_files([path])[0][0]


def location(file: RdfFile, focus: str, path: str = "", value: str = "") -> Location:
    about = Finding("A-01", Severity.WARNING, "no", focus=focus, path=path, value=value)
    (finding,) = locate_findings([about], files=[file])
    assert finding.location is not None
    return finding.location


def found(file: RdfFile, focus: str, path: str = "", value: str = "") -> str | None:
    at = location(file, iri(focus), iri(path) if path else "", value)
    return at.text if at.first_line else None


def iri(local: str) -> str:
    return local if local.startswith(("<", "_", "^", "(")) else f"<{E}{local}>"


TURTLE = """# a comment with ex:gate in it
PREFIX ex: <http://example.org/>

ex:gate
  a ex:Measure ;
  ex:label "Gate" , "Release gate" ;
  ex:text \"\"\"Two
lines\"\"\" ;
  ex:part [
    ex:label "inner"
  ] ;
  ex:list ( 1
    2 ) .

ex:other ex:number 007 .
"""


@pytest.mark.parametrize(
    ("focus", "path", "value", "quoted"),
    [
        ("gate", "label", '"Gate"', '  ex:label "Gate" , "Release gate" ;'),
        ("gate", "text", '"Two\\nlines"', '  ex:text """Two\nlines""" ;'),
        ("gate", "part", "_:anon1", "  ex:part ["),
        ("_:anon1", "label", '"inner"', '    ex:label "inner"'),
        ("_:anon1", "", "", "  ex:part ["),
        ("gate", "", "", "ex:gate"),
        ("gate", "missing", "", "ex:gate"),
        ("gate", RDF_TYPE, iri("Measure"), "  a ex:Measure ;"),
        ("gate", "label", "", '  ex:label "Gate" , "Release gate" ;'),
        ("other", "number", '"7"^^<http://www.w3.org/2001/XMLSchema#integer>', "ex:other ex:number 007 ."),
        ("Measure", "", "", "  a ex:Measure ;"),
        ("Measure", f"^({RDF_TYPE})", iri("gate"), "  a ex:Measure ;"),
        ("Measure", "^(<http://example.org/absent>)", "", "  a ex:Measure ;"),
        ("gate", "(<http://example.org/label>|<http://example.org/x>)", "", '  ex:label "Gate" , "Release gate" ;'),
        ("nobody", "", "", None),
    ],
)
def test_turtle_gives_the_line_of_the_triple_or_of_its_subject(
    tmp_path: Path, focus: str, path: str, value: str, quoted: str | None
) -> None:
    assert found(read_text(tmp_path, "a.ttl", TURTLE), focus, path, value) == quoted


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_are_right_with_other_line_ends_and_a_byte_order_mark(tmp_path: Path, end: str, mark: str) -> None:
    file = read_text(tmp_path, "a.ttl", mark + TURTLE.replace("\n", end))
    assert found(file, "_:anon1", "label", '"inner"') == '    ex:label "inner"'


def test_subject_on_one_line_with_its_neighbour_is_found(tmp_path: Path) -> None:
    file = read_text(tmp_path, "a.ttl", f"<{E}a> <{E}p> 1 . <{E}b>\n <{E}p> 2 .\n<{E}c>\n\n# <{E}c>\n <{E}p> 3 .")
    assert location(file, iri("b")).first_line == 2
    assert location(file, iri("c")).first_line == 3


N_QUADS = f'# first\n<{E}a> <{E}p> "1" .\n\n<{E}a> <{E}p> "2" <{E}g> .\n_:x <{E}p> "3" .\n'


def test_n_quads_give_the_line_of_the_quad(tmp_path: Path) -> None:
    file = read_text(tmp_path, "a.nq", N_QUADS)
    assert [
        location(file, focus, iri("p"), value).first_line for focus, value in ((iri("a"), '"1"'), (iri("a"), '"2"'), ("_:x", '"3"'))
    ] == [
        2,
        4,
        5,
    ]
    # Without a value there is one too many: the last.
    assert location(file, iri("a"), iri("p")).first_line == 4


JSON_LD = """{
  "@context": {
    "ex": "http://example.org/",
    "@vocab": "http://example.org/",
    "@base": "http://example.org/",
    "id": "@id",
    "kind": "@type",
    "part": {"@id": "ex:part", "@type": "@id"},
    "titles": {"@id": "ex:title", "@container": "@language"}
  },
  "@graph": [
    {
      "label": [
        "Gate",
        {"@value": "Release gate"}
      ],
      "number": 7,
      "id": "ex:gate",
      "kind": "Measure",
      "part": [
        "other",
        "http://example.org/third"
      ],
      "titles": {
        "en": "Gate",
        "de": "Tor"
      },
      "ex:inner": {
        "id": "inner",
        "label": "inside \\"}"
      }
    }
  ]
}
"""


@pytest.mark.parametrize(
    ("focus", "path", "value", "quoted"),
    [
        ("gate", "label", '"Gate"', '"Gate",'),
        ("gate", "label", '"Release gate"', '{"@value": "Release gate"}'),
        ("gate", "label", "", '{"@value": "Release gate"}'),
        ("gate", "number", '"7"^^<http://www.w3.org/2001/XMLSchema#integer>', '"number": 7,'),
        ("gate", RDF_TYPE, iri("Measure"), '"kind": "Measure",'),
        ("gate", "part", iri("other"), '"other",'),
        ("gate", "part", iri("third"), '"http://example.org/third"'),
        ("gate", "title", '"Tor"@de', '"de": "Tor"'),
        ("gate", "inner", iri("inner"), '"id": "inner",'),
        ("inner", "label", '"inside \\"}"', '"label": "inside \\"}"'),
        ("gate", "", "", '"id": "ex:gate",'),
        ("gate", "missing", "", '"id": "ex:gate",'),
        ("other", "", "", '"other",'),
    ],
)
def test_json_ld_gives_the_line_of_the_value(tmp_path: Path, focus: str, path: str, value: str, quoted: str) -> None:
    line = found(read_text(tmp_path, "a.jsonld", JSON_LD), focus, path, value)
    assert line is not None
    assert line.strip() == quoted


NO_JSON = ["", "{", "[" * 5, '{"@id": "a" "b"}', '{"a": tru', '["\\', '{"@context": {"a": "a"}, "@id": "x", "a": 1}', "[1, {2: 3}]"]


@pytest.mark.parametrize("text", NO_JSON)
def test_json_that_is_none_has_no_lines_and_no_error(text: str) -> None:
    find_json_lines(text, rows=[(iri("x"), iri("p"), '"1"', "")])


@given(st.text(alphabet='{}[]":,@idtype \n\\a1', max_size=60))
def test_json_finder_when_given_anything_never_fails(text: str) -> None:
    triples, subjects = find_json_lines(text, rows=[(iri("x"), RDF_TYPE, iri("a"), "")])
    last = text.count("\n") + 1
    assert all(1 <= line <= last for pair in triples.values() for line in pair)
    assert all(1 <= line <= last for line in subjects.values())


def test_blank_nodes_have_names_that_stay_and_are_not_shared(tmp_path: Path) -> None:
    text = f"_:x <{E}p> [ <{E}q> _:anon1 ] . [] <{E}p> _:f2-x ."
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text(text)
    paths = [tmp_path / "a.ttl", tmp_path / "b.ttl"]
    files, rows = read_files(paths)
    assert read_files(paths)[1] == rows

    def blanks(quads: Iterable[Quad]) -> set[str]:
        return {term for quad in quads for term in quad if term.startswith("_:")}

    first, second = (blanks(file.quads) for file in files)
    assert first | second == blanks(rows)
    assert len(first) == 5
    assert first.isdisjoint(second)
    alone = blanks(read_files(paths[:1])[1])
    assert "_:x" in alone
    assert len(alone) == 5


# Every triple of the example, in every format: its line holds its value.


@pytest.mark.parametrize("name", ["airm.ttl", "airm.nt", "airm.nq", "airm.jsonld", "airm.rdf"])
def test_every_triple_of_the_example_is_on_its_line(example_dist: Path, name: str) -> None:
    files, rows = read_files([example_dist / name])
    asked = random.Random(7).sample(rows, 400)
    about = [Finding("A-01", Severity.WARNING, "no", focus=s, path=p, value=o) for s, p, o, _ in asked]
    for (s, p, o, _), finding in zip(asked, locate_findings(about, files=files), strict=True):
        at = finding.location
        assert at is not None, (s, p, o)
        assert at.first_line, (s, p, o)
        quoted = at.text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
        text = re.split(r'[\n"\\]', read_literal(o).text)[0] if o.startswith('"') else re.split(r"[/#]", o.strip("<>"))[-1]
        assert text in quoted, (s, p, o, at)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_numbered_rows_are_the_rows(example_dist: Path, suffix: str) -> None:
    names = {".ttl": "airm.ttl", ".nt": "airm.nt", ".nq": "airm.nq", ".trig": "airm.ttl", ".jsonld": "airm.jsonld"}
    data = (example_dist / names.get(suffix, "airm.rdf")).read_bytes()
    assert sorted(row for row, _ in number_rows(data, name="x", suffix=suffix)) == sorted(parse_rows(data, name="x", suffix=suffix))


@pytest.mark.parametrize(
    ("suffix", "text", "location"),
    [(".ttl", f"<{E}a> <{E}b> <{E}c> .\n<{E}a> x .", "bad:2"), (".xml", "<!DOCTYPE x><x/>", "document type"), (".x", "", "unknown suffix")],
)
def test_numbered_rows_when_the_file_is_broken_name_the_place(suffix: str, text: str, location: str) -> None:
    with pytest.raises(StoreError, match=location):
        list(number_rows(text.encode(), name="bad", suffix=suffix))


# Findings.


def test_findings_are_placed_in_the_file_that_states_the_triple(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(f"<{E}x> <{E}p> 1 .\n")
    (tmp_path / "b.ttl").write_text(f"\n<{E}x> <{E}p> 2 .\n")
    files, _ = read_files([tmp_path / "a.ttl", tmp_path / "b.ttl"])
    integer = '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'
    plain = Finding("A-01", Severity.WARNING, "no", focus=iri("x"), path=iri("p"), value=integer, location=Location("page.txt", 3))
    (finding,) = locate_findings([plain], files=files)
    assert finding.location == Location(files[1].name, 2, 2, f"<{E}x> <{E}p> 2 .")
    assert finding.origin == Location("page.txt", 3)
    (elsewhere,) = locate_findings([Finding("A-01", Severity.WARNING, "no", focus=iri("nobody"))], files=files)
    assert elsewhere.location is None


def test_finding_without_a_line_has_at_least_the_file(tmp_path: Path) -> None:
    file = read_text(tmp_path, "a.jsonld", '{"http://example.org/p": "no id"}')
    (finding,) = locate_findings([Finding("A-01", Severity.WARNING, "no", focus=file.quads[0][0])], files=[file])
    assert finding.location == Location(file.name)


DATA = """PREFIX airm: <https://w3id.org/airm-graph/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

<urn:m>
  a airm:Mitigation ;
  rdfs:label "Gate " ;
  airm:source <urn:s> .

<urn:s> a airm:Source ;
  dcterms:issued 2025 .
"""


def test_validate_names_file_and_line_of_rdf(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(DATA)
    report, paths = validate_inputs([path])
    locations = {finding.rule: (finding.location.file, finding.location.first_line) for finding in report.findings if finding.location}
    name = path.as_posix()
    assert paths == {name: name}
    assert report.files == (name,)
    assert locations["MIT-01"] == (name, 7)
    assert locations["SRC-04"] == (name, 11)
    assert locations["SRC-09"] == (name, 10)
    assert not [finding for finding in report.findings if finding.location is None]


def test_validate_mentions_the_captured_line_of_a_written_graph(example_dist: Path, tmp_path: Path) -> None:
    text = (example_dist / "airm.ttl").read_text(encoding="utf-8")
    path = tmp_path / "broken.ttl"
    lines = text.split("\n")
    number = next(number for number in range(len(lines)) if lines[number].strip() == "a airm:Mitigation ;") + 1
    lines[number] = '  rdfs:label " padded" ;'
    path.write_text("\n".join(lines), encoding="utf-8")
    report, _ = validate_inputs([path])
    (finding,) = [finding for finding in report.findings if finding.rule == "MIT-01"]
    assert finding.location is not None
    assert (finding.location.first_line, finding.location.text) == (number + 1, lines[number])
    assert finding.origin is not None
    assert finding.origin.file.endswith(".txt")


def test_validate_takes_folders_of_rdf(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("airm.ttl", "below/more.ttl", ".hidden/no.ttl"):
        (tmp_path / name).write_text(DATA.replace("urn:", f"urn:{name}"))
    report, _ = validate_inputs([tmp_path])
    assert {Path(file).name for file in report.files} == {"airm.ttl", "more.ttl"}


def test_validate_of_a_written_folder_reads_one_export(example_dist: Path) -> None:
    report, _ = validate_inputs([example_dist])
    assert [Path(file).name for file in report.files] == ["airm.nq"]


def test_validate_of_parquet_with_quads_is_that_of_the_file_they_came_from(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(DATA)
    (tmp_path / "parts").mkdir()
    with TripleTable(threads=1) as table:
        load_rdf_files([tmp_path / "data.ttl"], table=table)
        table.copy_rows(tmp_path / "parts" / "quads.parquet")
        table.copy_parquet("SELECT 'a' AS name", tmp_path / "parts" / "other.parquet")
    wanted = validate_inputs([tmp_path / "data.ttl"])[0]
    for path in (tmp_path / "parts", tmp_path / "parts" / "quads.parquet"):
        report, _ = validate_inputs([path])
        assert [Path(file).name for file in report.files if file.endswith("quads.parquet")] == ["quads.parquet"]
        assert [(one.rule, one.focus, one.value) for one in report.findings if one.focus] == [
            (one.rule, one.focus, one.value) for one in wanted.findings
        ]
    assert wanted.counts["violation"] > 0


def test_validate_of_captures_beside_rdf_judges_both(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(DATA)
    (tmp_path / "a.txt").write_text("page")
    for inputs in ([tmp_path], [tmp_path / "a.ttl", tmp_path / "a.txt"]):
        report, files = validate_inputs(inputs)
        assert {Path(name).name for name in files} == {"a.ttl", "a.txt"}
        assert {finding.rule[:3] for finding in report.findings} >= {"CAP", "MIT"}
        assert {Path(name).name for name, _ in report.ledger.read} == {"a.ttl", "a.txt"}


def test_report_about_rdf_is_the_same_for_any_hash_seed(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(DATA.replace("<urn:s> .", "<urn:s> ; airm:partOf [ a airm:Mitigation ] , [] ."))
    code = "import sys; from airm_graph.pipeline import validate_inputs; sys.stdout.write(validate_inputs(['data.ttl'])[0].to_json())"
    outputs = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=True, env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"}
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert any(finding["focus"] == "_:anon1" for finding in json.loads(outputs.pop())["findings"])
