"""Many pages → one set of records: who is who, what contradicts, and the keys that become IRIs."""

from collections.abc import Iterable
from dataclasses import replace

from airm_graph.merge.conflicts import find_conflicts, note_inferred
from airm_graph.merge.join import join_records
from airm_graph.merge.mitigations import merge_mitigations
from airm_graph.merge.sources import group_pages, merge_sources
from airm_graph.model import Capture, Evidence, Mitigation, Page, Records, Repair

__all__ = ["join_records", "merge_pages"]


def merge_pages(pages: Iterable[Page]) -> Records:
    """Merge pages into records; the order of pages changes nothing.

    A page without a source gives its capture only: without a source its mitigations have no identity.

    >>> merge_pages([]).mitigations
    ()
    """
    pages = sorted(pages, key=lambda page: page.capture.sha256)
    groups = group_pages(pages)
    sources = merge_sources(groups)
    mitigations: list[Mitigation] = []
    repairs: list[tuple[Evidence, Repair]] = []
    inferred: list[tuple[str, Evidence]] = []
    for identity, group in groups.items():
        merged = merge_mitigations(group, sources[identity].key)
        mitigations += merged.mitigations
        repairs += [*merged.repairs, *_source_repairs(group)]
        inferred += merged.inferred
    mitigations.sort(key=lambda mitigation: mitigation.key)
    ordered = sorted(sources.values(), key=lambda source: source.key)
    captures = _join_captures(pages)
    files = {capture.sha256: capture.file_names[0] for capture in captures}
    editions = {capture.sha256: capture.edition for capture in captures}
    return Records(
        captures=captures,
        sources=tuple(ordered),
        mitigations=tuple(mitigations),
        repairs=tuple(sorted(set(repairs))),
        findings=(
            *find_conflicts(mitigations, ordered, files=files, editions=editions),
            *note_inferred(mitigations, inferred, files=files),
        ),
    )


def _join_captures(pages: Iterable[Page]) -> tuple[Capture, ...]:
    """Each capture once: a table is many pages, and a file may have several names."""
    found: dict[str, Capture] = {}
    for page in pages:
        earlier = found.setdefault(page.capture.sha256, page.capture)
        if earlier is not page.capture:
            names = tuple(sorted({*earlier.file_names, *page.capture.file_names}))
            found[page.capture.sha256] = replace(earlier, file_names=names)
    return tuple(capture for _, capture in sorted(found.items()))


def _source_repairs(group: Iterable[Page]) -> list[tuple[Evidence, Repair]]:
    found: list[tuple[Evidence, Repair]] = []
    for page in group:
        block = page.source
        if block:
            found += block.repairs
            texts = (block.title, block.author_line, block.abstract)
            found += [(block.evidence, repair) for text in texts if text for repair in text.repairs]
    return found
