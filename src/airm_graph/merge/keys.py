"""What mentions of one source are compared by: each key in Python and, for the texts that it makes
alike, in SQL.

Mentions of one source meet by nothing else (``identity``): the publisher's identifier, the name,
the description, the place in the outline, the list of a page. And two mitigations of one source get
longer IRIs where their names have one slug (``minting``). So a row of a table that has no parent,
and shares identifier, name, slug and description with no other mention of its source, is a
mitigation by itself, whatever the others are (``independent``).
"""

from collections.abc import Callable

from airm_graph.frozen import frozen
from airm_graph.text import name_key, normalise, slugify

__all__ = ["KEYS", "NAME", "SLUG", "TEXT", "Key"]


@frozen
class Key:
    """A key of a text.

    Attributes:
        of: Makes the key.
        sql: Writes the SQL that makes it from SQL for a text without white space around it, where
            *is_simple* holds.
        is_simple: Writes an SQL condition: SQL makes the same key.
    """

    of: Callable[[str], str]
    sql: Callable[[str], str]
    is_simple: Callable[[str], str]


def _words(gap: str) -> Callable[[str], str]:
    return lambda text: f"trim(regexp_replace(lower({text}), '[^0-9a-z]+', '{gap}', 'g'), '{gap}')"


def _is_short_ascii(text: str) -> str:
    # Printable ASCII without apostrophes, and no longer than a slug.
    return f"(length({text}) <= 80 AND regexp_full_match({text}, '[ -&(-~]*'))"


def _is_ascii(text: str) -> str:
    return rf"regexp_full_match({text}, '[\x01-\x7f]*')"


#: What makes two names one.
NAME = Key(name_key, _words(" "), _is_short_ascii)
#: The last part of an IRI.
SLUG = Key(slugify, _words("-"), _is_short_ascii)
#: What makes two descriptions one.
TEXT = Key(normalise, _words(" "), _is_ascii)
KEYS = (NAME, SLUG, TEXT)
