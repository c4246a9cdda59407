"""The files of a graph on Spark: N-Quads and Parquet in parts that follow each other in the order of their lines.

Where one part ends is told by the terms alone, so the same graph is cut in the same places, whatever cluster writes it.
"""

import gzip
import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import ne
from pathlib import Path

from airm_graph.errors import ExportError
from airm_graph.spark.intake import run_tasks
from airm_graph.spark.numbers import quote
from airm_graph.spark.session import explained
from airm_graph.spark.table import SparkTable

__all__ = ["NQUADS", "PARQUET", "Parts", "WrittenPart", "write_parts"]

#: Names of the folders.
NQUADS, PARQUET = "nquads", "parquet"
#: Statements in a part, and most parts: Spark looks each subject up among their borders.
_STATEMENTS, _MOST = 2_000_000, 1000
#: So many subjects of each part are looked at to find where it ends.
_LOOK = 200
_PIECE = 1 << 22
_PART = re.compile(r"part-(\d+)-.*\.(txt\.gz|parquet)")
_GRAPH = re.compile(rb" <[^ >]*> \.\n")


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A file: its name below the folder, its digest, its size, and how many statements are in it (0 for Parquet, which says so itself)."""

    name: str
    sha256: str
    bytes: int
    statements: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """What was written.

    Attributes:
        digest: SHA-256 of the sorted N-Triples.
        triples: Number of different triples.
    """

    files: tuple[WrittenPart, ...]
    digest: str
    triples: int


def write_parts(table: SparkTable, folder: Path, *, condition: str, text: str, parts: int | None) -> Parts:
    """Write the quads of a table; the folders of an earlier graph are replaced when all is there.

    Args:
        condition: SQL over a row q of ``quads`` that says which.
        text: SQL that writes a row of ``terms``.
        parts: Number of files of each format; by the number of statements when left out.

    Raises:
        ExportError: The files cannot be written.
        EngineError: Spark gives up.
    """
    draft = folder / f".parts-{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        _write_sorted(table, draft, condition=condition, text=text, parts=parts)
        named = [path for name in (NQUADS, PARQUET) for path in _name_parts(draft / name)]
        looked = run_tasks(table.session, _look_at, named)
        files = tuple(WrittenPart(path.relative_to(draft).as_posix(), *seen) for path, seen in zip(named, looked, strict=True))
        digest, triples = _digest([path for path in named if path.parent.name == NQUADS])
        for name in (NQUADS, PARQUET):
            _replace_folder(draft / name, folder / name)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Parts(files, digest, triples)


def _write_sorted(table: SparkTable, draft: Path, *, condition: str, text: str, parts: int | None) -> None:
    from pyspark import StorageLevel
    from pyspark.sql import functions

    chosen = f"(SELECT * FROM quads AS q WHERE {condition})"
    statements, subjects = table.execute(f"SELECT count(*), count(DISTINCT s) FROM {chosen} AS q")[0]
    number = min(_MOST, parts or -(-statements // _STATEMENTS)) or 1
    table.materialise("few_names", f"SELECT id, {text} AS text FROM terms WHERE id IN (SELECT p FROM quads UNION SELECT g FROM quads)")
    borders = _find_borders(table, chosen=chosen, text=text, every=max(1, subjects // (number * _LOOK)), parts=number)
    written = f"(SELECT id, {text} AS text FROM terms)"
    lines = table.select(f"""
        SELECT s.text AS s, p.text AS p, o.text AS o, g.text AS g FROM {chosen} AS q
        JOIN {written} AS s ON s.id = q.s JOIN {written} AS o ON o.id = q.o
        JOIN few_names AS p ON p.id = q.p JOIN few_names AS g ON g.id = q.g""")
    with explained("Spark cannot write the parts"):
        placed = lines.withColumn("part", functions.expr(_place(borders, 0)))
        ordered = placed.repartitionById(len(borders) + 1, functions.col("part")).sortWithinPartitions("s", "p", "o", "g")
        ordered.persist(StorageLevel.DISK_ONLY)
        line = ordered.selectExpr("s || ' ' || p || ' ' || o || ' ' || g || ' .' AS value")
        line.write.option("compression", "gzip").text((draft / NQUADS).absolute().as_uri())
        ordered.select("s", "p", "o", "g").write.option("compression", "zstd").parquet((draft / PARQUET).absolute().as_uri())
        ordered.unpersist()
    table.drop("few_names")


def _find_borders(table: SparkTable, *, chosen: str, text: str, every: int, parts: int) -> list[str]:
    """The subjects with which parts begin, but the first; found among those whose number is a multiple of *every*."""
    if parts == 1:
        return []
    some = f"SELECT {text} AS text FROM terms WHERE id % {every} = 0 AND id IN (SELECT s FROM {chosen} AS c)"
    found = [subject for (subject,) in table.execute(f"{some} ORDER BY 1")]
    return sorted({found[n * len(found) // parts] for n in range(1, parts)} - set(found[:1])) if found else []


def _place(borders: Sequence[str], before: int) -> str:
    """SQL for the number of the part of a subject: a tree of comparisons."""
    if not borders:
        return str(before)
    middle = len(borders) // 2
    lower, upper = _place(borders[:middle], before), _place(borders[middle + 1 :], before + middle + 1)
    return f"CASE WHEN s < {quote(borders[middle])} THEN {lower} ELSE {upper} END"


def _name_parts(folder: Path) -> Iterator[Path]:
    """Name the files that Spark wrote by their place, and remove what it wrote beside."""
    found = sorted((int(match[1]), path) for path in folder.iterdir() if (match := _PART.fullmatch(path.name)))
    suffix = ".nq.gz" if folder.name == NQUADS else ".parquet"
    kept = {path for _, path in found}
    for path in list(folder.iterdir()):
        if path not in kept:
            path.unlink()
    for number, (_, path) in enumerate(found):
        yield path.rename(folder / f"part-{number:05}{suffix}")


def _look_at(path: Path) -> tuple[str, int, int]:
    """Digest, size and number of lines of a part."""
    lines = 0
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    if path.suffix == ".gz":
        with gzip.open(path) as file:
            while piece := file.read(_PIECE):
                lines += piece.count(b"\n")
    return digest.hexdigest(), path.stat().st_size, lines


def _digest(paths: Sequence[Path]) -> tuple[str, int]:
    """The digest and the number of the triples in sorted parts of N-Quads."""
    # A triple of several graphs stands in lines that follow each other.
    digest, triples, rest, last = hashlib.sha256(), 0, b"", b""
    for path in paths:
        with gzip.open(path) as file:
            while piece := file.read(_PIECE):
                cut = piece.rfind(b"\n") + 1
                block, rest = (rest + piece[:cut], piece[cut:]) if cut else (b"", rest + piece)
                if not block:
                    continue
                lines = _GRAPH.sub(b" .\n", block).split(b"\n")[:-1]
                once = list(compress(lines, map(ne, lines, [last, *lines])))
                digest.update(b"".join(line + b"\n" for line in once))
                triples, last = triples + len(once), lines[-1]
    return digest.hexdigest(), triples


def _replace_folder(new: Path, place: Path) -> None:
    old = new.with_name(f"{place.name}-before")
    if place.exists():
        place.rename(old)
    new.rename(place)
