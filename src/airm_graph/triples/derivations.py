"""Which mitigations were taken from those of older sources, as far as texts and identifiers prove
it.

Proof is one of two things, between different sources whose years are known, of which one is older:

- the description is the same text, of at least `LEAST_WORDS` words, and the older source is the
  first of all that have it;
- the description names an identifier that one mitigation alone has, and that has letters and
  digits.

What is less is no statement: two texts of one year, or of sources without a year, are pairs of
``airm-graph similar``.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from airm_graph.frozen import frozen
from airm_graph.graph import TripleTable, quote
from airm_graph.namespaces import BASE, iri, literal, term
from airm_graph.terms import Quad, read_literal

__all__ = ["LEAST_WORDS", "find_derivations", "list_identifiers"]

#: A shorter text may be the same by chance.
LEAST_WORDS = 8
_GRAPH = iri("graph/derivations")
_NAMES = ("airm:source", "dcterms:description", "dcterms:identifier", "dcterms:issued")
#: What identifiers of items look like: letters, then digits, in one word. For SQL and for Python.
_LIKE_IDENTIFIER = "[A-Z][A-Za-z]*[.:_-]?[A-Z]*[0-9]"
_is_like_identifier = re.compile(_LIKE_IDENTIFIER).search
_NOTHING = "SELECT '' AS o WHERE 1 = 0"
_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:_-]*[A-Za-z0-9])?")


@frozen
class _Statement:
    """A mitigation and its source, as ids."""

    mitigation: int
    source: int


def find_derivations(table: TripleTable) -> Iterator[Quad]:
    """Find what is proven to be taken from a mitigation of an older source, each with the reason.

    Args:
        table: All that is asserted; it is not changed.
    """
    if not _may_find(table):
        return
    found = table.find_ids(map(term, _NAMES))
    ids = {name: found[term(name)] for name in _NAMES if term(name) in found}
    if not {"airm:source", "dcterms:description", "dcterms:issued"} <= ids.keys():
        return
    years = _read_years(table, ids)
    pairs = {**dict(_find_mentioned(table, ids, years)), **dict(_find_same(table, ids, years))}
    texts = table.read_terms({number for pair in pairs for number in pair})
    for (one, original), reason in sorted((tuple(texts[number] for number in pair), why) for pair, why in pairs.items()):
        path = one.removeprefix(f"<{BASE}").rstrip(">")
        node = iri(f"{path}/derivation/{hashlib.sha256(original.encode()).hexdigest()[:8]}")
        yield one, term("prov:wasDerivedFrom"), original, _GRAPH
        yield one, term("prov:qualifiedDerivation"), node, _GRAPH
        yield node, term("rdf:type"), term("prov:Derivation"), _GRAPH
        yield node, term("prov:entity"), original, _GRAPH
        yield node, term("airm:reasoning"), literal(reason), _GRAPH


def _may_find(table: TripleTable) -> bool:
    """Whether two descriptions are alike, or there are both an identifier and a description that
    may name it; found without numbering quads that are rows or columns still.
    """
    with table.set_aside() as (given, coded):
        if not (given or coded) or table.execute("SELECT 1 FROM quads LIMIT 1"):
            return True
        sourced = {s for s, p, _, _ in given if p == term("airm:source")}
        wanted = {term("dcterms:description"), term("dcterms:identifier")}
        known = sorted({(p, o, s) for s, p, o, _ in given if p in wanted and s in sourced})
        if known:
            table.load_records("stated_texts", columns={"p": "VARCHAR", "o": "VARCHAR", "s": "VARCHAR"}, records=known)

        def select(name: str) -> str:
            """Write a SELECT of the objects that mitigations have for a property."""
            own = [f"SELECT {one.o} AS o FROM {one.table} WHERE {one.where or 'true'}" for one in coded if one.p == term(name)]
            return " UNION ALL ".join([*own, f"SELECT o FROM stated_texts WHERE p = {quote(term(name))}" if known else _NOTHING])

        like = f"regexp_matches(o, '{_LIKE_IDENTIFIER}')"
        said, named = select("dcterms:description"), select("dcterms:identifier")
        twice = f"SELECT 1 FROM ({said}) AS d GROUP BY hash(o) HAVING count(*) > 1"
        is_twice, is_named = table.execute(f"SELECT EXISTS ({twice}), EXISTS (SELECT 1 FROM ({named}) AS n WHERE {like})")[0]
        return bool(is_twice or (is_named and table.execute(f"SELECT 1 FROM ({said}) AS d WHERE {like} LIMIT 1")))


def list_identifiers(text: str) -> set[str]:
    """List the words of a text that look like identifiers of items.

    >>> sorted(list_identifiers("Measures M-12 and M.3 of 2024"))
    ['M-12', 'M.3']
    """
    return set(filter(_is_like_identifier, _WORD.findall(text)))


_Pair = tuple[tuple[int, int], str]


def _read_years(table: TripleTable, ids: Mapping[str, int]) -> dict[int, str]:
    """Read the year of each source that has one alone."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for source, year in table.execute(
        f"SELECT DISTINCT q.s, t.lexical FROM quads AS q JOIN terms AS t ON t.id = q.o WHERE q.p = {ids['dcterms:issued']}"
    ):
        found[source].add(year[:4])
    return {source: next(iter(given)) for source, given in found.items() if len(given) == 1}


