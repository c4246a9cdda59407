"""Turtle for people: grouped, in natural order, one property per line, and only what every reader reads alike."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial

from airm_graph.export.subjects import RDF_TYPE, Groups, Property, group_rows, iter_subjects
from airm_graph.export.terms import CACHE_SIZE, XSD, Names, Row
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import read_literal

__all__ = ["write_turtle"]

_SHORT = {f"{XSD}integer": re.compile("0|-?[1-9][0-9]*"), f"{XSD}boolean": re.compile("true|false")}
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
# Controls, format characters that hide or reorder text, and noncharacters: shown by number, so that a reader sees what is there.
_HIDDEN = "\x00-\x07\x0b\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
_SPECIAL = re.compile(rf"[\\\t\r\b\f{_HIDDEN}]")
# In a long string a quote is safe unless a quote or the end follows; serdi 0.30.16 misreads an escape right behind a quote.
_LONG_QUOTE = re.compile(r'"(?=["\\]|\Z)')


def write_turtle(rows: Iterable[Row], *, comment: str = "", prefixes: Mapping[str, str] = PREFIXES) -> Iterator[str]:
    """Write the triples of *rows* as Turtle, one subject at a time; graphs are dropped.

    Args:
        rows: Statements as N-Quads terms.
        comment: Text for the top of the file; every line of it becomes a ``#`` line.
        prefixes: Prefix to namespace; only those used are declared.

    Raises:
        ExportError: A row cannot be exported.

    >>> print("".join(write_turtle([("<http://a/b>", "<http://www.w3.org/2000/01/rdf-schema#label>", '"B"', "")])))
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    <BLANKLINE>
    <http://a/b>
      rdfs:label "B" .
    <BLANKLINE>
    """
    names = Names(prefixes)
    text = lru_cache(maxsize=CACHE_SIZE)(partial(_render_term, names=names))
    groups = group_rows(rows)
    used = _find_prefixes(groups, names=names, text=text)
    parts = [
        "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines()),
        "".join(f"PREFIX {prefix}: <{prefixes[prefix]}>\n" for prefix in used),
    ]
    separator = ""
    for part in filter(None, parts):
        yield separator + part
        separator = "\n"
    for subject, properties in iter_subjects(groups, prefixes=prefixes):
        yield separator + _render_subject(subject, properties, text=text)
        separator = "\n"


def _find_prefixes(groups: Groups, *, names: Names, text: Callable[[str], str]) -> list[str]:
    """Name the prefixes the body will use, by shortening everything that can be shortened."""
    for subject, pairs in groups.items():
        text(subject)
        for predicate, value in pairs:
            if predicate != RDF_TYPE:
                text(predicate)
            if value[-1] == ">":
                text(value)
    return sorted(names.used)


def _render_subject(subject: str, properties: list[Property], *, text: Callable[[str], str]) -> str:
    lines = []
    for predicate, objects in properties:
        name = "a" if predicate == RDF_TYPE else text(predicate)
        values = " ,\n    ".join(map(text, objects))
        lines.append(f"  {name} {values}" if len(objects) == 1 else f"  {name}\n    {values}")
    return f"{text(subject)}\n" + " ;\n".join(lines) + " .\n"


def _render_term(term: str, *, names: Names) -> str:
    if term[0] == "<":
        return names.shorten(term)
    lexical, datatype, language = read_literal(term)
    short = _SHORT.get(datatype)
    if short and short.fullmatch(lexical):
        return lexical
    quoted = _quote(lexical)
    if language:
        return f"{quoted}@{language}"
    return f"{quoted}^^{names.shorten(f'<{datatype}>')}" if datatype else quoted


def _quote(lexical: str) -> str:
    text = _SPECIAL.sub(_escape, lexical)
    if "\n" not in text:
        return '"' + text.replace('"', '\\"') + '"'
    return '"""' + _LONG_QUOTE.sub(r'\\"', text) + '"""'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[0]) or f"\\u{ord(match[0]):04X}"
