"""Agreement and doubts of codes: figures are those of the libraries, a changed code is doubted, nothing is assigned."""

import json
import random

import pytest
from click.testing import CliRunner

pytest.importorskip("sklearn", reason="the extra analysis is not installed")

from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

import airm_graph
from airm_graph.analysis.agreement import measure_agreement
from airm_graph.analysis.agreement_formats import agreement_csv, agreement_json, describe_agreement
from airm_graph.analysis.code_checks import Coded, check_coded, read_coded
from airm_graph.analysis.code_checks_formats import code_checks_csv, code_checks_json, describe_code_checks
from airm_graph.analysis.mitigation_texts import MitigationText
from airm_graph.cli import cli
from airm_graph.errors import ParameterError
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.notice import NOTICE

HEAD = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items())
#: Two pairs in the same words: one with two codes and one actor, one with one code; and a mitigation that both kinds of agents coded.
DATA = """
@base <https://w3id.org/airm-graph/> .
<taxonomy/v2/1> skos:inScheme <taxonomy/v2> ; skos:notation "1" ; skos:prefLabel "One" .
<taxonomy/v2/2> skos:inScheme <taxonomy/v2> ; skos:notation "2" ; skos:prefLabel "Two" .
<actor/x> skos:prefLabel "X" .
<agent/p> a prov:Person . <agent/s> a prov:SoftwareAgent .
<mitigation/a/log> a airm:Mitigation ; rdfs:label "Log every prompt" ; airm:source <source/a> ; airm:actor <actor/x> ;
  dcterms:description "Operators keep all prompts for ninety days." ; airm:classification <mitigation/a/log/c> .
<mitigation/a/log/c> airm:assignedCode <taxonomy/v2/1> .
<mitigation/b/log> a airm:Mitigation ; rdfs:label "LOG every prompt" ; airm:source <source/b> ; airm:actor <actor/x> ;
  dcterms:description "Operators keep all prompts for ninety days." ; airm:classification <mitigation/b/log/c> .
<mitigation/b/log/c> airm:assignedCode <taxonomy/v2/2> .
<mitigation/a/bees> a airm:Mitigation ; rdfs:label "Count bees" ; airm:source <source/a> ;
  dcterms:description "A keeper counts the hives before winter." ; airm:classification <mitigation/a/bees/c> .
<mitigation/a/bees/c> airm:assignedCode <taxonomy/v2/2> .
<mitigation/b/bees> a airm:Mitigation ; rdfs:label "Count bees" ; airm:source <source/b> ;
  dcterms:description "A keeper counts the hives, before winter!" ; airm:classification <mitigation/b/bees/c> .
<mitigation/b/bees/c> airm:assignedCode <taxonomy/v2/2> .
<mitigation/c/horn> a airm:Mitigation ; rdfs:label "Foghorn rota" ; airm:classification <mitigation/c/horn/c>, <mitigation/c/horn/d> .
<mitigation/c/horn/c> airm:assignedCode <taxonomy/v2/2> ; prov:wasAttributedTo <agent/p> .
<mitigation/c/horn/d> airm:assignedCode <taxonomy/v2/1> ; prov:wasAttributedTo <agent/s> .
"""


@pytest.fixture(scope="module")
def graph() -> airm_graph.Graph:
    return airm_graph.Graph.of(parse_rows((HEAD + DATA).encode(), name="test", suffix=".ttl"))


def test_agreement_is_counted_by_facet_with_what_disagrees(graph: airm_graph.Graph) -> None:
    found = graph.agreement()
    assert found.pairs == 2
    assert {one.facet: (one.compared, one.agreeing) for one in found.facets} == {
        "code": (2, 1),
        "actor": (1, 1),
        "stage": (0, 0),
        "function": (0, 0),
        "statement": (0, 0),
        "code, machine and human": (1, 0),
    }
    assert [(one.facet, one.one.iri.removeprefix(BASE), one.values) for one in found.disagreements] == [
        ("code", "mitigation/a/log", (("v2 1 One",), ("v2 2 Two",))),
        ("code, machine and human", "mitigation/c/horn", (("v2 1 One",), ("v2 2 Two",))),
    ]
    assert [one.kappa is None for one in found.facets] == [False, True, True, True, True, False]


def test_figures_are_those_of_the_libraries_on_random_codes() -> None:
    seed = random.Random(3)
    sides = [(frozenset({seed.choice("abc")}), frozenset({seed.choice("abc")})) for _ in range(60)]
    found = measure_agreement("code", sides)
    numbers = [["abc".index(next(iter(pair[side]))) for pair in sides] for side in (0, 1)]
    assert measure_agreement("code", sides, ordered=True).kappa == pytest.approx(cohen_kappa_score(*numbers))
    # Scott's pi: chance agreement from the values of both sides together.
    shares = [(numbers[0] + numbers[1]).count(value) / 120 for value in range(3)]
    chance = sum(share * share for share in shares)
    assert found.kappa == pytest.approx((found.share - chance) / (1 - chance))
    interval = binomtest(found.agreeing, 60).proportion_ci(method="wilson")
    assert (found.low, found.high) == (interval.low, interval.high)
    assert found.low < found.share < found.high


def test_formats_of_agreement_carry_the_notice_and_the_same_figures(graph: airm_graph.Graph) -> None:
    found = graph.agreement()
    for write in (describe_agreement, agreement_csv, agreement_json):
        assert NOTICE in write(found)
    record = json.loads(agreement_json(found))
    assert record["facets"][0]["share"] == 0.5
    assert record["facets"][2]["share"] is None
    assert "code: 1 of 2 agree, 50.0 %".replace(" %", "%") in describe_agreement(found)


