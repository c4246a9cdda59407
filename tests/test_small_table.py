"""Few quads in SQLite: the same plans say the same as in DuckDB."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import corpus
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from airm_graph.errors import StoreError
from airm_graph.graph import SmallTable, TripleTable
from airm_graph.graph.re2_patterns import compile_pattern
from airm_graph.graph.store import parse_rows, stream_rows
from airm_graph.pipeline import Graph, build, building, validate_inputs, validation
from airm_graph.pipeline.shipped import read_ontology, read_taxonomies
from airm_graph.reason import infer
from airm_graph.terms import Quad
from airm_graph.validate import DEFAULT_SHAPES
from airm_graph.validate.compile import KEYS
from airm_graph.validate.compile.lexical import ORDERED, PARTIAL_DATES
from airm_graph.validate.engine import judge
from airm_graph.validate.literal_keys import key_literal
from airm_graph.validate.shape_files import read_every_shapes
from judging import compare

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = sorted(path for path in (ROOT / "tests" / "shapes").iterdir() if path.is_dir())
PAGE = ROOT / "examples" / "francois-child-safety.txt"
TABLES = (SmallTable, TripleTable)
#: More words than are looked for one by one.
WORDS = "kill|kills|kiln|b|bc|bcd|zoo|y|x|w|v"


def build_in(table: type[TripleTable], monkeypatch: pytest.MonkeyPatch, *inputs: Path, base: str = "https://example.org/") -> Graph:
    monkeypatch.setattr(building, "_FEW_BYTES", 1 << 20 if table is SmallTable else -1)
    graph = build(inputs, base=base)
    assert type(graph.table) is table
    return graph


def write_json(number: int, folder: Path) -> None:
    corpus.write_tables(number, folder)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            path.with_suffix(".json").write_text(json.dumps(list(csv.DictReader(file))), encoding="utf-8")
        path.unlink()


def write_both(number: int, folder: Path) -> None:
    """Two tables of the same sources, and pages beside them."""
    corpus.write_tables(number, folder / "one")
    corpus.write_tables(number // 2, folder / "two")
    corpus.write_captures(number // 10, folder / "pages")


@pytest.mark.parametrize("write", [corpus.write_tables, corpus.write_wide_tables, write_json, write_both])
def test_graph_of_small_tables_is_the_same_in_both_tables(
    write: Callable[[int, Path], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(300, tmp_path / "in")
    hold_alike([tmp_path / "in"], monkeypatch, tmp_path)


@pytest.mark.parametrize("inputs", [[PAGE], [ROOT / "examples"]], ids=["page", "folder"])
def test_graph_of_few_pages_is_the_same_in_both_tables(inputs: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hold_alike(inputs, monkeypatch, tmp_path)


def hold_alike(inputs: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small, large = (build_in(table, monkeypatch, *inputs) for table in TABLES)
    assert small.report == large.report
    assert small.quads == large.quads
    assert (small.count(), len(small), small.digest) == (large.count(), len(large), large.digest)
    assert small.query("codes-by-source").rows == large.query("codes-by-source").rows
    one, other = (graph.write(tmp_path / name) for graph, name in ((small, "small"), (large, "large")))
    assert {name: path.read_bytes() for name, path in one.items()} == {name: path.read_bytes() for name, path in other.items()}


def test_large_inputs_are_left_to_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(build([PAGE]).table) is SmallTable
    assert type(build([PAGE], shapes=["core"]).table) is SmallTable
    monkeypatch.setattr(building, "_FEW_BYTES", PAGE.stat().st_size - 1)
    assert type(build([PAGE]).table) is TripleTable


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda folder: folder.name)
def test_defects_are_found_alike_in_both_tables(folder: Path) -> None:
    rows = [row for path in sorted(folder.glob("*.ttl")) for row in parse_rows(path.read_bytes(), name=path.name, suffix=".ttl")]
    shapes, found = read_every_shapes(DEFAULT_SHAPES), []
    for kind in TABLES:
        with kind() as table:
            table.load_rows(rows)
            judgement = judge(table, shape_rows=shapes)
            found.append((compare(judgement), judgement.engines, judgement.focus_nodes))
    assert found[0] == found[1]


def test_same_follows_in_both_tables() -> None:
    with SmallTable() as small, TripleTable() as large:
        for table in (small, large):
            table.load_rows(read_taxonomies())
        assert infer(small, ontology=read_ontology()) == infer(large, ontology=read_ontology())
        assert small.rows() == large.rows()


TERMS = ['"a\\u0000b"', '"\\\\d\\n\\""@en-GB', '"1.10"^^<http://www.w3.org/2001/XMLSchema#decimal>', "_:b", "<urn:ü>", '"İK"', '"x"@EN']


@pytest.mark.parametrize("make", [SmallTable, TripleTable])
def test_quads_are_those_of_the_table_however_they_came_and_went(make: type[TripleTable], tmp_path: Path) -> None:
    rows = [(f"<urn:{n}>", "<urn:p>", f'"{n}"', f"<urn:g{n % 2}>") for n in range(4)]
    (tmp_path / "more.nq").write_text("<urn:x> <urn:p> <urn:y> .\n", encoding="utf-8")
    with make() as table:
        table.load_rows(rows)
        table.load_rows([*rows[:2], ("<urn:z>", "<urn:p>", '"z"', "")])
        assert table.rows() == sorted([*rows, ("<urn:z>", "<urn:p>", '"z"', "")])
        (graph,) = table.find_ids(["<urn:g1>"]).values()
        table.append("quads", f"SELECT p AS s, p, o, g FROM quads WHERE g = {graph}")
        added = [("<urn:p>", p, o, g) for _, p, o, g in rows if g == "<urn:g1>"]
        assert table.rows() == sorted([*rows, *added, ("<urn:z>", "<urn:p>", '"z"', "")])
        table.remove_graph("<urn:g1>")
        kept = [row for row in rows if row[3] == "<urn:g0>"]
        assert table.rows() == sorted([*kept, ("<urn:z>", "<urn:p>", '"z"', "")])
        table.load_files([tmp_path / "more.nq"], parse=stream_rows)
        assert table.rows() == sorted([*kept, ("<urn:z>", "<urn:p>", '"z"', ""), ("<urn:x>", "<urn:p>", "<urn:y>", "")])


@pytest.mark.parametrize("make", [SmallTable, TripleTable])
def test_terms_that_a_table_does_not_know_have_no_ids(make: type[TripleTable]) -> None:
    with make() as table:
        table.load_rows([("<urn:a>", "<urn:p>", '"1"', "")])
        assert table.find_ids(["<urn:a>", "<urn:b>", '"2"', "<urn:c>"]).keys() == {"<urn:a>"}


def test_terms_are_taken_apart_alike_in_both_tables() -> None:
    rows: list[Quad] = [("<urn:s>", "<urn:p>", term, "") for term in TERMS]
    asked = "SELECT kind, lexical, datatype, language FROM terms WHERE kind <> 0 ORDER BY 1, 2, 3, 4"
    with SmallTable() as small, TripleTable() as large:
        for table in (small, large):
            table.load_rows(rows)
            table.load_rows(rows)
        assert small.rows() == large.rows()
        assert small.execute(asked) == large.execute(asked)


@pytest.mark.parametrize(
    "sql",
    [
        r"regexp_matches('a' || chr(10), '^(a)$')",
        r"regexp_matches('a' || chr(10), '\Aa\z')",
        r"regexp_full_match('ab', 'a|ab')",
        r"regexp_matches('é x', '\x{e9}[[:space:]]x')",
        r"regexp_matches(chr(160), '^\s$')",
        r"regexp_matches('KELVIN', '(?i)kelvin')",
        rf"regexp_matches('a B', '\b(?i:{WORDS})\b')",
        rf"regexp_matches('kills', '({WORDS})s$')",
        "contains('ab', 'b')",
        "concat_ws(chr(10), 'a', NULL, '', 'b')",
        "md5('é')",
        r"regexp_extract('2024-05', '^(-?[0-9]{4,})-([0-9]{2})', 2)",
        r"regexp_replace(' 1 2 ', '[[:space:]]', '', 'g')",
        r"concat('a', NULL, 1)",
        "lower('ÄB')",
        "length('aé😀')",
        "starts_with('ab', 'a')",
        "ends_with('ab', 'a')",
    ],
)
def test_functions_answer_alike_in_both_tables(sql: str) -> None:
    with SmallTable() as small, TripleTable() as large:
        (one,), (other,) = small.execute(f"SELECT {sql}")[0], large.execute(f"SELECT {sql}")[0]
    assert one == other


SPACE = r"[\x{9}-\x{d}\x{20}\x{a0}\x{2028}]"
VALUES = [
    "",
    "0",
    "7",
    "007",
    "12345678901234567890",
    "123456789012345678901",
    "-3",
    "+4",
    " 5 ",
    "1.50",
    "NaN",
    "xNaNx",
    "it's",
    "its",
    "a\u00a0",
]
OTHER_VALUES = [" ", "\u2028\t", "\u2028b", "a\u0000b", "a\u0000", "\u0000it's", "é", "İK", "1\n", "Inf", "it"]


@pytest.mark.parametrize(
    "condition",
    [
        r"regexp_matches(v, '^(\s*[+-]?[0-9]+\s*)$')",
        r"regexp_matches(v, '^(\s*[+-]?[0-9]{0,20}(\.[0-9]{0,18})?\s*)$')",
        "regexp_matches(v, '^(0|-?[1-9][0-9]*)$')",
        "NOT regexp_matches(v, 'NaN')",
        rf"NOT regexp_matches(v, '\A{SPACE}|{SPACE}\z')",
        rf"regexp_matches(v, '{SPACE.replace('[', '[^', 1)}')",
        "regexp_matches(t.v, 'it''s')",
        "starts_with(v, 'it''s') OR starts_with(t.v, 'a')",
        "length(v) > 1",
        "length(v) <= 20 AND NOT starts_with(v, '')",
    ],
)
def test_conditions_choose_the_same_texts_in_both_tables(condition: str) -> None:
    found = []
    for kind in TABLES:
        with kind() as table:
            table.load_records("texts", columns={"v": "VARCHAR"}, records=[(text,) for text in (*VALUES, *OTHER_VALUES)])
            found.append([table.execute(f"SELECT v FROM texts AS t WHERE {part} ORDER BY v") for part in (condition, f"NOT ({condition})")])
    assert found[0] == found[1]
    assert len(found[0][0] + found[0][1]) == len(VALUES) + len(OTHER_VALUES)


@pytest.mark.parametrize("text", [*WORDS.split("|"), "kil", "killss", "bcde", "zo", ""])
def test_words_that_begin_alike_are_found_as_one_by_one(text: str) -> None:
    for pattern in (rf"\A({WORDS})\Z", rf"\b(?i:{WORDS})\b", rf"x({WORDS})"):
        for asked in (text, text.upper(), f"x{text}"):
            assert bool(compile_pattern(pattern).search(asked)) == bool(re.search(pattern, asked))


@pytest.mark.parametrize("row", [("<urn:s>", "<urn:p>", "x", ""), ("<urn:s>", "", "<urn:o>", "")])
def test_table_is_as_before_when_a_row_is_refused(row: Quad) -> None:
    with SmallTable() as table:
        with pytest.raises(StoreError, match=r"rows cannot be loaded|no N-Quads term"):
            table.load_rows([("<urn:s>", "<urn:p>", "<urn:o>", ""), row])
        assert table.rows() == []
        assert table.execute("SELECT * FROM terms") == []


def test_old_sqlite_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SmallTable, "is_usable", False)
    assert type(build([PAGE]).table) is TripleTable


LINES = [
    b"<urn:a> <urn:p> <urn:b> .",
    b'<urn:a> <urn:p> "x y"@en .',
    b'<urn:a> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
    b"_:n <urn:p> _:m .",
    b"_:n <urn:p> <urn:b> <urn:g> .",
    b'<urn:a> <urn:p> "a \\" b" _:g .',
    b'<urn:a> <urn:p> "\\u00e9"@en-gb .',
    b"<urn:a> <urn:p> <urn:\xc3\xa9> .",
    b'<urn:a> <urn:p> "\xc3\xa9" .',
    b'<urn:a> <urn:p> "\xff" .',
    b'<urn:a>\t<urn:p>  "x" . # said twice',
    b'"a" <urn:p> <urn:b> .',
    b"<urn:a> _:p <urn:b> .",
    b"<urn:a> <urn:p> <b> .",
    b"<urn:a> <urn:p> .",
    b'<urn:a> <urn:p> "x"^^<http://www.w3.org/2001/XMLSchema#string> .',
    b"# a comment",
    b"",
    b"\xef\xbb\xbf<urn:a> <urn:p> <urn:b> .",
    b'<urn:a> <urn:p> "x \x00" .',
]


def load_lines(kind: type[TripleTable], path: Path, label: str | None) -> list[Quad] | str:
    with kind() as table:
        try:
            table.load_files([path], parse=stream_rows, label=label)
        except StoreError as error:
            assert len(table) == 0
            return str(error).removeprefix("rows cannot be loaded: ")
        return table.rows()


@settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(st.sampled_from(LINES), max_size=5),
    end=st.sampled_from([b"\n", b"\r\n", b"\n\n"]),
    name=st.sampled_from(["a.nt", "a.nq"]),
    label=st.sampled_from([None, "f2-"]),
)
@example(LINES[:4], b"\n", "a.nt", "f1-")
@example(LINES[:9], b"\n", "a.nq", None)
def test_files_of_lines_are_read_alike_in_both_tables(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes, name: str, label: str | None
) -> None:
    path = tmp_path_factory.mktemp("lines") / name
    path.write_bytes(end.join(lines) + end)
    assert load_lines(SmallTable, path, label) == load_lines(TripleTable, path, label)


LEXICAL = st.one_of(
    st.sampled_from(
        ["INF", "-INF", "NaN", "24:00:00", "true", "0", "--02-29", "---31Z", "2024-05", "-0044", "99999999999", " +5 ", "1.", ".5"]
    ),
    st.decimals(allow_nan=False, allow_infinity=False, places=20, min_value=-(10**21), max_value=10**21).map(str),
    st.integers(-(10**22), 10**22).map(str),
    st.floats().map(repr),
    st.dates().map(str),
    st.datetimes().map(lambda one: one.isoformat()),
    st.times().map(lambda one: one.isoformat() + "-05:30"),
    st.tuples(st.datetimes(), st.integers(0, 10**12), st.sampled_from(["", "Z", "+14:00", "-00:30"])).map(
        lambda one: f"{one[0]:%Y-%m-%dT%H:%M:%S}.{one[1]}{one[2]}".rjust(1)
    ),
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(LEXICAL, min_size=1, max_size=12, unique=True))
@example(["1", "-1", "0.5", "-0.5", "1.0", "-0", "12345678901234567890.5", "1e400", "123456789012345678901"])
@example(["0.1234567895", "0.123456790", "2024-01-01T00:00:59.9999999999", "2024-01-01T00:01:00", "2024-01-01T00:00:00Z"])
def test_literals_have_the_same_order_in_both_tables(texts: list[str]) -> None:
    names = (*ORDERED, *PARTIAL_DATES)
    rows: list[Quad] = [
        ("<urn:s>", "<urn:p>", f'"{text}"^^<http://www.w3.org/2001/XMLSchema#{name}>', "") for text in texts for name in names
    ]
    with TripleTable() as table:
        table.load_rows(rows)
        table.materialise("keys", KEYS)
        found = table.execute("SELECT d.lexical, d.datatype, k.space, k.exact, k.rough FROM keys AS k JOIN terms AS d ON d.id = k.id")
    made = [(text, name, key) for text in texts for name in names if (key := key_literal(text, name=name))]
    assert sorted((text, datatype.partition("#")[2], space) for text, datatype, space, *_ in found) == sorted(
        (text, name, key[0]) for text, name, key in made
    )
    keys = {(text, name): key for text, name, key in made}
    exact = [(keys[text, datatype.partition("#")[2]][1], one) for text, datatype, _, one, _ in found]
    assert [key is None for key, _ in exact] == [one is None for _, one in exact]
    written, numbers = (
        zip(*[(key, one) for key, one in exact if key is not None], strict=True) if any(key for key, _ in exact) else ((), ())
    )
    assert sorted(range(len(written)), key=lambda n: (written[n], n)) == sorted(range(len(numbers)), key=lambda n: (numbers[n], n))
    rough = [(keys[text, datatype.partition("#")[2]][2], one) for text, datatype, _, _, one in found]
    assert all(one == other for one, other in rough)


def test_plans_that_sqlite_does_not_run_in_good_time_are_run_in_duckdb() -> None:
    row = ("<urn:s>", "<urn:p>", f'"{"a" * 40}"', "")
    with SmallTable() as table:
        table.load_rows([row])
        plain = "SELECT id FROM terms WHERE regexp_matches(lexical, '{}')"
        with table.able_to_run([plain.format("a+b"), "SELECT 1" + " UNION SELECT 1" * 300]) as able:
            assert able is table
        for sql in (plain.format("(a+)+b"), "SELECT 1" + " UNION SELECT 1" * 600, f"SELECT {'(' * 90}1{')' * 90}"):
            with table.able_to_run([sql]) as able:
                assert type(able) is TripleTable
                assert able.rows() == [row]
                able.execute(sql)
        with table.able_to_run([plain.format("(a+)+b")], known=["(a+)+b"]) as able:
            assert able is table


DATA = """<urn:a> <urn:name> "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" .
<urn:a> <urn:name> "b" .
<urn:a> <urn:name> "c" .
"""
SHAPES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
<urn:S> a sh:NodeShape ; sh:targetSubjectsOf <urn:name> ; sh:property [ sh:path <urn:name> ; sh:maxCount 1 ; PATTERN ] .
"""


@pytest.mark.parametrize("pattern", ['sh:pattern "^(a+)+$"', 'sh:pattern "^a"', "sh:minLength 2"])
def test_shapes_of_others_find_the_same_in_both_tables(pattern: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, shapes = tmp_path / "data.nt", tmp_path / "shapes.ttl"
    data.write_text(DATA)
    shapes.write_text(SHAPES.replace("PATTERN", pattern))
    found = []
    for limit in (1 << 20, -1):
        monkeypatch.setattr(validation, "_FEW_STATEMENTS", limit)
        found.append(validate_inputs([data], shapes=[str(shapes)])[0])
    assert found[0] == found[1]
    assert len(found[0].findings) > 1


@pytest.mark.parametrize(("name", "size", "few"), [("a.nt", 3, True), ("a.nt", 4, False), ("a.ttl", 3, True), ("a.ttl", 40, False)])
def test_size_of_files_says_which_table_takes_them(
    name: str, size: int, few: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation, "_FEW_STATEMENTS", 3)
    (tmp_path / name).write_text("<urn:s> <urn:p> <urn:o> .\n" * size)
    assert validation._are_few([tmp_path / name]) is few
    assert not validation._are_few([tmp_path / "a.parquet"])
