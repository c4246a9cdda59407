"""Reading of tables row by row, beside the usual libraries that read them so, and the memory that it takes for each format and packing.

Ours opens a table and goes through its rows once more; memory is the most that the process held beyond what it held before it opened the
table. It must not grow with the rows. The jobs read ten rows for each mitigation of the size.

    python benchmarks/tables_read.py [ROWS …] [FORMAT …]        100000 1000000 and every format by default
"""

import csv
import gzip
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from child import Watch, Work
from frame import Engine, Job, Limits, run_once

__all__ = ["JOBS"]

HEADER = ("ID", "Name", "Description", "Source ID", "Code", "Code label", "Classified by", "Classification date")
FORMATS = ("csv", "tsv", "csv.gz", "csv.zst", "csv.zip", "json", "jsonl", "parquet", "xlsx")
#: How much more memory ten times the rows may take, in MiB: what an allocator leaves lying about.
SLACK = 24
#: Rows that a job reads for each mitigation of its size.
ROWS = 10


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Rows as long as those of the largest table seen."""
    for number in range(count):
        text = f"Measure {number} is taken before release, and again whenever the model changes; who takes it says so. " * 3
        yield f"A{number}", f"Measure {number}", text, f"doc-{number % 13}", "3.1", "Testing & Auditing", "Cy Day", "2026-03-02"


def write(path: Path, count: int) -> None:
    """Write a table in the format that its name says."""
    kind = path.name.partition(".")[2]
    if kind == "xlsx":
        write_workbook(path, count)
    elif kind == "parquet":
        write_parquet(path, count)
    elif kind == "csv.zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("t.csv", "w", force_zip64=True) as target:
            target.writelines(text(rows(count), "csv"))
    else:
        with pack(path) as target:
            target.writelines(text(rows(count), kind.partition(".")[0]))


def pack(path: Path) -> IO[bytes]:
    """Open a file for writing, packed as its name says."""
    if path.suffix == ".zst":
        from backports import zstd

        return zstd.open(path, "wb")
    return gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb")  # type: ignore[return-value]


def text(table: Iterable[tuple[str, ...]], kind: str) -> Iterator[bytes]:
    """The lines of a table."""
    if kind in {"csv", "tsv"}:
        for row in chain([HEADER], table):
            yield (("," if kind == "csv" else "\t").join(row) + "\n").encode()
        return
    for number, row in enumerate(table):
        before = "" if kind == "jsonl" else "[" if not number else ","
        yield (before + json.dumps(dict(zip(HEADER, row, strict=True))) + "\n").encode()
    if kind == "json":
        yield b"]\n"


def write_parquet(path: Path, count: int) -> None:
    """Write a Parquet file by way of a CSV file; its row groups, which are read as a whole, are smaller than those of 100,000 rows."""
    import duckdb

    source = path.with_suffix(".source.csv")
    with source.open("wb") as target:
        target.writelines(text(rows(count), "csv"))
    duckdb.sql(f"COPY (FROM read_csv('{source}', all_varchar = true)) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 20480)")
    source.unlink()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def write_workbook(path: Path, count: int) -> None:
    """Write a workbook as spreadsheet programs do, with shared texts; by hand, for openpyxl takes minutes."""
    parts = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "sharedStrings": "sharedStrings"}
    types = "".join(f'<Override PartName="/xl/{part}.xml" ContentType="{TYPE}.{kind}+xml"/>' for part, kind in parts.items())
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{KINDS}"><sheets><sheet name="t" sheetId="1" r:id="worksheet"/></sheets></workbook>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types">{types}</Types>')
        archive.writestr("_rels/.rels", relations({"officeDocument": "xl/workbook.xml"}))
        archive.writestr("xl/workbook.xml", book)
        related = relations({"worksheet": "worksheets/sheet1.xml", "sharedStrings": "sharedStrings.xml"})
        archive.writestr("xl/_rels/workbook.xml.rels", related)
        numbers: dict[str, int] = {}
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            sheet.writelines(sheet_row(location, row, numbers) for location, row in enumerate(chain([HEADER], rows(count)), 1))
            sheet.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared:
            shared.write(f'<sst xmlns="{MAIN}">'.encode())
            shared.writelines(f"<si><t>{value.replace('&', '&amp;')}</t></si>".encode() for value in numbers)
            shared.write(b"</sst>")


def relations(targets: dict[str, str]) -> str:
    """The relations of a part, each named by its kind."""
    found = "".join(f'<Relationship Id="{kind}" Type="{KINDS}/{kind}" Target="{target}"/>' for kind, target in targets.items())
    return f'<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>'


def sheet_row(location: int, row: tuple[str, ...], numbers: dict[str, int]) -> bytes:
    """One row of a sheet."""
    texts = (numbers.setdefault(value, len(numbers)) for value in row)
    cells = (f'<c r="{letter}{location}" t="s"><v>{number}</v></c>' for letter, number in zip("ABCDEFGH", texts, strict=True))
    return f'<row r="{location}">{"".join(cells)}</row>'.encode()


def prepare_ours(folder: Path, _: int, kind: str) -> Work:
    """Our reading of a table."""
    import duckdb

    from airm_graph.ingest.formats import open_table

    if kind == "parquet":
        duckdb.sql("SELECT 1").fetchall()
    path = folder / f"t.{kind}"

    def work(watch: Watch) -> object:
        table = open_table(path, file=path.name)
        watch.mark("open")
        count = sum(len(batch) for batch in table.batches())
        watch.mark("read")
        return {"rows": count}

    return work


def prepare_peer(folder: Path, _: int, kind: str) -> Work:
    """The usual library for a format, row by row."""
    read: Callable[[Path], int] = {"csv": read_csv, "jsonl": read_lines, "xlsx": read_workbook, "parquet": read_groups}[kind]
    return lambda _: {"rows": read(folder / f"t.{kind}")}


def read_csv(path: Path) -> int:
    """Python's csv module."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def read_lines(path: Path) -> int:
    """Python's json module, line by line."""
    with path.open(encoding="utf-8") as file:
        return sum(1 for line in file if json.loads(line))


