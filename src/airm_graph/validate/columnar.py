"""The fast engine: runs compiled plans over the triple table, and SPARQL constraints in the store."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from airm_graph.columns import BLANK, TERM_TEXT, TripleTable
from airm_graph.errors import QueryError
from airm_graph.namespaces import PREFIXES, term
from airm_graph.store import Row, Store
from airm_graph.validate.compile import FOCUS_GRAPH, FOCUS_OF, Branch, Judged, Part, Plans, QueryPlan, Rest, Shape, component_iri, path_text
from airm_graph.validate.results import Result
from airm_graph.validate.terms import literal_text
from airm_graph.validate.wording import Wording

__all__ = ["run_plans"]

_BLANK = "<urn:airm-graph:blank:"
_SPARQL = term("sh:SPARQLConstraintComponent")
# The store keeps values, not spellings: only literals that it would write the same way may pass through it.
_SAME = {
    "integer": re.compile(r"0|-?[1-9][0-9]*\Z"),
    "boolean": re.compile(r"(?:true|false)\Z"),
    "decimal": re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?\Z"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"),
    "dateTime": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?\Z"),
    "gYear": re.compile(r"[0-9]{4}\Z"),
    "string": re.compile(r""),
    "anyURI": re.compile(r""),
}
_TYPED = re.compile(r'"(?P<text>.*)"\^\^<' + re.escape(PREFIXES["xsd"]) + r"(?P<name>\w+)>\Z", re.DOTALL)
_TAGGED = re.compile(r'"@[A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*\Z')
#: Ids in one statement.
_BATCH = 10_000
_Violation = tuple[Part, Branch, int, int | None, int | None]


def run_plans(
    plans: Plans, *, table: TripleTable, rows: Sequence[Row], shape_rows: Sequence[Row]
) -> tuple[dict[Judged, list[Result]], list[Rest]]:
    """Judge the triples of a table.

    Args:
        rows: The same triples, for the store.
        shape_rows: The shapes graph, for messages.

    Returns:
        Results by what they judge, and what turned out to need pyshacl on this data.
    """
    for name, select in plans.prepare:
        table.materialise(name, select)
    found = [
        (plan.parts[part], branch, *row)
        for plan in plans.plans
        for part, mask, *row in table.execute(plan.sql)
        for bit, branch in enumerate(plan.parts[part].branches)
        if mask >> bit & 1
    ]
    results: dict[Judged, list[Result]] = defaultdict(list)
    for judged, result in _results(found, table=table, shape_rows=shape_rows):
        results[judged].append(result)
    rest = _run_queries(plans.queries, table=table, rows=rows, results=results)
    return results, rest


def _results(found: Sequence[_Violation], *, table: TripleTable, shape_rows: Sequence[Row]) -> Iterator[tuple[Judged, Result]]:
    texts = _read_terms({i for row in found for i in row[2:] if i is not None}, table=table)
    wording = Wording(shape_rows, describe=lambda node: _describe(node, table=table))
    for part, branch, focus_id, value_id, path_id in found:
        shape = part.shape
        focus, value = texts[focus_id], "" if value_id is None else texts[value_id]
        path = _shape_path(shape) if path_id is None else texts[path_id]
        message = (
            shape.messages[0] if shape.messages else wording.message(shape=shape.node, parameter=branch.parameter, focus=focus, value=value)
        )
        yield (
            part.judged,
            Result(
                focus=focus,
                path=path,
                value=value,
                component=component_iri(branch),
                shape=shape.node,
                severity=shape.severity,
                message=message,
            ),
        )


def _shape_path(shape: Shape) -> str:
    return path_text(shape.path) if shape.path else ""


def _read_terms(ids: Iterable[int], *, table: TripleTable) -> dict[int, str]:
    wanted, texts = sorted(ids), dict[int, str]()
    for start in range(0, len(wanted), _BATCH):
        some = ", ".join(map(str, wanted[start : start + _BATCH]))
        texts.update(table.execute(f"SELECT id, {TERM_TEXT} FROM terms WHERE id IN ({some})"))  # noqa: S608
    return texts


def _describe(node: str, *, table: TripleTable) -> list[Row]:
    """What the data says of a blank node and of the blank nodes it leads to."""
    start = table.find_ids([node]).get(node, -1)
    return table.rows(
        f"WITH RECURSIVE reached AS (SELECT {start} AS id UNION SELECT t.o AS id FROM reached AS r "  # noqa: S608
        f"JOIN quads AS t ON t.s = r.id JOIN terms AS d ON d.id = t.o AND d.kind = {BLANK}) "
        "SELECT t.s, t.p, t.o, t.g FROM quads AS t JOIN reached AS r ON t.s = r.id"
    )


def _run_queries(plans: Sequence[QueryPlan], *, table: TripleTable, rows: Sequence[Row], results: dict[Judged, list[Result]]) -> list[Rest]:
    """Ask every SPARQL constraint; returns those that the store cannot answer as pyshacl would on this data."""
    if not plans:
        return []
    needed = _needed_rows(plans, rows=rows)
    odd = _respelt(needed)
    has_blanks = any(s.startswith("_:") or o.startswith("_:") for s, _, o in needed)
    store = Store()
    # Constraints of one shape share their focus nodes.
    numbers = {sql: number for number, sql in enumerate(dict.fromkeys(plan.sql for plan in plans))}
    focus = {number: _focus_nodes(sql, table=table) for sql, number in numbers.items()}
    store.add_rows((_hide(s), p, _hide(o), "") if has_blanks else (s, p, o, "") for s, p, o in needed)
    focus_rows = ((_hide(node), FOCUS_OF, f'"{number}"', FOCUS_GRAPH) for number, nodes in focus.items() for node in nodes)
    store.add_rows(focus_rows, apart=True)
    rest = []
    for plan in plans:
        number = numbers[plan.sql]
        if respelt := min((odd[p] for p in odd if plan.query.predicates is None or p in plan.query.predicates), default=""):
            rest.append(Rest(plan.judged, f"the store would respell {respelt}"))
            continue
        blank = has_blanks or any(node.startswith("_:") for node in focus[number])
        if any(node.startswith('"') for node in focus[number]) or (blank and plan.query.reveals):
            rest.append(Rest(plan.judged, "a query that looks at blank nodes, or at literals as focus nodes"))
            continue
        try:
            names, found = store.select(plan.query.for_focus(number))
        except QueryError as error:
            rest.append(Rest(plan.judged, str(error)))
            continue
        results[plan.judged].extend(_query_result(plan, dict(zip(names, row, strict=True))) for row in dict.fromkeys(found))
    return rest


def _needed_rows(plans: Sequence[QueryPlan], *, rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    wanted: set[str] = set()
    for plan in plans:
        if plan.query.predicates is None:
            return [row[:3] for row in rows]
        wanted |= plan.query.predicates
    return [row[:3] for row in rows if row[1] in wanted]


def _respelt(rows: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """For each predicate, the first of its values that the store would spell in another way, if there is one."""
    marked = {value for _, _, value in rows if value[:1] == '"' and value[-1:] != '"'}
    odd = {value for value in marked if _is_respelt(value)}
    found: dict[str, str] = {}
    for _, predicate, value in rows if odd else ():
        if value in odd:
            found[predicate] = min(value, found.get(predicate, value))
    return found


def _is_respelt(value: str) -> bool:
    """Tell whether a literal with a datatype or a language tag would come back from the store in another spelling."""
    if not value.endswith(">"):
        return _TAGGED.search(value) is not None
    match = _TYPED.match(value)
    return match is not None and (match["name"] not in _SAME or not _SAME[match["name"]].match(match["text"]))


def _focus_nodes(sql: str, *, table: TripleTable) -> list[str]:
    return sorted(text for (text,) in table.execute(f"SELECT {TERM_TEXT} FROM terms WHERE id IN ({sql})"))  # noqa: S608


def _hide(node: str) -> str:
    """Name a blank node, so that it comes back under its label."""
    return f"{_BLANK}{node[2:]}>" if node.startswith("_:") else node


def _show(node: str | None) -> str:
    if node is None:
        return ""
    return f"_:{node[len(_BLANK) : -1]}" if node.startswith(_BLANK) else node


def _query_result(plan: QueryPlan, found: Mapping[str, str | None]) -> Result:
    """A solution as a result: SHACL, 5.3.2; messages as pyshacl fills them in."""
    shape = plan.shape
    bound = {name: _show(value) for name, value in found.items() if value is not None}
    focus = bound["this"]
    value = bound.get("value") or ("" if shape.path else focus)
    said = bound | ({"value": value} if value else {})
    messages = [_fill(message, said) for message in plan.query.messages]
    return Result(
        focus=focus,
        path=bound.get("path") or _shape_path(shape),
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
