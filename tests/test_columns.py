import gzip
import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airm_graph.errors import InputError, StoreError
from airm_graph.graph import BLANK, DEFAULT_GRAPH, IRI, LITERAL, CodedQuads, TripleTable
from airm_graph.graph.store import parse_rows, stream_rows
from airm_graph.namespaces import PREFIXES, literal
from airm_graph.terms import Quad

XSD = PREFIXES["xsd"]
NASTY = "\\\"'\n\r\t ,;\x00\x01\x1f\x7f\x85\u2028\ufeffaé𝒳"
TEXTS = st.text(alphabet=st.sampled_from(NASTY) | st.characters(exclude_categories=["Cs"]), max_size=12)
SUFFIXES = st.sampled_from(["", "@en", "@de-CH", f"^^<{XSD}integer>", f"^^<{XSD}string>", "^^<urn:it's>"])
LITERALS = st.builds(lambda text, suffix: literal(text) + suffix, TEXTS, SUFFIXES)
IRIS = st.sampled_from(["<urn:a>", "<urn:b,c>", "<https://example.org/é?q='#x>", "<urn:%22>"])
BLANKS = st.sampled_from(["_:b0", "_:x-1"])
ROWS = st.lists(st.tuples(IRIS | BLANKS, IRIS, IRIS | BLANKS | LITERALS, st.just("") | IRIS), max_size=12)


def as_read(rows: list[Quad]) -> set[Quad]:
    """The rows as an independent parser understands them."""
    return set(parse_rows("".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in rows).encode(), name="test", suffix=".nq"))


