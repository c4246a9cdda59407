"""What pages say against each other, and what none of them says: findings of the MRG rules."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from airm_graph.model import ROLES, Attested, Evidence, Finding, Location, Mitigation, Source
from airm_graph.rules import make_finding
from airm_graph.text import name_key, normalise

__all__ = ["find_conflicts", "find_source_conflicts", "note_doubts", "note_inferred"]

_CUT = 60
_MIN_ABSTRACT = 80
_MOST = 5


def find_conflicts(mitigations: Iterable[Mitigation], *, files: Mapping[str, str], editions: Mapping[str, str]) -> tuple[Finding, ...]:
    """Find what is said against each other, or not at all, of mitigations.

    Args:
        mitigations: All of one source, of any number of sources.
        files: SHA-256 of a capture → its file name.
        editions: SHA-256 of a capture → the edition of its identifiers.

    Returns:
        Findings of rules MRG-01 to MRG-03 and MRG-06 to MRG-09, in the order of the mitigations.
    """
    found: list[Finding] = []
    names: defaultdict[tuple[str, str], list[Mitigation]] = defaultdict(list)
    for mitigation in mitigations:
        found += _check_mitigation(mitigation, files, editions)
        for name in mitigation.names[:1]:
            names[mitigation.key.split("/")[1], name_key(name.value)].append(mitigation)
    for (_, _), same in sorted(names.items()):
        if len(same) > 1:
            where = _list_locations([(m.key.rsplit("/", 1)[-1], m.evidence) for m in same], files)
            found.append(
                make_finding(
                    "MRG-07",
                    f"{len(same)} mitigations are called {same[0].names[0].value!r}: {where}",
                    _find_location(same[0].evidence, files),
                )
            )
    return tuple(found)


def find_source_conflicts(
    sources: Sequence[Source], *, files: Mapping[str, str], apart: Collection[frozenset[str]] = frozenset()
) -> tuple[Finding, ...]:
    """Find what is said against each other of sources.

    Args:
        sources: All of them.
        files: SHA-256 of a capture → its file name.
        apart: Pairs of keys of sources of which a person decided that they are two.

    Returns:
        Findings of rules MRG-04, MRG-05, MRG-11 and MRG-12, in the order of the sources.
    """
    found = [finding for source in sources for finding in _check_source(source, files)]
    found += _check_abstracts(sources, files)
    found += _check_numbers(sources, files, apart)
    return tuple(found)


def note_inferred(
    mitigations: Iterable[Mitigation], inferred: Iterable[tuple[str, Evidence]], *, files: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Say which pages have a name that no text gives: findings of rule MRG-10."""
    names = {mitigation.key: mitigation.names for mitigation in mitigations}
    return tuple(
        make_finding("MRG-10", f"this page is taken for {names[key][0].value!r}, for it can be no other", _find_location([evidence], files))
        for key, evidence in sorted(inferred)
        if names[key]
    )


