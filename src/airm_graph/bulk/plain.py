"""Which rows of large tables are plain, decided for all rows at once.

The merge of rows looks at nothing but name, identifier, text and code within one source, and at the slug where two names have one. So a
row that shares none of name, slug and identifier with another row of its source is one mitigation by itself, whatever the others are,
as long as no other input speaks of the source.
Where a name has no letter or digit, text and code decide, and the whole source is left to the merge. Between inputs a long text makes one,
too: where several large tables speak of one source, as the parts of one table do, texts must be told apart as well.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence

from airm_graph.bulk.intake import Sheet
from airm_graph.graph import TripleTable
from airm_graph.ingest.tables.names import is_day, name_agent
from airm_graph.ingest.tables.values import find_term, split_cell
from airm_graph.namespaces import iri
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import name_key, normalise, slugify

__all__ = ["find_rest", "join_roles"]

#: Names whose key and slug SQL makes: printable ASCII without apostrophes, and no longer than a slug.
_SIMPLE = "(length(r.name) <= 80 AND regexp_full_match(r.name, '[ -&(-~]*'))"
_SLUG = "trim(regexp_replace(lower(r.name), '[^0-9a-z]+', '-', 'g'), '-')"


def find_rest(sheets: Sequence[Sheet], *, sources: Mapping[tuple[int, str], str], busy: Collection[str], table: TripleTable) -> None:
    """Make the table ``rest`` (sheet, number): the rows that are not plain; and ``entries``, what decides it.

    Args:
        sheets: Their rows are in the table.
        sources: (number of a sheet, identifier of a source in its folder) → key of the source.
        busy: Keys of sources whose rows are all left to the merge.
    """
    _load_names(sheets, table)
    _load_codes(sheets, table)
    _load_days(sheets, table)
    _load_agents(sheets, table)
    several = sum(len(sheet.members) for sheet in sheets) > 1
    _load_texts(sheets if several else (), table)
    _load_roles(sheets, table)
    table.load_records(
        "known_sources",
        columns={"sheet": "INTEGER", "identifier": "VARCHAR", "source": "VARCHAR"},
        records=[(sheet, identifier, key.removeprefix("source/")) for (sheet, identifier), key in sorted(sources.items())],
    )
    table.load_records("busy", columns={"source": "VARCHAR"}, records=[(key.removeprefix("source/"),) for key in sorted(busy)])
    table.execute("CREATE OR REPLACE TABLE entries AS " + " UNION ALL ".join(_describe_rows(sheet, several=several) for sheet in sheets))
    table.execute("CREATE OR REPLACE TABLE rest AS " + _REST + (_SHARED if several else ""))


#: A source that is not known is nobody's: rows without one are not usable in the first place.
_REST = """
WITH twice AS (SELECT identifier FROM entries WHERE identifier <> '' GROUP BY identifier HAVING count(*) > 1),
  same_key AS (SELECT source, key FROM entries WHERE source IS NOT NULL GROUP BY source, key HAVING count(*) > 1),
  same_slug AS (SELECT source, slug FROM entries WHERE source IS NOT NULL GROUP BY source, slug HAVING count(*) > 1),
  whole AS (SELECT source FROM busy
    UNION SELECT source FROM entries WHERE key = '' AND is_named AND source IS NOT NULL)
SELECT sheet, number FROM entries AS e
WHERE NOT usable OR identifier IN (SELECT identifier FROM twice) OR source IN (SELECT source FROM whole)
  OR EXISTS (SELECT 1 FROM same_key AS k WHERE k.source = e.source AND k.key = e.key)
  OR EXISTS (SELECT 1 FROM same_slug AS k WHERE k.source = e.source AND k.slug = e.slug)
