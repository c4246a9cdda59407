"""Rows that are mitigations by themselves say what they say when they are merged like any other: the same bytes, findings and places."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import corpus
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import airm_graph
from airm_graph.graph import TripleTable
from airm_graph.ingest.formats import MAX_CELL, copy_table, stream_cells
from airm_graph.ingest.tables import mapped_table
from airm_graph.ingest.tables.regular import load_regular
from airm_graph.merge.independent import find_rest
from airm_graph.namespaces import PREFIXES
from airm_graph.pipeline import merging

AIRM = PREFIXES["airm"]
ROOT = Path(__file__).resolve().parent.parent
MIT = ROOT.parent / "shared" / "data" / "mit-v1"
HEAD = ["ID", "Name", "Description", "Source ID", "Code", "Code label", "Classified by", "Classification date"]


@contextmanager
def merging_all() -> Iterator[None]:
    """Every row counts as one of which something has to be said."""

    def find(candidates: list[str], **known: object) -> None:
        columns = "table_number, number, source, name, identifier, text, FALSE AS usable"
        find_rest([f"SELECT {columns} FROM ({select}) AS c" for select in candidates], **known)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "find_rest", find)
        yield


def write_files(graph: airm_graph.Graph) -> dict[str, object]:
    found: dict[str, object] = {name: "".join(graph.export(name)) for name in ("nquads", "turtle")}
    return {**found, **graph.list_beside(), "counts": graph.count(), "tables": graph.tables}


def compare(inputs: list[Path], **options: object) -> dict[str, object]:
    """Hold both ways equal; gives what was written."""
    found = write_files(airm_graph.build(inputs, **options))  # type: ignore[arg-type]
    with merging_all():
        expected = write_files(airm_graph.build(inputs, **options))  # type: ignore[arg-type]
    for name, data in expected.items():
        assert found[name] == data, name
    return found


def write_table(path: Path, rows: list[list[str]], *, head: list[str] = HEAD, delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([head, *rows])


def write_folder(folder: Path, rows: list[list[str]], *, sources: int = 2) -> Path:
    """A folder of a table with its sources, in the columns of the generated mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapping.yaml").write_text(corpus.MAPPING, encoding="utf-8")
    write_table(folder / "mitigations.csv", rows)
    write_table(
        folder / "sources.csv",
        [list(corpus.make_source(number)) for number in range(sources)],
        head=list(corpus.SOURCE_HEAD),
    )
    return folder


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    corpus.write_tables(2400, folder)  # more than SQLite is given
    return folder


@pytest.mark.parametrize("base", ["https://w3id.org/airm-graph/", "http://aaa.example/it's/"])
def test_generated_tables(generated: Path, base: str) -> None:
    compare([generated], mapping=generated / "mapping.yaml", base=base)


def test_generated_wide_tables(tmp_path: Path) -> None:
    corpus.write_wide_tables(600, tmp_path)
    compare([tmp_path], mapping=tmp_path / "mapping.yaml")


@pytest.mark.parametrize("few", [0, 1_000])
def test_texts_that_need_a_repair_are_repaired_in_whatever_way_their_row_is_read(
    few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapped_table, "_FEW", few)
    texts = {
        "A1": ("Aacks plan", "Aacks are listed [3, 4]."),
        "A2": ("Attacks plan", "Every measure is \ufb01led."),
        "A3": ("Plain name", "A plain text."),
        "A4": ("Joined words", "Every mea- sure is of long- and short-term use, and a wid- get is none."),
        "A5": ("Name on\ntwo lines", "It is kept \nfor years (Lee et al., 2024)."),
        "A6": ("Notes", "Thirdparty audits.3 They help."),
    }
    rows = [[key, name, text, f"doc-{number % 2}", "1.1.1", "", "", ""] for number, (key, (name, text)) in enumerate(texts.items())]
    folder = write_folder(tmp_path / "in", rows)
    written = str(compare([folder])["nquads"])
    for text in (
        *("Attacks are listed.", "Every measure is filed.", "A plain text.", "It is kept\\nfor years.", "Third-party audits. They help."),
        "Every measure is of long- and short-term use, and a wid- get is none.",
    ):
        assert f'<http://purl.org/dc/terms/description> "{text}"' in written, text
    rules = {line.split('"')[1] for line in written.splitlines() if f"<{AIRM}rule>" in line}
    assert rules == {"lost-ligature", "citation-mark", "ligature-character", "split-word", "line-break", "lost-hyphen", "footnote-number"}
    mapping = (folder / "mapping.yaml").read_text(encoding="utf-8")
    (folder / "mapping.yaml").write_text(f"{mapping}texts: as-they-are\n", encoding="utf-8")
    assert f"<{AIRM}repair>" not in str(compare([folder])["nquads"])


def test_first_edition(first_edition: Path) -> None:
    compare([first_edition])


def test_first_edition_with_captures(first_edition: Path, captures: Path) -> None:
    compare([first_edition, captures])


