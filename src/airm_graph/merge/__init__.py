"""Many pages → one set of records: who is who, what contradicts, and the keys that become IRIs."""

from collections.abc import Iterable

from airm_graph.merge.conflicts import find_conflicts, note_inferred
from airm_graph.merge.mitigations import merge_mitigations
from airm_graph.merge.sources import group_pages, merge_sources
from airm_graph.model import Evidence, Mitigation, Page, Records, Repair

__all__ = ["merge_pages"]


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
    files = {page.capture.sha256: page.capture.file_names[0] for page in pages}
    return Records(
        captures=tuple(page.capture for page in pages),
        sources=tuple(ordered),
        mitigations=tuple(mitigations),
        repairs=tuple(sorted(set(repairs))),
        findings=(*find_conflicts(mitigations, ordered, files=files), *note_inferred(mitigations, inferred, files=files)),
    )


def _source_repairs(group: Iterable[Page]) -> list[tuple[Evidence, Repair]]:
    found = []
    for page in group:
        block = page.source
        if block:
            texts = (block.title, block.author_line, block.abstract)
            found += [(block.evidence, repair) for text in texts if text for repair in text.repairs]
    return found
