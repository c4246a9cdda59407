"""The files of a graph on Spark: N-Quads and Parquet in parts that follow each other in the order
of their lines.

Where one part ends is told by the terms alone, so the same graph is cut in the same places,
whatever cluster writes it.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from airm_graph.errors import ExportError
from airm_graph.export import TableQuads
from airm_graph.export.switch import name_beside
from airm_graph.graph import TripleTable, quote, rebased_text
from airm_graph.notice import NOTICE
from airm_graph.pipeline.platform import MANIFEST, NQUADS, Parts
from airm_graph.pipeline.stamps import digest_file
from airm_graph.spark.spark_database import quote_files
from airm_graph.spark.spark_table import SparkTable
from airm_graph.version import VERSION

__all__ = ["write_parts"]

_PARQUET = "parquet"
#: Statements in a part, and most parts; so many subjects of each are looked at to find where it
#: ends.
_STATEMENTS, _MOST, _LOOK = 2_000_000, 1000, 200
_ORDER = "parts of a folder follow each other: together they are sorted"


def write_parts(table: SparkTable, parts: int | None, folder: Path, formats: Collection[str] | None, base: str) -> Parts:
    """Write the quads of a table in both formats, into folders beside those of an earlier graph.

    Raises:
        ExportError: A format is unknown, a quad cannot be exported, or the files cannot be written.
    """
    if unknown := sorted(set(formats or ()) - {NQUADS, _PARQUET}):
        raise ExportError(f"unknown format {', '.join(unknown)}; Spark writes {NQUADS} and {_PARQUET}")
    TableQuads(table, base=base)  # checks them
    draft = name_beside(folder / "parts")
    try:
        for name in (NQUADS, _PARQUET):
            (draft / name).mkdir(parents=True)
        jobs = [
            (files, draft, f"part-{number:05}")
            for number, files in enumerate(_cut(table, draft / "cut", text=rebased_text(base), parts=parts))
        ]
        written = table.over(_write_part, jobs)
        digest, triples = _digest([draft / _PARQUET / f"{name}.parquet" for _, _, name in jobs], draft=draft)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error.strerror or error}") from error
    files = sorted((file for both in written for file in both), key=lambda file: str(file["name"]))
    head = {"version": VERSION, "notice": NOTICE, "base": base, "digest": digest, "triples": triples}
    manifest = {**head, "statements": sum(file.get("statements", 0) for file in files), "order": _ORDER, "files": files}
    beside = {MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()}
    sums = {file["name"]: file["sha256"] for file in files}
    return Parts(digest, sums, beside, {name: draft / name for name in (NQUADS, _PARQUET)})


def _cut(table: SparkTable, folder: Path, *, text: str, parts: int | None) -> list[list[Path]]:
    """Write the quads as Parquet, in no order; returns the files of each part."""
    statements, subjects = table.execute("SELECT count(*), count(DISTINCT s) FROM quads")[0]
    number = min(_MOST, parts or -(-statements // _STATEMENTS)) or 1
    some = f"id % {max(1, subjects // (number * _LOOK))} = 0 AND id IN (SELECT s FROM quads)"
    found = [subject for (subject,) in table.execute(f"SELECT {text} FROM terms WHERE {some} ORDER BY 1")] if number > 1 else []
    # The subjects with which parts begin, but the first.
    borders = sorted({found[n * len(found) // number] for n in range(1, number)} - set(found[:1])) if found else []
    table.materialise("few_names", f"SELECT id, {text} AS text FROM terms WHERE id IN (SELECT p FROM quads UNION SELECT g FROM quads)")
    written = f"(SELECT id, {text} AS text FROM terms)"
    lines = f"""
        SELECT s.text AS s, p.text AS p, o.text AS o, g.text AS g, {_select_part(borders, 0)} AS part FROM quads AS q
        JOIN {written} AS s ON s.id = q.s JOIN {written} AS o ON o.id = q.o
        JOIN few_names AS p ON p.id = q.p JOIN few_names AS g ON g.id = q.g"""
    return table.write_apart(lines, folder, by="part", number=len(borders) + 1)


def _select_part(borders: Sequence[str], before: int) -> str:
    """Write the SQL for the number of the part of a subject: a tree of comparisons."""
    middle = len(borders) // 2
    halves = [_select_part(borders[:middle], before), _select_part(borders[middle + 1 :], before + middle + 1)] if borders else []
    return f"CASE WHEN s.text < {quote(borders[middle])} THEN {halves[0]} ELSE {halves[1]} END" if borders else str(before)


def _write_part(job: tuple[list[Path], Path, str]) -> list[dict[str, Any]]:
    """Sort the rows of a part, and write them as Parquet and N-Quads; returns what is written."""
    given, draft, name = job
    lines, rows, plain = draft / NQUADS / f"{name}.nq.gz", draft / _PARQUET / f"{name}.parquet", draft / f"{name}.nq"
    with TripleTable(threads=1, memory_limit="1GB", temp_directory=draft) as table:
        table.execute("SET preserve_insertion_order = true")
        table.copy_parquet(f"SELECT s, p, o, g FROM read_parquet({quote_files(given)}) ORDER BY s, p, o, g", rows)
        table.copy_texts(f"SELECT s || ' ' || p || ' ' || o || ' ' || g || ' .' FROM read_parquet({quote(str(rows))})", plain)
        ((statements,),) = table.execute(f"SELECT count(*) FROM read_parquet({quote(str(rows))})")
    # Python packs in a third of the time of DuckDB.
    with plain.open("rb") as file, lines.open("wb") as target, gzip.GzipFile("", "wb", compresslevel=6, fileobj=target, mtime=0) as packed:
        shutil.copyfileobj(file, packed, 1 << 20)
    for path in (plain, *given):
        path.unlink()
    return [
        {"name": f"{path.parent.name}/{path.name}", "sha256": digest_file(path), "bytes": path.stat().st_size, **more}
        for path, more in ((lines, {"statements": statements}), (rows, {}))
    ]


def _digest(parts: Sequence[Path], *, draft: Path) -> tuple[str, int]:
    """The SHA-256 of the lines of N-Triples that all parts make, and their number."""
    digest, triples, lines = hashlib.sha256(), 0, draft / "triples.nt"
    with TripleTable(threads=1, memory_limit="1GB", temp_directory=draft) as table:
        table.execute("SET preserve_insertion_order = true")
        for part in parts:
            every = f"SELECT s || ' ' || p || ' ' || o AS triple FROM read_parquet({quote(str(part))})"
            # A triple of several graphs stands in rows that follow each other.
            seen = f"SELECT triple, lag(triple) OVER () AS last FROM ({every})"
            table.copy_texts(f"SELECT triple || ' .' FROM ({seen}) WHERE triple IS DISTINCT FROM last", lines)
            with lines.open("rb") as file:
                while piece := file.read(1 << 20):
                    digest.update(piece)
                    triples += piece.count(b"\n")
            lines.unlink()
    return digest.hexdigest(), triples
