"""Cells that hold codes, terms and people: what one says, and what in it is not known."""

import re
from collections.abc import Mapping as Lookup
from functools import cache
from itertools import zip_longest

from airm_graph.frozen import frozen
from airm_graph.ingest.formats import Row
from airm_graph.ingest.framework_items import check_item, find_problems
from airm_graph.ingest.tables.mapped_table import MappedTable, Reason, Repairs
from airm_graph.ingest.tables.meaning import ClassificationMapping
from airm_graph.ingest.tables.names import is_day, name_agent
from airm_graph.model import Agent, AssignedCode, Evidence, Role, Subject, Text
from airm_graph.taxonomy import Code, Concept, Taxonomy, load_vocabulary
from airm_graph.text import normalise, remove_invisible

__all__ = [
    "GivenCodes",
    "check_codes",
    "find_kind",
    "find_term",
    "read_codes",
    "read_roles",
    "read_subjects",
    "read_taken_from",
    "say_items",
    "split_cell",
    "split_code",
]

# A notation with nothing behind it, or with a label behind white space or a mark.
_CODE = re.compile(r"(?P<code>\d+(?:\.\d+)*)(?:\.?\s*[:\u2013\u2014-]\s*|\.?\s+|\.)?(?P<label>(?![\d.]).*)", re.DOTALL)
# A label with its code in brackets behind it.
_LABELLED = re.compile(r"(?P<label>.*[^\s(])\s*\((?P<code>\d+(?:\.\d+)*)\)", re.DOTALL)
# Codes alone, with a mark between that no code and no label has.
_NOTATION = re.compile(r"\d+(?:\.\d+)+")
_SEVERAL = re.compile(rf"{_NOTATION.pattern}(?:\s*(?:/|\||\+|&|,\s|\band\b)\s*{_NOTATION.pattern})+")
_UNKNOWN = frozenset({"unable to classify", "unclassified", "not classified", "n a", "none", "unknown"})
_KINDS = {
    **dict.fromkeys(("person", "human", "people", "expert", "annotator", "manual"), "person"),
    **dict.fromkeys(("software", "machine", "model", "llm", "ai", "program", "automatic"), "software"),
    **dict.fromkeys(("organization", "organisation", "body", "institution", "group"), "organization"),
}


@frozen
class _Part:
    """One value of a code cell: the code, or None where it says that there is none; *problem* where
    it cannot be read.
    """

    code: str | None
    problem: tuple[str, str] | None = None


def split_cell(cell: str, separator: str) -> list[str]:
    r"""Split a cell with several values; line ends part values, too.

    >>> split_cell("Developer; Deployer\nUser", ";")
    ['Developer', 'Deployer', 'User']
    """
    parts = (part.strip() for line in remove_invisible(cell).split("\n") for part in line.split(separator))
    return list(dict.fromkeys(part for part in parts if part))


def split_code(value: str) -> tuple[str, str]:
    """Split a code from its label, before or behind it; either may be empty.

    >>> split_code("1.1.3 Capability Modification"), split_code("1.1.3"), split_code("Guardrails")
    (('1.1.3', 'Capability Modification'), ('1.1.3', ''), ('', 'Guardrails'))
    >>> split_code("Capability Modification (1.1.3)")
    ('1.1.3', 'Capability Modification')
    """
    match = _CODE.fullmatch(value.strip()) or _LABELLED.fullmatch(value.strip())
    return (match["code"], match["label"].strip()) if match else ("", value.strip())


def _read_part(value: str, taxonomy: Taxonomy, labels: Lookup[str, str]) -> _Part:
    notation, label = split_code(value)
    if not notation:
        return _find_label(label, taxonomy)
    if notation not in taxonomy.codes:
        return _Part(None, ("TAB-05", f"{value!r} is no code of {taxonomy.edition}"))
    problem = _compare_label(taxonomy.codes[notation], label, labels)
    return _Part(notation, ("TAB-06", problem) if problem else None)


def _find_label(label: str, taxonomy: Taxonomy) -> _Part:
    """The only code of a label that stands alone."""
    if normalise(label) in _UNKNOWN:
        return _Part(None)
    found = _codes_of_label(taxonomy.edition).get(normalise(label), ())
    if len(found) == 1:
        return _Part(found[0])
    what = f"is the label of {len(found)} codes" if found else "is no code and no label of a code"
    return _Part(None, ("TAB-05", f"{label!r} {what} of {taxonomy.edition}"))


