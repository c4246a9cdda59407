"""Which rows of tables are mitigations by themselves, decided for all rows at once.

A row is independent when nothing has to be said of it and it shares no key (``keys``) with another
row of its source, as long as no other input speaks of the source. Where a name has no letter or
digit, text and code decide, and the whole source is left to the merge. Between inputs a long text
makes one, too: where several tables speak of one source, texts must be told apart as well.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence

from airm_graph.graph import TripleTable
from airm_graph.merge.keys import NAME, SLUG, TEXT, Key

__all__ = ["find_rest"]


def find_rest(
    candidates: Sequence[str],
    *,
    table: TripleTable,
    busy: Collection[str] = (),
    identifiers: Collection[str] = (),
    mentions: Collection[tuple[int, int]] = (),
    keys: Collection[str] = (),
    is_shared: bool = False,
) -> None:
    """Make the table ``rest`` (table_number, number): the rows that are not independent; and
    ``entries``, what decides it.

    Args:
        candidates: SELECTs of all rows: table_number, number, source (key without its first part,
            NULL where it is not known), name, identifier, text (the description), usable (whether
            nothing has to be said of the row).
        busy: Keys of sources whose rows are all left to the merge.
        identifiers: What other rows of the tables call themselves.
        mentions: Rows that a person decided of, by number of table and row.
        keys: Keys of mitigations that a person decided of.
        is_shared: Whether several tables may speak of one source.
    """
    columns = "table_number, number, source, name, identifier, usable" + (", text" if is_shared else "")
    table.execute(f"CREATE OR REPLACE TABLE candidates AS SELECT {columns} FROM ({' UNION ALL '.join(candidates)}) AS c")
    _load_keys("known_names", f"SELECT DISTINCT name FROM candidates WHERE NOT ({NAME.is_simple('name')})", (NAME, SLUG), table)
    text = "''"
    joins = "LEFT JOIN known_names AS n ON n.text = c.name"
    if is_shared:
        _load_keys("known_texts", f"SELECT DISTINCT text FROM candidates WHERE NOT ({TEXT.is_simple('text')})", (TEXT,), table, digest=True)
        joins += " LEFT JOIN known_texts AS t ON t.text = c.text"
        text = f"CASE WHEN c.text = '' THEN '' ELSE COALESCE(t.key_0, md5({TEXT.sql('c.text')})) END"
    table.load_records("busy", columns={"source": "VARCHAR"}, records=[(one.removeprefix("source/"),) for one in sorted(busy)])
    table.load_records("taken", columns={"identifier": "VARCHAR"}, records=[(one,) for one in sorted(set(identifiers) - {""})])
    table.load_records("decided_rows", columns={"table_number": "INTEGER", "number": "INTEGER"}, records=sorted(mentions))
    table.load_records("decided_keys", columns={"m": "VARCHAR"}, records=[(one,) for one in sorted(keys)])
    # Only keys that SQL does not make are known. Of other names the slug has the words of the key.
    table.execute(f"""CREATE OR REPLACE TABLE entries AS
        SELECT table_number, number, source, slug, COALESCE(key, replace(slug, '-', ' ')) AS key, identifier, text, is_named, usable
        FROM (SELECT c.table_number, c.number, c.source, COALESCE(n.key_1, {SLUG.sql("c.name")}) AS slug, n.key_0 AS key, c.identifier,
          {text} AS text, c.name <> '' AS is_named, c.usable FROM candidates AS c {joins}) AS e""")
    table.drop("candidates")
    table.execute(f"CREATE OR REPLACE TABLE rest AS {_REST}{_SHARED if is_shared else ''}")


#: A source that is not known is nobody's: rows without one are not usable in the first place.
_REST = """
WITH twice AS (SELECT identifier FROM entries WHERE identifier <> '' GROUP BY identifier HAVING count(*) > 1
    UNION SELECT identifier FROM taken),
  same_key AS (SELECT source, key FROM entries WHERE source IS NOT NULL GROUP BY source, key HAVING count(*) > 1),
  same_slug AS (SELECT source, slug FROM entries WHERE source IS NOT NULL GROUP BY source, slug HAVING count(*) > 1),
  whole AS (SELECT source FROM busy
    UNION SELECT source FROM entries WHERE key = '' AND is_named AND source IS NOT NULL)
SELECT table_number, number FROM entries AS e
WHERE NOT usable OR slug = '' OR identifier IN (SELECT identifier FROM twice) OR source IN (SELECT source FROM whole)
  OR EXISTS (SELECT 1 FROM same_key AS k WHERE k.source = e.source AND k.key = e.key)
  OR EXISTS (SELECT 1 FROM same_slug AS k WHERE k.source = e.source AND k.slug = e.slug)
  OR EXISTS (SELECT 1 FROM decided_rows AS d WHERE d.table_number = e.table_number AND d.number = e.number)
  OR 'mitigation/' || source || '/' || slug IN (SELECT m FROM decided_keys)
"""
#: What several tables say of one source.
_SHARED = """
UNION SELECT e.table_number, e.number FROM entries AS e JOIN (
  SELECT source, text FROM entries WHERE source IS NOT NULL AND text <> ''
  GROUP BY source, text HAVING count(*) > 1 AND count(DISTINCT table_number) > 1
) AS k ON k.source = e.source AND k.text = e.text
"""


def _load_keys(name: str, select: str, keys: Sequence[Key], table: TripleTable, *, digest: bool = False) -> None:
    """Make a table of texts that take more than SQL, each once, with their keys, or with digests of
    these.
    """

    def make(text: str) -> list[str]:
        made = [key.of(text) for key in keys]
        return [hashlib.md5(key.encode(), usedforsecurity=False).hexdigest() for key in made] if digest else made

    def records() -> Iterator[list[str]]:
        for some in table.stream(select):
            yield from ([text, *make(text)] for (text,) in some)

    columns = {"text": "VARCHAR", **{f"key_{number}": "VARCHAR" for number in range(len(keys))}}
    table.load_records(name, columns=columns, records=records())
