"""Mitigations that say the same: found in five disguises, kept apart where they differ, and decided by people."""

import csv
import io
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("sklearn", reason="the extra analysis is not installed")

from similar import WAYS, plant_twin, read_pairs

import airm_graph
from airm_graph.analysis.mitigation_texts import MitigationText, read_mitigation_texts
from airm_graph.analysis.similar import Similarity, compare_texts
from airm_graph.analysis.similar_formats import describe_similar, similar_csv, similar_json, similar_sssom
from airm_graph.cli import cli
from airm_graph.errors import InputError, ParameterError
from airm_graph.graph.store import parse_rows
from airm_graph.ingest.decisions import read_decisions
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.notice import NOTICE

HEAD = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items())
#: One measure in the words of two sources, one that is like them, and others.
DATA = """
@base <https://w3id.org/airm-graph/> .
<mitigation/a/log> a airm:Mitigation ; rdfs:label "Log every prompt" ; airm:source <source/a> ;
  dcterms:description "Operators keep all prompts for ninety days. An analyst reads a sample of them every week." .
<mitigation/b/log> a airm:Mitigation ; rdfs:label "Log every prompt" ; airm:source <source/b> ;
  dcterms:description "Operators keep all prompts for ninety days. Somebody outside the team looks at what was refused." .
<mitigation/b/horn> a airm:Mitigation ; rdfs:label "Foghorn rota" ; airm:source <source/b> ;
  dcterms:description "The harbour names who sounds the horn." .
<mitigation/c/bees> a airm:Mitigation ; rdfs:label "Count bees" ; airm:source <source/c> ;
  dcterms:description "A keeper counts the hives before winter." .
<mitigation/c/none> a airm:Mitigation ; airm:source <source/c> .
"""


@pytest.fixture(scope="module")
def graph() -> airm_graph.Graph:
    return airm_graph.Graph.of(parse_rows((HEAD + DATA).encode(), name="test", suffix=".ttl"))


@pytest.fixture(scope="module")
def invented() -> list[MitigationText]:
    """A hundred and fifty texts with words of their own."""
    seed = random.Random(7)
    starts, middles, ends = (
        ("bar", "cel", "dun", "fol", "gim", "hov", "jat", "kip", "lor", "nus"),
        "aeiou",
        ("ton", "mar", "pex", "lid", "rug"),
    )
    words = [f"{one}{two}{three}{four}" for one in starts for two in middles for three in ends for four in ("ak", "ol", "um", "ix")]

    def say(number: int) -> str:
        return " ".join(seed.sample(words, number))

    return [
        MitigationText(f"m{number:03}", say(3), f"{say(7)}, {say(4)}. Don't {say(6)}; {say(5)}. {say(8)}.", f"s{number % 9}")
        for number in range(150)
    ]


def pair_names(found: Similarity) -> set[tuple[str, str]]:
    return {(pair.one.iri.removeprefix(BASE), pair.two.iri.removeprefix(BASE)) for pair in found.pairs}


@pytest.mark.parametrize("way", WAYS)
def test_every_planted_twin_is_found_and_nothing_else(invented: list[MitigationText], way: str) -> None:
    seed = random.Random(way)
    planted = [(one, twin) for one in invented[::3] if (twin := plant_twin(one, way, seed))]
    assert len(planted) == 50
    found = compare_texts(sorted([*invented, *(twin for _, twin in planted)], key=lambda one: one.iri))
    assert pair_names(found) == {(one.iri, twin.iri) for one, twin in planted}
    assert {pair.relation for pair in found.pairs} == {"exact"}


def test_pairs_are_found_without_comparing_all(invented: list[MitigationText]) -> None:
    found = compare_texts(invented)
    assert found.candidates < 150 * 149 / 2 / 3


def test_a_pair_says_what_it_shares(graph: airm_graph.Graph) -> None:
    found = graph.similar()
    assert pair_names(found) == {("mitigation/a/log", "mitigation/b/log")}
    (pair,) = found.pairs
    assert pair.is_across
    assert pair.sentences == ("operators keep all prompts for ninety days",)
    assert {"log", "prompt", "oper"} <= set(pair.words)
    assert (pair.decision, pair.reviewer, pair.justification) == ("unreviewed", "", "CompositeMatching")
    assert [one.representative.iri for one in found.clusters] == [f"{BASE}mitigation/a/log"]
    assert found.count() == {"across sources": 1, "within sources": 0, "unreviewed": 1, "accepted": 0, "rejected": 0}


def test_asking_changes_nothing_and_answers_the_same(graph: airm_graph.Graph) -> None:
    before = graph.quads
    assert similar_json(graph.similar()) == similar_json(graph.similar())
    assert graph.quads == before


