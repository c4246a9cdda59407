"""The files of a large graph: lines by DuckDB, formats with blocks by processes of their own (``blocks``)."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, groupby
from operator import itemgetter, ne
from pathlib import Path

from airm_graph.bulk.blocks import write_block_formats
from airm_graph.bulk.intake import Sheet
from airm_graph.bulk.statements import plain_blocks
from airm_graph.export import EXPORTS, Written
from airm_graph.export.files import Draft, draft_files
from airm_graph.graph import Members, TripleTable
from airm_graph.graph.store import Row
from airm_graph.pipeline.views import SUMS

__all__ = ["write_large", "write_statements"]


def write_large(
    lines: Iterable[list[str]],
    parts: Iterable[list[Members]],
    folder: Path,
    *,
    formats: Sequence[str],
    beside: Mapping[str, bytes],
    base: str,
    workspace: Path,
) -> dict[str, Written]:
    """Write a graph in several formats into a folder; when one cannot be written, no file is changed.

    Args:
        lines: Sorted lines of N-Quads without their ends, each with a graph; read where a format of lines is wanted.
        parts: Subjects in reading order, read where another format is wanted.
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
        _write_lines(lines, [(name, given[EXPORTS[name].file_name]) for name in formats if EXPORTS[name].lines])
        blocks = [(name, given[EXPORTS[name].file_name]) for name in formats if EXPORTS[name].blocks]
        write_block_formats(parts, blocks, base=base, workspace=workspace)
        for name, data in beside.items():
            given[name].write(data)
        given[SUMS].write("".join(f"{given[name].sha256}  {name}\n" for name in sorted(names) if name != SUMS))
    return {name: Written(path, draft.sha256) for name, path, draft in zip(names, paths, drafts, strict=True)}


def _write_lines(lines: Iterable[list[str]], drafts: Sequence[tuple[str, Draft]]) -> None:
    """Write the formats of lines."""
    last = ""
    for batch in lines if drafts else ():
        for name, draft in drafts:
            if name == "nquads":
                draft.write("\n".join([*batch, ""]))
            else:
                # A triple of several graphs stands in lines that follow each other.
                triples = [line[: line.rindex(" <")] for line in batch]
                draft.write("".join(f"{triple} .\n" for triple in compress(triples, map(ne, triples, [last, *triples]))))
                last = triples[-1]


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
