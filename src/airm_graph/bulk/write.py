"""The files of a large graph: lines by DuckDB, formats with blocks by processes of their own that read the sorted lines.

python -m airm_graph.bulk.write FORMAT LINES FOLDER BASE
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import compress, groupby, islice
from operator import itemgetter, ne
from pathlib import Path

from airm_graph.bulk.intake import Sheet
from airm_graph.bulk.statements import plain_blocks
from airm_graph.columns import TripleTable
from airm_graph.errors import ExportError
from airm_graph.export import EXPORTS, Written, write_files
from airm_graph.export.files import Draft, draft_files
from airm_graph.graph import SUMS, make_options
from airm_graph.store import Row

__all__ = ["main", "read_lines", "write_large", "write_statements"]

_PIECE = 4 << 20


def write_large(
    lines: Iterable[list[str]], folder: Path, *, formats: Sequence[str], beside: Mapping[str, bytes], base: str, workspace: Path
) -> dict[str, Written]:
    """Write a graph in several formats into a folder; when one cannot be written, no file is changed.

    Args:
        lines: Sorted lines of N-Quads without their ends, each with a graph.
        folder: Made when it is missing.
        formats: Names of ``airm_graph.export.EXPORTS``.
        beside: Other files of the folder, name to content.
        base: What every IRI of the project begins with.
        workspace: Folder for what is needed on the way.

    Returns:
        File name to path and digest, in the order of *formats*, then *beside*, then the sums.

    Raises:
        ExportError: A file cannot be written.
    """
    names = [*(EXPORTS[name].file_name for name in formats), *beside, SUMS]
    paths = [folder / name for name in names]
    with draft_files(paths, make_folder=folder) as drafts:
        given = dict(zip(names, drafts, strict=True))
        source = workspace / "sorted.nq"
        _write_lines(lines, source, [(name, given[EXPORTS[name].file_name]) for name in formats if EXPORTS[name].lines])
        _write_blocks(source, [(name, given[EXPORTS[name].file_name]) for name in formats if EXPORTS[name].blocks], base, workspace)
        source.unlink()
        for name, data in beside.items():
            given[name].write(data)
        given[SUMS].write("".join(f"{given[name].sha256}  {name}\n" for name in sorted(names) if name != SUMS))
    return {name: Written(path, draft.sha256) for name, path, draft in zip(names, paths, drafts, strict=True)}


def _write_lines(lines: Iterable[list[str]], source: Path, drafts: Sequence[tuple[str, Draft]]) -> None:
    """Write the formats of lines, and N-Quads once more for those who read them."""
    last = ""
    with source.open("w", encoding="utf-8", newline="\n", buffering=_PIECE) as file:
        for batch in lines:
            text = "\n".join([*batch, ""])
            file.write(text)
            for name, draft in drafts:
                if name == "nquads":
                    draft.write(text)
                else:
                    # A triple of several graphs stands in lines that follow each other.
                    triples = [line[: line.rindex(" <")] for line in batch]
                    draft.write("".join(f"{triple} .\n" for triple in compress(triples, map(ne, triples, [last, *triples]))))
                    last = triples[-1]


def _write_blocks(source: Path, drafts: Sequence[tuple[str, Draft]], base: str, workspace: Path) -> None:
    """Let a process for each format write it, and take what it wrote."""
    with ExitStack() as running:
        started = []
        for name, draft in drafts:
            place = workspace / name
            command = [sys.executable, "-c", f"from {__name__} import main; main()", name, str(source), str(place), base]
            process = running.enter_context(subprocess.Popen(command, stderr=subprocess.PIPE))  # noqa: S603 - ourselves
            running.callback(process.kill)
            started.append((name, draft, place, process))
        for name, draft, place, process in started:
            _, said = process.communicate()
            if process.returncode:
                raise ExportError(f"{EXPORTS[name].file_name} cannot be written: {said.decode(errors='replace').strip()[-500:]}")
            with (place / EXPORTS[name].file_name).open("rb") as file:
                while piece := file.read(_PIECE):
                    draft.write(piece)
            (place / EXPORTS[name].file_name).unlink()


def write_statements(rows: Iterable[Row], path: Path, *, sheets: Sequence[Sheet], table: TripleTable, graphs: bool) -> None:
    """Write statements of plain rows and others to a sorted file by set operations, without taking them into the table of quads.

    Args:
        rows: The others; no subject is one of a plain row.
        path: The file to write.
        sheets: Their plain rows are in *table*.
        graphs: Write N-Quads; otherwise N-Triples.
    """
    lines = groupby(sorted({row if graphs else row[:3] for row in rows}), key=itemgetter(0))
    blocks = ((subject, "\n".join(f"{' '.join(row)} ." for row in group)) for subject, group in lines)
    table.load_records("blocks", columns={"s": "VARCHAR", "lines": "VARCHAR"}, records=blocks)
    every = " UNION ALL ".join(["SELECT s, lines FROM blocks", *([plain_blocks(sheets, graphs=graphs)] if sheets else [])])
    table.copy_texts(f"SELECT lines FROM ({every}) AS b ORDER BY s", path)  # noqa: S608


def read_lines(path: Path) -> Iterator[Row]:
    """Read N-Quads as :func:`write_large` keeps them: every line has a graph."""
    with path.open(encoding="utf-8", newline="\n", buffering=_PIECE) as file:
        while batch := list(islice(file, 50_000)):
            for line in batch:
                s, p, rest = line.split(" ", 2)
                o, _, g = rest[:-3].rpartition(" ")
                yield s, p, o, g


def main() -> None:
    """Write one format, in a process of its own: the arguments are the format, the lines, the folder to write to and the base."""
    name, source, folder, base = sys.argv[1:]
    write_files(read_lines(Path(source)), Path(folder), formats=[name], options=make_options(base))