def read_workbook(path: Path) -> int:
    """calamine, which holds the sheet."""
    import python_calamine

    return sum(1 for _ in python_calamine.load_workbook(path).get_sheet_by_index(0).iter_rows()) - 1


def read_groups(path: Path) -> int:
    """DuckDB, a thousand rows at a time."""
    import duckdb

    found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)])
    return sum(len(some) for some in iter(lambda: found.fetchmany(1000), []))


def main(sizes: list[int], formats: Iterable[str]) -> int:
    """Measure ours in every format and print; 1 when memory grows with the rows."""
    grown = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in formats:
            memory = []
            for size in sizes:
                write(folder / f"t.{kind}", size)
                found = run_once(Engine("ours", "tables_read:prepare_ours", (kind,)), folder=folder, size=size, limits=Limits())
                assert found.answer == {"rows": size}, found
                memory.append(found.figures["more"])
                told = "  ".join(f"{part} {seconds:6.1f} s" for part, seconds in found.parts.items())
                print(f"{kind:8} {size:>9,} rows  {told} CPU  {found.figures['more']:>6.1f} MiB more", flush=True)
                (folder / f"t.{kind}").unlink()
            grown += [kind] if max(memory) - min(memory) > SLACK else []
    if grown:
        print(f"memory grows with the rows: {', '.join(grown)}")
    return bool(grown)


def _make_job(kind: str, title: str, peer: str, packages: tuple[str, ...]) -> Job:
    return Job(
        f"read-{kind}",
        f"Reading {title}",
        "Ours checks the table while it opens it and then gives its rows; the other gives its rows.",
        (
            Engine("airm-graph", "tables_read:prepare_ours", (kind,), ("duckdb",)),
            Engine(peer, "tables_read:prepare_peer", (kind,), packages),
        ),
        lambda folder, size: write(folder / f"t.{kind}", ROWS * size),
        unit="tens of rows",
    )


JOBS = (
    _make_job("csv", "CSV", "Python's csv", ()),
    _make_job("jsonl", "JSON Lines", "Python's json", ()),
    _make_job("xlsx", "workbooks", "calamine", ("python-calamine",)),
    _make_job("parquet", "Parquet", "DuckDB", ("duckdb",)),
)


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    sys.exit(main(sizes or [100_000, 1_000_000], [word for word in sys.argv[1:] if not word.isdecimal()] or FORMATS))