"""
#: What several tables say of one source.
_SHARED = """
UNION SELECT e.sheet, e.number FROM entries AS e JOIN (
  SELECT source, text FROM entries WHERE source IS NOT NULL AND text <> ''
  GROUP BY source, text HAVING count(*) > 1 AND count(DISTINCT sheet) > 1
) AS k ON k.source = e.source AND k.text = e.text
"""


def _describe_rows(sheet: Sheet, *, several: bool) -> str:
    """SQL for what decides about each row of a sheet."""
    has = sheet.columns.columns
    slug, key = (f"CASE WHEN {_SIMPLE} THEN {_SLUG} ELSE n.{column} END" for column in ("slug", "key"))
    wanted = ["r.odd = 0", "r.name <> ''", "k.source IS NOT NULL", f"{slug} <> ''"]
    identifier = f"r.{sheet.cell('identifier')}" if "identifier" in has else "''"
    wanted.append(f"regexp_full_match({identifier}, '[!-~]*')")
    joins = f"LEFT JOIN known_sources AS k ON k.sheet = {sheet.number} AND k.identifier = r.{sheet.cell('source')}"
    text = "''"
    if "description" in has:
        cell = f"r.{sheet.cell('description')}"
        wanted.append(f"{cell} <> ''")
        if several:
            joins += f" LEFT JOIN known_texts AS t ON t.text = {cell}"
            text = f"CASE WHEN {_is_simple_text(cell)} THEN md5({_normalise(cell)}) ELSE t.key END"
    if "code" in has:
        label = f"r.{sheet.cell('label')}" if "label" in has else "''"
        joins += f" LEFT JOIN known_codes AS c ON c.sheet = {sheet.number} AND c.code = r.{sheet.cell('code')} AND c.label = {label}"
        wanted.append("c.code IS NOT NULL")
    if "created" in has:
        joins += f" LEFT JOIN known_days AS d ON d.day = r.{sheet.cell('created')}"
        wanted.append(f"(d.day IS NOT NULL OR r.{sheet.cell('created')} = '')")
    for vocabulary in sheet.roles:
        joins += f" {join_roles(sheet, vocabulary)}"
        wanted.append(f"of_{vocabulary}.cell IS NOT NULL")
    return (
        f"SELECT {sheet.of_row} AS sheet, r.number, k.source, {slug} AS slug, {key} AS key, "  # noqa: S608
        f"{identifier} AS identifier, {text} AS text, r.name <> '' AS is_named, {' AND '.join(wanted)} AS usable "
        f"FROM {sheet.rows} AS r LEFT JOIN known_names AS n ON n.name = r.name {joins}"
    )


def _distinct(selects: Sequence[str], table: TripleTable) -> Iterator[str]:
    """The different values of a column in several tables."""
    if selects:
        for some in table.stream(" UNION ".join(f"SELECT DISTINCT * FROM ({select}) AS s" for select in selects)):  # noqa: S608
            yield from (value for (value,) in some)


def _load_names(sheets: Sequence[Sheet], table: TripleTable) -> None:
    """Names that take more than SQL, each once, with key and slug."""
    names = _distinct([f"SELECT r.name FROM {sheet.rows} AS r WHERE NOT {_SIMPLE}" for sheet in sheets], table)  # noqa: S608
    records = ((name, name_key(name).replace(" ", "-"), slugify(name)) for name in names)
    table.load_records("known_names", columns={"name": "VARCHAR", "key": "VARCHAR", "slug": "VARCHAR"}, records=records)


def _is_simple_text(text: str) -> str:
    """SQL that tells whether SQL normalises a text as ``text.normalise`` does: it is ASCII."""
    return rf"regexp_full_match({text}, '[\x01-\x7f]*')"


def _normalise(text: str) -> str:
    return f"trim(regexp_replace(lower({text}), '[^0-9a-z]+', ' ', 'g'))"


def _load_texts(sheets: Sequence[Sheet], table: TripleTable) -> None:
    """Descriptions that take more than SQL, each once, with the digest of what is compared."""
    told = [sheet for sheet in sheets if "description" in sheet.columns.columns]
    cells = [(sheet.cell("description"), sheet.rows) for sheet in told]
    texts = _distinct([f"SELECT {cell} FROM {rows} WHERE NOT {_is_simple_text(cell)}" for cell, rows in cells], table)  # noqa: S608
    records = ((text, hashlib.md5(normalise(text).encode(), usedforsecurity=False).hexdigest()) for text in texts)
    table.load_records("known_texts", columns={"text": "VARCHAR", "key": "VARCHAR"}, records=records)


def _load_codes(sheets: Sequence[Sheet], table: TripleTable) -> None:
    """Pairs of code and label that stand together in the edition of a sheet."""
    found: list[tuple[int, str, str]] = []
    for sheet in sheets:
        if "code" not in sheet.columns.columns:
            continue
        label = sheet.cell("label") if "label" in sheet.columns.columns else "''"
        for code, printed in table.execute(f"SELECT DISTINCT {sheet.cell('code')}, {label} FROM {sheet.rows} ORDER BY 1, 2"):  # noqa: S608
            if _is_code(sheet, code, printed):
                found.append((sheet.number, code, printed))
    table.load_records("known_codes", columns={"sheet": "INTEGER", "code": "VARCHAR", "label": "VARCHAR"}, records=found)


def _is_code(sheet: Sheet, code: str, label: str) -> bool:
    known, separator = load_taxonomy(sheet.mapping.edition).codes.get(code), sheet.columns.split_by("code")
    # A cell may hold several codes or labels: rows with such cells are not plain.
    if known is None or split_cell(code, separator) != [code] or split_cell(label, separator) not in ([], [label]):
        return False
    labels = {normalise(text) for text in (known.label, sheet.mapping.labels.get(code)) if text}
    return not label or not known.label or normalise(label) in labels


def _load_days(sheets: Sequence[Sheet], table: TripleTable) -> None:
    named = [sheet for sheet in sheets if "created" in sheet.columns.columns]
    days = _distinct([f"SELECT {sheet.cell('created')} FROM {sheet.rows}" for sheet in named], table)  # noqa: S608
    table.load_records("known_days", columns={"day": "VARCHAR"}, records=((day,) for day in days if is_day(day)))


def _load_agents(sheets: Sequence[Sheet], table: TripleTable) -> None:
    """Who assigned codes: the value of the column, and key and name of the agent."""
    found = []
    for sheet in sheets:
        if "agent" in sheet.columns.columns:
            for (value,) in table.execute(f"SELECT DISTINCT {sheet.cell('agent')} FROM {sheet.rows} ORDER BY 1"):  # noqa: S608
                if value:
                    agent = name_agent(value, known=sheet.mapping.agents)
                    found.append((sheet.number, value, agent.key, agent.name))
    columns = {"sheet": "INTEGER", "agent": "VARCHAR", "key": "VARCHAR", "label": "VARCHAR"}
    table.load_records("known_agents", columns=columns, records=found)


def _load_roles(sheets: Sequence[Sheet], table: TripleTable) -> None:
    """The cells that hold nothing but terms of their vocabulary, and the IRIs of these, sorted, with line ends between them."""
    found = []
    for sheet in sheets:
        for vocabulary in sheet.roles:
            for (cell,) in table.execute(f"SELECT DISTINCT {sheet.cell(vocabulary)} FROM {sheet.rows} ORDER BY 1"):  # noqa: S608
                concepts = [find_term(value, vocabulary) for value in split_cell(cell, sheet.columns.split_by(vocabulary))]
                if all(concepts) and (concepts or not cell):
                    names = sorted({iri(f"{vocabulary}/{concept.slug}") for concept in concepts if concept})
                    found.append((sheet.number, vocabulary, cell, "\n".join(names)))
    columns = {"sheet": "INTEGER", "vocabulary": "VARCHAR", "cell": "VARCHAR", "terms": "VARCHAR"}
    table.load_records("known_roles", columns=columns, records=found)


def join_roles(sheet: Sheet, vocabulary: str) -> str:
    """SQL that joins the terms in a cell of a row r of a sheet, as ``of_`` and the vocabulary."""
    name = f"of_{vocabulary}"
    return (
        f"LEFT JOIN known_roles AS {name} ON {name}.sheet = {sheet.number} AND {name}.vocabulary = '{vocabulary}' "
        f"AND {name}.cell = r.{sheet.cell(vocabulary)}"
    )
