"""Result tables and their formats; rdflib reads back what is written."""

import csv
import io
import json
from typing import Any

import pytest
from rdflib.query import Result

from airm_graph.errors import QueryError
from airm_graph.query.answers import TABLE_FORMATS, Table, format_table, split_term

INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
TABLE = Table(
    ("thing", "text", "number"),
    (
        ("<https://example.org/é?a=1&b=2>", r'"a \"quoted\" | piped, <b>\\n</b>\r\nsecond line"', f'"12"^^<{INTEGER}>'),
        ("_:b0", '"tab\there"@en', None),
        (None, '""', '"-1"'),
    ),
)
VALUES = [
    ("https://example.org/é?a=1&b=2", 'a "quoted" | piped, <b>\\n</b>\r\nsecond line', "12"),
    ("b0", "tab\there", None),
    (None, "", "-1"),
]


def test_values_are_plain_strings() -> None:
    assert TABLE.values() == VALUES


def test_iteration_gives_dicts_and_length_counts_rows() -> None:
    assert list(TABLE)[1] == {"thing": "b0", "text": "tab\there", "number": None}
    assert len(TABLE) == 3


@pytest.mark.parametrize(
    ("term", "parts"),
    [
        ("<https://example.org/>", ("uri", "https://example.org/", "", "")),
        ("_:x", ("bnode", "x", "", "")),
        ('"plain"', ("literal", "plain", "", "")),
        ('"Other"@en', ("literal", "Other", "", "en")),
        (f'"1"^^<{INTEGER}>', ("literal", "1", INTEGER, "")),
        (r'"\t\b\n\r\f\"\'\\ \u00e9 \U0001F600 \\u0041"', ("literal", "\t\b\n\r\f\"'\\ é 😀 \\u0041", "", "")),
        (r'"a\"@en"', ("literal", 'a"@en', "", "")),
    ],
)
def test_term_is_taken_apart(term: str, parts: tuple[str, str, str, str]) -> None:
    assert split_term(term) == parts


def test_csv_reads_back_as_the_values() -> None:
    text = format_table(TABLE, format="csv")
    assert text.startswith("thing,text,number\r\n")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [list(TABLE.columns), *([value or "" for value in row] for row in VALUES)]


def test_tsv_has_one_line_a_row_and_keeps_terms() -> None:
    lines = format_table(TABLE, format="tsv").splitlines()
    assert lines[0] == "?thing\t?text\t?number"
    assert lines[2] == '_:b0\t"tab\\there"@en\t'
    assert len(lines) == 4


@pytest.mark.parametrize("name", ["json", "xml"])
def test_result_format_is_read_by_rdflib_as_the_same_terms(name: str) -> None:
    result: Any = Result.parse(io.BytesIO(format_table(TABLE, format=name).encode()), format=name)
    assert [str(variable) for variable in result.vars] == list(TABLE.columns)
    first, second, third = ([row.get(variable) for variable in result.vars] for row in result.bindings)
    assert first[0].n3() == "<https://example.org/é?a=1&b=2>"
    assert str(first[1]) == VALUES[0][1]
    assert str(first[2].datatype) == INTEGER
    assert (str(second[1]), second[1].language, second[2]) == ("tab\there", "en", None)
    assert (third[0], str(third[1])) == (None, "")


def test_json_follows_the_specification() -> None:
    document = json.loads(format_table(TABLE, format="json"))
    assert document["head"] == {"vars": ["thing", "text", "number"]}
    assert document["results"]["bindings"][1] == {
        "thing": {"type": "bnode", "value": "b0"},
        "text": {"type": "literal", "value": "tab\there", "xml:lang": "en"},
    }


def test_xml_refuses_what_xml_cannot_carry() -> None:
    with pytest.raises(QueryError, match=r"U\+000C.*use json"):
        format_table(Table(("x",), (('"page\\fbreak"',),)), format="xml")


def test_markdown_keeps_one_line_a_row() -> None:
    lines = format_table(TABLE, format="markdown").splitlines()
    assert lines[:2] == ["| thing | text | number |", "| --- | --- | --- |"]
    assert lines[2] == '| https://example.org/é?a=1&amp;b=2 | a "quoted" \\| piped, &lt;b>\\\\n&lt;/b><br>second line | 12 |'
    assert len(lines) == 5


@pytest.mark.parametrize("name", TABLE_FORMATS)
def test_table_without_rows_is_written_whole(name: str) -> None:
    assert "x" in format_table(Table(("x",), ()), format=name)


def test_format_that_is_unknown_is_named_with_the_known_ones() -> None:
    with pytest.raises(QueryError, match="'yaml'; use one of csv, json, markdown, tsv, xml"):
        format_table(TABLE, format="yaml")
