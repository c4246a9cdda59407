"""What is written: quads of a table, put in order by SQL, or a list of few quads, put in order
here.

Both give the same lines and the same groups for the same quads; a test holds them equal.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import compress, groupby, islice
from operator import itemgetter, lt, ne
from typing import TYPE_CHECKING, Protocol

from airm_graph.errors import ExportError
from airm_graph.export.order import Order
from airm_graph.export.term_writers import Names, canonical_term, is_canonical, natural_key
from airm_graph.graph import IRI, LITERAL, rebased_text
from airm_graph.graph.coded_lines import stream_blocks
from airm_graph.graph.reading_order import RDF_TYPE, Pattern, Selection, SubjectGroup, stream_groups, stream_lines
from airm_graph.graph.term_spelling import TERM_TEXT
from airm_graph.key_cache import CACHE_SIZE, Cache
from airm_graph.namespaces import BASE
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["QuadList", "QuadSource", "StatementOrder", "TableQuads", "join_triples"]

_BLANK = "{} is a blank node, which published data does not have; give it an IRI"
_LITERAL = "a literal stands as subject, predicate or graph: {}; use an IRI there"
#: What canonical N-Triples takes for an IRI, in the words of RE2.
_IRI = r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]*"


#: Lines that are written at once, and subjects: most such texts are ASCII, which takes half of the
#: memory and of the time.
_LINES, _SUBJECTS = 500, 1_000
#: A language tag, or none.
_TAG = "([A-Za-z]+(-[A-Za-z0-9]+)*)?"


class QuadSource(Protocol):
    """Quads that can be written."""

    def lines(self) -> Iterator[Sequence[tuple[str, str]]]:
        """Write quads sorted, some at a time: the triple as ``s p o``, and the graph, empty for
        none.
        """

    def triples(self) -> Iterator[str]:
        """Write triples as sorted lines of N-Triples, each once, some at a time."""

    def groups(self, order: Order) -> Iterator[Sequence[SubjectGroup]]:
        """Write triples in reading order, some subjects at a time."""


class TableQuads:
    """All quads of a table, on another base where one is given."""

    def __init__(self, table: "TripleTable", *, base: str = BASE) -> None:
        """Check the quads.

        Raises:
            ExportError: A quad cannot be exported: a blank node, a literal where an IRI must stand,
                or an IRI that is none.
        """
        self._chosen = Selection(table, text=rebased_text(base))
        if not _are_canonical(table.given):
            table.execute("SELECT 1")  # which numbers them, in their one spelling
        with table.set_aside():  # which is right as it is
            if table.execute("SELECT 1 FROM quads LIMIT 1"):
                self._check()

    def lines(self) -> Iterator[Sequence[tuple[str, str]]]:
        """Write quads sorted, some at a time."""
        table = self._chosen.table
        return QuadList(table.rows()).lines() if table.holds_few and self._chosen.text == TERM_TEXT else stream_lines(self._chosen)

    def triples(self) -> Iterator[str]:
        """Write triples as sorted lines of N-Triples, each once, some at a time."""
        blocks = stream_blocks(self._chosen.table) if self._chosen.text == TERM_TEXT else None
        return join_triples(self.lines()) if blocks is None else map("".join, blocks)

    def groups(self, order: Order) -> Iterator[Sequence[SubjectGroup]]:
        """Write triples in reading order, some subjects at a time."""
        return stream_groups(self._chosen, rank=order.rank, prefixes=order.prefixes)

    def _check(self) -> None:
        # Few terms are blank nodes, literals out of place, or IRIs of others: quads are only looked
        # up where there are such terms, and what the table spelt itself is right. Conditions that
        # are joined by AND are asked one after the other, those by OR all at once.
        table = self._chosen.table
        odd = " UNION ALL ".join(
            f"SELECT id FROM terms WHERE {condition}"
            for condition in (
                f"kind NOT IN ({IRI}, {LITERAL})",
                f"kind = {IRI} AND NOT starts_with(lexical, '{BASE}') AND NOT regexp_full_match(lexical, '{_IRI}')",
                f"kind = {LITERAL} AND NOT starts_with(datatype, 'http://www.w3.org/') AND NOT regexp_full_match(datatype, '{_IRI}')",
                f"kind = {LITERAL} AND language <> '' AND NOT regexp_full_match(language, '{_TAG}')",
            )
        )
        names = " UNION ALL ".join(f"SELECT {column} AS id FROM quads" for column in "spg")
        wrong = f"SELECT id FROM terms WHERE kind <> {IRI}"
        places = [f"q.{column} IN ({wrong})" for column in "spg"] if table.execute(f"{wrong} AND id IN ({names}) LIMIT 1") else []
        if table.execute(f"SELECT id FROM ({odd}) AS t LIMIT 1"):
            places += [f"q.{column} IN ({odd})" for column in "spog"]
        if places:
            for quad in table.rows(f"SELECT q.s, q.p, q.o, q.g FROM quads AS q WHERE {' OR '.join(places)} LIMIT 1"):
                _check_quad(quad)


class QuadList:
    """A list of quads in any order, a quad may be there twice; for few of them."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        """Take quads.

        Raises:
            ExportError: As for `TableQuads`, or a term is no N-Quads term.
        """
        found = _check_quads(list(quads))
        # Most come sorted, each once.
        self._quads = found if all(map(lt, found, islice(found, 1, None))) else sorted(set(found))

    def lines(self) -> Iterator[Sequence[tuple[str, str]]]:
        """Write quads sorted, some at a time."""
        for start in range(0, len(self._quads), _LINES):
            yield [(f"{s} {p} {o}", g) for s, p, o, g in self._quads[start : start + _LINES]]

    def triples(self) -> Iterator[str]:
        """Write triples as sorted lines of N-Triples, each once, some at a time."""
        return join_triples(self.lines())

    def groups(self, order: Order) -> Iterator[Sequence[SubjectGroup]]:
        """Write triples in reading order, some subjects at a time."""
        statements = StatementOrder(order)
        about = [(subject, *statements.arrange([(p, o) for _, p, o, _ in quads])) for subject, quads in groupby(self._quads, itemgetter(0))]
        about.sort(key=lambda one: statements.order_subject(*one))
        for start in range(0, len(about), _SUBJECTS):
            found: dict[Pattern, tuple[list[int], list[str], list[Sequence[str]]]] = {}
            for position, (subject, pattern, values) in enumerate(about[start : start + _SUBJECTS]):
                positions, subjects, rows = found.setdefault(pattern, ([], [], []))
                positions.append(position)
                subjects.append(subject)
                rows.append(values)
            yield [SubjectGroup.of_rows(pattern, *members) for pattern, members in found.items()]


def join_triples(lines: Iterable[Sequence[tuple[str, str]]]) -> Iterator[str]:
    """Write the triples of sorted quads as lines of N-Triples, each once."""
    last = ""
    for batch in lines:
        # A triple of several graphs stands in lines that follow each other.
        found = [triple for triple, _ in batch]
        yield " .\n".join([*compress(found, map(ne, found, [last, *found])), ""])
        last = found[-1]


class StatementOrder:
    """Puts the statements about a subject in reading order, and says where the subject stands."""

    def __init__(self, order: Order) -> None:
        """Take the order of kinds and predicates."""
        self._rank, self._names = cache(order.rank), Names(order.prefixes)
        self._key = lru_cache(maxsize=CACHE_SIZE)(self._make_key)
        self._runs = Cache(_find_runs)
        self._patterns = Cache[tuple[tuple[str, ...], tuple[str, ...]], Pattern](lambda parts: Pattern(*parts))

    def order_subject(self, subject: str, pattern: Pattern, values: Sequence[str]) -> tuple[str, str, str]:
        """Make the key that puts subjects in order, from the objects of a pattern."""
        types = self._runs[pattern.predicates].get(RDF_TYPE)
        rank = min([self._rank((value,)) for value in values[types]]) if types else self._rank(())
        return rank, natural_key(subject), subject

    def arrange(self, statements: Iterable[tuple[str, str]]) -> tuple[Pattern, list[str]]:
        """Find the pattern of statements, and their objects in its order."""
        pairs = sorted(set(statements))
        predicates, values = tuple([p for p, _ in pairs]), [o for _, o in pairs]
        # The key of a long text takes a while, and most predicates have one object.
        for run in self._runs[predicates].values():
            if run.stop - run.start > 1:
                values[run] = sorted(values[run], key=self._key)
        kinds = tuple(["<" if value[0] == "<" else value[value.rindex('"') + 1 :] for value in values])
        return self._patterns[predicates, kinds], values

    def _make_key(self, term: str) -> tuple[bool, str, str]:
        name = self._names.shorten(term) if term[0] == "<" else term
        return name[0] == "<", natural_key(name), name


def _find_runs(predicates: tuple[str, ...]) -> dict[str, slice]:
    """Find where types stand among predicates in rising order, and those that stand there several
    times.
    """
    starts = {predicate: predicates.index(predicate) for predicate in predicates}
    runs = {predicate: slice(start, start + predicates.count(predicate)) for predicate, start in starts.items()}
    return {predicate: run for predicate, run in runs.items() if predicate == RDF_TYPE or run.stop - run.start > 1}


def _check_quads(quads: Sequence[Quad]) -> Sequence[Quad]:
    """Write quads in the canonical way: each term is looked at once where all of them are so."""
    return quads if _are_canonical(quads) else list(map(_check_quad, quads))


def _are_canonical(quads: Sequence[Quad]) -> bool:
    """Whether quads can be exported as they are."""
    if not quads:
        return True
    subjects, predicates, objects, graphs = map(set, zip(*quads, strict=True))
    names = subjects | predicates | graphs - {""}
    return all(name[:1] == "<" for name in names) and all(map(is_canonical, names | objects))


def _check_quad(quad: Quad) -> Quad:
    """Write a quad in the canonical way; raises where it cannot be exported."""
    for term in quad:
        if term.startswith("_:"):
            raise ExportError(_BLANK.format(term))
    s, p, o = (canonical_term(term) for term in quad[:3])
    g = canonical_term(quad[3]) if quad[3] else ""
    if s[:1] != "<" or p[:1] != "<" or (g and g[0] != "<"):
        raise ExportError(_LITERAL.format(" ".join((s, p, o, g)).strip()))
    return s, p, o, g
