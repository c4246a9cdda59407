"""The shapes: how they are written, and a fixture for every constraint that fires it, and one for every shape that passes."""

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from airm_graph.graph import TripleTable
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.pipeline import validate_inputs
from airm_graph.resources import find_resource
from airm_graph.terms import Quad, read_literal
from airm_graph.text.words import LOST_LIGATURES
from airm_graph.validate import default_shapes
from airm_graph.validate.compile import component_iri
from airm_graph.validate.engine import Judgement
from airm_graph.validate.result_details import may_differ
from airm_graph.validate.results import find_findings
from airm_graph.validate.shape_files import DEFAULT_SHAPES, list_habits, load_shapes, read_every_shapes, read_shapes
from airm_graph.validate.shape_set import ShapeSet
from judging import compare, judge_quads

FOLDER = Path(__file__).parent / "shapes"
FILES = sorted(FOLDER.glob("*/*.ttl"))
SH, OURS = PREFIXES["sh"], f"<{BASE}shapes#"
PREFIX_OF = {"MIT", "CLS", "SRC", "CAPT", "EVI", "REP", "AGT", "DAT", "SKO", "PRV", "EDI", "ONT", "SUG"}
TARGETS = ("targetClass", "targetObjectsOf", "targetSubjectsOf")
NO_CONSTRAINT = {"declare", "description", "flags", "message", "name", "path", "property", "qualifiedValueShape", "severity", *TARGETS}
EVERY_FILE = (*DEFAULT_SHAPES, "ontology")
# What is judged together: a file of its own is a matter of its own, so that its fixtures can be short.
MUST = ("core", "provenance", "skos", "taxonomy")
# rdflib, by which pyshacl asks queries, finds a number less than a text.
RDFLIB_DIFFERS = {"Repair/invalid-line"}

Stated = tuple[str, str, str]


def shape_rows(*names: str) -> list[Quad]:
    """Every statement once: a few helpers stand in two files, so that each file can be used alone."""
    return list(dict.fromkeys(row for name in names or EVERY_FILE for row in read_shapes(name)))


@cache
def values(subject: str, name: str) -> list[str]:
    return sorted(value for s, p, value, _ in shape_rows() if s == subject and p == f"<{SH}{name}>")


def shapes_of_type(name: str) -> list[str]:
    return sorted({s for s, _, value, _ in shape_rows() if value == f"<{SH}{name}>"})


def local_name(shape: str) -> str:
    return shape.removeprefix(OURS).removesuffix(">")


NODE_SHAPES = shapes_of_type("NodeShape")
PROPERTY_SHAPES = shapes_of_type("PropertyShape")
# Shapes without a target that are no part of another shape say what other shapes ask for or forbid; they report nothing themselves.
TARGETED = [shape for shape in NODE_SHAPES if any(values(shape, name) for name in TARGETS)]
PARTS = {part for shape in TARGETED for part in values(shape, "property")}
HELPERS = [shape for shape in [*NODE_SHAPES, *PROPERTY_SHAPES] if shape not in TARGETED and shape not in PARTS]


@cache
def constraints() -> set[tuple[str, str]]:
    """Every pair of a shape that can report and the constraint component it holds."""
    found = set()
    for subject, predicate, _, _ in shape_rows():
        name = predicate.removeprefix(f"<{SH}").removesuffix(">")
        if subject in {*NODE_SHAPES, *PROPERTY_SHAPES} - {*HELPERS} and predicate.startswith(f"<{SH}") and name not in NO_CONSTRAINT:
            title = "SPARQL" if name == "sparql" else name[0].upper() + name[1:]
            found.add((subject, f"<{SH}{title}ConstraintComponent>"))
    return found


@cache
def judged(path: Path, *, engine: str = "reference") -> Judgement:
    quads = parse_rows(path.read_bytes(), name=path.name, suffix=".ttl")
    return judge_quads(quads, judged_by(path.parent.name), engine=engine)


@cache
def judged_by(shape: str) -> tuple[str, ...]:
    """The shapes files that a fixture in the folder of *shape* is judged by."""
    (alone,) = {
        (name,) if name not in MUST else MUST
        for name in EVERY_FILE
        if any(s == f"{OURS}{shape}>" and p == f"<{SH}severity>" for s, p, _, _ in read_shapes(name))
    }
    return alone


