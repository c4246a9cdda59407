"""Lines that are written from columns are those of the numbered quads, and nobody sees which quads are numbered."""

import csv
from collections.abc import Callable
from pathlib import Path

import corpus
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airm_graph.errors import StoreError
from airm_graph.export import QuadList, TableQuads
from airm_graph.graph import CodedQuads, SmallTable, TripleTable, quote
from airm_graph.graph.coded_lines import stream_blocks
from airm_graph.ingest.inputs import find_inputs
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.platform import EMBEDDED
from airm_graph.pipeline.reading import read_inputs
from airm_graph.pipeline.stating import state
from airm_graph.progress import tell_nobody


def write_uncoded(size: int, folder: Path) -> None:
    """Generated tables of which every third row has no code."""
    corpus.write_tables(size, folder, clean=True)
    path = folder / "mitigations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    cut = head.index("Code")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *([*row[:cut], *[""] * (len(row) - cut)] if n % 3 == 0 else row for n, row in enumerate(rows))])


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize(("write", "size"), [(corpus.write_tables, 900), (corpus.write_wide_tables, 300), (write_uncoded, 30)])
def test_lines_of_columns_are_those_of_numbered_quads(tmp_path: Path, write: Callable[[int, Path], object], size: int, few: bool) -> None:
    write(size, tmp_path)
    options = BuildOptions(mapping=tmp_path / "mapping.yaml")
    with EMBEDDED.open(few=few) as session:
        read = read_inputs(find_inputs([tmp_path]), options, session=session, tell=tell_nobody)
        assert read.independent
        state(read, session=session, options=BuildOptions())
        table = session.table
        assert table.coded
        number = len(table)
        written = "".join(TableQuads(table).triples())
        assert table.coded
        assert "".join(QuadList(table.rows()).triples()) == written
        assert not table.coded
        assert "".join(TableQuads(table).triples()) == written
        assert len(table) == number == table.execute("SELECT count(*) FROM quads")[0][0]


def make_table(rows: list[tuple[str, str | None, str | None]], *, few: bool = False, later: bool = False) -> TripleTable:
    """Quads with one object, with several of one property, and with a list; others are numbered, or rows still."""
    table = SmallTable() if few else TripleTable(threads=1)
    table.load_rows([("<urn:z>", "<urn:p>", '"0"', g) for g in ("", "<urn:g>")], later=later)
    table.load_records(
        "things",
        columns={"s": "VARCHAR", "one": "VARCHAR", "many": "VARCHAR"},
        records=[(f"<urn:{s}>", one or "", many or "") for s, one, many in rows],
    )
    text = ("'\"'", "one", "'\"'")
    words = "unnest(list_transform(string_split(many, chr(10)), lambda x: '<urn:' || x || '>'))"
    quads = [
        CodedQuads("things", "s", "<urn:p>", " || ".join(text), "'<urn:g>'", "one <> ''", parts=text),
        CodedQuads("things", "s", "<urn:a>", words, "'<urn:g>'", "many <> ''"),
        CodedQuads("things", "s", "<urn:q>", "s", "'<urn:g>'"),
        CodedQuads("things", "s", "<urn:q>", quote("<urn:it's>"), "''", "one = 'b'"),
        CodedQuads("things", "'<urn:' || one || '/one>'", "<urn:r>", "s", "''", "one <> ''", rows="one <> 'c'"),
    ]
    table.load_coded(quads, later=True)
    return table


SUBJECTS = st.text("abcz/0", min_size=1, max_size=4)
WORDS = st.lists(st.text("ab", min_size=1, max_size=2), max_size=4, unique=True).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(
    few=st.booleans(),
    later=st.booleans(),
    rows=st.lists(
        st.tuples(SUBJECTS, st.sampled_from("bcde") | st.none(), WORDS), max_size=8, unique_by=(lambda row: row[0], lambda row: row[1])
    ),
)
def test_any_columns_are_written_as_their_quads_are(rows: list[tuple[str, str | None, str]], few: bool, later: bool) -> None:
    with make_table(list(rows), few=few, later=later) as table:
        number, written = len(table), "".join(TableQuads(table).triples())
        assert "".join(QuadList(table.rows()).triples()) == written
        assert number == len(table)


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("few", [False, True])
def test_subject_that_others_speak_of_has_all_its_lines_together(few: bool, later: bool) -> None:
    with make_table([("z", "b", "x\na"), ("y", None, None)], few=few, later=later) as table:
        assert stream_blocks(table) is None
        written = "".join(TableQuads(table).triples()).splitlines()
        assert written == sorted(written)
        assert [line for line in written if line.startswith("<urn:z> <urn:p>")] == ['<urn:z> <urn:p> "0" .', '<urn:z> <urn:p> "b" .']


@pytest.mark.parametrize("few", [False, True])
def test_columns_that_are_left_are_numbered_before_others_come(few: bool) -> None:
    with make_table([("y", "b", None)], few=few) as table:
        table.load_rows([("<urn:w>", "<urn:p>", '"1"', "")])
        assert not table.coded
        assert len(table) == 7


@pytest.mark.parametrize("few", [False, True])
def test_rows_that_are_left_are_found_by_whatever_asks_for_them(few: bool) -> None:
    rows = [("<urn:a>", "<urn:p>", '"\\u0062"', ""), ("<urn:a>", "<urn:p>", '"b"', "<urn:g>")]
    for ask in (
        lambda table: table.find_ids(["<urn:a>"]),
        lambda table: table.rows(),
        lambda table: table.execute("SELECT 1 FROM quads LIMIT 1"),
        lambda table: "".join(TableQuads(table).triples()) == '<urn:a> <urn:p> "b" .\n',
        lambda table: next(table.stream("SELECT s FROM quads")),
        lambda table: len(table) == 2,
    ):
        with SmallTable() if few else TripleTable(threads=1) as table:
            table.load_rows(rows, later=True)
            assert table.given
            assert ask(table)


@pytest.mark.parametrize("few", [False, True])
def test_row_that_is_left_and_no_quad_is_refused_when_it_is_asked_for(few: bool) -> None:
    with SmallTable() if few else TripleTable(threads=1) as table:
        table.load_rows([("<urn:a>", "<urn:p>", "no term", "")], later=True)
        with pytest.raises(StoreError, match="no term"):
            table.rows()