def test_rows_that_cannot_be_used_stop_a_strict_build(generated: Path) -> None:
    reports = []
    for _ in range(2):
        graph = airm_graph.build([generated], mapping=generated / "mapping.yaml", strict=True)
        assert graph.is_empty
        reports.append((graph.report.to_json(), graph.quarantine, graph.tables))
        with merging_all():
            graph = airm_graph.build([generated], mapping=generated / "mapping.yaml", strict=True)
        reports.append((graph.report.to_json(), graph.quarantine, graph.tables))
    assert all(report == reports[0] for report in reports)
    assert reports[0][1]


def test_every_planted_defect_is_found_at_its_row(generated: Path) -> None:
    report = airm_graph.build([generated], mapping=generated / "mapping.yaml").report
    said = {(finding.rule, finding.location.row) for finding in report.findings if finding.location}
    with (generated / "defects.list").open(encoding="utf-8", newline="") as file:
        planted = [(row["rule"], int(row["row"]), row["kind"]) for row in csv.DictReader(file) if row["rule"]]
    assert len({rule for rule, *_ in planted}) == 12
    for rule, row, kind in planted:
        assert any((rule, near) in said for near in (row, row - 1, row + 1)), kind


def test_regular_table_is_read_by_duckdb_and_any_other_by_python(tmp_path: Path) -> None:
    row = ["A1", "Name", "Text", "doc-0", "1.1.1", "", "", ""]
    folder = write_folder(tmp_path, [row])
    with TripleTable() as table:
        for text, is_regular in (
            (b"", True),
            (b"\n", False),
            (b'A2,b"b,c\n', False),
            (b"A2,b,c,,,,,,,,,,,,,,,\n", True),
        ):
            path = tmp_path / "case.csv"
            path.write_bytes((folder / "mitigations.csv").read_bytes() + text)
            scan = copy_table(path, tmp_path / "copy.csv", file="case.csv")
            assert scan is not None, text
            assert scan.is_regular is is_regular, text
            assert (is_regular and load_regular("found", scan=scan, name="Name", table=table)) is (text == b""), text


@pytest.mark.parametrize(
    ("sizes", "taken"),
    [((MAX_CELL, 1, 0), True), ((MAX_CELL - 9, MAX_CELL - 9, 0), True), ((MAX_CELL + 1, 0, 0), False), ((1, 1, MAX_CELL + 1), False)],
)
def test_cell_that_is_too_long_is_left_to_the_reader_of_tables(tmp_path: Path, sizes: tuple[int, int, int], taken: bool) -> None:
    name, text, more = ("x" * size for size in sizes)
    folder = write_folder(tmp_path, [["A1", name, text, "doc-0", "1.1.1", "", "", "", *([more] if more else [])], ["A2", " n  ", "t"]])
    scan = copy_table(folder / "mitigations.csv", tmp_path / "copy.csv", file="mitigations.csv")
    assert scan
    with TripleTable() as table:
        assert load_regular("found", scan=scan, name="Name", table=table) is taken
        if taken:
            rows = table.execute("SELECT number, first, last, odd, length(name), length(c2), raw <> '' FROM found ORDER BY number")
            assert rows == [(2, 2, 2, 0, sizes[0], sizes[1], False), (3, 3, 3, 1, 1, 1, True)]


def test_rows_of_a_regular_table_are_those_of_any_reader(tmp_path: Path) -> None:
    path = tmp_path / "case.csv"
    path.write_bytes('\ufeffID;"Na""me"\r\nA1;"two\r\nlines"\r\n ;\r\n"";x;more\r\nA2\r\n"é\n\n;";"last"'.encode())
    scan = copy_table(path, tmp_path / "copy.csv", file="case.csv")
    assert scan is not None
    assert scan.is_regular
    rows = list(stream_cells(scan))
    assert rows == list(stream_cells(replace(scan, is_regular=False)))
    in_memory = copy_table(path, None, file="case.csv")
    assert in_memory == replace(scan, copy=(tmp_path / "copy.csv").read_bytes())
    assert rows == list(stream_cells(in_memory))
    assert [(row.number, row.first_line, row.last_line) for row in rows] == [(2, 2, 3), (4, 5, 5), (5, 6, 6), (6, 7, 9)]


def test_table_that_is_none_is_left_to_the_reader_of_tables(tmp_path: Path) -> None:
    for data in (b"", b"\n", b'A,B\n1,"b" ,c\n', b"A,B\n\xff\xfe\n", b"A,B\n1,\0\n", b'A,B\n1,"open\n'):
        (tmp_path / "case.csv").write_bytes(data)
        assert copy_table(tmp_path / "case.csv", tmp_path / "copy.csv", file="case.csv") is None, data


