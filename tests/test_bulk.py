"""Large tables say the same as small ones: every statement, finding and row set aside is that of the path row by row."""

import csv
import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airm_graph.bulk import LargeGraph, code_quads, find_folders, list_agents, list_repeated, plain_blocks, plain_quads, read_tables
from airm_graph.bulk.cells import load_regular
from airm_graph.export.quarantine import write_quarantine
from airm_graph.graph import TripleTable
from airm_graph.ingest import read_captures
from airm_graph.ingest.formats import copy_table
from airm_graph.ingest.inputs import find_inputs
from airm_graph.ingest.tables import load_mapping
from airm_graph.merge import merge_pages
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.pipeline import build as conductor
from airm_graph.taxonomy import load_taxonomy
from airm_graph.triples import record_rows
from airm_graph.validate.findings import sort_findings

AIRM = PREFIXES["airm"]
ROOT = Path(__file__).resolve().parent.parent
MIT = ROOT.parent / "shared" / "data" / "mit-v1"
LABELS = {(edition, code.notation): code.label or "" for edition in ("v1", "v2") for code in load_taxonomy(edition).codes.values()}
HEAD = ["ID", "Name", "Description", "Source ID", "Code", "Code label", "Classified by", "Classification date"]


def benchmark(name: str) -> ModuleType:
    folder = ROOT / "benchmarks"
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def read_row_by_row(inputs: list[Path], mapping: Path | None) -> dict[str, object]:
    readings = read_captures(inputs, mapping=mapping)
    records = merge_pages(readings.pages)
    rows = sorted(record_rows(records, labels=LABELS))
    return {
        "rows": rows,
        "findings": sort_findings((*readings.findings, *records.findings)),
        "quarantine": write_quarantine(readings.rejected),
        "counts": readings.counts,
        "mitigations": len(records.mitigations),
        "classifications": sum(len(mitigation.classifications) for mitigation in records.mitigations),
    }


def read_by_sets(inputs: list[Path], mapping: Path | None) -> tuple[dict[str, object], int]:
    """What the same inputs give by set operations, and how many rows were plain."""
    entries = find_inputs(inputs)
    pages = read_captures([entry.path for entry in entries if not entry.is_table]) if any(not entry.is_table for entry in entries) else None
    with tempfile.TemporaryDirectory() as workspace, TripleTable() as table:
        folders = find_folders(
            [entry for entry in entries if entry.is_table], mapping=load_mapping(mapping) if mapping else None, workspace=Path(workspace)
        )
        found = read_tables(folders, table=table, pages=pages.pages if pages else ())
        small = {*record_rows(found.records, labels=LABELS), *list_agents(found.sheets, table=table)}
        quads = [row for select in plain_quads(found.sheets) for some in table.stream(select) for row in some]
        assert len({*quads, *small}) == len(quads) + len(small)
        table.load_coded(code_quads(found.sheets), repeated=list_repeated(found.sheets))
        assert table.rows() == sorted(quads)
        for graphs in (False, True):
            blocks = dict(row for some in table.stream(plain_blocks(found.sheets, graphs=graphs)) for row in some)
            lines = sorted(f"{s} {p} {o} {g} .\n" if graphs else f"{s} {p} {o} .\n" for s, p, o, g in quads)
            assert "".join(f"{blocks[subject]}\n" for subject in sorted(blocks)) == "".join(lines)
        said = (*(pages.findings if pages else ()), *found.tables.findings, *found.records.findings)
    classifications = sum(len(mitigation.classifications) for mitigation in found.records.mitigations)
    return {
        "rows": sorted({*quads, *small}),
        "findings": sort_findings(said),
        "quarantine": write_quarantine(found.tables.rejected),
        "counts": found.tables.counts,
        "mitigations": len(found.records.mitigations) + found.plain,
        "classifications": classifications + found.classified,
    }, found.plain


def compare(inputs: list[Path], mapping: Path | None = None) -> int:
    """Hold both sides equal; returns how many rows were plain."""
    expected = read_row_by_row(inputs, mapping)
    found, plain = read_by_sets(inputs, mapping)
    for what, value in expected.items():
        assert found[what] == value, what
    return plain


