"""The statements of plain rows as SQL: what ``triples`` writes for a mitigation of one row, for all rows at once.

A row makes four subjects: the mitigation (m), its evidence (e), and where it has a code the classification (c) and the cell with the
code (f). Each has every property at most once, so its lines in the order of properties are sorted, and subjects are all that is left to
sort.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from airm_graph.bulk.intake import Sheet
from airm_graph.columns import CodedQuads, TripleTable
from airm_graph.namespaces import BASE, PREFIXES, iri, literal, term
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import slugify

__all__ = ["code_quads", "list_agents", "list_repeated", "make_plain", "plain_blocks", "plain_quads"]

_XSD = PREFIXES["xsd"]
_LINE_END = "\n"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of every plain row of a sheet.

    Attributes:
        subject: Column of ``plain`` with the IRI.
        value: SQL for the object as N-Quads term.
        condition: SQL for when it is stated; empty for always.
    """

    subject: str
    predicate: str
    value: str
    condition: str = ""


def make_plain(sheets: Sequence[Sheet], *, table: TripleTable) -> None:
    """Make the table ``plain``: one row for each row of a sheet that is not in ``rest``, its IRIs and its texts, escaped."""
    table.execute("CREATE OR REPLACE TABLE plain AS " + " UNION ALL ".join(_select_plain(sheet) for sheet in sheets))


def _select_plain(sheet: Sheet) -> str:
    has, graph = sheet.columns.columns, _graph(sheet)[:-1]
    key = f"'<{BASE}mitigation/' || e.source || '/' || e.slug"
    texts = ", ".join(f"nullif(r.{sheet.column(column)}, '')" for column in sheet.columns.quoted)
    code, agent, joins = "NULL", "NULL", ""
    if "code" in has:
        code = f"nullif(r.{sheet.cell('code')}, '')"
    if "agent" in has:
        agent = "'<" + BASE + "' || a.key || '>'"
        joins = f"LEFT JOIN known_agents AS a ON a.sheet = {sheet.number} AND a.agent = r.{sheet.cell('agent')}"
    cells = {what: f"r.{sheet.cell(what)}" if what in has else "''" for what in ("identifier", "description", "created")}
    classification = f"{key} || '/classification/{sheet.mapping.edition}-' || {code} || '>'"
    return f"""SELECT {sheet.number} AS sheet, r.number, r.first, r.last, {key} || '>' AS m, '{graph}/r' || r.number || '>' AS e,
        {classification} AS c, CASE WHEN {code} IS NOT NULL THEN '{graph}/r' || r.number || '-{_code_slug(sheet)}>' END AS f,
        '<{BASE}source/' || e.source || '>' AS source, {_escape("r.name")} AS name, {_escape(cells["identifier"])} AS identifier,
        {_escape(cells["description"])} AS description, {code} AS code, {agent} AS agent, {cells["created"]} AS created,
        {_escape(f"concat_ws(chr(10), {texts})")} AS content
      FROM {sheet.rows} AS r JOIN entries AS e ON e.sheet = {sheet.number} AND e.number = r.number {joins}
      WHERE NOT EXISTS (SELECT 1 FROM rest AS x WHERE x.sheet = {sheet.number} AND x.number = r.number)"""  # noqa: S608


def _escape(text: str) -> str:
    """SQL for a text as a literal; carriage returns do not occur in cells."""
    inner = f"replace(replace({text}, chr(92), chr(92) || chr(92)), '\"', chr(92) || '\"')"
    return f"'\"' || replace({inner}, chr(10), chr(92) || 'n') || '\"'"


def _graph(sheet: Sheet) -> str:
    return iri(f"capture/{sheet.scan.sha256[:16]}")


@cache
def _slug(header: str) -> str:
    return slugify(header)


def _code_slug(sheet: Sheet) -> str:
    return _slug(sheet.columns.columns["code"]) if "code" in sheet.columns.columns else ""


def _text(value: str) -> str:
    """Write a text as SQL does."""
    return "'" + value.replace("'", "''") + "'"


def list_statements(sheet: Sheet) -> list[Statement]:
    """The statements of a plain row, by subject and property."""
    code = sheet.columns.columns.get("code", "")
    kind, label, capture = term("rdf:type"), term("rdfs:label"), _text(_graph(sheet))
    where, number = literal(f"{sheet.scan.file}, row ")[:-1], f"'\"' || number || '\"^^<{_XSD}integer>'"
    found = [
        Statement("m", kind, _text(term("airm:Mitigation"))),
        Statement("m", label, "name"),
        Statement("m", term("dcterms:identifier"), "identifier", "identifier <> '\"\"'"),
        Statement("m", term("dcterms:description"), "description", "description <> '\"\"'"),
        Statement("m", term("airm:source"), "source"),
        Statement("m", term("airm:evidence"), "e"),
        Statement("m", term("airm:classification"), "c", "code IS NOT NULL"),
        Statement("e", kind, _text(term("airm:Evidence"))),
        Statement("e", label, f"{_text(where)} || number || '\"'"),
        Statement("e", term("airm:capture"), capture),
        Statement("e", term("airm:row"), number),
        Statement("e", term("airm:capturedText"), "content"),
    ]
    if code:
        stated = "code IS NOT NULL"
        found += [
            Statement("c", kind, _text(term("airm:Classification")), stated),
            Statement("c", label, _label_of_code(sheet), stated),
            Statement("c", term("airm:assignedCode"), f"'<{BASE}taxonomy/{sheet.mapping.edition}/' || code || '>'", stated),
            Statement("c", term("airm:evidence"), "f", stated),
            Statement("c", term("prov:wasAttributedTo"), "agent", f"{stated} AND agent IS NOT NULL"),
            Statement("c", term("dcterms:created"), f"'\"' || created || '\"^^<{_XSD}date>'", f"{stated} AND created <> ''"),
            Statement("f", kind, _text(term("airm:Evidence")), stated),
            Statement("f", label, f"{_text(where)} || number || {_text(literal(f', column {code}')[1:])}", stated),
            Statement("f", term("airm:capture"), capture, stated),
            Statement("f", term("airm:row"), number, stated),
            Statement("f", term("airm:column"), _text(literal(code)), stated),
            Statement("f", term("airm:capturedText"), "'\"' || code || '\"'", stated),
        ]
    return sorted(found, key=lambda statement: (statement.subject, statement.predicate))


