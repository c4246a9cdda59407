"""The files of a graph on Spark: N-Quads and Parquet in parts that follow each other in the order of their lines.

Where one part ends is told by the terms alone, so the same graph is cut in the same places, whatever cluster writes it.
"""

import gzip
import hashlib
import json
import secrets
import shutil
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from airm_graph.errors import ExportError
from airm_graph.export import TableQuads
from airm_graph.graph import TripleTable, quote, rebased_text
from airm_graph.pipeline.platform import Parts
from airm_graph.spark.session import explained, run_tasks
from airm_graph.spark.table import SparkTable, address
from airm_graph.triples import NOTICE
from airm_graph.version import VERSION

__all__ = ["MANIFEST", "NQUADS", "write_parts"]

#: Names of the folders, and of the file that says what is in them.
NQUADS, PARQUET, MANIFEST = "nquads", "parquet", "manifest.json"
#: Statements in a part, and most parts: Spark looks each subject up among their borders.
_STATEMENTS, _MOST = 2_000_000, 1000
#: So many subjects of each part are looked at to find where it ends.
_LOOK = 200
#: Lines that go into the digest at once.
_LINES = 10_000


def write_parts(table: SparkTable, folder: Path, formats: Collection[str] | None, base: str, *, parts: int | None) -> Parts:
    """Write the quads of a table; the folders of an earlier graph are replaced when all is there.

    Args:
        table: What is written.
        folder: Made when it is missing; driver and executors see it under one name.
        formats: ``nquads`` and ``parquet``, which are always written both.
        base: What IRIs of the project begin with.
        parts: Number of files of each format; by the number of statements when left out.

    Raises:
        ExportError: A format is unknown, a quad cannot be exported, or the files cannot be written.
        EngineError: Spark gives up.
    """
    if unknown := sorted(set(formats or ()) - {NQUADS, PARQUET}):
        raise ExportError(f"unknown format {', '.join(unknown)}; Spark writes {NQUADS} and {PARQUET}")
    TableQuads(table, base=base)
    draft = folder / f".parts-{secrets.token_hex(4)}"
    try:
        (draft / NQUADS).mkdir(parents=True)
        _write_sorted(table, draft / PARQUET, text=rebased_text(base), parts=parts)
        written = list(run_tasks(table.session, _write_lines, _name_parts(draft / PARQUET)))
        digest, triples = _digest(sorted((draft / NQUADS).iterdir()))
        for name in (NQUADS, PARQUET):
            if (folder / name).exists():
                (folder / name).rename(draft / f"{name}-before")
            (draft / name).rename(folder / name)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    files = sorted((file for some in written for file in some), key=lambda file: file["name"])
    manifest = {
        "version": VERSION,
        "notice": NOTICE,
        "base": base,
        "digest": digest,
        "triples": triples,
        "statements": sum(file.get("statements", 0) for file in files),
        "order": "parts of a folder follow each other: together they are sorted",
        "files": files,
    }
    beside = {MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()}
    return Parts(digest, {file["name"]: file["sha256"] for file in files}, beside)


def _write_sorted(table: SparkTable, target: Path, *, text: str, parts: int | None) -> None:
    """Write the sorted quads as Parquet, in files numbered in their order."""
    statements, subjects = table.execute("SELECT count(*), count(DISTINCT s) FROM quads")[0]
    number = min(_MOST, parts or -(-statements // _STATEMENTS)) or 1
    table.materialise("few_names", f"SELECT id, {text} AS text FROM terms WHERE id IN (SELECT p FROM quads UNION SELECT g FROM quads)")
    every = max(1, subjects // (number * _LOOK))
    some = f"SELECT {text} AS text FROM terms WHERE id % {every} = 0 AND id IN (SELECT s FROM quads) ORDER BY 1"
    found = [subject for (subject,) in table.execute(some)] if number > 1 else []
    # The subjects with which parts begin, but the first.
    borders = sorted({found[n * len(found) // number] for n in range(1, number)} - set(found[:1])) if found else []
    written = f"(SELECT id, {text} AS text FROM terms)"
    lines = table.select(f"""
        SELECT s.text AS s, p.text AS p, o.text AS o, g.text AS g, {_place(borders, 0)} AS part FROM quads AS q
        JOIN {written} AS s ON s.id = q.s JOIN {written} AS o ON o.id = q.o
        JOIN few_names AS p ON p.id = q.p JOIN few_names AS g ON g.id = q.g""")
    with explained("Spark cannot write the parts"):
        ordered = lines.repartitionById(len(borders) + 1, lines.part).sortWithinPartitions("s", "p", "o", "g").drop("part")
        ordered.write.option("compression", "zstd").parquet(address(target))
    table.drop("few_names")


def _place(borders: Sequence[str], before: int) -> str:
    """Write the SQL for the number of the part of a subject: a tree of comparisons."""
    if not borders:
        return str(before)
    middle = len(borders) // 2
    lower, upper = _place(borders[:middle], before), _place(borders[middle + 1 :], before + middle + 1)
    return f"CASE WHEN s.text < {quote(borders[middle])} THEN {lower} ELSE {upper} END"


def _name_parts(folder: Path) -> list[Path]:
    """Name the files that Spark wrote by their place, and remove what it wrote beside."""
    for path in list(folder.iterdir()):
        if path.suffix != ".parquet":
            path.unlink()
    return [path.rename(folder / f"part-{number:05}.parquet") for number, path in enumerate(sorted(folder.iterdir()))]


def _write_lines(path: Path) -> list[dict[str, Any]]:
    """Write a part of Parquet as N-Quads, too; returns what the manifest says of both."""
    lines = path.parents[1] / NQUADS / f"{path.stem}.nq.gz"
    with TripleTable(threads=1, temp_directory=path.parents[1]) as table:
        table.execute("SET preserve_insertion_order = true")
        rows = f"FROM read_parquet({quote(str(path))})"
        table.copy_texts(f"SELECT s || ' ' || p || ' ' || o || ' ' || g || ' .' {rows}", lines)
        statements = table.execute(f"SELECT count(*) {rows}")[0][0]
    return [_describe(lines, statements=statements), _describe(path)]


def _describe(path: Path, **more: int) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": f"{path.parent.name}/{path.name}", "sha256": digest, "bytes": path.stat().st_size, **more}


def _digest(paths: Sequence[Path]) -> tuple[str, int]:
    """Take the digest and the number of the triples in sorted parts of N-Quads."""
    # A triple of several graphs stands in lines that follow each other.
    once = (triple for triple, _ in groupby(line.rpartition(b" <")[0] for path in paths for line in _read_lines(path)))
    digest, triples = hashlib.sha256(), 0
    while some := list(islice(once, _LINES)):
        digest.update(b" .\n".join([*some, b""]))
        triples += len(some)
    return digest.hexdigest(), triples


def _read_lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield from file