def write_table(path: Path, rows: list[list[str]], *, head: list[str] = HEAD, delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([head, *rows])


def write_folder(folder: Path, rows: list[list[str]], *, sources: int = 2) -> Path:
    """A folder of a table with its sources, in the columns of the generated mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapping.yaml").write_text(benchmark("corpus").MAPPING, encoding="utf-8")
    write_table(folder / "mitigations.csv", rows)
    write_table(
        folder / "sources.csv",
        [list(benchmark("corpus").make_source(number)) for number in range(sources)],
        head=list(benchmark("corpus").SOURCE_HEAD),
    )
    return folder


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    benchmark("corpus").write_tables(1600, folder)
    return folder


def test_generated_tables_say_the_same_by_sets(generated: Path) -> None:
    assert compare([generated], generated / "mapping.yaml") > 1550


def test_generated_wide_tables_say_the_same_by_sets(tmp_path: Path) -> None:
    benchmark("corpus").write_wide_tables(600, tmp_path)
    assert compare([tmp_path], tmp_path / "mapping.yaml") > 570


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


def test_table_that_is_none_is_left_to_the_reader_of_tables(tmp_path: Path) -> None:
    for data in (b"", b"\n", b'A,B\n1,"b" ,c\n', b"A,B\n\xff\xfe\n", b"A,B\n1,\0\n", b'A,B\n1,"open\n'):
        (tmp_path / "case.csv").write_bytes(data)
        assert copy_table(tmp_path / "case.csv", tmp_path / "copy.csv", file="case.csv") is None, data


def test_every_planted_defect_is_found_at_its_row(generated: Path) -> None:
    found, _ = read_by_sets([generated], generated / "mapping.yaml")
    said = {(finding.rule, finding.place.row) for finding in found["findings"] if finding.place}  # type: ignore[attr-defined]
    with (generated / "defects.list").open(encoding="utf-8", newline="") as file:
        planted = [(row["rule"], int(row["row"]), row["kind"]) for row in csv.DictReader(file) if row["rule"]]
    assert len({rule for rule, *_ in planted}) == 12
    for rule, row, kind in planted:
        assert any((rule, near) in said for near in (row, row - 1, row + 1)), kind


def test_first_edition_says_the_same_by_sets() -> None:
    if not MIT.is_dir():
        pytest.skip("the tables of the first edition are not beside this checkout")
    assert compare([MIT]) > 500


def test_first_edition_with_captures_says_the_same_by_sets(captures: Path) -> None:
    if not MIT.is_dir():
        pytest.skip("the tables of the first edition are not beside this checkout")
    assert compare([MIT, captures]) > 500


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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, min_size=1, max_size=12), extra=st.sampled_from([[], [""], ["", "more"], ["x"]]))
def test_awkward_rows_say_the_same_by_sets(tmp_path: Path, rows: list[tuple[str, ...]], extra: list[str]) -> None:
    listed = [list(row) for row in rows]
    listed[-1] += extra
    folder = write_folder(tmp_path, listed)
    compare([folder], folder / "mapping.yaml")


def build_both(
    inputs: list[Path], folder: Path, monkeypatch: pytest.MonkeyPatch, **options: object
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of one build row by row and of one by sets, by name."""
    found = []
    for name, limit in (("rows", 1 << 60), ("sets", 0)):
        monkeypatch.setattr(conductor, "LARGE_TABLE", limit)
        graph = conductor.build(inputs, **options)  # type: ignore[arg-type]
        assert isinstance(graph, LargeGraph) is (name == "sets")
        found.append({file: path.read_bytes() for file, path in graph.write(folder / name).items()})
        found[-1]["counts"] = repr(graph.count()).encode()
        found[-1]["digest"] = graph.digest.encode()
        found[-1]["length"] = str(len(graph)).encode()
    return found[0], found[1]


@pytest.mark.parametrize("base", [BASE, "http://aaa.example/it's/"])
def test_build_by_sets_writes_the_same_bytes(generated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    small = tmp_path / "tables"
    benchmark("corpus").write_tables(160, small)
    rows, sets = build_both([small], tmp_path, monkeypatch, mapping=small / "mapping.yaml", base=base)
    assert rows.keys() == sets.keys()
    for name, data in rows.items():
        assert sets[name] == data, name


def test_build_of_first_edition_and_captures_by_sets_writes_the_same_bytes(
    captures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not MIT.is_dir():
        pytest.skip("the tables of the first edition are not beside this checkout")
    rows, sets = build_both([MIT, captures], tmp_path, monkeypatch)
    for name, data in rows.items():
        assert sets[name] == data, name


def test_build_by_sets_stops_at_rows_that_cannot_be_used_when_strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tables"
    benchmark("corpus").write_tables(160, folder)
    reports = []
    for limit in (1 << 60, 0):
        monkeypatch.setattr(conductor, "LARGE_TABLE", limit)
        graph = conductor.build([folder], mapping=folder / "mapping.yaml", strict=True)
        assert graph.is_empty
        reports.append((graph.report.to_json(), graph.quarantine, graph.tables))
    assert reports[0] == reports[1]
    assert reports[0][1]


def test_large_graph_gives_its_rows_to_who_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tables"
    benchmark("corpus").write_tables(20, folder, clean=True)
    graphs = []
    for limit in (1 << 60, 0):
        monkeypatch.setattr(conductor, "LARGE_TABLE", limit)
        graphs.append(conductor.build([folder], mapping=folder / "mapping.yaml"))
    small, large = graphs
    assert large.rows == small.rows
    assert large.inferred == small.inferred
    assert len(large.ontology) == len(small.ontology)  # its blank nodes are named anew whenever it is read
    assert large.query("mitigations-by-code", code="1.1") == small.query("mitigations-by-code", code="1.1")
    assert "".join(large.export("nquads")) == "".join(small.export("nquads"))
    assert "".join(large.export("turtle")) == "".join(small.export("turtle"))
    assert len(large.to_rdflib()) == len(small.to_rdflib())


def test_generator_writes_captures_that_are_read_whole(tmp_path: Path) -> None:
    benchmark("corpus").write_captures(60, tmp_path)
    readings = read_captures([tmp_path])
    records = merge_pages(readings.pages)
    assert len(records.mitigations) == 60
    assert len(records.repairs) > 0
    assert not [finding for finding in readings.findings if finding.severity == "violation"]


def test_finding_on_a_plain_row_names_the_column_that_states_the_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = "The text was cut in the mid-\ndle and holds â€™ and ﬁ"
    rows = [["A1", "Red teaming", damaged, "doc-0", "1.1.1", "", "", ""], ["A2", "A2", "A2", "doc-1", "1.1.2", "", "", ""]]
    folder = write_folder(tmp_path / "tables", rows)
    found = []
    for limit in (1 << 60, 0):
        monkeypatch.setattr(conductor, "LARGE_TABLE", limit)
        report = conductor.build([folder], mapping=folder / "mapping.yaml").report
        found.append(report.to_json())
        assert any(finding.value and finding.place and finding.place.column == "Description" for finding in report.findings)
    assert found[0] == found[1]


WIDE_HEAD = [*HEAD, "Reason", "Note", "Who", "Phase", "Function"]
WIDE_MAPPING = (
    benchmark("corpus")
    .MAPPING.replace("name: generated", "name: wide")
    .replace(
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


def test_table_with_reasons_notes_and_roles_says_the_same_by_sets(tmp_path: Path) -> None:
    folder = write_wide(tmp_path, [make_wide(number) for number in range(24)])
    assert compare([folder], folder / "mapping.yaml") == 24


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(ROWS, WIDE), min_size=1, max_size=10))
def test_awkward_reasons_notes_and_roles_say_the_same_by_sets(tmp_path: Path, rows: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> None:
    folder = write_wide(tmp_path, [[*row, *more] for row, more in rows])
    compare([folder], folder / "mapping.yaml")


def test_findings_on_reasons_and_roles_stand_at_their_cells_by_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    for names in (None, [str(shapes)]):
        rows, sets = build_both([folder], tmp_path, monkeypatch, shapes=names)
        for name, data in rows.items():
            assert sets[name] == data, name
    columns = {finding["column"] for finding in json.loads(sets["report.json"])["findings"]}
    assert {"Reason", "Phase", "Code"} <= columns
