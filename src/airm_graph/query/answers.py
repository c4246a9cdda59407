"""Result tables of SPARQL queries, and the formats they are written in.

Source:
    SPARQL 1.1 Query Results CSV and TSV Formats; SPARQL 1.1 Query Results JSON Format; SPARQL Query
    Results XML Format (Second Edition).
"""

import csv
import html
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from airm_graph.errors import QueryError
from airm_graph.extras import require
from airm_graph.frozen import frozen
from airm_graph.terms import read_literal

if TYPE_CHECKING:
    import pandas
    import pyarrow

__all__ = ["TABLE_FORMATS", "Table", "format_table", "sort_table", "split_term"]

# A reader of XML takes a bare CR for LF, so it is written as a reference. (xml.sax.saxutils would
# load all of urllib.)
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})
#: Rows that a notebook shows.
_MOST_SHOWN = 50
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMERIC = {_XSD + name for name in ("integer", "decimal", "double", "float")}
_NUMERAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
# What XML 1.0 has no way to write, not even as a character reference.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@frozen
class Table:
    """Rows of a SELECT: N-Triples terms, None where a variable is unbound.

    >>> rows = (("<https://example.org/1.1>", '"Model"@en'), ("<https://example.org/2.4.3>", None))
    >>> table = Table(("code", "label"), rows)
    >>> table.values()
    [('https://example.org/1.1', 'Model'), ('https://example.org/2.4.3', None)]
    >>> next(iter(table))
    {'code': 'https://example.org/1.1', 'label': 'Model'}
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, str | None]]:
        """Each row as a dict of values, by column."""
        for row in self.values():
            yield dict(zip(self.columns, row, strict=True))

    def _repr_html_(self) -> str:
        """The first rows for a notebook, and how many more there are."""
        head = "".join(f"<th>{html.escape(column)}</th>" for column in self.columns)
        shown = Table(self.columns, self.rows[:_MOST_SHOWN]).values()
        body = "".join("<tr>" + "".join(f"<td>{html.escape(value or '')}</td>" for value in row) + "</tr>" for row in shown)
        more = f"<p>and {len(self) - _MOST_SHOWN} more</p>" if len(self) > _MOST_SHOWN else ""
        return f"<table><tr>{head}</tr>{body}</table>{more}"

    def to_pandas(self) -> "pandas.DataFrame":
        """Convert to a data frame of texts, None where unbound.

        Raises:
            EngineError: pandas is not installed.
        """
        require("a data frame", "pandas")
        import pandas as pd

        return pd.DataFrame(self.values(), columns=list(self.columns), dtype=object)

    def to_arrow(self) -> "pyarrow.Table":
        """Convert to an Arrow table of texts, null where unbound.

        Raises:
            EngineError: pyarrow is not installed.
        """
        require("an Arrow table", "pyarrow")
        import pyarrow as pa

        columns = zip(*self.values(), strict=True) if self.rows else ((),) * len(self.columns)
        return pa.table([pa.array(list(column), pa.string()) for column in columns], names=list(self.columns))

    def values(self) -> list[tuple[str | None, ...]]:
        """Rows of plain strings: IRIs without brackets, literals as their lexical form, None where
        unbound.
        """
        return [tuple(None if term is None else split_term(term)[1] for term in row) for row in self.rows]


def split_term(term: str) -> tuple[str, str, str, str]:
    r"""Take an N-Triples term apart.

    Returns:
        Kind (``uri``, ``bnode`` or ``literal``), value without brackets, quotes or escapes,
        datatype IRI and language tag; the last two are empty where there is none.

    >>> split_term('"two\\nlines"@en')
    ('literal', 'two\nlines', '', 'en')
    """
    if term.startswith("<"):
        return "uri", term[1:-1], "", ""
    if term.startswith("_:"):
        return "bnode", term[2:], "", ""
    return "literal", *read_literal(term)


def sort_table(table: Table, keys: Sequence[tuple[str, bool]]) -> Table:
    """Put the rows of a table in the order that SPARQL defines: unbound, blank nodes, IRIs,
    literals; text by code point.

    Args:
        table: Rows in any order; rows with equal keys stay as they are.
        keys: Columns, and whether each is descending, the first one first.

    Source:
        SPARQL 1.1 Query Language, section 15.1.

    >>> sort_table(Table(("n",), (('"10"',), (None,), ('"9"',), ("<x:y>",))), [("n", False)]).rows
    ((None,), ('<x:y>',), ('"10"',), ('"9"',))
    """
    rows = list(table.rows)
    for column, descending in reversed(keys):
        position = table.columns.index(column)
        rows.sort(key=lambda row: _order_key(row[position]), reverse=descending)
    return Table(table.columns, tuple(rows))


def _order_key(term: str | None) -> tuple[int, float, str, str]:
    if term is None:
        return 0, 0.0, "", ""
    kind, value, datatype, language = split_term(term)
    if kind != "literal":
        return (1 if kind == "bnode" else 2), 0.0, value, ""
    if datatype in _NUMERIC and _NUMERAL.fullmatch(value):
        return 3, float(value), "", datatype
    return 4, 0.0, value, language or datatype


def format_table(table: Table, *, format: str) -> str:  # noqa: A002 - the word users know from the command line
    """Write a table in one of `TABLE_FORMATS`.

    Args:
        table: What a query returned.
        format: ``csv`` (values, with an apostrophe in front of those that a spreadsheet would run),
            ``tsv`` (terms), ``json`` and ``xml`` (the SPARQL result formats) or ``markdown``
            (values).

    Raises:
        QueryError: The format is unknown, or a value cannot be written in it.

    >>> print(format_table(Table(("code",), (('"1.1"',),)), format="markdown"), end="")
    | code |
    | --- |
    | 1.1 |
    """
    if format not in _WRITERS:
        raise QueryError(f"unknown table format {format!r}; use one of {', '.join(TABLE_FORMATS)}")
    return _WRITERS[format](table)


def _write_csv(table: Table) -> str:
    from airm_graph.text import escape_formula  # a list of queries needs no text rules

    out = io.StringIO()
    # RFC 4180, which the SPARQL format follows, ends lines with CRLF.
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    rows = ((value or "" for value in row) for row in table.values())
    # A number is one, whatever its sign.
    writer.writerows([value if _NUMBER.match(value) else escape_formula(value) for value in row] for row in rows)
    return out.getvalue()


def _write_tsv(table: Table) -> str:
    # N-Triples may hold a raw tab inside a literal; here it separates columns.
    lines = ["\t".join(f"?{name}" for name in table.columns)]
    lines += ["\t".join((term or "").replace("\t", "\\t") for term in row) for row in table.rows]
    return "\n".join(lines) + "\n"


def _json_term(term: str) -> dict[str, str]:
    kind, value, datatype, language = split_term(term)
    written = {"type": kind, "value": value}
    if datatype:
        written["datatype"] = datatype
    if language:
        written["xml:lang"] = language
    return written


def _write_json(table: Table) -> str:
    bindings = [{n: _json_term(t) for n, t in zip(table.columns, row, strict=True) if t is not None} for row in table.rows]
    return json.dumps({"head": {"vars": table.columns}, "results": {"bindings": bindings}}, ensure_ascii=False, indent=2) + "\n"


def _write_markdown(table: Table) -> str:
    def cell(value: str | None) -> str:
        text = (value or "").replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\").replace("|", "\\|")
        return re.sub(r"\r\n|\r|\n", "<br>", text)

    rows = [table.columns, ["---"] * len(table.columns), *([cell(value) for value in row] for row in table.values())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _xml_term(term: str) -> str:
    kind, value, datatype, language = split_term(term)
    if found := _NOT_XML.search(value):
        raise QueryError(f"a value holds the character U+{ord(found.group()):04X}, which XML cannot carry; use json instead")
    attributes = f' datatype="{datatype.translate(_XML)}"' if datatype else ""
    attributes += f' xml:lang="{language}"' if language else ""
    return f"<{kind}{attributes}>{value.translate(_XML)}</{kind}>"


def _write_xml(table: Table) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<sparql xmlns="http://www.w3.org/2005/sparql-results#">', "  <head>"]
    lines += [f'    <variable name="{name}"/>' for name in table.columns]
    lines += ["  </head>", "  <results>"]
    for row in table.rows:
        lines.append("    <result>")
        lines += [f'      <binding name="{n}">{_xml_term(t)}</binding>' for n, t in zip(table.columns, row, strict=True) if t is not None]
        lines.append("    </result>")
    return "\n".join([*lines, "  </results>", "</sparql>"]) + "\n"


_WRITERS: dict[str, Callable[[Table], str]] = {
    "csv": _write_csv,
    "json": _write_json,
    "markdown": _write_markdown,
    "tsv": _write_tsv,
    "xml": _write_xml,
}
#: The words that `format_table` takes.
TABLE_FORMATS = tuple(_WRITERS)
