"""N-Quads terms taken apart. Terms are strings throughout the project; this is the one place that
reads inside them.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Literal", "Quad", "label_blank", "label_rows", "read_literal", "unescape"]

#: Subject, predicate, object, graph as N-Quads terms; the graph is empty for the default graph.
Quad = tuple[str, str, str, str]

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CONTROL = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Literal(NamedTuple):
    """Text without escapes, IRI of the datatype (empty for strings), language tag (empty for
    none).
    """

    text: str
    datatype: str
    language: str


def read_literal(term: str) -> Literal:
    r"""Take a literal apart.

    >>> read_literal('"two\\nlines"@en')
    Literal(text='two\nlines', datatype='', language='en')
    """
    end = term.rindex('"')
    suffix = term[end + 1 :]
    text = unescape(term[1:end])
    return Literal(text, suffix[3:-1] if suffix.startswith("^^") else "", suffix[1:] if suffix.startswith("@") else "")


def label_blank(term: str, label: str) -> str:
    """Put a label before the name of a blank node; other terms are left as they are.

    >>> label_blank("_:a", "f2-"), label_blank("<urn:a>", "f2-")
    ('_:f2-a', '<urn:a>')
    """
    return f"_:{label}{term[2:]}" if label and term.startswith("_:") else term


def label_rows(rows: Iterable[Quad], label: str) -> Iterable[Quad]:
    """Put a label before the names of the blank nodes of rows."""
    if not label:
        return rows
    return ((label_blank(s, label), p, label_blank(o, label), label_blank(g, label)) for s, p, o, g in rows)


def unescape(text: str) -> str:
    r"""Resolve the escapes of N-Triples.

    >>> unescape("caf\\u00e9")
    'café'
    """
    if "\\" not in text:
        return text
    if "\\\\" not in text:
        # Nearly all texts: each backslash begins an escape, of a line end or a quote.
        text = text.replace("\\n", "\n").replace('\\"', '"')
    return _ESCAPE.sub(_decode, text) if "\\" in text else text


def _decode(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    return chr(int(digits, 16)) if digits else _CONTROL.get(match[3], match[3])
