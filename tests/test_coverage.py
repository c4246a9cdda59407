"""Coverage and gaps: every number is what its query says, on two engines; nothing that is residual or not stated makes a gap."""

import csv
import io
import json
import random
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner

import airm_graph
from airm_graph.analysis.counted_facets import FACETS
from airm_graph.analysis.coverage import Coverage
from airm_graph.analysis.coverage_formats import coverage_csv, coverage_json, describe_coverage, describe_gaps, gaps_csv, gaps_json
from airm_graph.analysis.cube import coverage_turtle
from airm_graph.cli import cli
from airm_graph.errors import AirmError, ParameterError
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import PREFIXES
from airm_graph.notice import NOTICE
from cube import find_broken

HEAD = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items())
BASE = "https://w3id.org/airm-graph/"
#: Two sources; d has an actor of the residual kind, e has nothing, f a code above the second level, g two codes.
DATA = """
@base <https://w3id.org/airm-graph/> .
<source/one> a airm:Source ; rdfs:label "One" ; dcterms:issued "2024"^^xsd:gYear .
<source/two> a airm:Source ; rdfs:label "Two" .
<actor/x> a airm:ActorRole ; rdfs:label "X" .
<actor/y> a airm:ActorRole ; rdfs:label "Y" .
<actor/z> a airm:ActorRole, airm:ResidualConcept ; rdfs:label "Z" .
<taxonomy/v2/1> a airm:Code ; skos:inScheme <taxonomy/v2> ; skos:notation "1" .
<taxonomy/v2/1.2> a airm:Code ; skos:inScheme <taxonomy/v2> ; skos:notation "1.2" ; skos:broader <taxonomy/v2/1> .
<taxonomy/v2/1.10> a airm:Code ; skos:inScheme <taxonomy/v2> ; skos:notation "1.10" ;
  skos:prefLabel "Ten" ; skos:broader <taxonomy/v2/1> .
<a> a airm:Mitigation ; airm:source <source/one> ; airm:actor <actor/x> ; airm:code <taxonomy/v2/1.2> ;
  airm:underCode <taxonomy/v2/1.2>, <taxonomy/v2/1> .
<b> a airm:Mitigation ; airm:source <source/two> ; airm:actor <actor/x> ; airm:code <taxonomy/v2/1.2> ;
  airm:underCode <taxonomy/v2/1.2>, <taxonomy/v2/1> .
<c> a airm:Mitigation ; airm:source <source/one> ; airm:actor <actor/y> ; airm:code <taxonomy/v2/1.2> ;
  airm:underCode <taxonomy/v2/1.2>, <taxonomy/v2/1> .
<d> a airm:Mitigation ; airm:source <source/one> ; airm:actor <actor/z> ; airm:code <taxonomy/v2/1.10> ;
  airm:underCode <taxonomy/v2/1.10>, <taxonomy/v2/1> .
<e> a airm:Mitigation ; airm:source <source/two> .
<f> a airm:Mitigation ; airm:source <source/two> ; airm:actor <actor/y> ; airm:code <taxonomy/v2/1> ; airm:underCode <taxonomy/v2/1> .
<g> a airm:Mitigation ; airm:source <source/one> ; airm:actor <actor/x> ; airm:code <taxonomy/v2/1.2>, <taxonomy/v2/1.10> ;
  airm:underCode <taxonomy/v2/1.2>, <taxonomy/v2/1.10>, <taxonomy/v2/1> .
"""


@pytest.fixture(scope="module")
def small() -> airm_graph.Graph:
    return airm_graph.Graph.of(parse_rows((HEAD + DATA).encode(), name="test", suffix=".ttl"))


@pytest.fixture(scope="module")
def converted(example_graph):
    return example_graph.to_rdflib()


def counts(coverage: Coverage) -> dict[tuple[str, ...], tuple[int, int, int, str]]:
    return {tuple(m.slug for m in cell.members): (cell.count, cell.sources, cell.largest, cell.state) for cell in coverage.cells}


def test_cells_hold_what_was_put_there(small: airm_graph.Graph) -> None:
    assert counts(small.coverage("code", "actor")) == {
        ("1.2", "x"): (3, 2, 2, "covered"),
        ("1.2", "y"): (1, 1, 1, "one source"),
        ("1.2", "z"): (0, 0, 0, "residual"),
        ("1.2", "unstated"): (0, 0, 0, "unstated"),
        ("1.10", "x"): (1, 1, 1, "one source"),
        ("1.10", "y"): (0, 0, 0, "empty"),
        ("1.10", "z"): (1, 1, 1, "residual"),
        ("1.10", "unstated"): (0, 0, 0, "unstated"),
        ("coarser", "x"): (0, 0, 0, "coarser"),
        ("coarser", "y"): (1, 1, 1, "coarser"),
        ("coarser", "z"): (0, 0, 0, "coarser"),
        ("coarser", "unstated"): (0, 0, 0, "coarser"),
        ("unstated", "x"): (0, 0, 0, "unstated"),
        ("unstated", "y"): (0, 0, 0, "unstated"),
        ("unstated", "z"): (0, 0, 0, "unstated"),
        ("unstated", "unstated"): (1, 1, 1, "unstated"),
    }


