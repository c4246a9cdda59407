"""Inputs to records, and to rows in DuckDB that are mitigations by themselves."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from airm_graph.frozen import frozen
from airm_graph.ingest import Reader, Readings, read_pages
from airm_graph.ingest.inputs import Input
from airm_graph.merge import Merger
from airm_graph.model import Decisions, Records
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.platform import Session
from airm_graph.progress import Progress

if TYPE_CHECKING:
    from airm_graph.ids_lock import IdsLock, LockedId
    from airm_graph.ingest.decisions import DecisionReadings
    from airm_graph.ingest.tables import Mapping
    from airm_graph.ingest.tables.loaded import LoadedTable

__all__ = ["Read", "read_inputs"]

_Merged = TypeVar("_Merged")


@frozen
class Read:
    """What inputs say.

    Attributes:
        readings: Findings, files, rows set aside, counts and, of pages, what is not independent.
        records: Everything but what independent rows say.
        tables: What statements are made for: tables whose independent rows are in DuckDB.
        independent: Number of independent rows, which are as many mitigations.
        classified: How many of them have a code.
        ids: The IRIs that mitigations keep, as this build leaves them; None where none are kept.
    """

    readings: Readings
    records: Records
    tables: "Sequence[LoadedTable]" = ()
    independent: int = 0
    classified: int = 0
    ids: "IdsLock | None" = None

    @property
    def is_empty(self) -> bool:
        """Whether no mitigation was read."""
        return not (self.independent or self.records.mitigations)


def read_inputs(
    entries: Sequence[Input],
    options: BuildOptions,
    *,
    session: Session,
    tell: Progress,
    reader: Reader | None = None,
) -> Read:
    """Read and merge inputs.

    Args:
        entries: What `airm_graph.ingest.inputs.find_inputs` found.
        options: How they are read.
        session: Its table takes the rows of tables.
        tell: Called with (step, number done, number in all).
        reader: What reads pages and may remember them.

    Raises:
        InputError: An input, the mapping or a table of decisions does not exist or cannot be read.
    """
    decided = _read_decisions(options)
    mapping = _load_mapping(options)
    captures, tables = ([entry for entry in entries if entry.is_table is wanted] for wanted in (False, True))
    pages = read_pages(captures, progress=partial(tell, "read"), reader=reader)
    findings = decided.findings if decided else ()
    files = {**pages.files, **(decided.files if decided else {})}
    if tables:
        from airm_graph.pipeline.merging import Merging  # reading tables takes a third of all modules

        merging = Merging(tables, pages, decided.decisions if decided else Decisions(), mapping=mapping, session=session, tell=tell)
        (found, records), ids = _keep(options, merging.read, merging.list_found)
        readings = Readings(
            (*pages.pages, *found.pages),
            (*pages.findings, *found.findings, *findings),
            dict(sorted({**files, **merging.files}.items())),
            found.rejected,
            found.counts,
        )
        return Read(readings, records, merging.stated, *merging.count(), ids)
    tell("merge", 0, 1)
    records, ids = _merge_pages(pages, decided.decisions if decided else Decisions(), options)
    return Read(replace(pages, findings=(*pages.findings, *findings), files=dict(sorted(files.items()))), records, ids=ids)


def _read_decisions(options: BuildOptions) -> "DecisionReadings | None":
    """Read what people decided; None where no table of decisions is given."""
    if not options.decisions:
        return None
    from airm_graph.ingest.decisions import read_decisions

    return read_decisions(options.decisions, base=options.base)


def _load_mapping(options: BuildOptions) -> "Mapping | None":
    if options.mapping is None:
        return None
    from airm_graph.ingest.tables import load_mapping

    return replace(load_mapping(options.mapping), found=f"{options.mapping}, which was given")


def _merge_pages(pages: Readings, decisions: Decisions, options: BuildOptions) -> "tuple[Records, IdsLock | None]":
    def merge(kept: Pairs[str, str]) -> Records:
        merger = Merger(pages.pages, decisions=decisions, kept=kept)
        return merger.finish([merger.merge(group) for group in merger.list_groups(())])

    def list_found(records: Records) -> "Iterator[LockedId]":
        from airm_graph.pipeline.keeping_ids import list_present

        return list_present(records.mitigations, records.captures)

    return _keep(options, merge, list_found)


def _keep(
    options: BuildOptions, merge: Callable[[Pairs[str, str]], _Merged], list_found: "Callable[[_Merged], Iterable[LockedId]]"
) -> "tuple[_Merged, IdsLock | None]":
    """Merge, with the IRIs that are kept, where there is a file of them."""
    if options.ids is None:
        return merge({}), None
    from airm_graph.pipeline.keeping_ids import load_ids, merge_keeping

    return merge_keeping(merge, list_found, load_ids(options.ids))
