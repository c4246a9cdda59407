"""Independent rows of tables to quads, by the table of statements: what ``state`` makes of records,
as SQL.

An independent row is a mitigation with one name, the row as its evidence, where there is a code one
classification, and each cell with a code, a reason or terms as further evidence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache

from airm_graph.frozen import frozen
from airm_graph.graph import CodedQuads, TripleTable, quote
from airm_graph.ingest.tables.candidates import join_agents, join_roles, name_terms
from airm_graph.ingest.tables.loaded import LoadedTable
from airm_graph.model import ROLES, TEXTS
from airm_graph.namespaces import BASE, literal, term
from airm_graph.taxonomy import label_classification, load_taxonomy
from airm_graph.terms import Quad
from airm_graph.text import slugify
from airm_graph.triples.state import Facts, state_facts
from airm_graph.triples.statements import FORMS, Statement, list_statements

__all__ = ["CELLS", "code_quads", "list_agents", "list_cells", "list_repeated", "make_independent", "name_cell"]

#: What cells are evidence by themselves → what rests on them: the mitigation (m) or its
#: classification (c).
CELLS = {"code": "c", "reason": "c", **dict.fromkeys(ROLES, "m")}


@frozen
class _Value:
    """A field of a record, over the columns of ``independent``.

    Attributes:
        sql: Its text, escaped as literals are, or its term; NULL where it is not stated.
        may_lack: Whether it can be NULL.
        is_list: Whether it holds several texts with line ends between.
        is_repeated: Whether many rows have the same.
        is_term: Whether it is a term.
    """

    sql: str
    may_lack: bool = False
    is_list: bool = False
    is_repeated: bool = False
    is_term: bool = False


@frozen
class _View:
    """A record of every independent row of a table.

    Attributes:
        record: As in `Statement`.
        subjects: Field with the path of a subject → SQL for its term.
        values: Field → what it may be; several for several pieces of evidence.
    """

    record: str
    subjects: Mapping[str, str]
    values: Mapping[str, Sequence[_Value]] = field(default_factory=dict)


def make_independent(tables: Sequence[LoadedTable], *, table: TripleTable) -> None:
    """Make the table ``independent``: one row for each row that is not in ``rest``, its IRIs, and
    its texts escaped.
    """
    table.execute("CREATE OR REPLACE TABLE independent AS " + " UNION ALL ".join(map(_select_independent, tables)))


def _select_independent(one: LoadedTable) -> str:
    row, key = f"{one.capture_path} || '/r' || r.number", "'mitigation/' || e.source || '/' || e.slug"
    code, has = f"nullif({one.cell('code')}, '')", one.columns.columns
    quoted = ", ".join(f"nullif({one.column(column)}, '')" for column in one.columns.quoted)
    columns = {
        "table_number": one.number_of_row,
        "number": "r.number",
        "m": _iri(key),
        "e": _iri(row),
        "c": _iri(f"{key} || '/classification/{one.mapping.edition}-' || {code}"),
        "source": "e.source",
        "name": _escape("r.name"),
        **{what: _escape(f"nullif({one.cell(what)}, '')") for what in ("identifier", "description", *TEXTS)},
        "code": code,
        "agent": "a.key" if "agent" in has else "CAST(NULL AS VARCHAR)",
        "created": f"nullif({one.cell('created')}, '')",
        "content": _escape(f"concat_ws(chr(10), {quoted})"),
    }
    for what in CELLS:
        stated = f"nullif({one.cell(what)}, '')"
        columns[name_cell(what, "text")] = _escape(stated)
        columns[name_cell(what, "cell")] = _iri(f"{row} || CASE WHEN {stated} IS NOT NULL THEN {quote(f'-{_slug(one.header(what))}')} END")
    columns |= {
        name_terms(role): f"nullif({name_terms(role)}.terms, '')" if role in one.roles else "CAST(NULL AS VARCHAR)" for role in ROLES
    }
    joins = " ".join([*([join_agents(one)] if "agent" in has else []), *(join_roles(one, role) for role in one.roles)])
    selected = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    return f"""SELECT {selected}{one.kept}
      FROM {one.rows} AS r JOIN entries AS e ON e.table_number = {one.number_of_row} AND e.number = r.number {joins}
      WHERE NOT EXISTS (SELECT 1 FROM rest AS x WHERE x.table_number = {one.number_of_row} AND x.number = r.number)"""


def name_cell(what: str, part: str) -> str:
    """Name the column of ``independent`` with the text or the term of a cell."""
    return f"{what.replace(' ', '_')}_{part}"


def _iri(path: str) -> str:
    return f"'<{BASE}' || {path} || '>'"


def _escape(text: str) -> str:
    """Write the SQL that escapes a text as literals are; carriage returns do not occur in cells."""
    if text in ("NULL", "nullif(NULL, '')"):
        return "CAST(NULL AS VARCHAR)"
    inner = f"replace(replace({text}, chr(92), chr(92) || chr(92)), '\"', chr(92) || '\"')"
    return f"replace({inner}, chr(10), chr(92) || 'n')"


@cache
def _slug(header: str) -> str:
    return slugify(header)


def list_cells(one: LoadedTable) -> list[str]:
    """List the cells that are evidence by themselves; a reason is so only where there are codes."""
    return [what for what in CELLS if one.header(what) and (what != "reason" or one.header("code"))]


def _list_views(one: LoadedTable) -> Iterator[_View]:
    """List the records of an independent row."""
    cells = list_cells(one)
    evidence = {
        owner: [_Value(name_cell(what, "cell"), may_lack=True, is_term=True) for what in cells if CELLS[what] == owner] for owner in "mc"
    }
    texts = {what: [_Value(what, may_lack=True)] for what in ("identifier", "description", *TEXTS) if one.header(what)}
    roles = {role: [_Value(name_terms(role), may_lack=True, is_list=True, is_repeated=True)] for role in one.roles}
    source = [_Value("'source/' || source", is_repeated=True)]
    own = [_Value("e", is_term=True), *evidence["m"]]
    yield _View("mitigation", {"key": "m"}, {"name": [_Value("name")], "source": source, **texts, **roles, "evidence": own})
    location = {"file": [_Value(one.file)], "row": [_Value("number")], "capture": [_Value(one.graph, is_term=True)]}
    yield _View("evidence", {"key": "e"}, {**location, "text": [_Value("content")]})
    for what in cells:
        column = [_Value(quote(literal(one.header(what))[1:-1]))]
        yield _View(
            "evidence",
            {"key": name_cell(what, "cell")},
            {**location, "column": column, "text": [_Value(name_cell(what, "text"), may_lack=True)]},
        )
    if one.header("code"):
        edition = one.mapping.edition
        given = {"agents": _Value("agent", may_lack=True, is_repeated=True), "created": _Value("created", may_lack=True, is_repeated=True)}
        given["reason"] = _Value("reason_text", may_lack=True)
        columns = {"agents": "agent", "created": "created", "reason": "reason"}
        yield _View(
            "classification",
            {"key": "c", "mitigation": "m"},
            {
                "key": [_Value("c", is_term=True)],
                "label": [_Value(_label(edition), is_repeated=True)],
                "edition": [_Value(quote(edition), is_repeated=True)],
                "code": [_Value("code", is_repeated=True)],
                "evidence": evidence["c"],
                **{what: [value] for what, value in given.items() if one.header(columns[what])},
            },
        )


def _label(edition: str) -> str:
    """Write the SQL for the label of a classification, from its code."""
    labels = {code: literal(label_classification(edition, code))[1:-1] for code in load_taxonomy(edition).codes}
    return f"CASE code {' '.join(f'WHEN {quote(code)} THEN {quote(label)}' for code, label in sorted(labels.items()))} END"


def code_quads(tables: Sequence[LoadedTable]) -> list[CodedQuads]:
    """Write the quads of independent rows, to be numbered from the columns of ``independent``; none
    is there twice.
    """
    return [quad for one in tables for quad, _ in _list_quads(one)]


def list_repeated(tables: Sequence[LoadedTable]) -> set[str]:
    """List the objects of `code_quads` of which one stands in many rows: sources, people, codes,
    terms, days.
    """
    return {quad.o for one in tables for quad, is_repeated in _list_quads(one) if is_repeated}


def _list_quads(one: LoadedTable) -> Iterator[tuple[CodedQuads, bool]]:
    for view in _list_views(one):
        for statement in list_statements(view.record):
            if _is_possible(statement, view):
                for chosen in _choose(statement, view):
                    yield _make_quads(one, view, statement, chosen), any(value.is_repeated for value in chosen.values())


def _is_possible(statement: Statement, view: _View) -> bool:
    """Whether the records of a view have what a statement needs."""
    absent = {name[1:] for name in statement.when if name[0] == "!"}
    needed = {*statement.fields, *(name for name in statement.when if name[0] != "!")}
    return needed <= view.values.keys() and not absent & view.values.keys()


def _choose(statement: Statement, view: _View) -> Iterator[dict[str, _Value]]:
    """Values of the fields of a statement: once for each of the field that may have several."""
    fixed = {name: view.values[name][0] for name in statement.fields if name != statement.each}
    if not statement.each:
        yield fixed
    for value in view.values[statement.each] if statement.each else ():
        yield {**fixed, statement.each: value}


def _make_quads(one: LoadedTable, view: _View, statement: Statement, chosen: Mapping[str, _Value]) -> CodedQuads:
    subject = view.subjects[statement.subject]
    lacking = [value.sql for value in chosen.values() if value.may_lack]
    if subject.endswith("_cell") or (subject == "c"):
        lacking.append(subject)
    condition = " AND ".join(f"{sql} IS NOT NULL" for sql in dict.fromkeys(lacking))
    parts = _write_object(statement, chosen)
    text = " || ".join(parts)
    if lists := [value.sql for value in chosen.values() if value.is_list]:
        text, parts = f"unnest(list_transform(string_split({lists[0]}, chr(10)), lambda x: {text}))", ()
    predicate, rows = term(statement.predicate), one.is_own()
    return CodedQuads("independent", subject, predicate, text, one.graph, condition, rows=rows, parts=parts)


def _write_object(statement: Statement, chosen: Mapping[str, _Value]) -> tuple[str, ...]:
    """Write the SQL for the pieces of the text of an object; one of a list is called x."""
    if not statement.fields:
        return (quote(term(statement.value) if statement.form == "class" else "".join(_around(statement))),)
    first = chosen[statement.fields[0]]
    if first.is_term:
        return (first.sql,)
    start, end = FORMS[statement.form]
    pieces = [start + statement.parts[0]]
    sql = list[str]()
    for name, part in zip(statement.fields, statement.parts[1:], strict=True):
        sql += [quote(pieces.pop()), "x" if chosen[name].is_list else chosen[name].sql]
        pieces.append(part)
    return tuple(part for part in (*sql, quote(pieces[0] + end)) if part != "''")


def _around(statement: Statement) -> tuple[str, str, str]:
    start, end = FORMS[statement.form]
    return start, statement.value, end


def list_agents(tables: Sequence[LoadedTable], *, table: TripleTable) -> Iterator[Quad]:
    """Write the quads that say who the agents are to whom independent rows attribute a code."""
    for one in tables:
        if one.header("agent"):
            used = f"SELECT DISTINCT agent, {one.graph} AS graph FROM independent WHERE {one.is_own()} AND code IS NOT NULL"
            known = f"SELECT DISTINCT a.key, a.label, p.graph FROM known_agents AS a JOIN ({used}) AS p"
            for key, name, graph in table.execute(f"{known} ON a.table_number = {one.number} AND p.agent = a.key"):
                single = {"key": key, "name": name, "person": None, "organization": None, "software": None}
                yield from state_facts(Facts("agent", single, {}, (graph,)))