def decide(text: str, decision: str) -> str:
    """Fill in a table for review."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        row |= {"decision": decision, "decided by": "Ada Example"}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(("decision", "said", "groups"), [("accept", "accepted", 1), ("reject", "rejected", 0)])
def test_a_decided_table_is_read_back_and_so_is_the_mapping_made_of_it(
    graph: airm_graph.Graph, tmp_path: Path, decision: str, said: str, groups: int
) -> None:
    review, mapping = tmp_path / "review.csv", tmp_path / "pairs.sssom.tsv"
    review.write_text(decide(similar_csv(graph.similar()), decision))
    found = graph.similar(decisions=[review])
    assert [(pair.decision, pair.reviewer, pair.justification) for pair in found.pairs] == [(said, "Ada Example", "ManualMappingCuration")]
    assert len(found.clusters) == groups
    mapping.write_text(similar_sssom(found))
    again = graph.similar(decisions=[mapping])
    assert again == found
    # What was rejected is kept at any threshold.
    assert len(graph.similar(threshold=1.0, decisions=[mapping]).pairs) == 1


def test_a_mapping_that_nobody_decided_decides_nothing(graph: airm_graph.Graph, tmp_path: Path) -> None:
    mapping = tmp_path / "pairs.sssom.tsv"
    mapping.write_text(similar_sssom(graph.similar()))
    readings = read_decisions([mapping])
    assert (readings.joins, readings.undecided) == ([], 1)
    assert "semapv:CompositeMatching" in mapping.read_text()


def test_a_person_can_name_a_pair_that_no_measure_finds(graph: airm_graph.Graph, tmp_path: Path) -> None:
    review = tmp_path / "more.csv"
    review.write_text("subject_id,object_id,decision,relation\nmitigation:b/horn,mitigation:c/bees,accept,close\n")
    found = graph.similar(decisions=[review])
    (named,) = (pair for pair in found.pairs if pair.one.name == "Foghorn rota")
    assert (named.decision, named.relation) == ("accepted", "close")
    assert {tuple(one.name for one in group.members) for group in found.clusters} == {
        ("Log every prompt",) * 2,
        ("Foghorn rota", "Count bees"),
    }


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.5, float("nan")])
def test_a_threshold_out_of_range_is_an_error(graph: airm_graph.Graph, threshold: float) -> None:
    with pytest.raises(ParameterError, match="threshold"):
        graph.similar(threshold=threshold)


def test_decisions_that_cannot_be_followed_are_errors(graph: airm_graph.Graph, tmp_path: Path) -> None:
    table = tmp_path / "wrong.csv"
    table.write_text("subject_id,object_id,decision\nmitigation:a/log,mitigation:z/gone,accept\n")
    with pytest.raises(ParameterError, match=r"wrong.csv:2: mitigation/z/gone is no mitigation"):
        graph.similar(decisions=[table])
    table.write_text("subject_id,object_id,decision\nmitigation:a/log,mitigation:b/log,perhaps\n")
    with pytest.raises(InputError, match="perhaps"):
        graph.similar(decisions=[table])
    table.write_text("subject_id,object_id,decision\nmitigation:a/log,mitigation:b/log,accept\nmitigation:b/log,mitigation:a/log,reject\n")
    with pytest.raises(ParameterError, match="accepted and rejected"):
        graph.similar(decisions=[table])


def test_formats_carry_the_notice(graph: airm_graph.Graph) -> None:
    found = graph.similar()
    for write in (describe_similar, similar_csv, similar_json, similar_sssom):
        assert NOTICE in write(found)
    assert json.loads(similar_json(found))["pairs"][0]["relation"] == "skos:exactMatch"


@pytest.mark.parametrize(
    ("originals", "text", "said"), [(("m:2",), "x", "stated"), ((), "Keep a log of all that it does.", "candidate"), ((), "Keep logs.", "")]
)
def test_pair_says_whether_one_may_be_taken_from_the_other(originals: tuple[str, ...], text: str, said: str) -> None:
    one, two = MitigationText("m:1", "Logs", text, "s:1", originals), MitigationText("m:2", "Logs", text, "s:2")
    (pair,) = compare_texts([one, two]).pairs
    assert pair.derivation == said
    assert json.loads(similar_json(compare_texts([one, two])))["pairs"][0]["derivation"] == (said or None)


def test_graphs_without_mitigations_or_words_have_no_pairs() -> None:
    assert airm_graph.Graph().similar().pairs == ()
    empty = [MitigationText("a"), MitigationText("b"), MitigationText("c", "", "of the and")]
    assert compare_texts(empty).pairs == ()


def test_the_command_lists_pairs_and_refuses_a_wrong_threshold(example_graph: airm_graph.Graph) -> None:
    done = CliRunner().invoke(cli, ["similar", "--format", "json"], standalone_mode=False)
    assert json.loads(done.stdout)["mitigations"] == len(read_mitigation_texts(example_graph.store))
    done = CliRunner().invoke(cli, ["similar", "--threshold", "2"], standalone_mode=False)
    assert isinstance(done.exception, ParameterError)


def test_labelled_pairs_are_three_hundred_with_a_hundred_sampled_ones() -> None:
    pairs = read_pairs()
    assert len(pairs) >= 300
    assert len({frozenset(pair[:2]) for pair in pairs}) == len(pairs)
    assert sum(verdict == "different" and drawn == "sampled" for *_, verdict, drawn in pairs) >= 100