LABELS = {"1": "1 Harbour", "2": "2 Garden", "3": "3 Bakery"}
WORDS = {
    "1": ["horn", "pier", "buoy", "tide", "keel", "mast", "rope", "deck"],
    "2": ["rose", "soil", "rake", "seed", "moss", "pond", "hive", "bulb"],
    "3": ["oven", "loaf", "yeast", "flour", "crust", "dough", "rye", "bun"],
}


def make_coded(number: int) -> list[Coded]:
    seed = random.Random(number)
    found = []
    for at in range(number):
        code = "123"[at % 3]
        text = MitigationText(f"m{at:03}", " ".join(seed.sample(WORDS[code], 2)), " ".join(seed.sample(WORDS[code], 4)), f"s{at % 4}")
        found.append(Coded(text, (code,), "", at * 10))
    return found


def test_a_code_that_was_changed_is_doubted_first_and_the_true_one_suggested_with_its_words() -> None:
    coded = make_coded(60)
    right = coded[7]
    coded[7] = Coded(right.text, ("3",), "", right.place)
    found = check_coded(coded, LABELS, edition="v2")
    first = found.checks[0]
    assert (first.mitigation, first.code, first.suggestions[0][0]) == (right.text, "3 Bakery", "2 Garden")
    assert set(first.words[:1]) <= {"rose", "soil", "rake", "seed", "moss", "pond", "hive", "bulb"}
    assert found.accuracy > 0.9 > 0.5 > found.baseline
    assert found.accuracy_sources > 0.9
    assert len(found.checks) == 60


def test_what_is_doubted_does_not_hang_on_the_order_of_rows() -> None:
    coded = make_coded(30)
    one, two = (check_coded(rows, LABELS, edition="v2").checks for rows in (coded, coded[::-1]))
    assert {each.mitigation.iri: pytest.approx(each.doubt, abs=0.002) for each in one} == {each.mitigation.iri: each.doubt for each in two}


def test_leaving_one_out_is_what_training_without_it_gives() -> None:
    import numpy as np

    from airm_graph.analysis.code_checks import _Classifier

    coded = make_coded(24)
    whole = _Classifier(coded, ["1", "2", "3"], LABELS)
    kernel = np.linalg.inv(whole._inverse) - 2.0 * np.eye(24)
    for row in (0, 11, 23):
        rest = [at for at in range(24) if at != row]
        dual = np.linalg.solve(kernel[np.ix_(rest, rest)] + 2.0 * np.eye(23), whole._has[rest])
        assert np.allclose(kernel[row, rest] @ dual + whole._from_labels[row], whole._leave_one_out()[row])
    source = [at for at in range(24) if at % 4 == 1]
    rest = [at for at in range(24) if at % 4 != 1]
    dual = np.linalg.solve(kernel[np.ix_(rest, rest)] + 2.0 * np.eye(len(rest)), whole._has[rest])
    assert np.allclose(kernel[np.ix_(source, rest)] @ dual + whole._from_labels[source], whole._leave_source_out()[source])


def test_too_little_to_learn_from_and_unknown_editions_are_errors(graph: airm_graph.Graph) -> None:
    with pytest.raises(ParameterError, match="too few"):
        check_coded(make_coded(2), LABELS, edition="v2")
    with pytest.raises(ParameterError, match="nothing is classified by the edition v9; there are v2"):
        graph.check_codes(edition="v9")
    with pytest.raises(ParameterError, match="there are none"):
        airm_graph.Graph().check_codes()


def test_a_graph_is_checked_and_the_figures_stand_beside_every_list(example_graph: airm_graph.Graph) -> None:
    before = example_graph.quads
    found = example_graph.check_codes()
    assert example_graph.quads == before
    assert found.edition == "v2"
    text = describe_code_checks(found, most=2)
    assert "with whole sources held out" in text
    assert text.count("its words speak for") == 2
    for write in (describe_code_checks, code_checks_csv, code_checks_json):
        assert NOTICE in write(found)
    assert code_checks_csv(found, most=3).count("\n") == 4
    assert json.loads(code_checks_json(found))["accuracy"]["baseline"] == round(found.baseline, 4)


@pytest.mark.parametrize(("command", "key"), [("agreement", "facets"), ("check-codes", "checks")])
def test_the_commands_answer_as_python_does(command: str, key: str) -> None:
    done = CliRunner().invoke(cli, [command, "--format", "json"], standalone_mode=False)
    assert json.loads(done.stdout)[key]


def test_the_place_of_a_row_is_no_hint_because_tables_are_sorted_by_code() -> None:
    data = """
    @base <https://w3id.org/airm-graph/> .
    <taxonomy/v2/1> skos:inScheme <taxonomy/v2> ; skos:notation "1" .
    <mitigation/a> a airm:Mitigation ; dcterms:identifier "A0042_x7" ; airm:evidence <capture/1/r9> ; airm:classification <mitigation/a/c> .
    <mitigation/b> a airm:Mitigation ; airm:evidence <capture/1/r10> ; airm:classification <mitigation/b/c> .
    <mitigation/c> a airm:Mitigation ; airm:evidence <capture/2/l5> ; airm:classification <mitigation/c/c> .
    <capture/1/r9> airm:row 9 . <capture/1/r10> airm:row 10 . <capture/2/l5> airm:firstLine 5 .
    <mitigation/a/c> airm:assignedCode <taxonomy/v2/1> . <mitigation/b/c> airm:assignedCode <taxonomy/v2/1> .
    <mitigation/c/c> airm:assignedCode <taxonomy/v2/1> .
    """
    coded, labels, edition = read_coded(airm_graph.Graph.of(parse_rows((HEAD + data).encode(), name="test", suffix=".ttl")).store)
    assert [one.place for one in coded] == [42, 0, 5]
    assert (labels, edition) == ({f"{BASE}taxonomy/v2/1": "v2 1"}, "v2")
