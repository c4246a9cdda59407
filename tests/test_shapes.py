"""The shapes: how they are written, and a fixture for every constraint that fires it, and one for every shape that passes."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.resources import find_resource
from airm_graph.store import Row, parse_rows
from airm_graph.validate.results import Result, find_findings
from airm_graph.validate.shacl import run_pyshacl
from airm_graph.validate.shapes import DEFAULT_SHAPES, read_shapes
from airm_graph.validate.terms import literal_text

FOLDER = Path(__file__).parent / "shapes"
FILES = sorted(FOLDER.glob("*/*.ttl"))
SH, OURS = PREFIXES["sh"], f"<{BASE}shapes#"
PREFIX_OF = {"MIT", "CLS", "SRC", "CAPT", "EVI", "REP", "AGT", "DAT", "SKO"}
NO_CONSTRAINT = {"description", "message", "name", "path", "property", "severity", "targetClass", "targetSubjectsOf"}

Stated = tuple[str, str, str]


def shape_rows() -> list[Row]:
    return [row for name in DEFAULT_SHAPES for row in read_shapes(name)]


@cache
def values(subject: str, name: str) -> list[str]:
    return sorted(value for s, p, value, _ in shape_rows() if s == subject and p == f"<{SH}{name}>")


def shapes_of_type(name: str) -> list[str]:
    return sorted({s for s, _, value, _ in shape_rows() if value == f"<{SH}{name}>"})


def local_name(shape: str) -> str:
    return shape.removeprefix(OURS).removesuffix(">")


NODE_SHAPES = shapes_of_type("NodeShape")
PROPERTY_SHAPES = shapes_of_type("PropertyShape")
# Shapes without a target that are no part of another shape say what other shapes forbid; they report nothing themselves.
HELPERS = [shape for shape in NODE_SHAPES if not values(shape, "targetClass") and not values(shape, "targetSubjectsOf")]


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
def results(path: Path) -> tuple[Result, ...]:
    return tuple(run_pyshacl(parse_rows(path.read_bytes(), name=path.name, suffix=".ttl")))


def found(path: Path) -> list[Stated]:
    return sorted((finding.rule, finding.severity.value, finding.focus) for finding in find_findings(results(path), places={}))


def stated(path: Path) -> list[Stated]:
    lines = re.findall(r"^# Expect: (\S+) (\S+) (?:<(\S+)>|(_:\S+))$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return sorted((rule, severity, blank or f"<{BASE}{focus}>") for rule, severity, focus, blank in lines)


def rule_of(shape: str) -> str:
    (message,) = values(shape, "message")
    return literal_text(message).partition(":")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture_gives_exactly_what_it_states(path: Path) -> None:
    assert found(path) == stated(path)


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
    assert folders == {local_name(shape): {"valid", "invalid"} for shape in NODE_SHAPES if shape not in HELPERS}


def test_constraints_when_all_fixtures_are_run_fire_each() -> None:
    fired = {(result.shape, result.component) for path in FILES for result in results(path)}
    assert fired == constraints()


def test_shapes_when_they_can_report_carry_what_a_finding_needs() -> None:
    for shape in [*NODE_SHAPES, *PROPERTY_SHAPES]:
        assert shape.startswith(OURS)
        for name in ("name", "description"):
            assert [text.endswith("@en") and bool(literal_text(text).strip()) for text in values(shape, name)] == [True], (shape, name)
        assert len(values(shape, "severity")) == (shape not in HELPERS), shape
        holds = any(subject == shape for subject, _ in constraints())
        assert len(values(shape, "message")) == holds, shape


def test_messages_when_read_are_rule_fault_and_remedy() -> None:
    messages = [literal_text(value) for shape in [*NODE_SHAPES, *PROPERTY_SHAPES] for value in values(shape, "message")]
    for message in messages:
        match = re.fullmatch(r"([A-Z]+)-[0-9]{2}: [^;.]+(?:\.\d[^;]*)?; .+\.", message)
        assert match is not None, message
        assert match[1] in PREFIX_OF
        assert not set("{}") & set(message)
    assert max(Counter(message.partition(":")[0] for message in messages).values()) == 1


def test_shapes_when_core_or_skos_are_all_violations_but_one() -> None:
    mild = [shape for shape in PROPERTY_SHAPES if values(shape, "severity") != [f"<{SH}Violation>"]]
    assert [local_name(shape) for shape in mild] == ["Concept-hasLabel"]


def test_shapes_when_parsed_have_blank_nodes_in_lists_and_paths_only() -> None:
    rdf = PREFIXES["rdf"]
    allowed = {f"<{rdf}first>", f"<{rdf}rest>"} | {f"<{SH}{name}>" for name in ("alternativePath", "inversePath", "oneOrMorePath")}
    assert {p for s, p, _, _ in shape_rows() if s.startswith("_:")} <= allowed


def test_shapes_when_judged_by_the_shapes_of_shacl_conform() -> None:
    import pyshacl
    from rdflib import Graph

    from airm_graph.validate.terms import Nodes

    graph = Nodes().fill(Graph(), rows=shape_rows())
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=graph, meta_shacl=True)
    assert conforms, text


def test_sparql_when_used_is_what_core_cannot_say() -> None:
    users = [local_name(shape) for shape in PROPERTY_SHAPES if values(shape, "sparql")]
    assert users == ["ConceptScheme-notation", "Notated-iri", "Notated-parent"]


def test_classes_of_the_ontology_when_listed_have_a_shape() -> None:
    ontology = find_resource("ontology/airm.ttl")
    rows = parse_rows(ontology.read_bytes(), name=ontology.name, suffix=".ttl")
    owl, airm = PREFIXES["owl"], PREFIXES["airm"]
    classes = {s for s, _, value, _ in rows if value == f"<{owl}Class>" and s.startswith(f"<{airm}")}
    targets = {value for shape in NODE_SHAPES for value in values(shape, "targetClass")}
    assert len(classes) == 11
    assert classes <= targets


def test_own_taxonomies_when_judged_have_two_codes_without_a_label_and_nothing_else() -> None:
    folder = find_resource("ontology")
    paths = sorted(folder.glob("taxonomy/*.ttl")) + sorted(folder.glob("vocabularies/*.ttl"))
    rows = [row for path in paths for row in parse_rows(path.read_bytes(), name=path.name, suffix=".ttl")]
    findings = find_findings(run_pyshacl(rows), places={})
    assert len(paths) == 5
    assert [(finding.rule, finding.focus) for finding in findings] == [
        ("SKO-14", f"<{BASE}taxonomy/v2/{code}>") for code in ("2.4.3", "3.3.2")
    ]
