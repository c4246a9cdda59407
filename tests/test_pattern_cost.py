"""Which regular expressions Python may look for, and which are left to RE2."""

import pytest

from airm_graph.graph.pattern_cost import find_power
from airm_graph.validate.compile.patterns import rewrite_pattern


@pytest.mark.parametrize(
    ("pattern", "power"),
    [
        ("^[0-9]{4}-[0-9]{2}$", 1),
        ("^https?://.+$", 1),
        (r"^\w+@\w+\.\w+$", 1),
        ("^(a|b|c)$", 1),
        ("^[a-z]+(-[a-z0-9]+)*$", 1),
        ("^(?:[a-z]+/)*$", 1),
        (r"^(\d{1,3}\.){3}\d{1,3}$", 1),
        (r"^[^@]+@[^@]+\.[a-z]+$", 2),
        (r"\s+$", 2),
        (".*foo.*bar", 4),
    ],
)
def test_power_is_that_of_the_places_where_a_repetition_may_end(pattern: str, power: int) -> None:
    assert find_power(rewrite_pattern(pattern)) == power


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        "(a|aa)+$",
        "(ab|ac)+x",
        r"^(\s*[a-z]\s*)+x",
        "^(a*)*$",
        "a?a?a?a?a?a?a?aaaaaaa",
        "^(([a-z])+.)+[A-Z]$",
        r"^\p{Lu}$",
        "(?s)a.b",
    ],
)
def test_pattern_that_may_take_longer_than_any_power_is_refused(pattern: str) -> None:
    assert find_power(rewrite_pattern(pattern)) is None


@pytest.mark.parametrize("flags", ["", "i"])
def test_letters_of_either_case_meet_where_case_does_not_count(flags: str) -> None:
    assert find_power(rewrite_pattern("^[a-z]+[A-Z]$", flags=flags)) == (2 if flags else 1)