def note_doubts(
    mitigations: Iterable[Mitigation], doubts: Iterable[tuple[Evidence, str, Sequence[str]]], *, files: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Say which mitigations may be one, and nothing settles it: findings of rule MRG-13."""
    known = {mitigation.key: mitigation for mitigation in mitigations}
    found = []
    for evidence, own, keys in sorted(doubts):
        said = [(repr(known[key].names[0].value), known[key].evidence) for key in keys[:_MOST] if known[key].names]
        if said:
            title = repr(known[own].names[0].value) if known[own].names else "this page"
            message = f"{title} may be, and nothing settles it: {_list_locations(said, files)}"
            found.append(make_finding("MRG-13", message, _find_location([evidence], files)))
    return tuple(found)


def _check_mitigation(mitigation: Mitigation, files: Mapping[str, str], editions: Mapping[str, str]) -> list[Finding]:
    title = repr(mitigation.names[0].value) if mitigation.names else "a page without a known name"
    location = _find_location(mitigation.evidence, files)
    found = []
    coded = defaultdict(list)
    for classification in mitigation.classifications:
        said = f"{classification.code} by {classification.by}" if classification.by else classification.code
        coded[classification.edition].append((classification.code, said, classification.evidence))
    for edition, given in sorted(coded.items()):
        # Two who give one code agree.
        if (count := len({code for code, _, _ in given})) > 1:
            where = _list_locations([(said, evidence) for _, said, evidence in given], files)
            found.append(make_finding("MRG-01", f"{title} has {count} codes of {edition}: {where}", location))
    found += _several("MRG-02", f"{title} has", "descriptions", mitigation.descriptions, location, files)
    found += _several("MRG-03", f"{title} has", "parents", mitigation.part_of, location, files)
    for edition in sorted({editions[said.capture] for name in mitigation.identifiers for said in name.evidence}):
        # An identifier of another edition is another name, not a contradiction.
        same = [name for name in mitigation.identifiers if any(editions[said.capture] == edition for said in name.evidence)]
        found += _several("MRG-08", f"{title} has", "identifiers", same, location, files)
    for vocabulary in ROLES:
        terms = [attested for name, attested in mitigation.roles if name == vocabulary]
        if not _is_from_one_list(terms):
            found += _several("MRG-09", f"{title} has", f"{vocabulary} terms", terms, location, files)
    if not mitigation.names:
        found.append(make_finding("MRG-06", "the name of this page's mitigation is not known", location))
    return found


def _check_source(source: Source, files: Mapping[str, str]) -> list[Finding]:
    location = _find_location(source.evidence, files)
    title = repr(_shorten(_name_source(source)))
    found = _several("MRG-04", f"the source {title} is printed with", "titles", source.titles, location, files)
    found += _several("MRG-04", f"the source {title} is printed with", "author lines", source.author_lines, location, files)
    found += _several("MRG-04", f"the source {title} is printed with", "years", source.years, location, files)
    return found + _several("MRG-05", f"the source {title} is printed with", "abstracts", source.abstracts, location, files)


def _check_numbers(sources: Sequence[Source], files: Mapping[str, str], apart: Collection[frozenset[str]]) -> list[Finding]:
    """One number on two titles, and one title and year with two numbers: neither is joined by
    guess.
    """
    numbers: defaultdict[str, list[Source]] = defaultdict(list)
    titles: defaultdict[tuple[str, str], list[Source]] = defaultdict(list)
    for source in sources:
        for number in source.identifiers:
            numbers[number.value].append(source)
        for mark in sorted({(name_key(title.value), year.value) for title in source.titles for year in source.years}):
            titles[mark].append(source)
    found = []
    for name, same in sorted(numbers.items()):
        if _is_open(same, apart):
            where = _list_locations([(repr(_shorten(_name_source(source))), source.evidence) for source in same], files)
            found.append(make_finding("MRG-11", f"{name} stands with {len(same)} titles: {where}", _find_location(same[1].evidence, files)))
    for (_, year), same in sorted(titles.items()):
        if _is_open(same, apart):
            title = repr(_shorten(_name_source(same[0])))
            numbered = _list_locations([(_say_numbers(source), source.evidence) for source in same], files)
            message = f"{title} ({year}) stands for {len(same)} documents: {numbered}"
            found.append(make_finding("MRG-12", message, _find_location(same[1].evidence, files)))
    return found


def _name_source(source: Source) -> str:
    return (*source.titles, *source.called)[0].value


def _is_open(same: Sequence[Source], apart: Collection[frozenset[str]]) -> bool:
    """Whether nobody has decided of some two of these sources."""
    return any(frozenset((one.key, two.key)) not in apart for one in same for two in same if one.key < two.key)


def _say_numbers(source: Source) -> str:
    return ", ".join(number.value for number in source.identifiers) or "without a number"


def _check_abstracts(sources: Sequence[Source], files: Mapping[str, str]) -> list[Finding]:
    owners: defaultdict[str, list[tuple[Source, Attested]]] = defaultdict(list)
    for source in sources:
        for abstract in source.abstracts:
            if len(abstract.value) >= _MIN_ABSTRACT:
                owners[normalise(abstract.value)].append((source, abstract))
    found = []
    for same in owners.values():
        if len(same) > 1:
            where = _list_locations([(source.key, abstract.evidence) for source, abstract in same], files)
            found.append(
                make_finding("MRG-05", f"one abstract stands with {len(same)} sources: {where}", _find_location(same[0][1].evidence, files))
            )
    return found


def _is_from_one_list(terms: Iterable[Attested]) -> bool:
    """Whether one row of a table gives all terms: a row may name a first actor and others, a page
    prints one.
    """
    rows = [{(said.capture, said.row) for said in term.evidence if said.row is not None} for term in terms]
    return bool(rows) and bool(set.intersection(*rows))


def _several(rule: str, start: str, what: str, values: Sequence[Attested], location: Location, files: Mapping[str, str]) -> list[Finding]:
    if len(values) < 2:
        return []
    where = _list_locations([(repr(_shorten(value.value)), value.evidence) for value in values], files)
    return [make_finding(rule, f"{start} {len(values)} {what}: {where}", location)]


def _shorten(text: str) -> str:
    return text if len(text) <= _CUT else text[: _CUT - 1] + "…"


def _list_locations(values: Iterable[tuple[str, Sequence[Evidence]]], files: Mapping[str, str]) -> str:
    return "; ".join(f"{value} ({_lines(evidence[0], files)})" for value, evidence in values)


def _lines(evidence: Evidence, files: Mapping[str, str]) -> str:
    if evidence.row is not None:
        line = f":{evidence.first_line}" if evidence.first_line else ""
        return f"{files[evidence.capture]}{line}, row {evidence.row}"
    return f"{files[evidence.capture]}:{evidence.first_line}-{evidence.last_line}"


def _find_location(evidence: Sequence[Evidence], files: Mapping[str, str]) -> Location:
    # A row before its cells: a cell may belong to another row that names this one.
    first = min(evidence, key=lambda item: (files[item.capture], bool(item.column), item.first_line, item.row or 0))
    return first.locate(files[first.capture])
