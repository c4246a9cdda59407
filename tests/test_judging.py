"""Validation that loses nothing: every result, what was looked at, what a baseline accepts, and whose rules apply."""

import bz2
import gzip
import json
import random
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner
from rdflib.compare import to_isomorphic

from airm_graph.cli.validate_command import command
from airm_graph.errors import AirmError, ExportError, InputError, ShapesError
from airm_graph.pipeline import load, validate_inputs
from airm_graph.validate.baseline import compare_report, read_baseline, write_baseline
from airm_graph.validate.formats.result_path import write_path
from airm_graph.validate.report import NOTICE, Report

HEAD = """PREFIX ex: <https://example.org/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
TARGET = "ex:S a sh:NodeShape ; sh:targetClass ex:T ; "


def write(folder: Path, **files: str) -> list[Path]:
    """Write Turtle files with the prefixes above; ``a_ttl`` is ``a.ttl``."""
    paths = [folder / name.replace("_", ".") for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(HEAD + text, encoding="utf-8")
    return paths


def judge(folder: Path, data: str, shapes: str, *, engine: str = "auto") -> Report:
    data_path, shapes_path = write(folder, data_ttl=data, shapes_ttl=shapes)
    return validate_inputs([data_path], shapes=[str(shapes_path)], engine=engine)[0]


def run(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.return_value, done.stdout, done.stderr


# Every result.

CLOSED = TARGET + "sh:closed true ; sh:ignoredProperties ( rdf:type ) ."
FOUR = TARGET + 'sh:property [ sh:path ex:p ; sh:datatype xsd:integer ; sh:minLength 3 ; sh:pattern "^A" ; sh:nodeKind sh:IRI ] .'
LIMITS = TARGET + (
    "sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:datatype xsd:string ] ; sh:qualifiedMinCount 3 ; sh:qualifiedMaxCount 1 ] ."
)


@pytest.mark.parametrize("engine", ["auto", "reference"])
@pytest.mark.parametrize(
    ("data", "shapes", "count"),
    [
        ('ex:a a ex:T ; ex:p "x" ; ex:q "x" ; ex:r "x" .', CLOSED, 3),
        ('ex:a a ex:T ; ex:p "x" .', FOUR, 4),
        ('ex:a a ex:T ; ex:p "x" , "y" .', LIMITS, 2),
    ],
    ids=["closed", "four constraints", "both limits"],
)
def test_results_when_one_value_breaks_several_constraints_are_all_told(
    data: str, shapes: str, count: int, engine: str, tmp_path: Path
) -> None:
    assert len(judge(tmp_path, data, shapes, engine=engine).findings) == count


def test_values_when_one_message_speaks_of_all_are_counted_on_one_line(tmp_path: Path) -> None:
    data, shapes = write(tmp_path, data_ttl='ex:a a ex:T ; ex:p "x" ; ex:q "x" .', shapes_ttl=CLOSED)
    code, printed, _ = run(data, "--shapes", shapes)
    assert code == 1
    assert printed.count("violation  S") == 1
    assert "(2 values)" in printed
    assert printed.endswith("2 violations, 0 warnings, 0 notes in 1 file\n")


def test_severity_and_messages_when_reported_are_those_of_the_shape(tmp_path: Path) -> None:
    shapes = TARGET + 'sh:property [ sh:path ex:p ; sh:maxCount 0 ; sh:severity ex:Blocker ; sh:message "none"@en , "keines"@de ] .'
    data, shapes_path = write(tmp_path, data_ttl="ex:a a ex:T ; ex:p 1 .", shapes_ttl=shapes)
    code, printed, _ = run(data, "--shapes", shapes_path, "--format", "turtle")
    graph = rdflib.Graph().parse(data=printed, format="turtle")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    assert code == 1
    assert {str(o) for o in graph.objects(None, sh.resultSeverity)} == {"https://example.org/Blocker"}
    assert {(str(o), o.language) for o in graph.objects(None, sh.resultMessage)} == {("none", "en"), ("keines", "de")}


def test_results_of_debug_and_trace_fail_nothing(tmp_path: Path) -> None:
    shapes = TARGET + ", ".join(
        f"{'sh:property ' if not i else ''}[ sh:path ex:p ; sh:maxCount 0 ; sh:severity sh:{name} ]"
        for i, name in enumerate(("Debug", "Trace"))
    )
    data, shapes_path = write(tmp_path, data_ttl="ex:a a ex:T ; ex:p 1 .", shapes_ttl=shapes + " .")
    code, printed, _ = run(data, "--shapes", shapes_path, "--fail-on", "info", "--format", "json")
    assert code == 0
    assert [one["severity_iri"].rpartition("#")[2] for one in json.loads(printed)["findings"]] == ["Debug>", "Trace>"]


@pytest.mark.parametrize(
    ("text", "turtle"),
    [
        ("<urn:p>", "<urn:p>"),
        ("^(<urn:p>)", "[ sh:inversePath <urn:p> ]"),
        ("<urn:p>/(<urn:q>|<urn:r>)", "( <urn:p> [ sh:alternativePath ( <urn:q> <urn:r> ) ] )"),
        ("((<urn:p>)*)?", "[ sh:zeroOrOnePath [ sh:zeroOrMorePath <urn:p> ] ]"),
        ("<urn:p>/", ""),
        ("word", ""),
    ],
)
def test_path_when_complex_is_written_as_shacl_has_it(text: str, turtle: str) -> None:
    assert write_path(text) == turtle


# What was looked at.


@pytest.mark.parametrize(
    ("data", "shapes", "message"),
    [
        ("ex:a a ex:T .", "ex:a a ex:Nothing .", "no shape with a target"),
        ("ex:a a ex:Other .", TARGET + "sh:property [ sh:path ex:p ; sh:minCount 1 ] .", "no shape selects a node"),
        ("", TARGET + "sh:property [ sh:path ex:p ; sh:minCount 1 ] .", "no statement was read"),
        ("ex:a a ex:T .", "ex:o a owl:Ontology ; owl:imports ex:elsewhere .", "https://example.org/elsewhere is imported"),
        ("ex:a a ex:T .", TARGET + "sh:property [ sh:path ex:p ; sh:minCout 1 ] .", r"shapes.ttl:8: sh:minCout .* sh:minCount\?"),
        ("ex:a a ex:T .", TARGET + "sh:property [ sh:path ex:p ; sh:expression [] ] .", "sh:expression is understood by no engine"),
        ("ex:a a ex:T .", "ex:o sh:entailment ex:e .", "sh:entailment is understood by no engine"),
        ("ex:a a ex:T .", TARGET + "sh:nodeKind sh:Iri .", "sh:Iri is no term"),
    ],
)
def test_run_when_it_would_judge_nothing_is_an_error(data: str, shapes: str, message: str, tmp_path: Path) -> None:
    with pytest.raises((InputError, ShapesError), match=message):
        judge(tmp_path, data, shapes)


def test_ledger_when_written_tells_what_was_read_and_judged(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", a_ttl="ex:a a ex:T .", b_N3="ex:b a ex:T .", c_turtle="ex:c a ex:T .")
    (tmp_path / "in" / "d.ttl.gz").write_bytes(gzip.compress(f"{HEAD} ex:d a ex:T .".encode()))
    (tmp_path / "in" / "e.json").write_text('{"@id": "https://example.org/e", "@type": "https://example.org/T"}')
    (tmp_path / "in" / "misnamed.txt").write_text(f"{HEAD} ex:f a ex:T .")
    (tmp_path / "in" / "notes.md").write_text("# Notes\n")
    shapes = TARGET + "sh:property [ sh:path ex:p ; sh:minCount 1 ] . ex:Idle a sh:NodeShape ; sh:targetClass ex:U ; sh:nodeKind sh:IRI ."
    (path,) = write(tmp_path, shapes_ttl=shapes)
    code, printed, said = run(tmp_path / "in", "--shapes", path, "--write", f"json={tmp_path / 'report.json'}")
    ledger = json.loads((tmp_path / "report.json").read_text())["ledger"]
    assert code == 1
    assert printed.endswith("6 violations, 0 warnings, 0 notes in 6 files\n")
    assert "Idle> judged nothing" in said
    assert "notes.md: passed over" in said
    assert {(Path(one["file"]).name, one["statements"]) for one in ledger["read"]} == {
        (name, 1) for name in ("a.ttl", "b.N3", "c.turtle", "d.ttl.gz", "e.json", "misnamed.txt")
    }
    assert ledger["shapes"] == [
        {"shape": "https://example.org/Idle", "engine": "columnar", "focus_nodes": 0},
        {"shape": "https://example.org/S", "engine": "columnar", "focus_nodes": 6},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<https://example.org/a> a <https://example.org/T> .",
        "<https://example.org/a>\n  a <https://example.org/T> ;\n  <https://example.org/q> 1 .",
        "[ a <https://example.org/T> ] <https://example.org/q> 1 .",
        "<https://example.org/g> { <https://example.org/a> a <https://example.org/T> . }",
        "GRAPH <https://example.org/g> { <https://example.org/a> a <https://example.org/T> }",
        "{ _:a a <https://example.org/T> }",
    ],
)
def test_rdf_without_prefixes_is_known_by_its_content(text: str, tmp_path: Path) -> None:
    (path,) = write(tmp_path, shapes_ttl=TARGET + "sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    (tmp_path / "data.txt").write_text(text)
    assert run(tmp_path / "data.txt", "--shapes", path)[0] == 1
    with pytest.raises(InputError, match="standard input: this is RDF"):
        CliRunner().invoke(command, ["-"], input=text, standalone_mode=False, catch_exceptions=False)


def test_file_when_it_is_packed_in_another_way_is_told(tmp_path: Path) -> None:
    (folder := tmp_path / "in").mkdir()
    (path,) = write(tmp_path, shapes_ttl=TARGET + "sh:nodeKind sh:IRI .")
    write(folder, a_ttl="ex:a a ex:T .")
    (folder / "b.ttl.bz2").write_bytes(bz2.compress(HEAD.encode()))
    assert "b.ttl.bz2: passed over: packed as .bz2, of which RDF is not read" in run(folder, "--shapes", path)[2]


def test_shape_when_nothing_is_said_of_it_is_told(tmp_path: Path) -> None:
    report = judge(tmp_path, "ex:a a ex:T .", TARGET + "sh:node ex:Misnamed .")
    assert [note for note in report.notes if "Misnamed> is named as a shape by <https://example.org/S>" in note]


@pytest.mark.parametrize("namespace", ["https://www.w3.org/ns/shacl#", "http://www.w3.org/ns/shacl/", "http://www.w3.org/ns/SHACL#"])
def test_term_of_a_namespace_like_that_of_shacl_is_refused_with_its_line(namespace: str, tmp_path: Path) -> None:
    shapes = f"{TARGET} sh:nodeKind sh:IRI .\nex:S <{namespace}closed> true ."
    with pytest.raises(ShapesError, match=r"shapes\.ttl:9: .* is no term of SHACL"):
        judge(tmp_path, "ex:a a ex:T .", shapes)


def test_message_when_shapes_cannot_be_used_is_the_same_in_every_run(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="'shapes-1' exists but is not a well-formed"):
        judge(tmp_path, "ex:a a ex:T .", TARGET + "sh:property [ sh:minCount 1 ] .")


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_classes_below_others_in_the_data_count_and_those_in_shapes_do_not(engine: str, tmp_path: Path) -> None:
    data = """ex:Dog rdfs:subClassOf ex:Animal . ex:rex a ex:Dog . ex:tom a ex:Cat . ex:a ex:owns ex:rex , ex:tom .
        ex:Kennel rdfs:subClassOf ex:House . ex:Barn rdfs:subClassOf ex:Kennel . ex:k a ex:Kennel . ex:b a ex:Barn ."""
    shapes = """ex:O sh:targetSubjectsOf ex:owns ; sh:property [ sh:path ex:owns ; sh:class ex:Animal ] . ex:Cat rdfs:subClassOf ex:Animal .
        ex:House a rdfs:Class , sh:NodeShape ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ."""
    findings = judge(tmp_path, data, shapes, engine=engine).findings
    assert sorted((one.focus[-2:], one.value[-4:]) for one in findings) == [("a>", "tom>"), ("b>", ""), ("k>", "")]


def test_type_map_of_json_ld_takes_a_string(tmp_path: Path) -> None:
    context = {"@vocab": "https://example.org/", "knows": {"@type": "@id", "@container": "@type"}}
    node = {"@context": context, "@id": "https://example.org/a", "knows": {"T": "https://example.org/b"}}
    (tmp_path / "data.jsonld").write_text(json.dumps(node))
    (path,) = write(tmp_path, shapes_ttl=TARGET + "sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    report, _ = validate_inputs([tmp_path / "data.jsonld"], shapes=[str(path)])
    assert [finding.focus for finding in report.findings] == ["<https://example.org/b>"]


def test_rows_of_a_table_that_say_the_same_are_told_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "controls.csv").write_text(
        "Name,Description,Source,Code\n" + "".join(f"Log {n},Keep a log.,A handbook,9.9\n" for n in range(4))
    )
    (tmp_path / "mapping.yaml").write_text(
        "edition: v2\ntables:\n  mitigations:\n    columns: {name: Name, description: Description, source: Source, code: Code}\n"
    )
    code, _, _ = run(tmp_path, "--write", f"json={tmp_path / 'r.json'}", "--write", f"sarif={tmp_path / 'r.sarif'}")
    found = [one for one in json.loads((tmp_path / "r.json").read_text())["findings"] if one["rule"] == "TAB-05"]
    told = json.loads((tmp_path / "r.sarif").read_text())["runs"][0]["results"]
    assert (code, [one["row"] for one in found]) == (1, [2, 3, 4, 5])
    assert len({one["fingerprint"] for one in found}) == 4
    assert sum(one["ruleId"] == "TAB-05" for one in told) == 4


def test_imports_when_their_ontology_is_given_are_followed(tmp_path: Path) -> None:
    folder = tmp_path / "shapes"
    folder.mkdir()
    write(
        folder,
        main_ttl="ex:main a owl:Ontology ; owl:imports ex:part , <other.ttl> .",
        part_ttl=f"ex:part a owl:Ontology . {TARGET} sh:nodeKind sh:Literal .",
    )
    write(folder, other_ttl="ex:U a sh:NodeShape ; sh:targetClass ex:T ; sh:nodeKind sh:BlankNode .")
    (data,) = write(tmp_path, data_ttl="ex:a a ex:T .")
    assert len(validate_inputs([data], shapes=[str(folder)])[0].findings) == 2
    # The file that lies beside is read, the ontology that is nowhere is named.
    report, _ = validate_inputs([data], shapes=[str(folder / "main.ttl")])
    assert len(report.findings) == 1
    assert [name for name, _ in report.ledger.passed_over] == ["https://example.org/part"]


@pytest.mark.parametrize("name", ["relative.ttl", "relative.jsonld", "relative.rdf"])
def test_nodes_when_their_iris_are_relative_are_read_with_the_address_of_the_file(name: str, tmp_path: Path) -> None:
    texts = {
        "relative.ttl": "<#a> a <https://example.org/T> .",
        "relative.jsonld": '{"@id": "#a", "@type": "https://example.org/T"}',
        "relative.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/" xml:lang="en">'
        '<ex:T rdf:ID="a"><ex:q xml:lang="">plain</ex:q></ex:T></rdf:RDF>',
    }
    path = tmp_path / name
    path.write_text(texts[name])
    (shapes,) = write(
        tmp_path, shapes_ttl=TARGET + "sh:property [ sh:path ex:p ; sh:minCount 1 ] , [ sh:path ex:q ; sh:datatype xsd:string ] ."
    )
    (finding,) = validate_inputs([path], shapes=[str(shapes)])[0].findings
    assert finding.focus == f"<{path.as_uri()}#a>"
    assert finding.location is not None
    assert finding.location.first_line == 1


_RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="https://example.org/">\n<T rdf:about="https://example.org/a"'
)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.rdf", f"{_RDF}><p rdf:parseType='Triple'><T rdf:about='urn:b'><q>1</q></T></p></T></rdf:RDF>", r":2: .* RDF 1\.2"),
        ("a.rdf", f"{_RDF} rdf:annotation='urn:r'><p>1</p></T></rdf:RDF>", r":2: .* RDF 1\.2"),
        ("a.jsonld", '{"@id": "urn:a", "urn:p": {"@id": "urn:b",\n"@annotation": {"urn:q": 1}}}', r":2: .* RDF 1\.2"),
        ("a.jsonld", '{"@id": "urn:a",\n"urn:p": {"@value": "x", "@language": ""}}', ":2: an empty language tag"),
        ("a.jsonld", '{"@id": "urn:a",\n"urn:p": {"@id": "a b"}}', ":2: 'a b' is no IRI"),
        ("a.jsonld", '{"@context": "https://example.org/context", "@id": "urn:a"}', "its context lies elsewhere, and nothing is fetched"),
    ],
)
def test_data_that_the_parser_would_drop_is_refused_with_its_line(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(AirmError, match=message):
        validate_inputs([tmp_path / name])


@pytest.mark.parametrize("statement", ['ex:a a ex:T ; ex:p "x"@en--ltr .', "ex:a a ex:T ; ex:p ex:b {| ex:q 1 |} ."])
def test_data_of_rdf_12_when_read_is_refused_with_its_line(statement: str, tmp_path: Path) -> None:
    with pytest.raises(AirmError, match=r"data\.ttl:8: .*RDF 1\.2"):
        judge(tmp_path, statement, TARGET + "sh:nodeKind sh:IRI .")


# Parts of SHACL 1.2.


@pytest.mark.parametrize(
    ("value", "constraint", "count"),
    [
        ("( 1 2 )", "sh:memberShape [ sh:datatype xsd:string ]", 2),
        ("( 1 2 )", "sh:memberShape [ sh:datatype xsd:integer ]", 0),
        ("( 1 2 )", "sh:minListLength 3", 1),
        ("( 1 2 )", "sh:maxListLength 1 ; sh:minListLength 2", 1),
        ("( 1 1 2 )", "sh:uniqueMembers true", 1),
        ("()", "sh:minListLength 0 ; sh:uniqueMembers true", 0),
        ('"x"', "sh:minListLength 0", 1),
        ("[ rdf:first 1 ]", "sh:maxListLength 5", 1),
        ('"one\\ntwo"', "sh:singleLine true", 1),
        ('"one two"', "sh:singleLine true", 0),
        ("1 , 2", "sh:someValue [ sh:hasValue 2 ]", 0),
        ("1 , 2", "sh:someValue [ sh:hasValue 3 ]", 1),
        ("1 , 2", "sh:subsetOf ex:q", 1),
    ],
)
def test_constraints_of_shacl_12_when_compiled_find_what_the_draft_says(value: str, constraint: str, count: int, tmp_path: Path) -> None:
    report = judge(tmp_path, f"ex:a a ex:T ; ex:p {value} ; ex:q 1 , 3 .", f"{TARGET} sh:property [ sh:path ex:p ; {constraint} ] .")
    assert len(report.findings) == count
    if count:
        with pytest.raises(ShapesError, match=r"of SHACL 1\.2, which pyshacl does not know"):
            judge(tmp_path, "ex:a a ex:T .", f"{TARGET} sh:property [ sh:path ex:p ; {constraint} ] .", engine="reference")


# Two engines, one answer.


@pytest.mark.parametrize("engine", ["auto", "reference"])
@pytest.mark.parametrize(
    ("value", "constraint", "count"),
    [
        ('"1.1\\n"', 'sh:pattern "^[0-9.]+$"', 1),
        ('"axb"', 'sh:pattern "a.b" ; sh:flags "q"', 1),
        ('"axb"', 'sh:pattern "A . B" ; sh:flags "xi"', 0),
        ('"a\\nb"', 'sh:pattern "a.b" ; sh:flags "s"', 0),
        ('"Ab" , "ab"', 'sh:pattern "^\\\\p{Lu}"', 1),
        ('"2024"^^xsd:gYear , "1999"^^xsd:gYear', 'sh:minInclusive "2000"^^xsd:gYear', 1),
        ('"2024-02"^^xsd:gYearMonth , "2024-03Z"^^xsd:gYearMonth', 'sh:maxExclusive "2024-03"^^xsd:gYearMonth', 1),
        ('"--02-29"^^xsd:gMonthDay , "--03-01"^^xsd:gMonthDay', 'sh:maxInclusive "--02-29"^^xsd:gMonthDay', 1),
        ("[]", "sh:minLength 0", 1),
        ("[]", "sh:maxLength 9", 1),
    ],
)
def test_engines_when_pyshacl_left_the_specification_agree(value: str, constraint: str, count: int, engine: str, tmp_path: Path) -> None:
    report = judge(tmp_path, f"ex:a a ex:T ; ex:p {value} .", f"{TARGET} sh:property [ sh:path ex:p ; {constraint} ] .", engine=engine)
    assert len(report.findings) == count


@pytest.mark.parametrize("engine", ["auto", "reference"])
def test_class_when_it_is_a_shape_too_is_its_own_target(engine: str, tmp_path: Path) -> None:
    shapes = "ex:T a owl:Class , sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    assert len(judge(tmp_path, "ex:a a ex:T .", shapes, engine=engine).findings) == 1


@pytest.mark.parametrize("pattern", ["\\\\p{IsGreek}", "[a-z-[aeiou]]", "\\\\i"])
def test_pattern_when_no_engine_reads_it_is_refused_by_name(pattern: str, tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="pattern"):
        judge(tmp_path, 'ex:a a ex:T ; ex:p "x" .', f'{TARGET} sh:property [ sh:path ex:p ; sh:pattern "{pattern}" ] .')


# Exports of data from elsewhere, and the notice.

BLANK = 'ex:v ex:creator [ ex:name "Jane" ; ex:knows [ ex:name "Joe" ] ] ; ex:list ( 1 2 ) .'


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["ntriples", "nquads", "turtle", "jsonld", "rdfxml"])
def test_export_of_blank_nodes_says_the_same_with_stable_labels(name: str, tmp_path: Path) -> None:
    other_order = 'ex:v ex:list ( 1 2 ) ; ex:creator [ ex:knows [ ex:name "Joe" ] ; ex:name "Jane" ] .'
    one, other = write(tmp_path, one_ttl=BLANK, other_ttl=other_order)
    written = ["".join(load(path).export(name)) for path in (one, other)]
    assert written[0] == written[1]
    form = {"ntriples": "nt", "nquads": "nt", "turtle": "turtle", "jsonld": "json-ld", "rdfxml": "xml"}[name]
    found = rdflib.Graph().parse(data=written[0], format=form)
    wanted = rdflib.Graph().parse(data=HEAD + BLANK, format="turtle")
    assert to_isomorphic(found) == to_isomorphic(wanted)
    assert "urn:airm-graph:blank" not in written[0]


def test_labels_when_they_take_too_long_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("airm_graph.export.blank_nodes._LIMIT", 1)
    (path,) = write(tmp_path, v_ttl="\n".join(f"[] ex:number {number} ; ex:other [ ex:number {number} ] ." for number in range(60_000)))
    with pytest.raises(ExportError, match="blank nodes cannot be labelled"):
        list(load(path).export("ntriples"))


def test_notice_stands_on_data_that_carries_it_or_names_no_licence(tmp_path: Path) -> None:
    licensed = "ex:v <http://purl.org/dc/terms/license> ex:free ; a skos:ConceptScheme ."
    one, other = write(tmp_path, one_ttl=licensed, other_ttl="ex:v a skos:ConceptScheme .")
    assert validate_inputs([one])[0].notice == ""
    assert validate_inputs([other])[0].notice == NOTICE
    assert validate_inputs([one, other])[0].notice == NOTICE
    assert NOTICE not in "".join(load(one).export("turtle"))


def test_file_when_it_is_no_data_answers_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Notes\nNothing here is a graph.\n")
    with pytest.raises(InputError, match="no mitigation could be read"):
        load(tmp_path / "notes.md")


# What a baseline accepts.

BEFORE = TARGET + (
    "sh:property [ sh:path ex:p ; sh:maxCount 1 ] , [ sh:path ex:p ; sh:minCount 1 ] , [ sh:path ex:p ; sh:datatype xsd:integer ] , "
    "[ sh:path ex:q ; sh:uniqueLang true ] , [ sh:path ex:r ; sh:node [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ] ] ."
)
AFTER = (
    f"\n\n{TARGET} sh:property [ sh:path ex:r ; sh:node [ sh:property [ sh:minCount 1 ; sh:path ex:p ] ] ] ,\n"
    '[ sh:path ex:q ; sh:uniqueLang true ] , [ sh:path ex:p ; sh:minCount 1 ; sh:message "another message" ] , '
    "[ sh:path ex:p ; sh:datatype xsd:integer ] , [ sh:path ex:p ; sh:maxCount 1 ] ."
)


def test_baseline_when_shapes_and_lines_have_moved_accepts_the_same(tmp_path: Path) -> None:
    data = 'ex:a a ex:T ; ex:p "x" , "y" ; ex:q "a"@en , "b"@en ; ex:r [ ex:s 1 ] . ex:b a ex:T .'
    before = judge(tmp_path, data, BEFORE)
    assert len(before.findings) == 6
    known = read_baseline(write_baseline(before), name="known.json")
    moved = judge(tmp_path, "\n\nex:b a ex:T .\n" + data.replace(" ex:b a ex:T .", ""), AFTER)
    compared = compare_report(moved, known=known)
    assert (len(compared.report.findings), compared.accepted, compared.stale) == (0, 6, ())


def test_baseline_when_defects_are_new_accepts_none_of_them(tmp_path: Path) -> None:
    chance = random.Random(20261129)
    base = [(f"ex:n{number}", "ex:p", f'"{number}"') for number in range(20)] + [
        (f"ex:n{number}", "ex:q", f'"a{number}"@en') for number in range(20)
    ]
    known, nodes = {}, [f"ex:n{number}" for number in range(20)]
    accepted = mutants = 0

    def find(statements: list[tuple[str, str, str]]) -> Report:
        data = " ".join(f"{node} a ex:T ." for node in nodes) + " ".join(f"{s} {p} {o} ." for s, p, o in statements)
        return judge(tmp_path, data, BEFORE)

    before = find(base)
    known = read_baseline(write_baseline(before), name="known.json")
    while mutants < 100:
        node = chance.choice(nodes)
        word = f"{chance.randrange(10**6)}"
        kind = chance.randrange(4)
        added = [
            [(node, "ex:p", f'"new {word}"')],
            [(node, "ex:q", f'"one {word}"@{tag}') for tag in ("de",)] + [(node, "ex:q", f'"two {word}"@de')],
            [(node, "ex:r", f"[ ex:s {word} ]")],
            [(node, "ex:r", f"<urn:x{word}>")],
        ][kind]
        new = compare_report(find([*base, *added]), known=known).report.findings
        mutants += 1
        accepted += not new
    assert accepted == 0


# Their rules and ours.

VALID_SKOS = """
<https://vocabulary.example/v> a skos:ConceptScheme .
<https://vocabulary.example/v/a> a skos:Concept ; skos:prefLabel "A" ; skos:inScheme <https://vocabulary.example/v> ; skos:notation "x" .
<https://vocabulary.example/v/b> a skos:Concept ; skos:broader <https://vocabulary.example/v/a> .
"""


@pytest.mark.parametrize("engine", ["auto", "reference"])
def test_vocabulary_of_others_when_it_is_valid_skos_passes(engine: str, tmp_path: Path) -> None:
    (path,) = write(tmp_path, v_ttl=VALID_SKOS)
    assert validate_inputs([path], engine=engine)[0].findings == ()
    # Whoever asks for the habits of the project gets them.
    assert validate_inputs([path], shapes=["taxonomy"], engine=engine)[0].findings


@pytest.mark.parametrize(
    ("statements", "rule"),
    [
        ('<urn:c> a skos:Collection ; skos:prefLabel "A"@en , "B"@en .', "SKO-03"),
        ('<urn:s> a skos:ConceptScheme ; skos:prefLabel "A"@en ; skos:altLabel "A"@en .', "SKO-04"),
        ("<urn:a> skos:related <urn:b> ; skos:broadMatch <urn:b> .", "SKO-06"),
        ("<urn:a> skos:relatedMatch <urn:c> . <urn:c> skos:narrower <urn:b> . <urn:b> skos:narrowerTransitive <urn:a> .", "SKO-06"),
        ("<urn:a> skos:exactMatch <urn:b> . <urn:b> skos:broadMatch <urn:a> .", "SKO-07"),
        ("<urn:a> skos:exactMatch <urn:b> . <urn:b> skos:exactMatch <urn:c> . <urn:a> skos:relatedMatch <urn:c> .", "SKO-07"),
    ],
)
def test_condition_of_skos_when_it_breaks_by_what_follows_is_a_violation(statements: str, rule: str, tmp_path: Path) -> None:
    (path,) = write(tmp_path, v_ttl=statements)
    assert {finding.rule for finding in validate_inputs([path])[0].findings} == {rule}


def test_fingerprint_when_the_same_engine_or_another_judges_is_the_same(tmp_path: Path) -> None:
    data = 'ex:a a ex:T ; ex:p "x" , "y" ; ex:q "a"@en , "b"@en , "c"@de , "d"@de ; ex:r [] . ex:b a ex:T .'
    written = [write_baseline(judge(tmp_path, data, BEFORE, engine=engine)) for engine in ("auto", "reference")]
    assert written[0] == written[1]


def test_baseline_when_the_folder_lies_elsewhere_accepts_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        data, shapes = write(Path(), data_ttl="<#a> a ex:T .", shapes_ttl=TARGET + "sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
        written += list(read_baseline(write_baseline(validate_inputs([data], shapes=[str(shapes)])[0]), name="known.json"))
    assert written[0] == written[1]
