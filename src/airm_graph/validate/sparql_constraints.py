"""SPARQL constraints, each asked for all focus nodes at once: in the store, or as SQL where the
form of the query has any and that takes less time.

The store is filled with what a few constraints read, and given up before the next few are asked. It
keeps values, not spellings, so a constraint that reads a literal which the store would write in
another way is left to pyshacl.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.errors import QueryError
from airm_graph.frozen import frozen
from airm_graph.graph import BLANK, LITERAL, TERM_TEXT, TripleTable, quote
from airm_graph.namespaces import PREFIXES, literal, term
from airm_graph.terms import read_literal
from airm_graph.validate.compile import FOCUS_GRAPH, FOCUS_OF, ConstraintSql, ShapePart, SparqlPlan, Uncompiled, shape_path
from airm_graph.validate.results import Result

if TYPE_CHECKING:
    from airm_graph.graph.store import Store

__all__ = ["ask_constraints"]

#: Quads that the store holds at once, unless one constraint reads more: they take 250 MB.
_MOST = 600_000
#: Where a constraint reads so many quads, it is asked as SQL: planning a statement takes as long as
#: the store takes for that many.
MANY = 10_000
_HIDDEN = "<urn:airm-graph:blank:"
#: SQL over a row of ``terms`` for the term in the store, which would give blank nodes other labels.
_STORED = f"CASE WHEN kind = {BLANK} THEN '{_HIDDEN}' || lexical || '>' ELSE {TERM_TEXT} END"
_COMPONENT = term("sh:SPARQLConstraintComponent")
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


#: What a constraint reads: properties, and focus nodes by their number, with the number of quads of
#: each.
_Reads = dict[str | int, int]


@frozen
class _FocusNodes:
    """The focus nodes that constraints share.

    Attributes:
        number: Of the statement that finds them.
        sizes: How many there are, by the kind of the term.
    """

    number: int
    sizes: Mapping[int, int]


def ask_constraints(plans: Sequence[SparqlPlan], *, table: TripleTable) -> tuple[dict[ShapePart, list[Result]], list[Uncompiled]]:
    """Ask SPARQL constraints about a table in which the tables that plans work on are made.

    Returns:
        Results by what they judge, and what pyshacl has to answer on this data.
    """
    results: dict[ShapePart, list[Result]] = defaultdict(list)
    if not plans:
        return results, []
    focus = _find_focus(plans, table=table)
    limits = _StoreLimits(table)
    uncompiled, asked = list[Uncompiled](), list[SparqlPlan]()
    for plan in plans:
        sizes = focus[plan.focus_sql].sizes
        if reason := limits.find_reason(plan, kinds=sizes.keys()):
            uncompiled.append(Uncompiled(plan.part, reason))
        elif sizes:
            asked.append(plan)
    in_store = list[tuple[SparqlPlan, _Reads]]()
    for plan, reads in _find_reads(asked, focus=focus, table=table):
        pays = table.plans_at_once or sum(reads.values()) >= MANY
        if pays and (sql := plan.constraint.sql) and _holds(sql, table=table):
            results[plan.part] += _ask_sql(plan, sql, focus=focus[plan.focus_sql].number, table=table)
        else:
            in_store.append((plan, reads))
    for group in _divide(in_store):
        store = _fill_store({what for _, reads in group for what in reads}, table=table)
        for plan, reads in group:
            try:
                results[plan.part] += _ask(plan, number=next((what for what in reads if isinstance(what, int)), None), store=store)
            except QueryError as error:
                uncompiled.append(Uncompiled(plan.part, str(error)))
    table.drop("asked")
    return results, uncompiled


def _find_focus(plans: Sequence[SparqlPlan], *, table: TripleTable) -> dict[str, _FocusNodes]:
    """Put the focus nodes of all constraints into the table ``asked``."""
    numbers = {sql: number for number, sql in enumerate(dict.fromkeys(plan.focus_sql for plan in plans))}
    selects = (f"SELECT {number} AS number, node FROM ({sql}) AS q{number}" for sql, number in numbers.items())
    table.materialise("asked", " UNION ALL ".join(selects))
    sizes: dict[int, dict[int, int]] = defaultdict(dict)
    counted = "SELECT a.number, d.kind, COUNT(*) FROM asked AS a JOIN terms AS d ON d.id = a.node GROUP BY a.number, d.kind"
    for number, kind, size in table.execute(counted):
        sizes[number][kind] = size
    return {sql: _FocusNodes(number, sizes[number]) for sql, number in numbers.items()}


class _StoreLimits:
    """Properties with values that the store would respell, or that lead from or to blank nodes."""

    def __init__(self, table: TripleTable) -> None:
        odd, blank = f"SELECT id, {TERM_TEXT} AS text FROM terms WHERE {_IS_RESPELT}", f"SELECT id FROM terms WHERE kind = {BLANK}"
        has_blank = table.execute(f"{blank} LIMIT 1")
        # Of each property the least, so that a reason is the same in every table.
        self._odd = _name_properties(table, f"SELECT t.p, MIN(d.text) FROM spo AS t JOIN ({odd}) AS d ON d.id = t.o GROUP BY t.p")
        led = f"SELECT DISTINCT t.p, '' FROM spo AS t WHERE t.s IN ({blank}) OR t.o IN ({blank})"
        self._blank = _name_properties(table, led).keys() if has_blank else set()

    def find_reason(self, plan: SparqlPlan, *, kinds: Iterable[int]) -> str:
        """Say why pyshacl has to answer a constraint; empty when it need not."""
        read, kinds = plan.constraint.predicates, set(kinds)
        if respelt := min((odd for predicate, odd in self._odd.items() if read is None or predicate in read), default=""):
            return f"the store would respell {respelt}"
        is_blank = BLANK in kinds or (bool(self._blank) if read is None else not read.isdisjoint(self._blank))
        if LITERAL in kinds or (is_blank and plan.constraint.reveals):
            return "a query that looks at blank nodes, or at literals as focus nodes"
        return ""


def _name_properties(table: TripleTable, select: str) -> dict[str, str]:
    """Read pairs of a property and a text, with the property as a term."""
    found = table.execute(select)
    texts = table.read_terms(number for number, _ in found)
    return {texts[number]: text for number, text in found}


def _find_reads(plans: Sequence[SparqlPlan], *, focus: Mapping[str, _FocusNodes], table: TripleTable) -> list[tuple[SparqlPlan, _Reads]]:
    """Find what each constraint reads.

    Focus nodes are read only where other nodes have the property that the constraint requires.
    """
    counts = dict(table.execute("SELECT p, COUNT(*) FROM spo GROUP BY p")) if plans else {}
    numbers = {name: number for number, name in table.read_terms(counts).items() if number in counts}
    asked = [(plan, focus[plan.focus_sql]) for plan in plans]
    open_ = {(nodes.number, numbers.get(plan.constraint.required, -1)) for plan, nodes in asked if plan.constraint.required}
    others = " UNION ALL ".join(
        f"SELECT DISTINCT {number} AS number, p FROM spo WHERE p = {p} AND s NOT IN (SELECT node FROM asked WHERE number = {number})"
        for number, p in sorted(open_)
    )
    open_ -= set(table.execute(others)) if others else set()
    found = list[tuple[SparqlPlan, _Reads]]()
    for plan, nodes in asked:
        read = plan.constraint.predicates
        reads: _Reads = {name: counts[number] for name, number in numbers.items() if read is None or name in read}
        if not plan.constraint.required or (nodes.number, numbers.get(plan.constraint.required, -1)) not in open_:
            reads[nodes.number] = sum(nodes.sizes.values())
        found.append((plan, reads))
    return found


def _divide(asked: Iterable[tuple[SparqlPlan, _Reads]]) -> list[list[tuple[SparqlPlan, _Reads]]]:
    """Divide constraints into groups that the store can hold the quads of.

    Those that read the same stay together.
    """
    groups = list[tuple[_Reads, list[tuple[SparqlPlan, _Reads]]]]()
    for plan, own in sorted(asked, key=lambda one: -sum(one[1].values())):
        joined = ((sum((read | own).values()) - sum(read.values()), read, group) for read, group in groups)
        fitting = [(added, read, group) for added, read, group in joined if not added or added + sum(read.values()) <= _MOST]
        _, read, group = min(fitting, key=lambda one: one[0], default=(0, _Reads(), list[tuple[SparqlPlan, _Reads]]()))
        if not group:
            groups.append((read, group))
        read |= own
        group.append((plan, own))
    return [group for _, group in groups]


def _fill_store(reads: Collection[str | int], *, table: TripleTable) -> "Store":
    """Make a store of what constraints read.

    It comes by way of a file: no quad becomes an object of Python.
    """
    from tempfile import TemporaryDirectory

    from airm_graph.graph.store import Store  # loads Oxigraph

    store, lines = Store(), list[str]()
    # No subject and no focus node is a literal.
    start = f"CASE s.kind WHEN {BLANK} THEN '{_HIDDEN}' ELSE '<' END, s.lexical"
    if ids := table.find_ids(sorted(name for name in reads if isinstance(name, str))):
        predicate = " ".join(f"WHEN {number} THEN {quote(f'> {name} ')}" for name, number in ids.items())
        read = f"SELECT s, p, o FROM spo WHERE p IN ({', '.join(map(str, ids.values()))})"
        joins = f"JOIN terms AS s ON s.id = q.s JOIN (SELECT id, {_STORED} AS text FROM terms) AS o ON o.id = q.o"
        lines.append(f"SELECT concat({start}, CASE q.p {predicate} END, o.text, ' .') AS line FROM ({read}) AS q {joins}")
    if numbers := [number for number in reads if isinstance(number, int)]:
        line = f"""concat({start}, '> {FOCUS_OF} "', a.number, '" {FOCUS_GRAPH} .') AS line"""
        asked = f"asked AS a JOIN terms AS s ON s.id = a.node WHERE a.number IN ({', '.join(map(str, sorted(numbers)))})"
        lines.append(f"SELECT {line} FROM {asked}")
    if lines:
        with TemporaryDirectory(prefix="airm-graph-") as folder:
            path = Path(folder, "read.nq")
            table.copy_texts(" UNION ALL ".join(lines), path)
            store.add_lines(path)
    return store


def _holds(sql: ConstraintSql, *, table: TripleTable) -> bool:
    """Tell whether all values that a statement takes for integers are some, of few digits, and none
    is a literal that it takes for a node.
    """
    is_integer = f"d.kind = {LITERAL} AND d.datatype = '{_XSD}integer' AND LENGTH(d.lexical) <= 15"
    for properties, wanted in ((sql.integers, is_integer), (sql.nodes, f"d.kind <> {LITERAL}")):
        if numbers := table.find_ids(properties).values():
            values = f"SELECT DISTINCT o FROM spo WHERE p IN ({', '.join(map(str, sorted(numbers)))})"
            if table.execute(f"SELECT 1 FROM terms AS d WHERE d.id IN ({values}) AND NOT ({wanted}) LIMIT 1"):
                return False
    return True


def _ask_sql(plan: SparqlPlan, sql: ConstraintSql, *, focus: int, table: TripleTable) -> Iterator[Result]:
    ids = table.find_ids(sql.terms)
    for name, select in sql.prepare:
        table.materialise(name, sql.fill(select, ids=ids, focus=focus))
    # How many matches there are decides how the dictionary is asked; by itself DuckDB guesses that
    # there are as many as triples, and makes a table of the whole dictionary for each variable.
    with table.joins_as_written():
        table.materialise("matched", sql.fill(sql.match, ids=ids, focus=focus))
    rows = table.execute(sql.fill(sql.select, ids=ids, focus=focus))
    table.drop("matched", *(name for name, _ in sql.prepare))
    texts = table.read_terms(value for row in rows for value in row if isinstance(value, int))
    for row in rows:
        yield _make_result(plan, {name: texts.get(value, value) for name, value in zip(sql.names, row, strict=True)})


def _ask(plan: SparqlPlan, *, number: int | None, store: "Store") -> Iterator[Result]:
    names, rows = store.select(plan.constraint.for_focus(number))
    for row in dict.fromkeys(rows):
        yield _make_result(plan, {name: _show(node) for name, node in zip(names, row, strict=True) if node})


def _show(node: str) -> str:
    """Write a term of the store as it is in the data."""
    return f"_:{node[len(_HIDDEN) : -1]}" if node.startswith(_HIDDEN) else node


def _make_result(plan: SparqlPlan, bound: Mapping[str, str]) -> Result:
    """Make a result of a solution: SHACL, 5.3.2; messages as pyshacl fills them in."""
    shape, focus = plan.shape, bound["this"]
    value = bound.get("value") or ("" if shape.path else focus)
    said = {**bound, "value": value} if value else bound
    return Result(
        focus=focus,
        path=bound.get("path") or shape_path(shape),
        value=value,
        component=_COMPONENT,
        shape=shape.node,
        severity=shape.severity,
        messages=tuple(sorted({_fill_message(message, said) for message in plan.constraint.messages})),
    )


def _fill_message(message_term: str, bound: Mapping[str, str]) -> str:
    message, _, language = read_literal(message_term)
    for name, value in bound.items():
        text = read_literal(value).text if value.startswith('"') else value.removeprefix("_:").removeprefix("<").removesuffix(">")
        message = re.sub(rf"\{{[?$]{re.escape(name)}\}}", lambda _, text=text: text, message)  # type: ignore[misc]
    return literal(message, language=language or None)
