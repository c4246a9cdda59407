"""The statements of plain rows as SQL: what ``triples`` writes for a mitigation of one row, for all rows at once.

A row makes these subjects: the mitigation (m), its evidence (e), where it has a code the classification (c) and the cell with the
code (f), and for each other cell that is evidence by itself (the reason, the terms of a vocabulary) that cell. Values of one property
are sorted, so the lines of a subject in the order of properties are, and subjects are all that is left to sort.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from airm_graph.bulk.intake import Sheet
from airm_graph.bulk.plain import join_roles
from airm_graph.graph import CodedQuads, TripleTable, quote
from airm_graph.namespaces import BASE, PREFIXES, iri, literal, term
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import slugify
from airm_graph.triples import ROLE

__all__ = ["Cell", "code_quads", "list_agents", "list_cells", "list_repeated", "make_plain", "plain_blocks", "plain_quads"]

_XSD = PREFIXES["xsd"]
#: SQL for the number of a row as a term.
_ROW = f"'\"' || number || '\"^^<{_XSD}integer>'"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of every plain row of a sheet.

    Attributes:
        subject: Column of ``plain`` with the IRI.
        value: SQL for the object as N-Quads term; where there are several, for their sorted texts with line ends between them.
        condition: SQL for when it is stated; empty for always.
        is_many: Whether there may be several.
        order: Puts statements of one subject and predicate in the order of their objects.
    """

    subject: str
    predicate: str
    value: str
    condition: str = ""
    is_many: bool = False
    order: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is evidence by itself.

    Attributes:
        subject: Column of ``plain`` with its IRI, NULL where the cell says nothing.
        text: Column of ``plain`` with the text of the cell, escaped.
        of: Column of ``plain`` with the IRI of what rests on it.
    """

    subject: str
    text: str
    of: str


#: What a column is → the cells of it as evidence, beside those with a code.
_CELLS = {
    "reason": Cell("reason_cell", "reason", "c"),
    **{vocabulary: Cell(f"{vocabulary}_cell", f"{vocabulary}_text", "m") for vocabulary in ("actor", "function", "lifecycle")},
}


def make_plain(sheets: Sequence[Sheet], *, table: TripleTable) -> None:
    """Make the table ``plain``: one row for each row of a sheet that is not in ``rest``, its IRIs and its texts, escaped."""
    used = [what for what in ("note", *_CELLS) if any(_find_header(sheet, what) for sheet in sheets)]
    table.execute("CREATE OR REPLACE TABLE plain AS " + " UNION ALL ".join(_select_plain(sheet, used) for sheet in sheets))


def _select_plain(sheet: Sheet, used: Sequence[str]) -> str:
    has, row = sheet.columns.columns, f"{sheet.stem} || '/r' || r.number"
    key = f"'<{BASE}mitigation/' || e.source || '/' || e.slug"
    texts = ", ".join(f"nullif(r.{sheet.column(column)}, '')" for column in sheet.columns.quoted)
    code, agent, joins = "NULL", "NULL", ""
    if "code" in has:
        code = f"nullif(r.{sheet.cell('code')}, '')"
    if "agent" in has:
        agent = "'<" + BASE + "' || a.key || '>'"
        joins = f"LEFT JOIN known_agents AS a ON a.sheet = {sheet.number} AND a.agent = r.{sheet.cell('agent')}"
    cells = {what: f"r.{sheet.cell(what)}" if what in has else "''" for what in ("identifier", "description", "created")}
    joins += "".join(f" {join_roles(sheet, vocabulary)}" for vocabulary in sheet.roles)
    more = "".join(f", {value} AS {column}" for what in used for column, value in _select_cell(sheet, what))
    classification = f"{key} || '/classification/{sheet.mapping.edition}-' || {code} || '>'"
    return f"""SELECT {sheet.of_row} AS sheet, r.number, r.first, r.last, {key} || '>' AS m, {row} || '>' AS e,
        {classification} AS c, CASE WHEN {code} IS NOT NULL THEN {row} || '-{_code_slug(sheet)}>' END AS f,
        '<{BASE}source/' || e.source || '>' AS source, {_escape("r.name")} AS name, {_escape(cells["identifier"])} AS identifier,
        {_escape(cells["description"])} AS description, {code} AS code, {agent} AS agent, {cells["created"]} AS created,
        {_escape(f"concat_ws(chr(10), {texts})")} AS content{more}{sheet.kept}
      FROM {sheet.rows} AS r JOIN entries AS e ON e.sheet = {sheet.of_row} AND e.number = r.number {joins}
      WHERE NOT EXISTS (SELECT 1 FROM rest AS x WHERE x.sheet = {sheet.of_row} AND x.number = r.number)"""  # noqa: S608


def _select_cell(sheet: Sheet, what: str) -> Iterator[tuple[str, str]]:
    """Columns of ``plain`` for a note or for a cell that is evidence by itself, each with its SQL."""
    header = _find_header(sheet, what)
    stated = f"r.{sheet.cell(what)} <> ''" if header else "1 = 0"
    text = f"CASE WHEN {stated} THEN {_escape(f'r.{sheet.cell(what)}')} END" if header else "NULL"
    if what == "note":
        yield what, text
        return
    cell = _CELLS[what]
    yield cell.text, text
    yield cell.subject, f"CASE WHEN {stated} THEN {sheet.stem} || '/r' || r.number || '-{_slug(header)}>' END" if header else "NULL"
    if what in sheet.roles:
        yield what, f"nullif(of_{what}.terms, '')"
    elif what != "reason":
        yield what, "NULL"


def _escape(text: str) -> str:
    """SQL for a text as a literal; carriage returns do not occur in cells."""
    inner = f"replace(replace({text}, chr(92), chr(92) || chr(92)), '\"', chr(92) || '\"')"
    return f"'\"' || replace({inner}, chr(10), chr(92) || 'n') || '\"'"


@cache
def _slug(header: str) -> str:
    return slugify(header)


def _code_slug(sheet: Sheet) -> str:
    return _slug(sheet.columns.columns["code"]) if "code" in sheet.columns.columns else ""


def list_statements(sheet: Sheet) -> list[Statement]:
    """The statements of a plain row, by subject and property."""
    code = sheet.columns.columns.get("code", "")
    kind, label = term("rdf:type"), term("rdfs:label")
    found = [
        Statement("m", kind, quote(term("airm:Mitigation"))),
        Statement("m", label, "name"),
        Statement("m", term("dcterms:identifier"), "identifier", "identifier <> '\"\"'"),
        Statement("m", term("dcterms:description"), "description", "description <> '\"\"'"),
        Statement("m", term("airm:source"), "source"),
        Statement("m", term("airm:evidence"), "e", order=">"),
        Statement("m", term("airm:classification"), "c", "code IS NOT NULL"),
        Statement("e", kind, quote(term("airm:Evidence"))),
        Statement("e", label, _label_of_place(sheet)),
        Statement("e", term("airm:capture"), sheet.graph),
        Statement("e", term("airm:row"), _ROW),
        Statement("e", term("airm:capturedText"), "content"),
    ]
    if code:
        stated = "code IS NOT NULL"
        found += [
            Statement("c", kind, quote(term("airm:Classification")), stated),
            Statement("c", label, _label_of_code(sheet), stated),
            Statement("c", term("airm:assignedCode"), f"'<{BASE}taxonomy/{sheet.mapping.edition}/' || code || '>'", stated),
            Statement("c", term("airm:evidence"), "f", stated, order=f"-{_slug(code)}>"),
            Statement("c", term("prov:wasAttributedTo"), "agent", f"{stated} AND agent IS NOT NULL"),
            Statement("c", term("dcterms:created"), f"'\"' || created || '\"^^<{_XSD}date>'", f"{stated} AND created <> ''"),
            *_describe_cell(sheet, "f", code, "'\"' || code || '\"'", stated),
        ]
    if sheet.header("note"):
        found.append(Statement("m", term("skos:note"), "note", "note IS NOT NULL"))
    for what in list_cells(sheet):
        found += _say_cell(sheet, what)
    return sorted(found, key=lambda one: (one.subject, one.predicate, one.order))


def list_cells(sheet: Sheet) -> dict[str, Cell]:
    """The cells of a sheet that are evidence by themselves, beside those with a code."""
    return {what: cell for what, cell in _CELLS.items() if _find_header(sheet, what)}


def _find_header(sheet: Sheet, what: str) -> str:
    """The header of a column that says something; a reason does so only where there are codes."""
    return sheet.header(what) if what != "reason" or sheet.header("code") else ""


def _say_cell(sheet: Sheet, what: str) -> list[Statement]:
    """What a cell that is evidence by itself says, and what it is."""
    cell, header = _CELLS[what], sheet.header(what)
    said = f"{cell.subject} IS NOT NULL"
    reasoning = Statement("c", term("airm:reasoning"), cell.text, said)
    return [
        reasoning if what == "reason" else Statement("m", ROLE[what], what, said, is_many=True),
        Statement(cell.of, term("airm:evidence"), cell.subject, said, order=f"-{_slug(header)}>"),
        *_describe_cell(sheet, cell.subject, header, cell.text, said),
    ]


def _describe_cell(sheet: Sheet, subject: str, header: str, text: str, condition: str) -> list[Statement]:
    """What a cell is, as a piece of evidence."""
    return [
        Statement(subject, term("rdf:type"), quote(term("airm:Evidence")), condition),
        Statement(subject, term("rdfs:label"), _label_of_place(sheet, header), condition),
        Statement(subject, term("airm:capture"), sheet.graph, condition),
        Statement(subject, term("airm:row"), _ROW, condition),
        Statement(subject, term("airm:column"), quote(literal(header)), condition),
        Statement(subject, term("airm:capturedText"), text, condition),
    ]


def _label_of_place(sheet: Sheet, header: str = "") -> str:
    """SQL for the label of a row, or of its cell below a header."""
    end = quote(literal(f", column {header}")[1:]) if header else "'\"'"
    return f"{sheet.place} || number || {end}"


def _label_of_code(sheet: Sheet) -> str:
    """SQL for the label of a classification: edition, code and label of the code."""
    edition = sheet.mapping.edition
    codes = load_taxonomy(edition).codes.values()
    labels = {code.notation: literal(" ".join(part for part in (edition, code.notation, code.label or "") if part)) for code in codes}
    return f"CASE code {' '.join(f'WHEN {quote(code)} THEN {quote(label)}' for code, label in sorted(labels.items()))} END"


def plain_quads(sheets: Sequence[Sheet]) -> list[str]:
    """SELECTs that together give the statements of all plain rows, as columns s, p, o, g of N-Quads terms; none is there twice."""
    return [
        f"SELECT {one.subject} AS s, {quote(one.predicate)} AS p, {_one_by_one(one)} AS o, {sheet.graph} AS g "  # noqa: S608
        f"FROM plain WHERE {_when(sheet, one)}"
        for sheet in sheets
        for one in list_statements(sheet)
    ]


def _when(sheet: Sheet, one: Statement) -> str:
    """SQL for when a row of ``plain`` makes a statement."""
    return f"{sheet.is_own()} AND {one.condition}" if one.condition else sheet.is_own()


def _one_by_one(one: Statement) -> str:
    return f"unnest(string_split({one.value}, chr(10)))" if one.is_many else one.value


def code_quads(sheets: Sequence[Sheet]) -> list[CodedQuads]:
    """The statements of :func:`plain_quads`, to be numbered from the columns of ``plain``."""
    return [
        CodedQuads("plain", one.subject, one.predicate, _one_by_one(one), sheet.capture, _when(sheet, one))
        for sheet in sheets
        for one in list_statements(sheet)
    ]


def list_repeated(sheets: Sequence[Sheet]) -> set[str]:
    """Values of :func:`code_quads` of which one stands in many rows: sources, people, codes, roles, days."""
    few = {term(name) for name in ("airm:source", "airm:assignedCode", "prov:wasAttributedTo", "dcterms:created")}
    found = {_one_by_one(one) for sheet in sheets for one in list_statements(sheet) if one.predicate in few or one.is_many}
    codes = {"'\"' || code || '\"'", *(_label_of_code(sheet) for sheet in sheets if "code" in sheet.columns.columns)}
    return found | codes


def plain_blocks(sheets: Sequence[Sheet], *, graphs: bool) -> str:
    """SQL for the sorted lines of each subject of plain rows, as columns s and lines; with *graphs* as N-Quads, else as N-Triples.

    The last line has no end.
    """
    subjects = {sheet.number: sorted({one.subject for one in list_statements(sheet)}) for sheet in sheets}
    return " UNION ALL ".join(_select_block(sheet, subject, graphs=graphs) for sheet in sheets for subject in subjects[sheet.number])


def _select_block(sheet: Sheet, subject: str, *, graphs: bool) -> str:
    end = f"' ' || {sheet.graph} || ' .'" if graphs else "' .'"
    stated = "code IS NOT NULL" if subject in "cf" else f"{subject} IS NOT NULL"
    every = [one for one in list_statements(sheet) if one.subject == subject]
    depends = [one.condition.removeprefix(stated).removeprefix(" AND ") for one in every]
    # Line ends stand before and behind a property that every such subject has.
    middle = depends.index("")
    parts = []
    for place, (one, condition) in enumerate(zip(every, depends, strict=True)):
        line = _write_line(one, end)
        line = line if place == middle else f"{line} || chr(10)" if place < middle else f"chr(10) || {line}"
        parts.append(f"CASE WHEN {condition} THEN {line} ELSE '' END" if condition else line)
    return f"SELECT {subject} AS s, {' || '.join(parts)} AS lines FROM plain WHERE {sheet.is_own()} AND {stated}"  # noqa: S608


def _write_line(one: Statement, end: str) -> str:
    """SQL for the line of a statement, or the lines of several, with no line end behind it."""
    start, end = f"{one.subject} || {quote(f' {one.predicate} ')}", f"({end})"
    value = f"replace({one.value}, chr(10), {end} || chr(10) || {start})" if one.is_many else one.value
    return f"{start} || {value} || {end}"


def list_agents(sheets: Sequence[Sheet], *, table: TripleTable) -> Iterator[tuple[str, str, str, str]]:
    """The rows that say who the agents are to whom plain rows attribute a code."""
    for sheet in sheets:
        if "agent" not in sheet.columns.columns:
            continue
        who = f"a.sheet = {sheet.number} AND p.agent = '<{BASE}' || a.key || '>'"
        used = f"SELECT DISTINCT agent, {sheet.graph} AS graph FROM plain WHERE {sheet.is_own()} AND code IS NOT NULL"  # noqa: S608
        found = f"SELECT DISTINCT a.key, a.label, p.graph FROM known_agents AS a JOIN ({used}) AS p ON {who}"  # noqa: S608
        for key, name, graph in table.execute(found):
            yield iri(key), term("rdf:type"), term("prov:Agent"), graph
            yield iri(key), term("rdfs:label"), literal(name), graph
