"""Rows in DuckDB that can be used as they stand: what the reader of rows would say of their cells,
in SQL.

Cells that name codes, days, people or terms are read once for each different value, by the
functions that read them row by row, and the outcome is a table to join.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from airm_graph.graph import TripleTable, quote
from airm_graph.ingest.framework_items import MENTIONS
from airm_graph.ingest.tables.loaded import LoadedTable
from airm_graph.ingest.tables.names import is_day, name_agent
from airm_graph.ingest.tables.row_checks import TOTAL
from airm_graph.ingest.tables.values import find_term, split_cell
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import MAY_NEED_REPAIR, list_joined, list_standing, normalise

__all__ = ["join_agents", "join_roles", "list_loaded_joined", "list_loaded_standing", "load_lookups", "name_terms", "select_candidates"]

#: Number of a table, and texts.
_Lookup = Sequence[str | int]


def load_lookups(tables: Sequence[LoadedTable], *, sources: Mapping[tuple[int, str], str], table: TripleTable) -> None:
    """Make the tables that `select_candidates` joins.

    Args:
        tables: Their rows are in DuckDB.
        sources: (number of a table, identifier of a document in its folder) → key of the source.
    """
    found: dict[tuple[str, ...], Sequence[_Lookup]] = {
        ("known_sources", "identifier", "source"): [
            (number, name, key.removeprefix("source/")) for (number, name), key in sorted(sources.items())
        ],
        ("known_codes", "code", "label"): [entry for one in tables for entry in _list_codes(one, table)],
        ("known_agents", "agent", "key", "label"): [entry for one in tables for entry in _list_agents(one, table)],
        ("known_roles", "vocabulary", "cell", "terms"): [entry for one in tables for entry in _list_roles(one, table)],
    }
    for (name, *columns), records in found.items():
        table.load_records(name, columns={"table_number": "INTEGER", **dict.fromkeys(columns, "VARCHAR")}, records=records)
    days = {day for one in tables if one.header("created") for day in _distinct(one, one.cell("created"), table) if is_day(day)}
    table.load_records("known_days", columns={"day": "VARCHAR"}, records=[(day,) for day in sorted(days)])


def select_candidates(one: LoadedTable, *, few: bool = False) -> str:
    """Write the SELECT of the rows of a table for ``merge.independent.find_rest``.

    Args:
        one: The table.
        few: Its rows are in a small table.
    """
    has = one.columns.columns
    identifier = one.cell("identifier") if "identifier" in has else "''"
    text = one.cell("description") if "description" in has else "''"
    usable = ["r.odd = 0", "r.name <> ''", "k.source IS NOT NULL", f"NOT regexp_full_match(r.name, {quote(TOTAL)})"]
    # Read by itself is also a row that may repeat the header.
    usable.append(f"r.name <> {quote(one.header('name'))}")
    usable += [f"regexp_full_match({identifier}, '[!-~]+')"] if "identifier" in has else []
    joins = f"LEFT JOIN known_sources AS k ON k.table_number = {one.number} AND k.identifier = {one.cell('source')}"
    usable += _write_checks(one, few=few)
    # A name is written on one line, which is a repair.
    usable += [f"NOT contains({one.cell('name')}, chr(10))"] if one.texts else []
    if "description" in has:
        usable.append(f"{text} <> ''")
    if "code" in has:
        label = one.cell("label") if "label" in has else "''"
        joins += f" LEFT JOIN known_codes AS c ON c.table_number = {one.number} AND c.code = {one.cell('code')} AND c.label = {label}"
        usable.append("c.code IS NOT NULL")
    if "created" in has:
        joins += f" LEFT JOIN known_days AS d ON d.day = {one.cell('created')}"
        usable.append(f"(d.day IS NOT NULL OR {one.cell('created')} = '')")
    for vocabulary in one.roles:
        joins += f" {join_roles(one, vocabulary)}"
        usable.append(f"{name_terms(vocabulary)}.cell IS NOT NULL")
    return (
        f"SELECT {one.number_of_row} AS table_number, r.number, k.source, r.name, {identifier} AS identifier, {text} AS text, "
        f"{' AND '.join(usable)} AS usable FROM {one.rows} AS r {joins}"
    )


def _write_checks(one: LoadedTable, *, few: bool) -> list[str]:
    """Write what holds where no text may need a repair, and nothing names an item of another
    framework; a row of which that is not so is read by itself, which says what is wrong with it.
    """
    cells = [one.column(header) for header in one.columns.quoted]
    if few:
        # Python looks for each alternative by itself, so that two patterns in one take no less.
        checks = [(cell, MAY_NEED_REPAIR) for cell in one.texts]
        checks += [(" || ' ' || ".join(cells), MENTIONS)] if cells else []
    else:
        # RE2 reads each character once, whatever it looks for.
        checks = [(cell, f"{MAY_NEED_REPAIR}|{MENTIONS}") for cell in one.texts]
        others = [cell for cell in cells if cell not in one.texts]
        checks += [(f"concat_ws(' ', {', '.join(others)})", MENTIONS)] if others else []
    return [f"NOT regexp_matches({text}, {quote(pattern)})" for text, pattern in checks]


def list_loaded_joined(one: LoadedTable, *, table: TripleTable) -> set[str]:
    """List what split words in the texts of a table would be without hyphen and blank."""
    texts = (
        # Few texts have the two signs, which are found ten times faster than the pattern.
        _distinct(one, cell, table, where=f"contains({cell}, '- ') AND regexp_matches({cell}, '[a-z]- [a-z]')")
        for cell in one.texts
    )
    return {word for found in texts for word in list_joined(found)}


def list_loaded_standing(one: LoadedTable, words: Iterable[str], *, table: TripleTable) -> set[str]:
    """List those of some words that stand in the texts of a table as they are."""
    pattern = quote(rf"\b(?i:{'|'.join(sorted(words))})\b")
    # Of few rows all texts are at hand sooner than those with one of the words.
    where = "TRUE" if table.holds_few else "regexp_matches({cell}, {pattern})"
    found = (_distinct(one, cell, table, where=where.format(cell=cell, pattern=pattern)) for cell in one.texts)
    return list_standing((text for texts in found for text in texts), set(words))


def join_roles(one: LoadedTable, vocabulary: str) -> str:
    """Write the SQL that joins the terms in a cell of a row r, as `name_terms` says."""
    name = name_terms(vocabulary)
    return (
        f"LEFT JOIN known_roles AS {name} ON {name}.table_number = {one.number} AND {name}.vocabulary = '{vocabulary}' "
        f"AND {name}.cell = {one.cell(vocabulary)}"
    )


def name_terms(vocabulary: str) -> str:
    """Name the terms of a vocabulary in SQL.

    >>> name_terms("statement kind")
    'of_statement_kind'
    """
    return f"of_{vocabulary.replace(' ', '_')}"


def join_agents(one: LoadedTable) -> str:
    """Write the SQL that joins the agent of a row r as ``a``."""
    return f"LEFT JOIN known_agents AS a ON a.table_number = {one.number} AND a.agent = {one.cell('agent')}"


def _distinct(one: LoadedTable, cell: str, table: TripleTable, *, where: str = "TRUE") -> list[str]:
    """The different values of a cell."""
    return [value for (value,) in table.execute(f"SELECT DISTINCT {cell} AS value FROM {one.rows} AS r WHERE {where} ORDER BY 1")]


def _list_codes(one: LoadedTable, table: TripleTable) -> Iterator[tuple[int, str, str]]:
    """Pairs of code and label that stand together in the edition of a table."""
    if not one.header("code"):
        return
    label = one.cell("label") if one.header("label") else "''"
    for code, printed in table.execute(f"SELECT DISTINCT {one.cell('code')}, {label} FROM {one.rows} AS r ORDER BY 1, 2"):
        if _is_code(one, code, printed):
            yield one.number, code, printed


def _is_code(one: LoadedTable, code: str, label: str) -> bool:
    known, separator = load_taxonomy(one.mapping.edition).codes.get(code), one.columns.split_by("code")
    # A cell may hold several codes or labels: rows with such cells are read one by one.
    if known is None or split_cell(code, separator) != [code] or split_cell(label, separator) not in ([], [label]):
        return False
    labels = {normalise(text) for text in (known.label, one.mapping.labels.get(code)) if text}
    return not label or not known.label or normalise(label) in labels


def _list_agents(one: LoadedTable, table: TripleTable) -> Iterator[tuple[int, str, str, str]]:
    """Who assigned codes: the value of the column, and key and name of the agent."""
    for value in _distinct(one, one.cell("agent"), table) if one.header("agent") else ():
        if value:
            agent = name_agent(value, known=one.mapping.agents)
            yield one.number, value, agent.key, agent.name


def _list_roles(one: LoadedTable, table: TripleTable) -> Iterator[tuple[int, str, str, str]]:
    """The cells that hold nothing but terms of their vocabulary, and the names of these, sorted,
    with line ends between.
    """
    for vocabulary in one.roles:
        for cell in _distinct(one, one.cell(vocabulary), table):
            concepts = [find_term(value, vocabulary) for value in split_cell(cell, one.columns.split_by(vocabulary))]
            if all(concepts) and (concepts or not cell):
                yield one.number, vocabulary, cell, "\n".join(sorted({concept.slug for concept in concepts if concept}))
