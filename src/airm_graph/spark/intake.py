"""Files read in tasks of Spark, each by the reader that the other engines have, into Parquet in the work folder."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from airm_graph.bulk.intake import Sheet, is_large, load_sheets
from airm_graph.errors import AirmError, EngineError, InputError, StoreError
from airm_graph.graph import ParquetFile, TripleTable, suffix_of
from airm_graph.graph.store import stream_rows
from airm_graph.ingest.formats import Scan, UnreadableError, copy_table
from airm_graph.ingest.inputs import Input
from airm_graph.spark.session import explained
from airm_graph.spark.table import SparkTable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["Pile", "find_quads", "load_piles", "load_quads", "run_tasks", "scan_tables"]

_Job = TypeVar("_Job")
_Done = TypeVar("_Done")
#: What DuckDB may take in one task.
_MEMORY = "1GB"


@dataclass(frozen=True, slots=True)
class Pile(Sheet):
    """Sheets of one folder with the same columns under one mapping, as one sheet: what differs between them are columns of its rows.

    Attributes:
        sheets: Those that it stands for; its number is that of the first.
    """

    sheets: tuple[Sheet, ...]

    @property
    def of_row(self) -> str:
        """SQL for the number of the sheet of a row r."""
        return "r.sheet"

    @property
    def stem(self) -> str:
        """SQL for the IRI of the capture of a row r, without its last bracket."""
        return "r.stem"

    @property
    def graph(self) -> str:
        """SQL for the graph of a row of ``plain``."""
        return "stem || '>'"

    @property
    def place(self) -> str:
        """SQL for what the label of the evidence of a row of ``plain`` begins with."""
        return "place"

    @property
    def kept(self) -> str:
        """What ``plain`` keeps of a row r beside what it keeps of all, as the end of a SELECT."""
        return f", {self.number} AS pile, r.stem, r.place"

    @property
    def members(self) -> tuple[Sheet, ...]:
        """The sheets that it stands for."""
        return self.sheets

    def is_own(self, column: str = "sheet") -> str:  # noqa: ARG002 - the pile is known by its number alone
        """SQL that tells whether a row is of one of these sheets."""
        return f"pile = {self.number}"


def run_tasks(session: "SparkSession", work: Callable[[_Job], _Done], jobs: Iterable[_Job]) -> list[_Done]:
    """Do some work on each job in a task of its own; results in the order of the jobs.

    Raises:
        AirmError: What the work raised.
        EngineError: A task failed otherwise.
    """
    jobs = list(jobs)
    if not jobs:
        return []

    def attempt(job: _Job) -> _Done | AirmError:
        try:
            return work(job)
        except AirmError as error:
            return EngineError(str(error)) if isinstance(error, InputError) else error

    with explained("a task of Spark failed"):
        done = session.sparkContext.parallelize(jobs, len(jobs)).map(attempt).collect()
    found: list[_Done] = []
    for one in done:
        if isinstance(one, AirmError):
            raise one
        found.append(one)
    return found


def scan_tables(entries: Sequence[Input], *, session: "SparkSession", folder: Path) -> Callable[[Path, Path, str], Scan | None]:
    """Copy the tables among inputs to the work folder and look them over; what is returned gives the outcome for each.

    Raises:
        InputError: A file cannot be read.
    """
    found: dict[Path, Scan | str | None] = {}
    jobs = []
    for number, entry in enumerate(entries):
        try:
            if entry.path is not None and is_large(entry, at_least=1):
                jobs.append((entry.path.absolute(), folder / f"scan-{number}.csv", entry.name))
        except OSError:
            continue  # the reader says why
    for (path, _, _), outcome in zip(jobs, run_tasks(session, _scan, jobs), strict=True):
        found[path] = outcome

    def answer(path: Path, _place: Path, _name: str) -> Scan | None:
        outcome = found.get(path.absolute())
        if isinstance(outcome, str):
            raise InputError(f"the file cannot be read: {outcome}", file=str(path), remedy="every machine must see it")
        return outcome

    return answer


def _scan(job: tuple[Path, Path, str]) -> Scan | str | None:
    path, place, name = job
    try:
        return copy_table(path, place, file=name)
    except OSError as error:
        return error.strerror or str(error)


def load_piles(sheets: Sequence[Sheet], *, table: SparkTable) -> Sequence[Pile]:
    """Take the rows of sheets in, file by file, and put those together that have the same columns.

    Raises:
        UnreadableError: A sheet is no CSV after all.
    """
    groups: defaultdict[tuple[object, ...], list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        groups[sheet.scan.path.resolve().parent, id(sheet.mapping), sheet.scan.header].append(sheet)
    targets = [(sheet, table.folder / f"sheet-{sheet.number}.parquet") for sheet in sheets]
    for (sheet, _), trouble in zip(targets, run_tasks(table.session, _load_sheet, targets), strict=True):
        if trouble:
            raise UnreadableError(trouble)
        sheet.scan.copy.unlink(missing_ok=True)
    place_of = {sheet.number: path for sheet, path in targets}
    piles = []
    for members in groups.values():
        first = members[0]
        pile = Pile(first.number, first.scan, first.mapping, first.columns, tuple(members))
        table.load_parquet(pile.rows, [place_of[member.number] for member in members])
        piles.append(pile)
    return piles


def _load_sheet(job: tuple[Sheet, Path]) -> str:
    """Write the rows of a sheet; returns why not where they cannot be read."""
    sheet, path = job
    cells = "".join(f", c{place}" for place in range(len(sheet.scan.header)))
    given = f"{sheet.number} AS sheet, {sheet.stem} AS stem, {sheet.place} AS place"
    with TripleTable(threads=1, memory_limit=_MEMORY, temp_directory=path.parent) as table:
        try:
            load_sheets([sheet], table=table)
        except UnreadableError as error:
            return str(error) or "the rows cannot be told apart"
        table.copy_parquet(f"SELECT {given}, number, first, last, odd, name, raw{cells} FROM {sheet.rows}", path)
    return ""


def load_quads(paths: Sequence[Path], *, table: SparkTable) -> None:
    """Take files of N-Triples, N-Quads and Parquet in; in several files, blank nodes of one label are different nodes.

    Raises:
        StoreError: A file is not what its suffix says; the message names file and line.
    """
    lines = [path for path in paths if path.suffix.lower() != ".parquet"]
    jobs = [
        (path, f"f{number}-" if len(lines) > 1 else "", table.folder / f"quads-of-{number}.parquet") for number, path in enumerate(lines, 1)
    ]
    run_tasks(table.session, _read_quads, jobs)
    whole = [path for path in paths if path.suffix.lower() == ".parquet"]
    if every := [*(target for _, _, target in jobs), *whole]:
        table.load_texts(every)


def find_quads(places: Iterable[Path]) -> list[Path]:
    """The files of quads that paths stand for, sorted; none where one of them holds captures or tables.

    Of a folder that Spark wrote, these are its N-Quads; Parquet counts where it has the columns s, p, o and g.
    """
    found = [_find_below(place) for place in places]
    return sorted({path for some in found for path in some}, key=Path.as_posix) if all(found) else []


def _find_below(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place] if place.is_file() and (suffix_of(place) or _is_of_quads(place)) else []
    below = place / "nquads" if (place / "manifest.json").is_file() else place
    every = [path for path in below.rglob("*") if path.is_file() and not any(part[:1] in "._" for part in path.relative_to(below).parts)]
    return [path for path in every if suffix_of(path)] or [path for path in every if _is_of_quads(path)]


def _is_of_quads(path: Path) -> bool:
    if path.suffix.lower() != ".parquet":
        return False
    try:
        with ParquetFile(path, separator="") as file:
            return {column.name for column in file.columns} == set("spog")
    except StoreError:
        return False


def _read_quads(job: tuple[Path, str, Path]) -> None:
    path, label, target = job
    with TripleTable(threads=1, memory_limit=_MEMORY, temp_directory=target.parent) as table:
        table.load_files([path], parse=stream_rows, label=label)
        table.copy_rows(target)
