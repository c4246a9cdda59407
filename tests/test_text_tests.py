"""What tells whether a pattern matches says what the pattern itself says."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from airm_graph.graph.re2_patterns import compile_pattern
from airm_graph.graph.text_tests import make_test
from airm_graph.ingest.framework_items import MENTIONS
from airm_graph.namespaces import term
from airm_graph.terms import read_literal
from airm_graph.text import MAY_NEED_REPAIR
from airm_graph.validate.shape_files import DEFAULT_SHAPES, read_shapes

#: Every pattern of the default shapes.
SHAPES = sorted({read_literal(o).text for name in DEFAULT_SHAPES for _, p, o, _ in read_shapes(name) if p == term("sh:pattern")})
FORMS = [
    r"[a-z]{3,}[.!?][1-9]|\bet al\b",
    r"\bAML[0-9]|x{2,4}-y|-+>|[ab]\z|\A[cd]|(?:a|b-c|)d",
    r"a{3}b|[a-z]+;[A-Z]|(?:ab|cd){2}\.",
    r"\(x{0,2}\)|\x{28}q|\\n|.=.",
    r"\b(?i:alpha|beta|gamma|delta|eta|theta|iota|kappa|lambda|mu)\b",
    r"(?:\A|[^A-Za-z0-9_@#])(?:alpha|beta|gamma|delta|eta|theta|iota|kappa|lambda|mu)(?:[^A-Za-z0-9_]|\z)",
    r"(?i)one|two",
    r"x(?P<name>y)|z",
    r"",
    r"\Aab|",
]
PATTERNS = [*SHAPES, *FORMS, MAY_NEED_REPAIR, MENTIONS]
WORDS = ["et al", " of ", "alpha", "Beta", "aack", "AML", "LLM01", "GV-1.2-3", "et al.", "https://", "](", "&amp;", "GOVERN 1.1"]
PHRASES = ["Article 5 of the EU AI Act", "dpv:X", "(Smith et al., 2020)", "word.12", "[12]", ": -", "\n- x"]
LETTERS = "abcdxyzAB .,;:!?()[]{}<>-–'\"”’\\/#@&_0129\n\r\t\xa0\u200b¹ﬁéK"
PIECES = st.sampled_from([*LETTERS, *WORDS, *PHRASES])
FOUND = [(FORMS[0], "abc!1"), (FORMS[1], "xxx-y"), (FORMS[2], "abcd."), (FORMS[4], "(ETA)"), (FORMS[5], "mu")]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_text_matches_where_its_pattern_is_found(pattern: str) -> None:
    search, test = compile_pattern(pattern).search, make_test(pattern)

    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(st.lists(PIECES, max_size=9).map("".join))
    @example("alpha")
    @example("xx-y AML1 aaab ab.ab. abcd. et al")
    def compare(text: str) -> None:
        assert bool(test(text)) == bool(search(text)), text

    compare()


@pytest.mark.parametrize(("pattern", "text"), FOUND)
def test_match_is_found(pattern: str, text: str) -> None:
    assert make_test(pattern)(text)


def test_text_that_lacks_what_is_needed_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = []

    class Watched:
        def __init__(self, pattern: str) -> None:
            self.search = self.match = searched.append

    monkeypatch.setattr("airm_graph.graph.text_tests._compile", Watched)
    monkeypatch.setattr("airm_graph.graph.text_tests._compile_once", Watched)
    test = make_test.__wrapped__(r"(?:x|y) \[|\bet al\b")
    assert not test("nothing of it stands here")
    assert searched == []
    test("and others, et al")
    assert searched == ["and others, et al"]


def test_pattern_that_is_not_looked_into_is_searched_for() -> None:
    assert make_test.__wrapped__(r"(?i)one|two").__self__ == re.compile(r"(?i)one|two")
