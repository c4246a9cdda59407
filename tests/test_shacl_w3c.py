"""The W3C test suite of SHACL: what the fast engine claims it passes, and together with pyshacl no less than pyshacl alone."""

from functools import cache

import pytest

import w3c
from airm_graph.errors import ShapesError
from airm_graph.validate.engine import PYSHACL, Judgement
from judging import judge_quads

#: Tests that the engines together do not pass; the list fails when it is wrong either way.
EXPECTED_FAILURES = {"core": set(), "sparql": {"sparql/pre-binding/shapesGraph-001"}}
SIZES = {"core": 98, "sparql": 23}
#: What pyshacl passes alone, as its own conformance report says.
REFERENCE = {"core": 97, "sparql": 22}

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.w3c]


@cache
def _judge(part: str) -> dict[str, tuple[bool, Judgement | None]]:
    """For each test, whether it is passed, and the judgement; None where a failure was reported."""
    found: dict[str, tuple[bool, Judgement | None]] = {}
    for case in w3c.read_cases(part):
        try:
            judgement = judge_quads(case.data, case.shapes)
        except ShapesError:
            found[case.name] = (case.expected is None, None)
        else:
            found[case.name] = (w3c.expect(judgement.results) == case.expected, judgement)
    return found


@pytest.mark.parametrize("part", ["core", "sparql"])
def test_suite_when_judged_fails_exactly_where_expected(part: str) -> None:
    found = _judge(part)
    assert len(found) == SIZES[part]
    failed = {name for name, (passed, _) in found.items() if not passed}
    assert failed == EXPECTED_FAILURES[part]
    assert len(found) - len(failed) >= REFERENCE[part]


@pytest.mark.parametrize("part", ["core", "sparql"])
def test_fast_engine_when_it_claims_a_test_passes_it(part: str) -> None:
    claimed = {
        name: passed for name, (passed, judgement) in _judge(part).items() if judgement and PYSHACL not in judgement.engines.values()
    }
    assert all(claimed.values())
    assert len(claimed) >= {"core": 98, "sparql": 11}[part]
