"""Asks SPARQL constraints, each for all focus nodes at once: in SQL where that answers the same, else in the store.

The store is filled only with what the queries left to it read. It keeps values, not spellings, so a query that reads a literal which
the store would write in another way is left to pyshacl.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from airm_graph.errors import QueryError
from airm_graph.graph import BLANK, LITERAL, TERM_TEXT, TripleTable
from airm_graph.graph.store import Store
from airm_graph.namespaces import PREFIXES, term
from airm_graph.validate.compile import FOCUS_GRAPH, FOCUS_OF, Judged, QueryPlan, Rest, shape_path
from airm_graph.validate.results import Result
from airm_graph.validate.terms import literal_text

__all__ = ["run_queries"]

_HIDDEN = "<urn:airm-graph:blank:"
_SPARQL = term("sh:SPARQLConstraintComponent")
#: Literals that the store writes as they came: all of a datatype, or those of one form.
_SAME = {
    "integer": "0|-?[1-9][0-9]*",
    "boolean": "true|false",
    "decimal": r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?",
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "dateTime": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?",
    "gYear": "[0-9]{4}",
    "anyURI": None,
}
_XSD = PREFIXES["xsd"]
_FORMS = " ".join(
    f"WHEN datatype = '{_XSD}{name}' THEN " + (f"NOT regexp_matches(lexical, '^({form})$')" if form else "FALSE")
    for name, form in _SAME.items()
)
#: SQL over a row of ``terms``: a literal that would come back from the store in another spelling.
_IS_RESPELT = (
    f"kind = {LITERAL} AND datatype <> '{_XSD}string' AND CASE WHEN language <> '' THEN language <> LOWER(language) "
    f"{_FORMS} ELSE starts_with(datatype, '{_XSD}') END"
)
_Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class _Focus:
    """The focus nodes that queries share.

    Attributes:
        number: Of the statement that finds them.
        kinds: Kinds of terms among them.
    """

    number: int
    kinds: frozenset[int]


def run_queries(plans: Sequence[QueryPlan], *, table: TripleTable) -> tuple[dict[Judged, list[Result]], list[Rest]]:
    """Ask every SPARQL constraint about the triples of a table, in which the tables that the plans work on are made.

    Returns:
        Results by what they judge, and what pyshacl has to answer on this data.
    """
    results: dict[Judged, list[Result]] = defaultdict(list)
    if not plans:
        return results, []
    focus = _find_focus(plans, table=table)
    doubts = _Doubts(table)
    rest, late = list[Rest](), list[QueryPlan]()
    for plan in plans:
        if reason := doubts.about(plan, kinds=focus[plan.sql].kinds):
            rest.append(Rest(plan.judged, reason))
        elif (found := _ask_table(plan, focus=focus[plan.sql], table=table)) is None:
            late.append(plan)
        else:
            results[plan.judged] += found
    for plan, answer in _ask_store(late, focus=focus, table=table):
        if isinstance(answer, Rest):
            rest.append(answer)
        else:
            results[plan.judged] += answer
    table.drop("asked")
    return results, rest


def _find_focus(plans: Sequence[QueryPlan], *, table: TripleTable) -> dict[str, _Focus]:
    """Put the focus nodes of all queries into the table ``asked``; constraints of one shape share theirs."""
    numbers = {sql: number for number, sql in enumerate(dict.fromkeys(plan.sql for plan in plans))}
    table.materialise("asked", " UNION ALL ".join(f"SELECT {n} AS number, node FROM ({sql}) AS q{n}" for sql, n in numbers.items()))
    kinds: dict[int, set[int]] = defaultdict(set)
    for number, kind in table.execute("SELECT DISTINCT a.number, d.kind FROM asked AS a JOIN terms AS d ON d.id = a.node"):
        kinds[number].add(kind)
    return {sql: _Focus(number, frozenset(kinds[number])) for sql, number in numbers.items()}


class _Doubts:
    """Knows the properties whose values the store would respell, and those that lead from or to blank nodes."""

    def __init__(self, table: TripleTable) -> None:
        odd, blank = f"SELECT id FROM terms WHERE {_IS_RESPELT}", f"SELECT id FROM terms WHERE kind = {BLANK}"
        self._odd = dict(_pairs(table, f"t.o IN ({odd})"))
        self._blank = dict(_pairs(table, f"t.s IN ({blank}) OR t.o IN ({blank})")).keys() if table.execute(f"{blank} LIMIT 1") else set()

    def about(self, plan: QueryPlan, *, kinds: frozenset[int]) -> str:
        """Why pyshacl has to answer a query; empty when it need not."""
        read = plan.query.predicates
        if respelt := min((odd for predicate, odd in self._odd.items() if read is None or predicate in read), default=""):
            return f"the store would respell {respelt}"
        blank = BLANK in kinds or (bool(self._blank) if read is None else not read.isdisjoint(self._blank))
        if LITERAL in kinds or (blank and plan.query.reveals):
            return "a query that looks at blank nodes, or at literals as focus nodes"
        return ""


def _pairs(table: TripleTable, condition: str) -> list[tuple[str, str]]:
    """Each predicate of the triples t for which a condition holds, with one of the values that they have."""
    found = table.execute(f"SELECT t.p, MIN(t.o) FROM spo AS t WHERE {condition} GROUP BY t.p")
    texts = table.read_terms(number for pair in found for number in pair)
    return [(texts[predicate], texts[number]) for predicate, number in found]


def _ask_table(plan: QueryPlan, *, focus: _Focus, table: TripleTable) -> list[Result] | None:
    """The answer of SQL; None where the query is not put into SQL, or meets a value that is left to the store."""
    if plan.query.sql is None:
        return None
    if not focus.kinds:
        return []
    found = table.execute(plan.query.sql.for_focus(focus.number, find_ids=table.find_ids), as_written=True)
    if any(odd for odd, *_ in found):
        return None
    texts = table.read_terms(node for _, *nodes in found for node in nodes if node is not None)
    answers = [tuple(None if node is None else texts[node] for node in nodes) for _, *nodes in found]
    return _make_results(plan, names=plan.query.sql.names, answers=answers)


def _ask_store(
    plans: Sequence[QueryPlan], *, focus: Mapping[str, _Focus], table: TripleTable
) -> list[tuple[QueryPlan, list[Result] | Rest]]:
    """The answers of the store, or why it has none."""
    if not plans:
        return []
    store = Store()
    store.add_rows((_hide(s), p, _hide(o), "") for s, p, o, _ in table.rows(_needed(plans, table=table)))
    wanted = sorted({focus[plan.sql].number for plan in plans})
    nodes = table.execute(
        f"SELECT a.number, {TERM_TEXT} AS node FROM asked AS a JOIN terms AS d ON d.id = a.node "
        f"WHERE a.number IN ({', '.join(map(str, wanted))}) ORDER BY 1, 2"
    )
    store.add_rows(((_hide(node), FOCUS_OF, f'"{number}"', FOCUS_GRAPH) for number, node in nodes), apart=True)
    return [(plan, _select(plan, number=focus[plan.sql].number, store=store)) for plan in plans]


def _needed(plans: Sequence[QueryPlan], *, table: TripleTable) -> str:
    """SQL for the triples that queries read."""
    wanted = [plan.query.predicates for plan in plans]
    every = "SELECT s, p, o, 0 AS g FROM spo"
    if None in wanted:
        return every
    ids = table.find_ids(sorted(name for names in wanted for name in names or ())).values()
    return f"{every} WHERE p IN ({', '.join(map(str, sorted(ids))) or '-1'})"


def _select(plan: QueryPlan, *, number: int, store: Store) -> list[Result] | Rest:
    try:
        names, found = store.select(plan.query.for_focus(number))
    except QueryError as error:
        return Rest(plan.judged, str(error))
    return _make_results(plan, names=names, answers=[tuple(value and _show(value) for value in row) for row in found])


def _hide(node: str) -> str:
    """Name a blank node, so that it comes back under its label."""
    return f"{_HIDDEN}{node[2:]}>" if node.startswith("_:") else node


def _show(node: str) -> str:
    return f"_:{node[len(_HIDDEN) : -1]}" if node.startswith(_HIDDEN) else node


def _make_results(plan: QueryPlan, *, names: Sequence[str], answers: Sequence[_Row]) -> list[Result]:
    return [_query_result(plan, dict(zip(names, row, strict=True))) for row in dict.fromkeys(answers)]


def _query_result(plan: QueryPlan, found: Mapping[str, str | None]) -> Result:
    """A solution as a result: SHACL, 5.3.2; messages as pyshacl fills them in."""
    shape = plan.shape
    bound = {name: value for name, value in found.items() if value is not None}
    focus = bound["this"]
    value = bound.get("value") or ("" if shape.path else focus)
    said = bound | ({"value": value} if value else {})
    messages = [_fill(message, said) for message in plan.query.messages]
    return Result(
        focus=focus,
        path=bound.get("path") or shape_path(shape),
        value=value,
        component=_SPARQL,
        shape=shape.node,
        severity=shape.severity,
        message=min(messages, default=""),
    )


def _fill(message: str, bound: Mapping[str, str]) -> str:
    for name, value in bound.items():
        text = literal_text(value) if value.startswith('"') else value.removeprefix("_:").removeprefix("<").removesuffix(">")
        message = re.sub(rf"\{{[?$]{re.escape(name)}\}}", lambda _, text=text: text, message)  # type: ignore[misc]
    return message
