"""The joins across inputs as a table of mappings: a mention is named by its evidence and stands for
what it speaks of.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from airm_graph.export.formats import LINKS
from airm_graph.export.mapping_formats import profile_matches, write_cells, write_matches
from airm_graph.model import Link, Mention
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.sssom import BUILT_IN, Curies, Match, MatchSet, Value

__all__ = ["LINKS", "link_rows", "profile_links", "write_links"]

_SEMAPV = BUILT_IN["semapv"]
_JUSTIFICATIONS = {"decision": "ManualMappingCuration", "structure": "StructuralMatching"}
_FIELDS = {
    "identifier": PREFIXES["dcterms"] + "identifier",
    "name": PREFIXES["rdfs"] + "label",
    "text": PREFIXES["dcterms"] + "description",
}
#: A description is quoted by its beginning: the evidence holds the whole.
_LONGEST = 80


def write_links(links: Iterable[Link], *, notice: str, base: str = BASE, kept: Iterable[Match] = ()) -> Iterator[str]:
    """Write links as SSSOM/TSV, line by line.

    Args:
        links: Joins, and pairs that a person keeps apart (``predicate_modifier`` Not).
        notice: For the metadata.
        base: What the IRIs begin with.
        kept: Further links, as they were read of a file that this wrote.
    """
    metadata: dict[str, Value] = {
        "mapping_set_id": f"{base}links",
        "mapping_set_title": "Joins across inputs",
        "license": f"{BUILT_IN['sssom']}license/unspecified",
        "mapping_tool": "airm-graph",
        "comment": notice,
    }
    # A reader gives to each mapping what the metadata say of all.
    rest = (Match({name: value for name, value in match.values.items() if metadata.get(name) != value}) for match in kept)
    yield from write_matches(MatchSet(metadata, _prefixes(base), (*rest, *(_make_match(link, base) for link in links))))


def link_rows(links: Iterable[Link], *, columns: Sequence[str], base: str = BASE) -> list[list[str]]:
    """Write links as the rows of a file that has these columns, as cells."""
    return list(write_cells((_make_match(link, base) for link in links), columns=columns, curies=Curies(_prefixes(base))))


def profile_links(links: Iterable[Link], *, base: str = BASE) -> Counter[str]:
    """Count what head and columns of the file depend on (see
    :func:`airm_graph.export.mapping_formats.profile_matches`).
    """
    curies, found = Curies(_prefixes(base)), Counter[str]()
    # Links of one kind say the same of it, and there are few kinds.
    kinds = Counter[tuple[object, ...]]()
    samples: dict[tuple[object, ...], Link] = {}
    for link in links:
        kind = _find_kind(link)
        kinds[kind] += 1
        samples.setdefault(kind, link)
    for kind, count in kinds.items():
        for name, number in profile_matches([_make_match(samples[kind], base)], curies=curies).items():
            found[name] += number * count
    return found


def _find_kind(link: Link) -> tuple[object, ...]:
    ends = [(mention.kind, bool(mention.name), mention.key.partition("/")[0]) for mention in (link.one, link.two)]
    has_lines = any(char in text for text in (link.one.name, link.two.name, link.matched) for char in "\t\n\r")
    return *ends, link.basis, link.target.partition("/")[0], bool(link.matched), has_lines


def _prefixes(base: str) -> dict[str, str]:
    return {"capture": f"{base}capture/", "dcterms": PREFIXES["dcterms"]}


def _make_match(link: Link, base: str) -> Match:
    values: dict[str, Value] = {
        **_say("subject", link.one, base),
        **_say("object", link.two, base),
        "predicate_id": f"{PREFIXES['skos']}exactMatch",
        "mapping_justification": _SEMAPV + _JUSTIFICATIONS.get(link.basis, "LexicalMatching"),
        "similarity_score": str(link.score),
        "similarity_measure": "share of words that name and description have in common",
    }
    if link.target:
        values["see_also"] = (base + link.target,)
    else:
        values["predicate_modifier"] = "Not"
    if link.matched:
        field, short = (_FIELDS[link.basis],), link.matched if len(link.matched) <= _LONGEST else link.matched[: _LONGEST - 1] + "…"
        values |= {"match_string": (short,), "subject_match_field": field, "object_match_field": field}
        values |= {f"{end}_preprocessing": (f"{_SEMAPV}CaseNormalization",) for end in ("subject", "object")}
    return Match(values)


def _say(end: str, mention: Mention, base: str) -> dict[str, Value]:
    label = {f"{end}_label": mention.name} if mention.name else {}
    return {f"{end}_id": base + mention.key, f"{end}_category": mention.kind, **label}