@cache
def _codes_of_label(edition: str) -> dict[str, tuple[str, ...]]:
    from airm_graph.taxonomy import load_taxonomy

    found: dict[str, tuple[str, ...]] = {}
    for label, notations in load_taxonomy(edition).labels().items():
        found[normalise(label)] = (*found.get(normalise(label), ()), *notations)
    return found


def _compare_label(code: Code, label: str, labels: Lookup[str, str]) -> str:
    """What is wrong with a label beside a code; empty when nothing is, or when no label of the code
    is known.
    """
    known = {normalise(text) for text in (code.label, labels.get(code.notation)) if text}
    if label and code.label and normalise(label) not in known:
        return f"code {code.notation} is {code.label!r} and not {label!r}"
    return ""


def check_codes(mapped: MappedTable, row: Row, given: ClassificationMapping, taxonomy: Taxonomy) -> list[Reason]:
    """Why the codes of one classification cannot be used."""
    header, column = given.columns["code"], given.columns.get("label", "")
    parts = [_read_part(value, taxonomy, mapped.mapping.labels) for value in _split_codes(mapped, row, given)]
    reasons = [(part.problem[0], header, part.problem[1]) for part in parts if part.problem]
    codes = [part.code for part in parts if part.code]
    labels = split_cell(mapped.table.get(row, column), given.separator) if column and not reasons else []
    if labels and len(codes) == len(labels):
        said = [_compare_label(taxonomy.codes[code], label, mapped.mapping.labels) for code, label in zip(codes, labels, strict=True)]
        return [("TAB-06", column, problem) for problem in said if problem]
    if labels and codes:
        return [("TAB-06", column, f"{len(codes)} codes stand beside {len(labels)} labels")]
    return reasons


def _split_codes(mapped: MappedTable, row: Row, given: ClassificationMapping) -> list[str]:
    parts = split_cell(mapped.table.get(row, given.columns["code"]), given.separator)
    return [code for part in parts for code in (_NOTATION.findall(part) if _SEVERAL.fullmatch(part) else [part])]


@frozen
class GivenCodes:
    """What one classification of a row says.

    Attributes:
        repairs: Of the reason.
        reason: The reason with its cell, where no code stands beside it.
    """

    codes: tuple[AssignedCode, ...] = ()
    repairs: Repairs = ()
    reason: tuple[tuple[Text, Evidence], ...] = ()


def read_codes(mapped: MappedTable, row: Row, given: ClassificationMapping, taxonomy: Taxonomy, *, is_certain: bool) -> GivenCodes:
    """Read one classification of a row: codes with reason, agent and day.

    Args:
        is_certain: Whether all labels that stand beside codes are theirs; otherwise which code is
            meant is open.
    """
    cells = {what: mapped.table.get(row, column) for what, column in given.columns.items()}
    parts = [_read_part(value, taxonomy, mapped.mapping.labels) for value in _split_codes(mapped, row, given)] if is_certain else []
    codes = [part.code for part in parts if part.code and not part.problem]
    reason, created = cells.get("reason", ""), cells.get("created", "")
    if not codes:
        if not reason:
            return GivenCodes()
        mapped.say("TAB-33", "the reason stands without a code that is known", row, given.columns["reason"])
        text, repairs = mapped.text(row, given.columns["reason"], reason, "prose")
        return GivenCodes((), repairs, ((text, mapped.cell(row, given.columns["reason"])),) if text else ())
    if created and not is_day(created):
        mapped.say("TAB-16", f"{created!r} is not a day such as 2026-11-21", row, given.columns["created"])
    if mapped.table.is_rounded(row, given.columns["code"]):
        cell = cells["code"]
        mapped.say("TAB-20", f"the code is stored as the number {cell}, which {cell}0 would be, too", row, given.columns["code"])
    evidence = mapped.cell(row, given.columns["code"])
    said = mapped.cell(row, given.columns["reason"]) if reason else None
    agent, day = _find_agent(mapped, row, given), created if is_day(created) else None
    text, repairs = mapped.text(row, given.columns.get("reason", ""), reason, "prose")
    edition = mapped.mapping.edition
    return GivenCodes(tuple(AssignedCode(edition, code, evidence, agent, day, given.name, text, said) for code in codes if code), repairs)