def test_gaps_are_empty_cells_and_cells_of_one_source_without_what_is_residual_or_not_stated(small: airm_graph.Graph) -> None:
    gaps = [(gap.kind, *(one.slug for one in gap.cell.members)) for gap in small.coverage("code", "actor").gaps]
    assert gaps == [("empty", "1.10", "y"), ("one source", "1.2", "y"), ("one source", "1.10", "x")]


def test_sums_are_what_they_are_defined_as(small: airm_graph.Graph) -> None:
    coverage = small.coverage("code", "actor")
    code, actor = coverage.facets
    assert coverage.mitigations == 7
    assert coverage.share_residual(actor) == 1 / 6
    assert coverage.share_residual(code) == 0
    assert coverage.concentration(actor) == (3**2 + 2**2) / 5**2
    assert coverage.concentration(code) == (4**2 + 2**2) / 6**2


def test_where_sources_are_a_facet_one_source_is_no_gap(small: airm_graph.Graph) -> None:
    coverage = small.coverage("actor", "source")
    assert coverage.count_states()["one source"] == 0
    assert coverage.gaps == ()
    assert {cell.sources for cell in coverage.cells if cell.state == "covered"} == {1}


def test_level_and_edition_are_chosen(small: airm_graph.Graph, example_graph: airm_graph.Graph) -> None:
    top = counts(small.coverage("code", "source", level=1))
    assert {key: found[0] for key, found in top.items()} == {
        ("1", "one"): 4,
        ("1", "two"): 2,
        ("unstated", "one"): 0,
        ("unstated", "two"): 1,
    }
    first = example_graph.coverage("code", "source", edition="v1")
    assert {cell.count for cell in first.cells if cell.state in ("covered", "empty")} == {0}
    assert first.facets[0].title == "code (v1, level 2)"
    assert [example_graph.coverage("code", "source", level=level).facets[0].members[0].slug for level in (1, 2, 3)] == ["1", "1.1", "1.1.1"]


def test_codes_are_in_the_order_of_their_notation_and_residual_ones_last(example_graph: airm_graph.Graph) -> None:
    members = example_graph.coverage("code", "stage", level=3).facets[0].members
    kinds = [member.kind for member in members]
    assert kinds == sorted(kinds, key=["value", "residual", "coarser", "unstated"].index)
    notations = [tuple(map(int, m.slug.split("."))) for m in members if m.kind == "value"]
    assert notations == sorted(notations)


def prove(coverage: Coverage, store, converted, *, number: int, seed: int) -> int:
    """Ask the queries of random cells in both engines; returns how many cells were asked for."""
    chosen = random.Random(seed).sample(coverage.cells, min(number, len(coverage.cells)))
    for cell in chosen:
        expected = (str(cell.count), str(cell.sources))
        _, ((count, sources),) = store.select(cell.sparql)
        assert (count.split('"')[1], sources.split('"')[1]) == expected, cell.sparql
        if converted is not None:
            (row,) = converted.query(cell.sparql)
            assert tuple(map(str, row)) == expected, cell.sparql
    return len(chosen)


def test_two_hundred_random_cells_are_what_their_queries_say_in_two_engines(example_graph: airm_graph.Graph, converted) -> None:
    pairs = [(*pair, None) for pair in combinations(FACETS, 2)]
    asked = 0
    for number, facets in enumerate([*pairs, ("code", "actor", "source"), ("stage", "function", "year")]):
        for level in (1, 3) if "code" in facets else (None,):
            asked += prove(example_graph.coverage(*facets, level=level), example_graph.store, converted, number=12, seed=number)
    assert asked >= 200


def test_two_hundred_random_cells_of_the_first_edition_are_what_their_queries_say(first_edition: Path) -> None:
    graph = airm_graph.build([first_edition])
    asked = sum(
        prove(graph.coverage(*facets), graph.store, graph.to_rdflib() if facets[1] == "year" else None, number=number, seed=1)
        for facets, number in ((("code", "source"), 150), (("code", "year"), 50), (("code", "source", "year"), 100))
    )
    assert asked >= 200


def test_every_mitigation_stands_in_a_cell(example_graph: airm_graph.Graph) -> None:
    for facets in combinations(FACETS, 2):
        coverage = example_graph.coverage(*facets)
        assert coverage.mitigations == example_graph.count()["mitigations"] == 34
        assert sum(cell.count for cell in coverage.cells) >= 34


# Errors.


