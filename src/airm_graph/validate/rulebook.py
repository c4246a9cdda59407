"""The page of every rule: what it asks, why, examples, and how to fix what fails.

A page is put together from the table of the reader's rules or from the shape that holds the rule,
and from ``shapes/examples.yaml``.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

import yaml

from airm_graph.errors import InputError
from airm_graph.frozen import frozen
from airm_graph.model import Severity
from airm_graph.namespaces import PREFIXES
from airm_graph.resources import find_resource, read_resource
from airm_graph.rules import RULES
from airm_graph.terms import read_literal
from airm_graph.validate.shape_files import read_shapes

__all__ = ["RulePage", "find_page", "load_rulebook"]

_SH = PREFIXES["sh"]
_MESSAGE = re.compile(r"([A-Z]+-[0-9]+): (.*)\Z", re.DOTALL)
_SEVERITIES = {f"<{_SH}Violation>": Severity.VIOLATION, f"<{_SH}Warning>": Severity.WARNING, f"<{_SH}Info>": Severity.INFO}
_EXAMPLES = "shapes/examples.yaml"


@frozen
class RulePage:
    """What there is to say of a rule.

    Attributes:
        title: What is so when the rule holds.
        why: Why it matters.
        remedy: What to do when it does not hold.
        fails, passes: Examples: lines of a capture or a sidecar, or Turtle with the prefixes of
            the project and its base.
        shape: The IRI of the shape that holds the rule; empty for a rule of reader or merge.
        group: The file of ``shapes/``, or ``reader``.
    """

    rule: str
    severity: Severity
    title: str
    why: str
    remedy: str
    fails: str
    passes: str
    shape: str
    group: str


def find_page(rule: str) -> RulePage:
    """Find the page of a rule, in any case of letters.

    Raises:
        InputError: No such rule; the message names those that are close.

    >>> find_page("mit-03").title
    'the source of a mitigation is a document'
    """
    pages = load_rulebook()
    found = pages.get(rule.upper())
    if found is None:
        close = difflib.get_close_matches(rule.upper(), pages, n=3, cutoff=0.5)
        raise InputError(
            "no rule of that name",
            file=rule,
            remedy=f"did you mean {' or '.join(close)}?" if close else "airm-graph explain lists them all",
        )
    return found


@cache
def load_rulebook() -> Mapping[str, RulePage]:
    """Load the pages of all rules, those of the reader first, then shape by shape."""
    examples = yaml.safe_load(read_resource(_EXAMPLES))
    pages = [*_reader_pages(examples), *_shape_pages(examples)]
    return MappingProxyType({page.rule: page for page in pages})


def _reader_pages(examples: Mapping[str, Mapping[str, str]]) -> Iterator[RulePage]:
    for name, rule in RULES.items():
        given = examples.get(name, {})
        yield RulePage(name, rule.severity, rule.title, given.get("why", ""), rule.remedy, *_pair(given), "", "reader")


def _shape_pages(examples: Mapping[str, Mapping[str, str]]) -> Iterator[RulePage]:
    for path in sorted(find_resource("shapes").glob("*.ttl")):
        values: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for subject, predicate, value, _ in read_shapes(path.stem):
            values[subject].setdefault(predicate.removeprefix(f"<{_SH}").removesuffix(">"), value)
        pages = (_shape_page(shape, given, examples=examples, group=path.stem) for shape, given in values.items())
        yield from sorted((page for page in pages if page), key=lambda page: page.rule)


def _shape_page(shape: str, given: Mapping[str, str], *, examples: Mapping[str, Mapping[str, str]], group: str) -> RulePage | None:
    match = _MESSAGE.match(read_literal(given["message"]).text) if "message" in given else None
    if match is None:
        return None
    title, _, remedy = match[2].partition("; ")
    example = examples.get(match[1], {})
    why = " ".join(
        text for text in (read_literal(given["description"]).text if "description" in given else "", example.get("why", "")) if text
    )
    severity = _SEVERITIES[given.get("severity", f"<{_SH}Violation>")]
    return RulePage(match[1], severity, title.removesuffix("."), why, remedy.removesuffix("."), *_pair(example), shape.strip("<>"), group)


def _pair(example: Mapping[str, str]) -> tuple[str, str]:
    return str(example.get("fails", "")).rstrip("\n"), str(example.get("passes", "")).rstrip("\n")