def found(path: Path) -> list[Stated]:
    findings = find_findings(judged(path).results, locations={})
    return sorted((finding.rule, finding.severity.value, finding.focus) for finding in findings)


def stated(path: Path) -> list[Stated]:
    lines = re.findall(r"^# Expect: (\S+) (\S+) (?:<(\S+)>|(_:\S+))$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return sorted((rule, severity, blank or f"<{BASE}{focus}>") for rule, severity, focus, blank in lines)


def rule_of(shape: str) -> str:
    (message,) = values(shape, "message")
    return read_literal(message).text.partition(":")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture_gives_exactly_what_it_states(path: Path) -> None:
    assert found(path) == stated(path)
    differs = compare(judged(path, engine="auto")) != compare(judged(path))
    assert differs == (f"{path.parent.name}/{path.stem}" in RDFLIB_DIFFERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture_says_why_and_tests_the_shape_of_its_folder(path: Path) -> None:
    kind = path.stem.partition("-")[0]
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(rf"# {kind.capitalize()} because .+\.", first)
    node = f"{OURS}{path.parent.name}>"
    own = {rule_of(shape) for shape in [node, *values(node, "property")] if values(shape, "message")}
    assert own.isdisjoint(rule for rule, _, _ in stated(path)) == (kind == "valid")


def test_folders_when_listed_are_the_shapes_with_a_target() -> None:
    folders = {folder.name: {path.stem.partition("-")[0] for path in folder.iterdir()} for folder in FOLDER.iterdir()}
    assert folders == {local_name(shape): {"valid", "invalid"} for shape in TARGETED}


def test_constraints_when_all_fixtures_are_run_fire_each() -> None:
    fired = {(result.shape, result.component) for path in FILES for result in judged(path).results}
    assert fired == constraints()


def test_shapes_when_they_can_report_carry_what_a_finding_needs() -> None:
    for shape in [*NODE_SHAPES, *PROPERTY_SHAPES]:
        assert shape.startswith(OURS)
        for name in ("name", "description"):
            assert [text.endswith("@en") and bool(read_literal(text).text.strip()) for text in values(shape, name)] == [True], (shape, name)
        assert len(values(shape, "severity")) == (shape not in HELPERS), shape
        holds = any(subject == shape for subject, _ in constraints())
        assert len(values(shape, "message")) == holds, shape


def test_messages_when_read_are_rule_fault_and_remedy() -> None:
    messages = [read_literal(value).text for shape in [*NODE_SHAPES, *PROPERTY_SHAPES] for value in values(shape, "message")]
    for message in messages:
        match = re.fullmatch(r"([A-Z]+)-[0-9]{2}: [^;.]+(?:\.\d[^;]*)?; .+\.", message)
        assert match is not None, message
        assert match[1] in PREFIX_OF
        assert not set("{}") & set(message)
    assert max(Counter(message.partition(":")[0] for message in messages).values()) == 1


@pytest.mark.parametrize(
    ("name", "severities"),
    [
        ("core", {"Violation"}),
        ("editorial", {"Warning", "Info"}),
        ("ontology", {"Violation", "Warning", "Info"}),
        ("provenance", {"Violation"}),
        ("skos", {"Violation"}),
        ("taxonomy", {"Violation", "Info"}),
    ],
)
def test_severities_when_listed_are_those_of_the_file(name: str, severities: set[str]) -> None:
    found = {value for _, predicate, value, _ in shape_rows(name) if predicate == f"<{SH}severity>"}
    assert found == {f"<{SH}{severity}>" for severity in severities}


def test_rules_when_named_stand_in_the_file_of_their_prefix() -> None:
    homes = {"EDI": "editorial", "ONT": "ontology", "PRV": "provenance"}
    for name in EVERY_FILE:
        rules = {read_literal(value).text.partition("-")[0] for _, predicate, value, _ in shape_rows(name) if predicate == f"<{SH}message>"}
        assert all(homes.get(rule, name) == name for rule in rules), (name, rules)


def test_statements_when_they_stand_in_two_files_describe_helpers_or_prefixes() -> None:
    times = Counter(subject for name in EVERY_FILE for subject in {row[0] for row in read_shapes(name)} if not subject.startswith("_:"))
    twice = {local_name(subject) for subject, number in times.items() if number > 1}
    continued = {"Classification", "Concept", "ConceptScheme", "Dataset", "Mitigation", "Source"}
    assert twice == {"PaddedText", "prefix-airm", "prefix-skos", *continued}
    for subject in twice - continued:
        copies = [{row[:3] for row in read_shapes(name) if row[0] == f"{OURS}{subject}>"} for name in EVERY_FILE]
        assert len({frozenset(copy) for copy in copies if copy}) == 1, subject


@pytest.mark.parametrize("name", EVERY_FILE)
def test_prefixes_when_declared_are_those_of_the_table_sorted_and_all_used(name: str) -> None:
    text = find_resource(f"shapes/{name}.ttl").read_text(encoding="utf-8")
    declared = re.findall(r"^@prefix (\w+): <(.+)> \.$", text, re.MULTILINE)
    body = re.sub(r'"""(?:.|\n)*?"""|^(?:@prefix|#).*$|<[^>]*>|"(?:[^"\\]|\\.)*"', "", text, flags=re.MULTILINE)
    used = set(re.findall(r"(?<![\w:-])(\w+):\w", body))
    assert declared == [(prefix, PREFIXES[prefix]) for prefix in sorted(used)]
    queries = " ".join(re.findall(r'"""(?:.|\n)*?"""', text))
    asked = set(re.findall(r"(?<![\w:?$-])(\w+):\w", re.sub(r'"[^"\n]*"', "", queries)))
    rows = read_shapes(name)
    names = {s: read_literal(o).text for s, p, o, _ in rows if p == f"<{SH}prefix>"}
    spaces = {s: read_literal(o).text for s, p, o, _ in rows if p == f"<{SH}namespace>"}
    assert {names[s]: spaces[s] for s in names} == {prefix: PREFIXES[prefix] for prefix in asked}
    assert {o for s, p, o, _ in rows if p == f"<{SH}declare>"} == set(names)


def test_lost_ligatures_when_searched_for_are_the_words_that_the_reader_repairs() -> None:
    (pattern,) = (re.compile(read_literal(value).text) for value in values(f"{OURS}LostLigature>", "pattern"))
    assert all(pattern.search(f"The {word} is here.") for word in LOST_LIGATURES)
    assert not any(pattern.search(f"The {word} is here.") for word in LOST_LIGATURES.values())


@pytest.mark.parametrize("folder", ["ontology", "shapes"])
def test_own_files_when_they_are_ontologies_meet_the_shapes_for_ontologies(folder: str) -> None:
    paths = sorted(find_resource(folder).rglob("*.ttl"))
    rows = [row for path in paths for row in parse_rows(path.read_bytes(), name=path.name, suffix=".ttl")]
    assert len(paths) >= 5
    assert judge_quads(rows, ["ontology"]).results == ()


def test_ontology_when_validated_by_name_is_judged_as_an_ontology(tmp_path: Path) -> None:
    text = find_resource("ontology/airm.ttl").read_text(encoding="utf-8")
    assert validate_inputs([find_resource("ontology/airm.ttl")])[0].findings == ()
    damaged = tmp_path / "airm.ttl"
    damaged.write_text(text.replace("  dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;\n", "", 1), encoding="utf-8")
    (finding,) = validate_inputs([damaged])[0].findings
    assert (finding.rule, finding.location.text) == ("ONT-07", f"<{BASE}ontology>")


def test_shapes_when_parsed_have_blank_nodes_in_lists_and_paths_only() -> None:
    rdf = PREFIXES["rdf"]
    allowed = {f"<{rdf}first>", f"<{rdf}rest>"} | {f"<{SH}{name}>" for name in ("alternativePath", "inversePath", "oneOrMorePath")}
    assert {p for s, p, _, _ in shape_rows() if s.startswith("_:")} <= allowed


@pytest.mark.parametrize("name", EVERY_FILE)
def test_shapes_when_judged_by_the_shapes_of_shacl_conform(name: str) -> None:
    from pyshacl.entrypoints import meta_validate
    from rdflib import Graph

    from airm_graph.validate.rdflib_nodes import Nodes

    graph = Nodes().fill(Graph(), rows=shape_rows(name))
    # pyshacl follows nested shapes for 14 steps; a path in a shape in a list is deeper.
    conforms, _, text = meta_validate(graph, max_validation_depth=60)
    assert conforms, text


def test_sparql_when_used_is_what_core_cannot_say() -> None:
    users = [local_name(shape) for shape in PROPERTY_SHAPES if values(shape, "sparql")]
    assert users == [
        "Capture-iri",
        "ConceptScheme-notation",
        "EditedMitigation-oneCode",
        "EditedMitigation-sameText",
        "EditedSource-ownAbstract",
        "Evidence-iri",
        "LineEvidence-iri",
        "LineEvidence-lines",
        "Mitigation-classificationEvidence",
        "Notated-iri",
        "Notated-parent",
        "Ontology-modified",
        "Repair-inEvidence",
        "Repair-inText",
        "Term-name",
        "Term-namespace",
        "Vocabulary-version",
    ]
    assert [local_name(shape) for shape in NODE_SHAPES if values(shape, "sparql")] == ["DeclaredTerm"]


def test_classes_of_the_ontology_when_listed_have_a_shape() -> None:
    ontology = find_resource("ontology/airm.ttl")
    rows = parse_rows(ontology.read_bytes(), name=ontology.name, suffix=".ttl")
    owl, airm = PREFIXES["owl"], PREFIXES["airm"]
    classes = {s for s, _, value, _ in rows if value == f"<{owl}Class>" and s.startswith(f"<{airm}")}
    targets = {value for shape in NODE_SHAPES for value in values(shape, "targetClass")}
    assert len(classes) == 13
    assert classes <= targets


def test_own_taxonomies_when_judged_have_two_codes_without_a_label_and_nothing_else() -> None:
    folder = find_resource("ontology")
    paths = sorted(folder.glob("taxonomy/*.ttl")) + sorted(folder.glob("vocabularies/*.ttl"))
    rows = [row for path in paths for row in parse_rows(path.read_bytes(), name=path.name, suffix=".ttl")]
    findings = find_findings(judge_quads(rows, DEFAULT_SHAPES).results, locations={})
    assert len(paths) == 6
    assert [(finding.rule, finding.focus) for finding in findings] == [
        ("SKO-14", f"<{BASE}taxonomy/v2/{code}>") for code in ("2.4.3", "3.3.2")
    ]


def test_nameless_shapes_have_one_name_whenever_and_beside_whatever_they_are_read(tmp_path: Path) -> None:
    text = f"[] a <{SH}NodeShape> ; <{SH}targetClass> <urn:C> ; <{SH}property> [ <{SH}path> <urn:p> ; <{SH}minCount> 1 ] ."
    paths = [tmp_path / "mine.ttl", tmp_path / "other" / "mine.ttl"]
    paths[1].parent.mkdir()
    for path in paths:
        path.write_text(text, encoding="utf-8")
    found = []
    found += [read_every_shapes(map(str, paths)) for _ in range(2)]
    assert found[0] == found[1]
    nodes = {part for row in found[0] for part in row if part.startswith("_:")}
    assert nodes == {"_:mine-1", "_:mine-2", "_:mine.2-1", "_:mine.2-2"}


def test_compiled_default_shapes_have_rows_paths_and_habits_of_the_files() -> None:
    compiled, loaded = default_shapes.read_compiled(), ShapeSet(load_shapes(DEFAULT_SHAPES).rows)
    assert compiled is not None
    assert list(compiled.rows) == list(loaded.rows)
    assert compiled.habits == {name for name in list_habits() if name.startswith("<")}
    with TripleTable() as table:
        one, other = compiled.compile(table), loaded.compile(table)
    assert [check.shape.path for plan in one.plans for slot in plan.checks for check in slot] == [
        check.shape.path for plan in other.plans for slot in plan.checks for check in slot
    ]
    assert [(plan.part, plan.constraint) for plan in one.constraints] == [(plan.part, plan.constraint) for plan in other.constraints]
    assert (one.parts, one.targets, one.uncompiled) == (other.parts, other.targets, other.uncompiled)


def test_compiled_default_shapes_ask_what_the_files_ask_to_tell_results_apart() -> None:
    compiled = default_shapes.read_compiled()
    assert compiled is not None
    known = ShapeSet(compiled.rows)
    with TripleTable() as table:
        checks = [check for plan in known.compile(table).plans for slot in plan.checks for check in slot]
        asked = {(check.shape.node, component_iri(check.branch)) for check in checks}
        told = [key for key in sorted(asked) if may_differ(*key, graph=known.graph)]
        assert len(told) > 20
        for key in told:
            one, other = compiled.compile_details([key], table=table), known.compile_details([key], table=table)
            assert one.prepare == other.prepare
            assert [replace(plan, select="") for plan in one.plans] == [replace(plan, select="") for plan in other.plans]