def _find_agent(mapped: MappedTable, row: Row, given: ClassificationMapping) -> Agent | None:
    name = mapped.table.get(row, given.columns.get("agent", "")) or given.agent
    if not name:
        return None
    said = mapped.table.get(row, given.columns.get("kind", ""))
    kind = find_kind(said) if said else given.kind or ""
    if said and not kind:
        mapped.say("TAB-30", f"{said!r} is no kind of agent: person, organization or software", row, given.columns["kind"])
    return name_agent(name, known=mapped.mapping.agents, kind=kind)


def find_kind(value: str) -> str:
    """Return the kind of agent that a word stands for, or nothing.

    >>> find_kind("Human"), find_kind("LLM"), find_kind("cat")
    ('person', 'software', '')
    """
    return _KINDS.get(normalise(value), "")


@cache
def _concepts(vocabulary: str) -> dict[str, Concept]:
    found = load_vocabulary(vocabulary).concepts
    return {normalise(name): concept for concept in found.values() for name in (concept.slug, concept.label)}


def find_term(value: str, vocabulary: str) -> Concept | None:
    """Return the concept of a vocabulary that has a label or the last segment of its IRI.

    >>> find_term("Plan & design", "lifecycle").slug
    'plan-and-design'
    """
    return _concepts(vocabulary).get(normalise(value.replace("&", " and ")))


def read_roles(mapped: MappedTable, row: Row) -> tuple[Role, ...]:
    """Return the terms of all role columns, each once; a finding of TAB-30 for what is none."""
    found: dict[tuple[str, str], Role] = {}
    for vocabulary, columns in mapped.columns.roles.items():
        for column in columns:
            for value in split_cell(mapped.table.get(row, column), mapped.columns.split_by(vocabulary)):
                concept = find_term(value, vocabulary)
                if concept:
                    role = Role(vocabulary, concept.slug, concept.label, mapped.cell(row, column))
                    found.setdefault((vocabulary, concept.slug), role)
                else:
                    mapped.say("TAB-30", f"{value!r} is not a term of the {vocabulary} vocabulary", row, column)
    return tuple(found.values())


def read_subjects(mapped: MappedTable, row: Row) -> tuple[tuple[Subject, Evidence], ...]:
    """Return what a row is sorted under in the schemes of others, as it stands, each once. A label
    belongs to a code where there are as many of both.
    """
    found: dict[Subject, Evidence] = {}
    for scheme in mapped.columns.schemes:
        cells = {what: split_cell(mapped.table.get(row, header), scheme.separator) for what, header in scheme.columns.items()}
        codes, labels = cells.get("code", []), cells.get("label", [])
        pairs = zip_longest(codes, labels, fillvalue="") if not codes or len(codes) == len(labels) else ((code, "") for code in codes)
        header = next(iter(scheme.columns.values()))
        for code, label in pairs:
            found.setdefault(Subject(f"scheme/{scheme.name}", scheme.title, remove_invisible(code), label), mapped.cell(row, header))
    return tuple(found.items())


def read_taken_from(mapped: MappedTable, row: Row) -> tuple[tuple[str, Evidence], ...]:
    """Return what a row calls the mitigations that it was taken from, each with its cell."""
    names = split_cell(mapped.get(row, "derived from"), mapped.columns.split_by("derived from"))
    return tuple((name, mapped.cell(row, mapped.header("derived from"))) for name in names)


def say_items(mapped: MappedTable, row: Row) -> None:
    """Note what is wrong with items of other frameworks that a row names: in its cells, and between
    the identifier and the name of the row, or code and label of a scheme.
    """
    said = {(header, problem) for header in mapped.columns.quoted for problem in find_problems(mapped.table.get(row, header))}
    pairs = [("identifier", mapped.get(row, "identifier"), mapped.get(row, "name"))]
    said |= {(mapped.header(what), problem) for what, code, label in pairs for problem in check_item(code, label)}
    for subject, cell in read_subjects(mapped, row):
        said |= {(cell.column, problem) for problem in check_item(subject.notation, subject.label)}
    for header, (rule, message) in sorted(said):
        mapped.say(rule, message, row, header)