@pytest.mark.parametrize(
    ("facets", "options", "message"),
    [
        (("code", "sources"), {}, "there is no facet 'sources'; did you mean source?"),
        (("code", "zzz"), {}, "there is no facet 'zzz'; use one of code, actor"),
        (("actor", "actor"), {}, "the facet 'actor' is given twice; give two or three different ones"),
        (("code", "actor", "code"), {}, "the facet 'code' is given twice"),
        (("code", "actor"), {"level": 4}, "the edition v2 has no level 4; its levels are 1 to 3"),
        (("code", "actor"), {"level": 0}, "the edition v2 has no level 0"),
        (("code", "actor"), {"edition": "v9"}, "there is no edition 'v9' in the graph; there are v1, v2"),
        (("actor", "stage"), {"level": 1}, "level goes with the facet code"),
        (("actor", "stage"), {"edition": "v2"}, "edition goes with the facet code"),
    ],
)
def test_wrong_question_is_an_error_that_says_what_to_do(example_graph: airm_graph.Graph, facets, options, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        example_graph.coverage(*facets, **options)
    assert message in str(caught.value)


def test_graph_without_codes_is_an_error() -> None:
    with pytest.raises(ParameterError, match="the graph holds no codes"):
        airm_graph.Graph().coverage("code", "actor")


# Formats.


def test_formats_say_the_same_and_carry_the_notice(example_graph: airm_graph.Graph) -> None:
    coverage = example_graph.coverage("code", "actor")
    cells = list(csv.DictReader(io.StringIO(coverage_csv(coverage))))
    record = json.loads(coverage_json(coverage))
    assert [int(row["mitigations"]) for row in cells] == [c.count for c in coverage.cells] == [c["mitigations"] for c in record["cells"]]
    assert [row["state"] for row in cells] == [cell["state"] for cell in record["cells"]]
    assert {row["notice"] for row in cells} == {record["notice"]} == {NOTICE}
    _, rows = example_graph.store.select(cells[0]["sparql"])
    assert rows[0][0].split('"')[1] == cells[0]["mitigations"]
    for text in (describe_coverage(coverage), describe_gaps(coverage)):
        assert text.endswith(f"{NOTICE}\n")
    gaps = json.loads(gaps_json(coverage))["cells"]
    assert len(gaps) == len(coverage.gaps) == len(list(csv.DictReader(io.StringIO(gaps_csv(coverage)))))


def test_table_of_three_facets_has_a_part_for_each_layer(small: airm_graph.Graph) -> None:
    text = describe_coverage(small.coverage("code", "actor", "source"))
    assert "[One]" in text
    assert "[Two]" in text
    assert "Z (residual)" in text
    assert "(no actor stated)" in text


def cube_of(graph: airm_graph.Graph, *facets: str):
    import rdflib

    written = coverage_turtle(graph.coverage(*facets))
    assert written == coverage_turtle(graph.coverage(*facets))
    assert written.startswith(f"# {NOTICE}\n")
    return rdflib.Graph().parse(data=written, format="turtle")


@pytest.mark.parametrize("facets", [("code", "source"), ("actor", "year"), ("stage", "function", "actor")])
def test_cube_keeps_every_integrity_constraint(example_graph: airm_graph.Graph, facets: tuple[str, ...]) -> None:
    assert find_broken(cube_of(example_graph, *facets)) == []


def test_cube_holds_each_cell_with_its_query(small: airm_graph.Graph) -> None:
    cube = cube_of(small, "code", "actor")
    query = f"""PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX c: <{BASE}coverage#>
        SELECT ?n ?sources ?state ?query
        WHERE {{ ?o a qb:Observation ; c:mitigations ?n ; c:sources ?sources ; c:state ?state ; c:query ?query }}"""
    found = sorted((int(n), int(sources), str(state), str(query)) for n, sources, state, query in cube.query(query))
    assert found == sorted((cell.count, cell.sources, cell.state, cell.sparql) for cell in small.coverage("code", "actor").cells)


QB = "http://purl.org/linked-data/cube#"
#: Constraint → what is taken from the cube, so that it is broken (predicate, object).
_DAMAGE = {
    "IC-1": (f"{QB}dataSet", None),
    "IC-2": (f"{QB}structure", None),
    "IC-3": ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", f"{QB}MeasureProperty"),
    "IC-4": ("http://www.w3.org/2000/01/rdf-schema#range", None),
    "IC-5": (f"{QB}codeList", None),
    "IC-11": (f"{BASE}coverage#dimension-actor", None),
    "IC-13": (f"{BASE}coverage#query", None),
    "IC-14": (f"{BASE}coverage#sources", None),
    "IC-19b": ("http://www.w3.org/2004/02/skos/core#member", None),
}


@pytest.mark.parametrize("name", _DAMAGE)
def test_constraint_is_broken_by_a_cube_without_what_it_asks_for(small: airm_graph.Graph, name: str) -> None:
    import rdflib

    cube = cube_of(small, "code", "actor")
    predicate, value = _DAMAGE[name]
    cube.remove((None, rdflib.URIRef(predicate), rdflib.URIRef(value) if value else None))
    assert name in find_broken(cube)


#: Constraint → what is put into the cube of codes and actors, so that it is broken.
_MORE = {
    "IC-7": "ex:key a qb:SliceKey .",
    "IC-8": "dsd: qb:sliceKey ex:key . ex:key a qb:SliceKey ; qb:componentProperty ex:other .",
    "IC-9": "ex:slice a qb:Slice .",
    "IC-10": "ex:slice qb:sliceStructure ex:key . ex:key qb:componentProperty c:dimension-actor .",
    "IC-15": "dsd: qb:component ex:part . ex:part qb:componentProperty qb:measureType . one: qb:measureType ex:other .",
    "IC-16": "one: qb:measureType c:sources .",
    "IC-17": "one: qb:measureType c:sources .",
    "IC-18": "ex:set qb:slice ex:slice . ex:slice qb:observation one: .",
    "IC-19a": "<actors> a skos:ConceptScheme .",
    "IC-20": "<actors> a qb:HierarchicalCodeList ; qb:hierarchyRoot ex:root ; qb:parentChildProperty ex:down . ex:root ex:down ex:child .",
    "IC-21": "<actors> a qb:HierarchicalCodeList ; qb:hierarchyRoot ex:root ; qb:parentChildProperty [ owl:inverseOf ex:up ] .",
}


@pytest.mark.parametrize("name", _MORE)
def test_constraint_is_broken_by_a_cube_with_what_it_forbids(small: airm_graph.Graph, name: str) -> None:
    root = f"{BASE}coverage/v2-code-2-by-actor"
    prefixes = {"qb": QB, "c": f"{BASE}coverage#", "dsd": f"{root}/structure", "one": f"{root}/1.2/x", "ex": "https://example.org/"}
    head = HEAD + "".join(f"PREFIX {prefix}: <{address}>\n" for prefix, address in prefixes.items())
    cube = cube_of(small, "code", "actor")
    cube.parse(data=head + _MORE[name].replace("<actors>", f"<{root}/values/actor>"), format="turtle")
    assert name in find_broken(cube)


def test_constraints_on_twins_and_options_are_broken_by_them(small: airm_graph.Graph) -> None:
    import rdflib

    cube = cube_of(small, "code", "actor")
    one, two = sorted(cube.subjects(rdflib.RDF.type, rdflib.URIRef(f"{QB}Observation")))[:2]
    for predicate, value in list(cube.predicate_objects(one)):
        cube.set((two, predicate, value))
    assert find_broken(cube) == ["IC-12"]
    part = rdflib.URIRef(f"{BASE}coverage/v2-code-2-by-actor/structure/sources")
    cube.add((part, rdflib.URIRef(f"{QB}componentRequired"), rdflib.Literal(False)))
    assert find_broken(cube) == ["IC-12", "IC-6"]


def test_numbers_are_the_same_with_another_base(example_graph: airm_graph.Graph) -> None:
    base = "https://example.org/elsewhere/"
    other = airm_graph.build(["examples"], base=base)
    assert coverage_json(other.coverage("code", "actor")) == coverage_json(example_graph.coverage("code", "actor")).replace(BASE, base)


# The commands.


def run(*arguments: str) -> tuple[object, str, str]:
    done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    return done.return_value if done.exception is None else type(done.exception).__name__, done.stdout, str(done.exception or "")


def test_commands_show_what_the_function_returns(example_graph: airm_graph.Graph, example_dist: Path) -> None:
    asked = ("--rows", "code", "--columns", "actor", "--level", "1", "--data", str(example_dist))
    coverage = example_graph.coverage("code", "actor", level=1)
    writers = {"table": describe_coverage, "csv": coverage_csv, "json": coverage_json, "turtle": coverage_turtle}
    for shape, write in writers.items():
        code, text, _ = run("coverage", *asked, "--format", shape)
        assert (code, text.replace("\r\n", "\n")) == (0, write(coverage).replace("\r\n", "\n"))
    for shape, write in {"table": describe_gaps, "csv": gaps_csv, "json": gaps_json}.items():
        code, text, _ = run("gaps", *asked, "--format", shape)
        assert (code, text.replace("\r\n", "\n")) == (0, write(coverage).replace("\r\n", "\n"))


def test_command_tells_a_wrong_facet_before_it_reads(tmp_path: Path) -> None:
    kind, _, message = run("coverage", "--rows", "code", "--columns", "code", "--data", str(tmp_path / "none"))
    assert kind == "ParameterError"
    assert issubclass(ParameterError, AirmError)
    assert "given twice" in message