def _label_of_code(sheet: Sheet) -> str:
    """SQL for the label of a classification: edition, code and label of the code."""
    edition = sheet.mapping.edition
    codes = load_taxonomy(edition).codes.values()
    labels = {code.notation: literal(" ".join(part for part in (edition, code.notation, code.label or "") if part)) for code in codes}
    return f"CASE code {' '.join(f'WHEN {_text(code)} THEN {_text(label)}' for code, label in sorted(labels.items()))} END"


def plain_quads(sheets: Sequence[Sheet]) -> list[str]:
    """SELECTs that together give the statements of all plain rows, as columns s, p, o, g of N-Quads terms; none is there twice."""
    return [
        f"SELECT {one.subject} AS s, {_text(one.predicate)} AS p, {one.value} AS o, {_text(_graph(sheet))} AS g FROM plain "  # noqa: S608
        f"WHERE sheet = {sheet.number}" + (f" AND {one.condition}" if one.condition else "")
        for sheet in sheets
        for one in list_statements(sheet)
    ]


def code_quads(sheets: Sequence[Sheet]) -> list[CodedQuads]:
    """The statements of :func:`plain_quads`, to be numbered from the columns of ``plain``."""
    return [
        CodedQuads(
            "plain",
            one.subject,
            one.predicate,
            one.value,
            _graph(sheet),
            f"sheet = {sheet.number}" + (f" AND {one.condition}" if one.condition else ""),
        )
        for sheet in sheets
        for one in list_statements(sheet)
    ]


def list_repeated(sheets: Sequence[Sheet]) -> set[str]:
    """Values of :func:`code_quads` of which one stands in many rows: sources, people, codes, days."""
    few = {term(name) for name in ("airm:source", "airm:assignedCode", "prov:wasAttributedTo", "dcterms:created")}
    found = {one.value for sheet in sheets for one in list_statements(sheet) if one.predicate in few}
    codes = {"'\"' || code || '\"'", *(_label_of_code(sheet) for sheet in sheets if "code" in sheet.columns.columns)}
    return found | codes


def plain_blocks(sheets: Sequence[Sheet], *, graphs: bool) -> str:
    """SQL for the sorted lines of each subject of plain rows, as columns s and lines; with *graphs* as N-Quads, else as N-Triples.

    The last line has no end.
    """
    selects = (_select_block(sheet, subject, graphs=graphs) for sheet in sheets for subject in _subjects(sheet))
    return " UNION ALL ".join(selects)


def _subjects(sheet: Sheet) -> str:
    return "mecf" if "code" in sheet.columns.columns else "me"


def _select_block(sheet: Sheet, subject: str, *, graphs: bool) -> str:
    end = (f" {_graph(sheet)}" if graphs else "") + " ."
    stated = "code IS NOT NULL" if subject in "cf" else "1 = 1"
    *others, last = [one for one in list_statements(sheet) if one.subject == subject]
    parts = []
    for one in others:
        line = f"{subject} || {_text(f' {one.predicate} ')} || {one.value} || {_text(f'{end}{_LINE_END}')}"
        depends = one.condition.removeprefix(stated).removeprefix(" AND ")
        parts.append(f"CASE WHEN {depends} THEN {line} ELSE '' END" if depends else line)
    # The last property is one that every such subject has: the evidence, the row or the source.
    parts.append(f"{subject} || {_text(f' {last.predicate} ')} || {last.value} || {_text(end)}")
    return f"SELECT {subject} AS s, {' || '.join(parts)} AS lines FROM plain WHERE sheet = {sheet.number} AND {stated}"  # noqa: S608


def list_agents(sheets: Sequence[Sheet], *, table: TripleTable) -> Iterator[tuple[str, str, str, str]]:
    """The rows that say who the agents are to whom plain rows attribute a code."""
    for sheet in sheets:
        if "agent" not in sheet.columns.columns:
            continue
        used = f"SELECT DISTINCT agent FROM plain WHERE sheet = {sheet.number} AND code IS NOT NULL"  # noqa: S608
        agents = f"SELECT DISTINCT key, label FROM known_agents WHERE sheet = {sheet.number} AND '<{BASE}' || key || '>' IN ({used})"  # noqa: S608
        for key, name in table.execute(agents):
            yield iri(key), term("rdf:type"), term("prov:Agent"), _graph(sheet)
            yield iri(key), term("rdfs:label"), literal(name), _graph(sheet)
