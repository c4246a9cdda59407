from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airm_graph.columns import BLANK, DEFAULT_GRAPH, IRI, LITERAL, TripleTable
from airm_graph.errors import StoreError
from airm_graph.namespaces import PREFIXES, literal
from airm_graph.store import Row, parse_rows

XSD = PREFIXES["xsd"]
NASTY = "\\\"'\n\r\t ,;\x00\x01\x1f\x7f\x85\u2028\ufeffaé𝒳"
TEXTS = st.text(alphabet=st.sampled_from(NASTY) | st.characters(exclude_categories=["Cs"]), max_size=12)
SUFFIXES = st.sampled_from(["", "@en", "@de-CH", f"^^<{XSD}integer>", f"^^<{XSD}string>", "^^<urn:it's>"])
LITERALS = st.builds(lambda text, suffix: literal(text) + suffix, TEXTS, SUFFIXES)
IRIS = st.sampled_from(["<urn:a>", "<urn:b,c>", "<https://example.org/é?q='#x>", "<urn:%22>"])
BLANKS = st.sampled_from(["_:b0", "_:x-1"])
ROWS = st.lists(st.tuples(IRIS | BLANKS, IRIS, IRIS | BLANKS | LITERALS, st.just("") | IRIS), max_size=12)


def as_read(rows: list[Row]) -> set[Row]:
    """The rows as an independent parser understands them."""
    return set(parse_rows("".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in rows).encode(), name="test", suffix=".nq"))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(first=ROWS, second=ROWS)
def test_what_is_loaded_comes_out_again(first: list[Row], second: list[Row]) -> None:
    with TripleTable(threads=1) as table:
        table.load_rows(first)
        table.load_rows(iter(second))
        found = table.rows()
    assert as_read(found) == as_read(first + second)
    assert found == sorted(set(found))


def test_terms_are_taken_apart_and_unescaped_when_loaded() -> None:
    row = ("<urn:s>", "<urn:p>")
    values = ['"1.10"', r'"a\tb\"\\n\u00e9"@en-GB', f'"07"^^<{XSD}integer>', "_:b1", "<urn:o>"]
    with TripleTable() as table:
        table.load_rows([(*row, value, "") for value in values])
        found = table.execute("SELECT kind, lexical, datatype, language FROM terms WHERE id > 2 ORDER BY kind DESC, lexical")
    assert found == [
        (BLANK, "b1", "", ""),
        (LITERAL, "07", f"{XSD}integer", ""),
        (LITERAL, "1.10", f"{XSD}string", ""),
        (LITERAL, 'a\tb"\\né', f"{PREFIXES['rdf']}langString", "en-GB"),
        (IRI, "urn:o", "", ""),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r'"\u0041\t"', '"A\t"'),
        (f'"x"^^<{XSD}string>', '"x"'),
        (r"<urn:\u0041>", "<urn:A>"),
        (r'"\U0001F600"@en', '"😀"@en'),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_two_spellings_are_one_term(one: str, other: str, turned: bool) -> None:
    rows = [("<urn:s>", "<urn:p>", one, ""), ("<urn:s>", "<urn:p>", other, "")]
    with TripleTable() as table:
        table.load_rows(reversed(rows) if turned else rows)
        assert table.rows() == [("<urn:s>", "<urn:p>", other, "")]
        assert len(set(table.find_ids([one, other]).values())) == 1
        table.load_rows(rows)
        assert len(table) == 1
        assert table.execute("SELECT count(*), count(DISTINCT id) FROM terms") == [(3, 3)]


def test_lexical_forms_that_differ_are_two_terms() -> None:
    values = [f'"01"^^<{XSD}integer>', f'"1"^^<{XSD}integer>', '"1"', '"1"@en', "<1>", "_:1"]
    with TripleTable() as table:
        table.load_rows(("<urn:s>", "<urn:p>", value, "") for value in values)
        assert sorted(row[2] for row in table.rows()) == sorted(values)


def test_ids_are_the_same_for_the_same_rows() -> None:
    rows = [(f"<urn:s{n}>", "<urn:p>", f'"{n}"', "<urn:g>") for n in range(2000)]
    found = []
    for _ in range(2):
        with TripleTable() as table:
            table.load_rows(rows)
            found.append(table.execute("SELECT * FROM terms ORDER BY id"))
    assert found[0] == found[1]
    assert [row[0] for row in found[0]] == list(range(1, 4003))


def test_default_graph_is_zero_and_no_term() -> None:
    with TripleTable() as table:
        table.load_rows([("<urn:s>", "<urn:p>", "<urn:o>", "")])
        assert table.execute("SELECT g FROM quads") == [(DEFAULT_GRAPH,)]
        assert table.execute("SELECT count(*) FROM terms WHERE id = 0") == [(0,)]