NAMES = st.sampled_from(
    [
        *("Red teaming", "red-teaming!", "Red  teaming", "Red\nteaming", "Don’t train", "Don't train", "Dont train", "Fine‑tuning", "1.10"),
        *("!!!", "—", "😀", "", " ", "Оценка рисков", "评估", "تقييم المخاطر", "Évaluer", "evaluer", "İstanbul", "ß", "SS", "ﬁne tuning"),
        *("fine tuning", "NULL", "null", '"Quoted"', "tab\there", "=1+1", "n\u200bame", "ZWJ\u200d", "a,b", "\\n", "'", "x" * 90, "x" * 95),
        *("a b " * 30, "a b " * 31),
    ]
)
TEXTS = st.one_of(NAMES, st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\r\x00"), max_size=12))
ROWS = st.tuples(
    st.sampled_from(["", "A1", "A2", "A3", "a 1", "Ä4", "A5", "A6", "A7"]),
    TEXTS,
    TEXTS,
    st.sampled_from(["doc-0", "doc-1", "doc-1 ", "doc-9", ""]),
    st.sampled_from(["1.1.1", "1.1.2", " 1.1.2", "1.10", ""]),
    st.sampled_from(["Training Data", "training  data", "Learning Objectives", "", ""]),
    st.sampled_from(["Ann Lee", "sorter", "bot@example.org", "", "Abe, A0"]),
    st.sampled_from(["2026-02-03", "2026-02-30", "3 May", "", ""]),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, min_size=1, max_size=12), extra=st.sampled_from([[], [""], ["", "more"], ["x"]]))
def test_awkward_rows(tmp_path: Path, rows: list[tuple[str, ...]], extra: list[str]) -> None:
    listed = [list(row) for row in rows]
    listed[-1] += extra
    folder = write_folder(tmp_path, listed)
    compare([folder], mapping=folder / "mapping.yaml")


def test_finding_names_the_column_that_states_the_value(tmp_path: Path) -> None:
    damaged = "The text was cut in the mid-\ndle and holds â€™ and ﬁ"
    rows = [["A1", "Red teaming", damaged, "doc-0", "1.1.1", "", "", ""], ["A2", "A2", "A2", "doc-1", "1.1.2", "", "", ""]]
    folder = write_folder(tmp_path / "tables", rows)
    report = json.loads(compare([folder], mapping=folder / "mapping.yaml")["report.json"])
    assert any(finding["value"] and finding["column"] == "Description" for finding in report["findings"])


WIDE_HEAD = [*HEAD, "Reason", "Note", "Who", "Phase", "Function"]
WIDE_MAPPING = corpus.MAPPING.replace("name: generated", "name: wide").replace(
    "  sources:\n",
    """\
      reason: Reason
      note: Note
      actor: Who
      lifecycle: Phase
      function: Function
    separators: {actor: "|"}
  sources:
""",
)
WIDE = st.tuples(
    TEXTS,
    st.one_of(st.just(""), TEXTS),
    st.sampled_from(
        ["", "Developer", "deployer|AI Developer", "Governance Actor | Infrastructure Provider|governance-actor", "|", "Nobody", "\n"]
    ),
    st.sampled_from(["", "Plan & Design", "Deploy; Operate & Monitor", "Plan and design;Plan & Design", "never"]),
    st.sampled_from(["", "Govern", "Map;Measure;Manage", "Manage\nGovern"]),
)


def write_wide(folder: Path, rows: list[list[str]]) -> Path:
    """A folder of a table that has reasons, notes and roles."""
    write_folder(folder, [])
    (folder / "mapping.yaml").write_text(WIDE_MAPPING, encoding="utf-8")
    write_table(folder / "mitigations.csv", rows, head=WIDE_HEAD)
    return folder


def make_wide(number: int) -> list[str]:
    base = [
        f"A{number}",
        f"Measure {number}",
        f"What measure {number} asks for.",
        f"doc-{number % 2}",
        "1.1.1",
        "",
        "Ann Lee",
        "2026-02-03",
    ]
    actors = ["", "Developer", "deployer | Governance Actor"][number % 3]
    reason = ["", f"It asks for {number}.", '"Quoted" reasons [3] are cut in the mid-\ndle'][number % 3]
    return [*base, reason, f"Note {number}" * (number % 2), actors, "Plan & Design; Deploy" * (number % 2), "Govern"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(ROWS, WIDE), min_size=1, max_size=10))
def test_awkward_reasons_notes_and_roles(tmp_path: Path, rows: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> None:
    folder = write_wide(tmp_path, [[*row, *more] for row, more in rows])
    compare([folder], mapping=folder / "mapping.yaml")


def test_findings_on_reasons_and_roles_stand_at_their_cells(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX airm: <https://w3id.org/airm-graph/ontology#>
        [] a sh:NodeShape ; sh:targetClass airm:Mitigation ; sh:property [ sh:path airm:actor ; sh:maxCount 0 ] ,
          [ sh:path airm:lifecycleStage ; sh:nodeKind sh:Literal ] .
        [] a sh:NodeShape ; sh:targetClass airm:Classification ; sh:property [ sh:path airm:reasoning ; sh:maxLength 20 ] ,
          [ sh:path airm:assignedCode ; sh:nodeKind sh:Literal ] .
        """.replace("https://w3id.org/airm-graph/ontology#", AIRM),
        encoding="utf-8",
    )
    folder = write_wide(tmp_path / "tables", [make_wide(number) for number in range(12)])
    compare([folder], mapping=folder / "mapping.yaml")
    report = json.loads(compare([folder], mapping=folder / "mapping.yaml", shapes=[str(shapes)])["report.json"])
    assert {"Reason", "Phase", "Code"} <= {finding["column"] for finding in report["findings"]}
