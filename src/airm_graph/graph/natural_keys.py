"""Keys under which texts sort as people sort them, and the names objects are sorted by, as SQL.

A key is dear: its text is taken apart by a regular expression. So IRIs are cut at their last three
slashes, and each piece gets its key once: one part of a path stands in many IRIs.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from airm_graph.graph.term_spelling import quote

if TYPE_CHECKING:
    from airm_graph.graph.table import TripleTable

__all__ = ["KEYED", "key_names", "natural_key", "object_name"]

#: What `key_names` makes, the last with the keys.
KEYED = ("keyed_names", "keyed_heads", "keyed_pieces", "keyed_ends")


def natural_key(text: str) -> str:
    """Write the SQL for a key of a text under which numbers sort by value.

    A number is preceded by how many digits it has; nine marks a longer one, whose length takes
    seven digits. Slashes and the like are replaced already.
    """
    digits = "ltrim(x[2], '0')"
    size = f"CAST(length({digits}) AS VARCHAR)"
    known = f"CASE WHEN x[2] IS NULL THEN '' WHEN length({digits}) < 9 THEN {size} ELSE '9' || lpad({size}, 7, '0') END"
    number = f"{known} || COALESCE({digits}, '')"
    pairs = f"list_zip(string_split_regex({text}, '[0-9]+'), regexp_extract_all({text}, '[0-9]+'))"
    return f"array_to_string(list_transform({pairs}, lambda x: x[1] || {number}), '')"


def key_names(select: str, *, table: "TripleTable") -> str:
    """Make tables of the natural keys of ``name``; below an IRI follows what has it as a path.

    Args:
        select: A SELECT with the column ``name`` and others.
        table: Gets the tables `KEYED`.

    Returns:
        A SELECT of the columns of *select*, and ``is_iri`` and ``key``.
    """
    last = "'/' || split_part(head, '/', -{})".format
    inside = "CASE WHEN starts_with(name, '<') THEN substring(name, 2, length(name) - 2) ELSE name END"
    tail = "CASE WHEN is_iri AND contains(inside, '/') THEN '/' || split_part(inside, '/', -1) ELSE inside END"
    parted = "CASE WHEN is_iri THEN replace(replace(piece, '/', chr(1)), '#', chr(2)) ELSE piece END"
    pieces = " UNION ".join(f"SELECT {part}, true FROM keyed_heads" for part in ("front", "middle", "back"))
    joins = " ".join(f"JOIN keyed_pieces AS {part} ON {part}.piece = h.{part} AND {part}.is_iri" for part in ("front", "middle", "back"))
    table.execute(f"""
        CREATE OR REPLACE TABLE keyed_names AS
        SELECT * EXCLUDE (inside), substring(inside, 1, length(inside) - length(tail)) AS head FROM (
          SELECT *, {tail} AS tail FROM (SELECT *, starts_with(name, '<') AS is_iri, {inside} AS inside FROM ({select}) AS g) AS i) AS t;
        CREATE OR REPLACE TABLE keyed_heads AS
        SELECT head, substring(head, 1, length(head) - length(middle) - length(back)) AS front, middle, back FROM (
          SELECT head, CASE WHEN is_long THEN second ELSE '' END AS middle, CASE WHEN is_long THEN first ELSE '' END AS back FROM (
            SELECT *, ends_with(head, second || first) AS is_long FROM (
              SELECT head, {last(2)} AS second, {last(1)} AS first FROM (SELECT DISTINCT head FROM keyed_names) AS d) AS l) AS e) AS h;
        CREATE OR REPLACE TABLE keyed_pieces AS SELECT piece, is_iri, {natural_key("part")} AS key
        FROM (SELECT piece, is_iri, {parted} AS part FROM (SELECT tail AS piece, is_iri FROM keyed_names UNION {pieces}) AS p) AS q;
        CREATE OR REPLACE TABLE keyed_ends AS
        SELECT h.head, front.key || middle.key || back.key AS key FROM keyed_heads AS h {joins}""")
    return """SELECT n.* EXCLUDE (head, tail), e.key || t.key AS key FROM keyed_names AS n
        JOIN keyed_ends AS e ON e.head = n.head JOIN keyed_pieces AS t ON t.piece = n.tail AND t.is_iri = n.is_iri"""


def object_name(text: str, *, prefixes: Mapping[str, str]) -> str:
    """Write the SQL for the prefixed name of an IRI in angle brackets, or for itself."""
    spaces = {prefixes[prefix]: prefix for prefix in sorted(prefixes, reverse=True)}
    cases = []
    for space, prefix in spaces.items():
        if space.endswith(("/", "#")):
            begins, local = f"starts_with({text}, {quote('<' + space)})", f"substring({text}, {len(space) + 2})"
            name = f"{quote(prefix + ':')} || rtrim({local}, '>')"
            cases.append(f"WHEN {begins} AND regexp_full_match({local}, '[A-Za-z_][A-Za-z0-9_-]*>') THEN {name}")
    return f"CASE {' '.join(cases)} ELSE {text} END" if cases else text
