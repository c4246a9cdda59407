"""Items of other frameworks that input names: whether their identifiers are well formed, exist, are
in use, and stand beside their own labels.

What is known of each edition stands in ``ontology/framework-items.tsv`` (and, for DPV, in
``ontology/external-terms.tsv``). A label that is not listed is not judged, nor is an item beyond
the last one listed of an edition to which more are added (ATLAS): unknown stays unknown.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from airm_graph.frozen import frozen
from airm_graph.model import Finding, Location
from airm_graph.resources import read_resource
from airm_graph.rules import make_finding
from airm_graph.text import normalise

__all__ = ["MENTIONS", "FrameworkItem", "check_item", "check_lines", "find_problems", "load_items"]

#: Rule and what is wrong.
Problem = tuple[str, str]


@frozen
class FrameworkItem:
    """An item of an edition of a framework.

    Attributes:
        label: Empty where it is not listed.
        replaced: What took its place in the next edition, ``none`` for nothing; empty while it is
            in use.
    """

    framework: str
    edition: str
    identifier: str
    label: str = ""
    replaced: str = ""

    def __str__(self) -> str:
        """Write the identifier, with the label where one is known."""
        return f"{self.identifier} ({self.label})" if self.label else self.identifier


@cache
def load_items() -> Mapping[str, FrameworkItem]:
    """Read the items by identifier.

    >>> str(load_items()["AML.M0015"])
    'AML.M0015 (Adversarial Input Detection)'
    """
    import csv

    rows = csv.reader(read_resource("ontology/framework-items.tsv").splitlines()[1:], delimiter="\t", quoting=csv.QUOTE_NONE)
    return MappingProxyType({row[2]: FrameworkItem(*row) for row in rows})


@frozen
class _Grammar:
    """How items of a framework are written.

    Attributes:
        mention: What is meant as an identifier, right or wrong; one pattern for Python and RE2.
        read: From a match the identifier as it should be written, and what is wrong with it.
    """

    framework: str
    mention: str
    read: Callable[[re.Match[str]], tuple[str, str]]


def _read_atlas(found: re.Match[str]) -> tuple[str, str]:
    kind, number, part = found["atlas"].upper(), found["atlasnumber"], found["atlaspart"] or ""
    written = f"AML.{kind}{number}{part}"
    if not re.fullmatch(r"AML\.(?:(?:TA|M|CS)\d{4}|T\d{4}(?:\.\d{3})?)", written):
        return (f"AML.{kind}{int(number):04}{part}" if len(number) < 5 else written), "four digits stand behind the letters"
    return written, "" if found[0] == written else f"it is written {written}"


def _read_rmf(found: re.Match[str]) -> tuple[str, str]:
    return f"{found['rmf'].upper()} {found['rmfnumber']}", ""


_OF_600 = {"GV": "GOVERN", "MP": "MAP", "MS": "MEASURE", "MG": "MANAGE"}


def _read_600(found: re.Match[str]) -> tuple[str, str]:
    subcategory, action = f"{_OF_600[found['action']]} {found['actionnumber']}", found["actionlast"]
    if subcategory not in load_items():
        return "", f"there is no {subcategory} of AI RMF 1.0; {_name_near(subcategory, 'AI RMF')}"
    return "", "" if len(action) == 3 else f"three digits end it, as in {found['action']}-{found['actionnumber']}-{int(action):03}"


def _read_owasp(found: re.Match[str]) -> tuple[str, str]:
    number, year = found["owasp"], found["owaspyear"]
    if year:
        return f"LLM{number}:{year}", ""
    known = [item for item in load_items().values() if item.identifier.startswith(f"LLM{number}:")]
    if not known:
        return "", "the ten are LLM01 to LLM10"
    return "", f"the year is missing: {' or '.join(map(str, known))}"


def _read_article(found: re.Match[str]) -> tuple[str, str]:
    return f"Article {found['article'] or found['articleafter']}", ""


def _read_control(found: re.Match[str]) -> tuple[str, str]:
    return found["control"], ""


_ACT = r"(?:(?:EU )?(?:AI Act|Artificial Intelligence Act)|Regulation \(EU\) 2024/1689)"
_GRAMMARS = (
    _Grammar("ATLAS", r"\bAML[._ -]?(?P<atlas>TA|CS|T|M)[._ -]?(?P<atlasnumber>[0-9]+)(?P<atlaspart>\.[0-9]+)?", _read_atlas),
    _Grammar("AI RMF", r"\b(?P<rmf>GOVERN|MAP|MEASURE|MANAGE|Govern|Map|Measure|Manage)[ -](?P<rmfnumber>[0-9]+\.[0-9]+)\b", _read_rmf),
    _Grammar("AI 600-1", r"\b(?P<action>GV|MP|MS|MG)-(?P<actionnumber>[0-9]+\.[0-9]+)-(?P<actionlast>[0-9]+)\b", _read_600),
    _Grammar("OWASP LLM", r"\bLLM(?P<owasp>[0-9]{2})\b(?::(?P<owaspyear>[0-9]{4}))?", _read_owasp),
    _Grammar(
        "EU AI Act",
        rf"\bArt(?:icle|\.) ?(?P<article>[0-9]+)(?:\([0-9a-z]+\))* (?:of the )?{_ACT}|\b{_ACT},? Art(?:icle|\.) ?(?P<articleafter>[0-9]+)",
        _read_article,
    ),
    _Grammar(
        "ISO/IEC 42001", r"\bISO(?:/IEC)? 42001(?::2023)?,? (?:Annex A,? |control )?(?P<control>A\.[0-9]+(?:\.[0-9]+)*)", _read_control
    ),
)
#: What may name an item, as RE2: rows of tables without it need not be looked at.
MENTIONS = re.sub(r"\?P<\w+>", "?:", "|".join([*(one.mention for one in _GRAMMARS), r"\bdpv:[A-Za-z]"]))
_MENTION = re.compile("|".join([*(f"(?:{one.mention})" for one in _GRAMMARS), r"(?:\bdpv:(?P<dpv>[A-Za-z]+))"]))
_DPV = "https://w3id.org/dpv#"
_BETWEEN = re.compile(r"[\s:,–—()\[\]“”\"-]*")


def find_problems(text: str) -> list[Problem]:
    """Find what is wrong with the items that a text names, each once.

    >>> [rule for rule, _ in find_problems("See AML.M015, or AML.M0024 AI Telemetry Logging.")]
    ['IDN-01']
    """
    if not _MENTION.search(text):
        return []
    return list(dict.fromkeys(problem for found in _MENTION.finditer(text) for problem in _judge(found, text)))


def _judge(found: re.Match[str], text: str) -> Iterator[Problem]:
    if found["dpv"]:
        yield from _judge_dpv(found)
        return
    grammar = next(one for one in _GRAMMARS if any(found[name] for name in re.findall(r"\?P<(\w+)>", one.mention)))
    identifier, wrong = grammar.read(found)
    if wrong:
        near = f"; {_name_near(identifier, grammar.framework)}" if identifier else ""
        yield "IDN-01", f"{found[0]!r} is no identifier of {grammar.framework}: {wrong}{near}"
        return
    item = load_items().get(identifier)
    if item is None:
        if identifier and _is_closed(identifier, grammar.framework):
            edition = _list_of(grammar.framework)[-1].edition
            yield "IDN-01", f"{found[0]!r} is no item of {grammar.framework} {edition}; {_name_near(identifier, grammar.framework)}"
        return
    if item.replaced:
        now = f"now {load_items()[item.replaced]}" if item.replaced in load_items() else "nothing took its place"
        yield "IDN-02", f"{item} is of the edition {item.edition} of {item.framework}, which has a later one; {now}"
    if other := _find_other_label(item, text[found.end() :]):
        yield "IDN-03", f"{item.identifier} is {item.label!r}; {other.label!r} is {other.identifier}"


def _judge_dpv(found: re.Match[str]) -> Iterator[Problem]:
    from airm_graph.ingest.known_terms import load_known_terms

    terms = {iri.removeprefix(_DPV): known for iri, known in load_known_terms().items() if iri.startswith(_DPV)}
    known = terms.get(found["dpv"])
    if known is None:
        edition = next(iter(terms.values())).vocabulary.partition(" ")[2]
        near = ", ".join(f"dpv:{name}" for name in _find_near(found["dpv"], terms)) or "none is near"
        yield "IDN-01", f"{found[0]!r} is no term of DPV {edition}; nearest: {near}"
    elif known.is_deprecated:
        yield "IDN-02", f"{found[0]} ({known.label}) is deprecated in {known.vocabulary}"


def _find_near(name: str, names: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, list(names), n=3)


@cache
def _list_of(framework: str) -> Sequence[FrameworkItem]:
    return [item for item in load_items().values() if item.framework == framework]


def _is_closed(identifier: str, framework: str) -> bool:
    """Whether the list says all of what is named: later editions add mitigations to ATLAS, whose
    other items are not listed, and the list has no later year of OWASP.
    """
    if framework == "ATLAS":
        return bool(re.fullmatch(r"AML\.M\d{4}", identifier)) and identifier < _list_of("ATLAS")[-1].identifier
    return framework != "OWASP LLM" or identifier[-4:] <= _list_of("OWASP LLM")[-1].edition


def _name_near(identifier: str, framework: str) -> str:
    known = load_items()
    if identifier in known:
        return f"nearest: {known[identifier]}"
    near = _find_near(identifier, (item.identifier for item in _list_of(framework)))
    return f"nearest: {', '.join(str(known[name]) for name in near)}" if near else "none is near"


def _find_other_label(item: FrameworkItem, behind: str) -> FrameworkItem | None:
    """The other item whose label begins right behind an identifier, where its own does not."""
    said = normalise(behind[_BETWEEN.match(behind).end() :][:200])  # type: ignore[union-attr]
    if not item.label or _begins(said, item.label):
        return None
    others = (one for one in _list_of(item.framework) if one.label and one.label != item.label and one.edition == item.edition)
    return max((one for one in others if _begins(said, one.label)), key=lambda one: len(one.label), default=None)


def _begins(said: str, label: str) -> bool:
    return f"{said} ".startswith(f"{normalise(label)} ")


def check_item(identifier: str, label: str) -> list[Problem]:
    """Judge an identifier and the label that stands beside it in a cell of its own; a label that is
    not its own is named with what has it.

    >>> check_item("AML.M0015", "Model Hardening")
    [('IDN-03', "AML.M0015 is 'Adversarial Input Detection'; 'Model Hardening' is AML.M0003")]
    """
    problems = find_problems(identifier)
    item = load_items().get(identifier.strip())
    if item and item.label and label and not problems:
        others = {normalise(one.label): one for one in _list_of(item.framework) if one.label and one.edition == item.edition}
        other = others.get(normalise(label))
        if other and other.label != item.label:
            problems = [("IDN-03", f"{item.identifier} is {item.label!r}; {other.label!r} is {other.identifier}")]
    return problems


def check_lines(lines: Sequence[str], *, file: str) -> list[Finding]:
    """Judge the items that lines name; a finding stands at its line."""
    found = ((number, line, problem) for number, line in enumerate(lines, 1) for problem in find_problems(line))
    return [make_finding(rule, message, Location(file, number, number, line)) for number, line, (rule, message) in found]
