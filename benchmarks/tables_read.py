"""Measures reading of tables row by row: rows per second and the memory that it takes, for each format and packing.

Each figure is that of a process of its own that opens the table and goes through its rows once more; memory is the most that the process
held beyond what it held before it opened the table. It must not grow with the rows.

    python benchmarks/tables_read.py [ROWS …] [FORMAT …]        100000 1000000 and every format by default
"""

import bz2
import gzip
import json
import lzma
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO

HEADER = ("ID", "Name", "Description", "Source ID", "Code", "Code label", "Classified by", "Classification date")
FORMATS = ("csv", "tsv", "csv.gz", "csv.bz2", "csv.xz", "csv.zst", "csv.zip", "json", "jsonl", "parquet", "xlsx")
#: How much more memory ten times the rows may take, in MiB: what an allocator leaves lying about.
SLACK = 24


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
    opening = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}.get(path.suffix, open)
    return opening(path, "wb")  # type: ignore[return-value]


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
            sheet.writelines(sheet_row(place, row, numbers) for place, row in enumerate(chain([HEADER], rows(count)), 1))
            sheet.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared:
            shared.write(f'<sst xmlns="{MAIN}">'.encode())
            shared.writelines(f"<si><t>{value.replace('&', '&amp;')}</t></si>".encode() for value in numbers)
            shared.write(b"</sst>")


def relations(targets: dict[str, str]) -> str:
    """The relations of a part, each named by its kind."""
    found = "".join(f'<Relationship Id="{kind}" Type="{KINDS}/{kind}" Target="{target}"/>' for kind, target in targets.items())
    return f'<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>'


def sheet_row(place: int, row: tuple[str, ...], numbers: dict[str, int]) -> bytes:
    """One row of a sheet."""
    texts = (numbers.setdefault(value, len(numbers)) for value in row)
    cells = (f'<c r="{letter}{place}" t="s"><v>{number}</v></c>' for letter, number in zip("ABCDEFGH", texts, strict=True))
    return f'<row r="{place}">{"".join(cells)}</row>'.encode()


def measure(path: Path) -> dict[str, float]:
    """Open a table and go through it once more, in this process."""
    from airm_graph.ingest.table import open_table

    if path.suffix == ".parquet":
        import duckdb

        duckdb.sql("SELECT 1").fetchall()
    before = most_memory()
    started = time.perf_counter()
    table = open_table(path, file=path.name)
    opened = time.perf_counter()
    count = sum(len(batch) for batch in table.batches())
    ended = time.perf_counter()
    return {"rows": count, "open": opened - started, "read": ended - opened, "memory": most_memory() - before}


def most_memory() -> float:
    """The most that this process has held so far, in MiB; ru_maxrss would count that of the process it was forked from."""
    return int(re.findall(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))[0]) / 1024


def main(sizes: list[int], formats: Sequence[str]) -> int:
    """Measure and print; 1 when memory grows with the rows."""
    grown = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in formats:
            memory = []
            for size in sizes:
                path = Path(folder) / f"t.{kind}"
                write(path, size)
                done = subprocess.run([sys.executable, __file__, "--one", str(path)], capture_output=True, check=True, text=True)
                found = json.loads(done.stdout)
                assert found["rows"] == size, found
                memory.append(found["memory"])
                speed = size / found["read"]
                print(f"{kind:8} {size:>9,} rows  {path.stat().st_size / 1e6:>7.1f} MB  open {found['open']:>6.1f} s", end="  ")
                print(f"read {found['read']:>6.1f} s  {speed:>9,.0f} rows/s  {found['memory']:>6.1f} MiB more", flush=True)
                path.unlink()
            grown += [kind] if max(memory) - min(memory) > SLACK else []
    if grown:
        print(f"memory grows with the rows: {', '.join(grown)}")
    return bool(grown)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        sizes = [int(word) for word in sys.argv[1:] if word.isdecimal()]
        sys.exit(main(sizes or [100_000, 1_000_000], [word for word in sys.argv[1:] if not word.isdecimal()] or FORMATS))
