"""A pattern ends: what Python finds in its time, or the sentence that there was too little of it."""

import re

import pytest

from airm_graph.errors import ShapesError
from airm_graph.validate import bounded_patterns
from airm_graph.validate.bounded_patterns import PatternProcess
from judging import judge_quads
from test_shacl_compiled import rows

SHAPE = """
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:pattern "^(?:ab|cd)*$" ] .
ex:T a sh:NodeShape ; sh:targetClass ex:C ;
  sh:sparql [ sh:select "SELECT $this { $this <https://example.org/p> ?v FILTER(!regex(?v, '^(?:ab|CD)*$', 'i')) }" ] .
"""
#: Longer than a moment allows, and harmless: each character is looked at once.
LONG = "ab" * 2_000_000


def test_search_and_replace_are_those_of_python() -> None:
    with PatternProcess() as process:
        assert process.search("^a.c", ["abc", "a\nc", "xabc", "é"]) == [True, False, False, False]
        assert process.search("^A.C", ["a\nc"], flags=int(re.I | re.S)) == [True]
        assert process.search("é+", ["caféé"]) == [True]
        assert process.search("a", []) == []
        assert process.replace("(b)", r"<\1>", "abab") == "a<b>a<b>"
        with pytest.raises(re.error):
            process.search("(", ["a"])
        assert process.search("a", ["a"]) == [True]


def test_search_that_takes_longer_than_it_may_is_refused_and_the_next_one_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with PatternProcess() as process:
        monkeypatch.setattr(bounded_patterns, "MOST_SECONDS", 0.0)
        with pytest.raises(ShapesError, match=r"the pattern '\^\(\?:ab\|cd\)\*\$' takes longer than 0 seconds; write it so"):
            process.search("^(?:ab|cd)*$", [LONG])
        monkeypatch.undo()
        assert process.search("b", ["ab"]) == [True]


@pytest.mark.parametrize("engine", ["reference", "auto"])
def test_engines_agree_on_patterns_that_take_a_moment(engine: str) -> None:
    data = rows('ex:a a ex:C ; ex:p "abcd" . ex:b a ex:C ; ex:p "abx" . ex:c a ex:C ; ex:p [] .')
    found = judge_quads(data, rows(SHAPE), engine=engine)
    assert sorted({result.focus for result in found.results}) == ["<https://example.org/b>", "<https://example.org/c>"]


def test_shape_whose_pattern_takes_too_long_is_refused_by_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_patterns, "MOST_SECONDS", 0.0)
    with pytest.raises(ShapesError, match="takes longer than"):
        judge_quads(rows(f'ex:a a ex:C ; ex:p "{LONG}" .'), rows(SHAPE), engine="reference")