@pytest.mark.parametrize(
    "bad",
    [
        "bare",
        '"open',
        '"a"b"',
        '"x"^^integer',
        '"x"@',
        '"two\nlines"',
        "<a b>",
        '<"q">',
        "<< <a> <b> <c> >>",
        "_:a b",
        "<",
        '"',
        "",
        '"\ud800"',
    ],
)
def test_error_shows_the_term_and_leaves_the_table_as_it_was(bad: str) -> None:
    good = ("<urn:s>", "<urn:p>", '"good"', "")
    with TripleTable() as table:
        table.load_rows([good])
        with pytest.raises(StoreError, match="rows cannot be loaded"):
            table.load_rows([("<urn:new>", "<urn:p>", bad, "")])
        assert table.rows() == [good]
        assert table.find_ids(["<urn:new>"]) == {}
        table.load_rows([("<urn:new>", "<urn:p>", '"good"', "")])
        assert len(table) == 2
        assert table.execute("SELECT count(*) FROM terms") == [(4,)]


def test_error_of_the_giver_passes_through_and_leaves_the_table_as_it_was() -> None:
    def give():
        yield ("<urn:s>", "<urn:p>", "<urn:o>", "")
        raise ZeroDivisionError

    with TripleTable() as table:
        with pytest.raises(ZeroDivisionError):
            table.load_rows(give())
        assert table.rows() == []
        assert table.execute("SELECT count(*) FROM terms") == [(0,)]


def test_table_on_disk_is_the_same_when_opened_again(tmp_path: Path) -> None:
    rows = [("<urn:s>", "<urn:p>", '"a\\nb"@en', ""), ("_:b", "<urn:p>", f'"1"^^<{XSD}integer>', "<urn:g>")]
    with TripleTable(tmp_path / "quads.duckdb", threads=1, memory_limit="200MB", temp_directory=tmp_path) as table:
        table.load_rows(rows)
    with TripleTable(tmp_path / "quads.duckdb") as table:
        assert table.rows() == sorted(rows)
        table.load_rows([*rows, ("<urn:s>", "<urn:p>", '"new"', "")])
        assert len(table) == 3
        assert table.execute("SELECT count(*), count(DISTINCT id), max(id) FROM terms") == [(7, 7, 7)]
    assert [path.name for path in tmp_path.iterdir()] == ["quads.duckdb"]


def test_terms_can_be_added_without_quads() -> None:
    with TripleTable() as table:
        table.load_rows([("<urn:s>", "<urn:p>", "<urn:o>", "")])
        assert table.add_terms(["<urn:new>", "<urn:o>"]) == {"<urn:new>": 4, "<urn:o>": 3}
        assert table.find_ids(["<urn:new>", "<urn:absent>"]) == {"<urn:new>": 4}
        assert table.read_terms([4]) == {0: "", 4: "<urn:new>"}
        assert len(table) == 1


def test_rows_of_a_selection_are_written_sorted() -> None:
    rows = [("<urn:b>", "<urn:p>", "<urn:o>", "<urn:g>"), ("<urn:a>", "<urn:p>", '"x"', ""), ("<urn:a>", "<urn:q>", '"x"', "")]
    with TripleTable() as table:
        table.load_rows(rows)
        number = table.find_ids(["<urn:p>"])["<urn:p>"]
        assert table.rows(f"SELECT s, p, o, 0 AS g FROM quads WHERE p = {number}") == [rows[1], ("<urn:b>", "<urn:p>", "<urn:o>", "")]


def test_long_and_many_lined_texts_are_loaded() -> None:
    texts = ["x" * 3_000_000, "\n" * 50_000, '"' * 50_000, *(f'line {n}\n\n"quoted"\r\n{n}' for n in range(20_000))]
    with TripleTable() as table:
        table.load_rows(("<urn:s>", "<urn:p>", literal(text), "") for text in texts)
        found = table.execute("SELECT lexical FROM terms WHERE kind = 1 ORDER BY id")
    assert [text for (text,) in found] == texts


@pytest.mark.parametrize("settings", [{"memory_limit": "much"}, {"path": Path("/nowhere/at/all.duckdb")}])
def test_error_says_why_a_table_cannot_be_opened(settings: dict) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        TripleTable(**settings)


def test_error_shows_the_statement_when_it_is_refused() -> None:
    with TripleTable() as table, pytest.raises(StoreError, match="SELECT nothing"):
        table.execute("SELECT nothing FROM nowhere")