def _find_same(table: TripleTable, ids: Mapping[str, int], years: Mapping[int, str]) -> Iterator[_Pair]:
    """Find the same text in sources of different years: the later ones have it from the first."""
    said = f"""SELECT DISTINCT d.o AS text, d.s AS mitigation, s.o AS source FROM quads AS d
      JOIN quads AS s ON s.s = d.s AND s.p = {ids["airm:source"]} WHERE d.p = {ids["dcterms:description"]}"""
    shared = f"SELECT text FROM ({said}) AS c GROUP BY text HAVING count(DISTINCT source) > 1"
    groups: defaultdict[int, list[_Statement]] = defaultdict(list)
    for text, mitigation, source in table.execute(f"SELECT text, mitigation, source FROM ({said}) AS a WHERE text IN ({shared})"):
        groups[text].append(_Statement(mitigation, source))
    texts = table.read_terms(groups)
    for text, group in groups.items():
        if len(read_literal(texts[text]).text.split()) < LEAST_WORDS or any(one.source not in years for one in group):
            continue
        first = min(years[one.source] for one in group)
        oldest = [one for one in group if years[one.source] == first]
        if len(oldest) == 1:
            for one in group:
                if one is not oldest[0] and one.source != oldest[0].source:
                    yield (one.mitigation, oldest[0].mitigation), f"The same text stands in a source of {first}, the first that has it."


def _find_mentioned(table: TripleTable, ids: Mapping[str, int], years: Mapping[int, str]) -> Iterator[_Pair]:
    """Find texts that name the identifier of a mitigation of an older source."""
    if "dcterms:identifier" not in ids or not _has_identifiers(table, ids):
        return
    select = f"""SELECT DISTINCT d.s, s.o, t.lexical FROM quads AS d JOIN terms AS t ON t.id = d.o
      JOIN quads AS s ON s.s = d.s AND s.p = {ids["airm:source"]}
      WHERE d.p = {ids["dcterms:description"]} AND regexp_matches(t.lexical, '{_LIKE_IDENTIFIER}')"""
    named: defaultdict[str, list[_Statement]] = defaultdict(list)
    for mitigation, source, text in table.execute(select):
        for word in list_identifiers(text):
            if source in years:
                named[word].append(_Statement(mitigation, source))
    for word, owner in _find_owners(table, ids, sorted(named)).items():
        for one in named[word]:
            if one.source != owner.source and years.get(owner.source, "9999") < years[one.source]:
                yield (
                    (one.mitigation, owner.mitigation),
                    f"The text names {word}, which is a mitigation of a source of {years[owner.source]}.",
                )


def _has_identifiers(table: TripleTable, ids: Mapping[str, int]) -> bool:
    """Whether any mitigation has an identifier of letters and digits."""
    like = f"regexp_matches(t.lexical, '{_LIKE_IDENTIFIER}')"
    select = f"SELECT 1 FROM quads AS i JOIN terms AS t ON t.id = i.o WHERE i.p = {ids['dcterms:identifier']} AND {like} LIMIT 1"
    return bool(table.execute(select))


def _find_owners(table: TripleTable, ids: Mapping[str, int], names: Sequence[str]) -> dict[str, _Statement]:
    """Find the one mitigation that each identifier belongs to."""
    known = table.find_ids(map(literal, names))
    if not known:
        return {}
    numbers = {known[literal(name)]: name for name in names if literal(name) in known}
    select = f"""SELECT DISTINCT i.o, i.s, s.o FROM quads AS i JOIN quads AS s ON s.s = i.s AND s.p = {ids["airm:source"]}
      WHERE i.p = {ids["dcterms:identifier"]} AND i.o IN ({", ".join(map(str, sorted(numbers)))})"""
    found: defaultdict[str, list[_Statement]] = defaultdict(list)
    for number, mitigation, source in table.execute(select):
        found[numbers[number]].append(_Statement(mitigation, source))
    return {name: owners[0] for name, owners in found.items() if len(owners) == 1}