@pytest.fixture(params=["few", "many"])
def amount(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows go the way of few rows, then that of many, which is for the same rows."""
    if request.param == "many":
        monkeypatch.setattr("airm_graph.graph.table.FEW", 0)


@settings(deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ROWS, second=ROWS)
@pytest.mark.usefixtures("amount")
def test_what_is_loaded_comes_out_again(first: list[Quad], second: list[Quad]) -> None:
    with TripleTable(threads=1) as table:
        table.load_rows(first)
        table.load_rows(iter(second))
        found = table.rows()
    assert as_read(found) == as_read(first + second)
    assert found == sorted(set(found))


@pytest.mark.usefixtures("amount")
def test_terms_are_taken_apart_and_unescaped_when_loaded() -> None:
    row = ("<urn:s>", "<urn:p>")
    values = ['"1.10"', r'"a\tb\"\\n\u00e9"@en-GB', f'"07"^^<{XSD}integer>', "_:b1", "<urn:o>"]
    with TripleTable() as table:
        table.load_rows([(*row, value, "") for value in values])
        found = table.execute("SELECT kind, lexical, datatype, language FROM terms ORDER BY kind DESC, lexical")
    assert found == [
        (BLANK, "b1", "", ""),
        (LITERAL, "07", f"{XSD}integer", ""),
        (LITERAL, "1.10", f"{XSD}string", ""),
        (LITERAL, 'a\tb"\\né', f"{PREFIXES['rdf']}langString", "en-GB"),
        (IRI, "urn:o", "", ""),
        (IRI, "urn:p", "", ""),
        (IRI, "urn:s", "", ""),
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
@pytest.mark.usefixtures("amount")
def test_two_spellings_are_one_term(one: str, other: str, turned: bool) -> None:
    rows = [("<urn:s>", "<urn:p>", one, ""), ("<urn:s>", "<urn:p>", other, "")]
    with TripleTable() as table:
        table.load_rows(reversed(rows) if turned else rows)
        assert table.rows() == [("<urn:s>", "<urn:p>", other, "")]
        assert len(set(table.find_ids([one, other]).values())) == 1
        table.load_rows(rows)
        assert len(table) == 1
        assert table.execute("SELECT count(*), count(DISTINCT id) FROM terms") == [(3, 3)]


@pytest.mark.usefixtures("amount")
def test_lexical_forms_that_differ_are_two_terms() -> None:
    values = [f'"01"^^<{XSD}integer>', f'"1"^^<{XSD}integer>', '"1"', '"1"@en', "<1>", "_:1"]
    with TripleTable() as table:
        table.load_rows(("<urn:s>", "<urn:p>", value, "") for value in values)
        assert sorted(row[2] for row in table.rows()) == sorted(values)


@pytest.mark.usefixtures("amount")
def test_ids_are_the_same_for_the_same_rows() -> None:
    rows = [(f"<urn:s{n}>", "<urn:p>", f'"{n}"', "<urn:g>") for n in range(2000)]
    found = []
    for turned in (False, True):
        with TripleTable() as table:
            table.load_rows(reversed(rows) if turned else rows)
            found.append(table.execute("SELECT * FROM terms ORDER BY id"))
    assert found[0] == found[1]
    assert len({row[0] for row in found[0]}) == 4002


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
@pytest.mark.usefixtures("amount")
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


@pytest.mark.usefixtures("amount")
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
        assert table.execute("SELECT count(*), count(DISTINCT id) FROM terms") == [(7, 7)]
    assert [path.name for path in tmp_path.iterdir()] == ["quads.duckdb"]


def test_terms_can_be_added_without_quads() -> None:
    with TripleTable() as table:
        table.load_rows([("<urn:s>", "<urn:p>", "<urn:o>", "")])
        known = table.find_ids(["<urn:new>", "<urn:o>"])
        assert known.keys() == {"<urn:o>"}
        ids = table.add_terms(["<urn:new>", "<urn:o>"])
        assert ids == known | table.find_ids(["<urn:new>", "<urn:absent>"])
        assert table.read_terms([ids["<urn:new>"]]) == {0: "", ids["<urn:new>"]: "<urn:new>"}
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
        found = table.execute("SELECT lexical FROM terms WHERE kind = 1")
    assert sorted(text for (text,) in found) == sorted(texts)


@pytest.mark.parametrize("settings", [{"memory_limit": "much"}, {"path": Path("/nowhere/at/all.duckdb")}])
def test_error_says_why_a_table_cannot_be_opened(settings: dict) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        TripleTable(**settings)


def test_error_shows_the_statement_when_it_is_refused() -> None:
    with TripleTable() as table, pytest.raises(StoreError, match="SELECT nothing"):
        table.execute("SELECT nothing FROM nowhere")


def write(path: Path, text: str, *, packed: bool = False) -> Path:
    data = text.encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


def load(*paths: Path) -> list[Quad]:
    with TripleTable(threads=1) as table:
        table.load_files(paths, parse=stream_rows)
        return table.rows()


SPELLINGS = st.sampled_from(
    [
        *(
            "<urn:a>",
            "<http://example.org/a?b#c>",
            "<http://example.org:80/a%20b>",
            "<https://example.org/é>",
            r"<urn:\u0041>",
            "<urn:b(c)>",
        ),
        *(
            "_:b0",
            "_:x.y",
            "_:0-é",
            '"plain"',
            '"two words"',
            '""',
            r'"a \"quoted\" <urn:a> . \\"',
            r'"\\n\n\r\t\u00e9"',
            '"é\x1f\x1e\u2028\x85"',
        ),
        *('"x"@en', '"x y"@en-GB', '"x"@zh-hant', f'"1"^^<{XSD}integer>', f'"a b"^^<{XSD}string>', '"<urn:a>"', '"a <urn:b>"', '"_:b ."'),
    ]
)
IRI_SPELLINGS = SPELLINGS.filter(lambda text: text.startswith("<"))
NODE_SPELLINGS = SPELLINGS.filter(lambda text: text[0] in "<_")
SPACES = st.sampled_from([" "] * 6 + ["  ", "\t", ""])
STATEMENTS = st.builds(
    lambda s, p, o, g, gap, end: gap.join(part for part in (s, p, o, g, end) if part),
    NODE_SPELLINGS,
    IRI_SPELLINGS,
    SPELLINGS,
    st.just("") | NODE_SPELLINGS,
    SPACES,
    st.sampled_from([" ."] * 6 + [".", " . # done", " .  "]).map(str.strip) | st.just("."),
)
LINES = st.lists(STATEMENTS | st.sampled_from(["", "# a comment <urn:a> <urn:b> .", "   "]), max_size=8)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(lines=LINES, end=st.sampled_from(["\n", "\r\n"]))
def test_files_say_what_the_parser_reads_in_them(tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str) -> None:
    path = write(tmp_path_factory.mktemp("files") / "a.nq", end.join(lines))
    try:
        said = parse_rows(path.read_bytes(), name="a.nq", suffix=".nq")
    except StoreError:
        with pytest.raises(StoreError, match="not readable as RDF"):
            load(path)
    else:
        assert as_read(load(path)) == as_read(said)


@pytest.mark.parametrize("name", ["a.nt", "a.NT", "a.nt.gz"])
def test_files_of_triples_are_read_as_such(tmp_path: Path, name: str) -> None:
    text = '<urn:s> <urn:p> "one two" .\n<urn:s> <urn:p> <urn:o> .\n_:b <urn:p> _:b .\n'
    path = write(tmp_path / name, text, packed=name.endswith("gz"))
    assert load(path) == sorted(
        as_read([("<urn:s>", "<urn:p>", '"one two"', ""), ("<urn:s>", "<urn:p>", "<urn:o>", ""), ("_:b", "<urn:p>", "_:b", "")])
    )


def test_blank_nodes_of_two_files_are_not_the_same(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        write(tmp_path / name, '_:x <urn:p> "x" .\n_:x <urn:p> "\\u00e9" .\n')
    assert [row[0] for row in load(tmp_path)] == ["_:f1-x", "_:f1-x", "_:f2-x", "_:f2-x"]


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ("<urn:s> <urn:p> .", "a.nq"),
        ("<s> <urn:p> <urn:o> .", "a.nq"),
        ('"s" <urn:p> <urn:o> .', "a.nq"),
        ("<urn:s> _:p <urn:o> .", "a.nq"),
        ('<urn:s> <urn:p> <urn:o> "g" .', "a.nq"),
        ("<urn:s> <urn:p> <urn:o> <urn:g> .", "a.nt"),
        ("<urn:s> <urn:p> <http://example.org/%zz> .", "a.nq"),
        ('<urn:s> <urn:p> "x"@toolongatag .', "a.nq"),
        (f'<urn:s> <urn:p> "x"^^<{PREFIXES["rdf"]}langString> .', "a.nq"),
        ('<urn:s> <urn:p> "open .', "a.nt"),
        ("\ufeff<urn:s>", "a.nt"),
    ],
)
def test_error_names_file_and_line_and_leaves_the_table_as_it_was(tmp_path: Path, bad: str, name: str) -> None:
    path = write(tmp_path / name, f"<urn:s> <urn:p> <urn:o> .\n\n# a comment\n{bad}\n<urn:s> <urn:p> <urn:q> .\n")
    with TripleTable() as table:
        with pytest.raises(StoreError, match=re.escape(f"{path.as_posix()}:4:")):
            table.load_files([path], parse=stream_rows)
        assert table.rows() == []


def test_bytes_that_are_no_text_are_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.nt"
    path.write_bytes(b'<urn:s> <urn:p> "x" .\n<urn:s> <urn:p> "\xff" .\n')
    with pytest.raises(StoreError, match=re.escape(f"{path.as_posix()}:2:")):
        load(path)


def test_lines_that_duckdb_does_not_read_are_read_by_the_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airm_graph.graph.nquads._LONGEST", 100)
    path = write(tmp_path / "a.nt", f'<urn:s> <urn:p> "{"x" * 500}" .\n_:b <urn:p> <urn:o> .\n')
    assert len(load(path)) == 2


@pytest.mark.parametrize("name", ["a.nt", "a.ttl"])
def test_text_that_is_too_long_for_the_parser_is_an_error_that_names_the_file(name: str) -> None:
    data, suffix = b'<urn:s> <urn:p> "%s" .' % (b"x" * (17 << 20)), Path(name).suffix
    with pytest.raises(StoreError, match=f"{name}: not readable as RDF"):
        parse_rows(data, name=name, suffix=suffix)
    with pytest.raises(StoreError, match=f"{name}: not readable as RDF"):
        list(stream_rows(io.BytesIO(data), name, suffix))


@pytest.mark.parametrize("piece", [7, 300, 5000])
def test_long_files_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    for name, size in (("_WHOLE", 1000), ("_PART", 1000), ("_PIECE", piece)):
        monkeypatch.setattr(f"airm_graph.graph.nquads.{name}", size)
    lines = [f'<urn:s{n % 50}> <urn:p> "text {n % 70}" .\n' for n in range(200)]
    assert len(load(write(tmp_path / "a.nt", "".join(lines)))) == 200
    path = write(tmp_path / "a.nt", "".join(lines) + "<s> <urn:p> <urn:o> .\n")
    with pytest.raises(StoreError, match=":201:"):
        load(path)


@pytest.mark.parametrize("name", ["absent.nq", "a.ttl", "empty"])
def test_error_says_that_there_is_no_such_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "a.ttl", "")
    with TripleTable() as table, pytest.raises(InputError, match=name):
        table.load_files([tmp_path / name], parse=stream_rows)


def test_selects_are_taken_in_as_texts_of_terms() -> None:
    with TripleTable() as table:
        table.execute("CREATE TABLE t AS SELECT n, 'text ' || n AS text FROM range(3) AS r(n)")
        table.load_select(
            "SELECT '<urn:' || n || '>' AS s, '<urn:label>' AS p, '\"' || text || '\"' AS o, '<urn:g>' AS g FROM t",
            "SELECT '<urn:' || n || '>' AS s, '<urn:next>' AS p, '<urn:' || (n + 1) || '>' AS o, NULL AS g FROM t",
            "SELECT '<urn:0>' AS s, '<urn:next>' AS p, '<urn:1>' AS o, '' AS g",
        )
        assert len(table.rows()) == 6
        assert table.rows()[0] == ("<urn:0>", "<urn:label>", '"text 0"', "<urn:g>")
        with pytest.raises(StoreError, match="no N-Quads term"):
            table.load_select("SELECT 'bare' AS s, '<urn:p>' AS p, '<urn:o>' AS o, '' AS g")
        with pytest.raises(StoreError, match="nowhere"):
            table.load_select("SELECT s, p, o, g FROM nowhere")
        assert len(table) == 6


@pytest.mark.usefixtures("amount")
def test_terms_whose_numbers_meet_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "airm_graph.graph.intake.number_of", short := lambda text: f"CASE WHEN {text} = '' THEN 0 ELSE length({text}) // 4 END"
    )
    monkeypatch.setattr("airm_graph.graph.table.number_of", short)
    rows = [(f"<urn:{'s' * n}>", "<urn:p>", f"<urn:{'s' * (m + 1)}>", "") for n in range(1, 12) for m in range(n)]
    with TripleTable() as table:
        table.load_rows(rows[:9])
        table.load_rows(rows[4:])
        table.load_select("SELECT '<urn:t>' AS s, '<urn:p>' AS p, '<urn:u>' AS o, '' AS g")
        assert table.rows() == sorted([*rows, ("<urn:t>", "<urn:p>", "<urn:u>", "")])
        ids = table.add_terms(["<urn:t>", "<urn:u>", "<urn:v>", "<urn:ss>"])
        assert len(set(ids.values())) == 4
        assert {number: text for text, number in ids.items()}.items() <= table.read_terms(ids.values()).items()
        assert table.find_ids(["<urn:w>", "<urn:v>"]) == {"<urn:v>": ids["<urn:v>"]}


@pytest.mark.parametrize("is_short", [False, True])
def test_coded_quads_are_those_of_the_same_selects(monkeypatch: pytest.MonkeyPatch, is_short: bool) -> None:
    if is_short:
        for module in ("coded", "intake", "table"):
            monkeypatch.setattr(
                f"airm_graph.graph.{module}.number_of", lambda text: f"CASE WHEN {text} = '' THEN 0 ELSE 1 + length({text}) // 4 END"
            )
    with TripleTable() as table:
        table.load_rows([("<urn:s>", "<urn:p>", '"0"', "")])
        table.execute(
            "CREATE TABLE things AS SELECT '<urn:' || repeat('t', CAST(n AS INTEGER)) || '>' AS s, n % 3 AS few FROM range(1, 40) AS r(n)"
        )
        value = "'\"' || few || '\"'"
        quads = [
            CodedQuads("things", "s", "<urn:p>", value, "'<urn:g>'"),
            CodedQuads("things", "s", "<urn:q>", "s", "'<urn:g>'", "few > 0"),
            CodedQuads("things", "s", "<urn:q>", "'<urn:it''s>'", "''", "few = 1"),
        ]
        table.load_coded(quads, repeated={value})
        expected = sorted([("<urn:s>", "<urn:p>", '"0"', "")] + [row for n in range(1, 40) for row in _rows_of(f"<urn:{'t' * n}>", n % 3)])
        assert table.rows() == expected
        texts = {text for row in expected for text in row} - {""}
        assert len(set(table.find_ids(texts).values())) == len(texts) == table.execute("SELECT count(*) FROM terms")[0][0]


def _rows_of(name: str, few: int) -> list[tuple[str, str, str, str]]:
    found = [(name, "<urn:p>", f'"{few}"', "<urn:g>")]
    if few:
        found.append((name, "<urn:q>", name, "<urn:g>"))
    return [*found, (name, "<urn:q>", "<urn:it's>", "")] if few == 1 else found


def test_coded_quads_that_are_refused_leave_the_table_as_it_was() -> None:
    with TripleTable() as table:
        table.load_rows([("<urn:s>", "<urn:p>", '"0"', "")])
        table.execute("CREATE TABLE things AS SELECT '<urn:a>' AS s")
        with pytest.raises(StoreError, match="nothing"):
            table.load_coded([CodedQuads("things", "s", "<urn:p>", "s", "''"), CodedQuads("things", "s", "<urn:p>", "nothing", "''")])
        with pytest.raises(StoreError, match="no such"):
            table.load_coded(
                [CodedQuads("things", "s", "<urn:p>", "s", "''"), CodedQuads("things", "s", "<urn:q>", "s", "''", "error('no such') = 1")]
            )
        assert table.rows() == [("<urn:s>", "<urn:p>", '"0"', "")]
        assert table.find_ids(["<urn:a>"]) == {}
