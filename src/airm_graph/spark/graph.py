"""A graph whose statements are on Spark: the face of ``Graph``; written in parts."""

import hashlib
import json
import weakref
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Unpack

from airm_graph.bulk.graph import Held, LargeGraph, rebased_text
from airm_graph.errors import ExportError, InputError
from airm_graph.export import replace_folder_files
from airm_graph.export.streams import Note
from airm_graph.namespaces import iri
from airm_graph.pipeline.views import SUMS
from airm_graph.spark.table import SparkTable
from airm_graph.spark.write import NQUADS, PARQUET, Parts, write_parts
from airm_graph.triples import NOTICE
from airm_graph.version import VERSION

__all__ = ["MANIFEST", "SparkGraph"]

MANIFEST = "manifest.json"
_FORMATS = (NQUADS, PARQUET)


class SparkGraph(LargeGraph):
    """A graph in a table on Spark, which is removed with it."""

    def __init__(
        self,
        table: SparkTable,
        *,
        opened: ExitStack,
        parts: int | None,
        **held: Unpack[Held],
    ) -> None:
        """Take over a closed table.

        Args:
            opened: What is to be closed with it: the table, its folder and the session.
            parts: Number of files of each format; by the number of statements when left out.
            held: As for ``LargeGraph``.
        """
        self.__dict__.update({**held, "_table": table, "_parts": parts, "_spark": table})
        weakref.finalize(self, opened.close)

    _spark: SparkTable
    _parts: int | None

    def write(
        self,
        folder: str | Path,
        *,
        formats: Collection[str] = _FORMATS,
        note: Note | None = None,  # noqa: ARG002 - none of these formats has blocks
    ) -> dict[str, Path]:
        """Write N-Quads and Parquet in parts, with manifest, report, links, sums and, for tables, ``quarantine.csv``.

        Args:
            folder: Made when it is missing; driver and executors see it under one name.
            formats: ``nquads`` and ``parquet``, which are always written both.
            note: Of no use here.

        Returns:
            File name → path.

        Raises:
            ExportError: A format is unknown, or a file cannot be written.
            EngineError: Spark gives up.
            InputError: The graph is empty.
        """
        if unknown := sorted(set(formats) - set(_FORMATS)):
            raise ExportError(f"unknown format {', '.join(unknown)}; Spark writes {' and '.join(_FORMATS)}")
        if self.is_empty:
            raise InputError("no mitigation was read, so nothing is written", file=str(folder), remedy="see the findings")
        self._check_terms()
        place = Path(folder)
        left_out = f"q.g <> {self._id(iri('graph/ontology'))}"
        parts = write_parts(self._spark, place, condition=left_out, text=rebased_text(self.base), parts=self._parts)
        self.__dict__["digest"] = parts.digest
        beside = {**self.list_beside(), MANIFEST: _write_manifest(parts, base=self.base)}
        sums = {file.name: file.sha256 for file in parts.files} | {name: _sum(data) for name, data in beside.items()}
        beside[SUMS] = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode()
        replace_folder_files(place, beside)
        self.__dict__["written"] = {name: place / name for name in (*(file.name for file in parts.files), *beside)}
        return dict(self.written)


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write_manifest(parts: Parts, *, base: str) -> bytes:
    content = {
        "version": VERSION,
        "notice": NOTICE,
        "base": base,
        "digest": parts.digest,
        "triples": parts.triples,
        "statements": sum(file.statements for file in parts.files),
        "order": "parts of a folder follow each other: together they are sorted",
        "files": [
            {"name": file.name, "sha256": file.sha256, "bytes": file.bytes, **({"statements": file.statements} if file.statements else {})}
            for file in parts.files
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
