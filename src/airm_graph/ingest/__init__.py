"""Bytes in, records out: every input of a build, read twice where other pages settle what a line is."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from airm_graph.ingest.blocks import Known
from airm_graph.ingest.capture import Reading, read_capture
from airm_graph.ingest.inputs import Input, find_inputs, read_bytes, read_sidecar_bytes
from airm_graph.ingest.sidecar import Sidecar, read_sidecar
from airm_graph.model import Finding, Item, Page
from airm_graph.text import normalise

__all__ = ["Readings", "read_captures"]


@dataclass(frozen=True, slots=True)
class Readings:
    """What all inputs say.

    Attributes:
        pages: One per different capture, sorted by file name; equal files are one page with several names.
        findings: By file, then by line.
        files: Name of each input → the path under which the user finds it.
    """

    pages: tuple[Page, ...]
    findings: tuple[Finding, ...]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Loaded:
    entry: Input
    data: bytes
    sidecar: Sidecar
    findings: tuple[Finding, ...]


def read_captures(paths: Sequence[str | Path], *, progress: Callable[[int, int], None] | None = None) -> Readings:
    """Read every capture in *paths* (folders, files, ``-``).

    Args:
        paths: What :func:`airm_graph.ingest.inputs.find_inputs` takes.
        progress: Called with (number of files read, number of files) as reading goes on.

    Raises:
        InputError: A path does not exist or cannot be read. A file that is no page is a finding instead.
    """
    entries = find_inputs(paths)
    loaded, readings = [], []
    for number, entry in enumerate(entries, 1):
        loaded.append(_load(entry))
        readings.append(read_capture(loaded[-1].data, file=entry.name, sidecar=loaded[-1].sidecar))
        if progress:
            progress(number, len(entries))
    known = _learn_names([reading.page for reading in readings if reading.page])
    final = [_read_again(load, reading, known) for load, reading in zip(loaded, readings, strict=True)]
    findings = [finding for load, reading in zip(loaded, final, strict=True) for finding in (*load.findings, *reading.findings)]
    return Readings(_join_equal(reading.page for reading in final), tuple(findings), {entry.name: entry.shown for entry in entries})


def _load(entry: Input) -> _Loaded:
    data = read_bytes(entry)
    beside = read_sidecar_bytes(entry)
    sidecar, findings = read_sidecar(beside[0], file=beside[1]) if beside else (Sidecar(), ())
    return _Loaded(entry, data, sidecar, findings)


def _read_again(load: _Loaded, reading: Reading, known: dict[str, Known]) -> Reading:
    """Read a page once more with what the other pages of its source say, if they say anything."""
    if reading.page is None or reading.page.capture.sha256 not in known:
        return reading
    return read_capture(load.data, file=load.entry.name, sidecar=load.sidecar, known=known[reading.page.capture.sha256])


def _join_equal(pages: Iterable[Page | None]) -> tuple[Page, ...]:
    joined: dict[str, Page] = {}
    for page in pages:
        if page is None:
            continue
        earlier = joined.setdefault(page.capture.sha256, page)
        names = tuple(sorted({*earlier.capture.file_names, *page.capture.file_names}))
        joined[page.capture.sha256] = replace(earlier, capture=replace(earlier.capture, file_names=names))
    return tuple(joined.values())


def _learn_names(pages: Sequence[Page]) -> dict[str, Known]:
    """For each capture, what the other captures of its source say; a capture that is alone has no entry."""
    by_source: defaultdict[str, dict[str, Page]] = defaultdict(dict)
    for page in pages:
        if page.source:
            by_source[normalise(page.source.title.published)][page.capture.sha256] = page
    found = {}
    for group in by_source.values():
        if len(group) > 1:
            found.update(_learn_from_others(group))
    return found


def _learn_from_others(group: dict[str, Page]) -> dict[str, Known]:
    # Counted over all pages and less the page's own, so that the cost grows with the pages and not with their square.
    said = {sha256: _said(page) for sha256, page in group.items()}
    counts = Counter(pair for pairs in said.values() for pair in pairs)
    by_name: defaultdict[str, set[str]] = defaultdict(set)
    for name, text in counts:
        by_name[name].add(text)
    every = _make_known(counts, by_name, set(by_name))
    return {sha256: _without(every, counts, by_name, own) for sha256, own in said.items()}


_NESTED = "\0nested"


def _said(page: Page) -> frozenset[tuple[str, str]]:
    """(name, description) pairs that a page states for certain; right sides of ``Parent > Child`` are marked."""
    pairs = set()
    if page.own and page.own.name:
        pairs.add((normalise(page.own.name.published), ""))
    for item in (*page.children, *page.others):
        pairs |= _said_by_item(item)
    if page.heading and page.heading.basis in {"others", "other-page"}:
        pairs.add((normalise(page.heading.name.published), ""))
    return frozenset(pairs)


def _said_by_item(item: Item) -> set[tuple[str, str]]:
    text = normalise(item.description.captured) if item.description else ""
    pairs = {(normalise(item.path[-1]), text)} | {(normalise(name), "") for name in item.path[:-1]}
    if len(item.path) > 1:
        pairs.add((normalise(item.path[-1]), _NESTED))
    return pairs


def _make_known(counts: Counter[tuple[str, str]], by_name: dict[str, set[str]], names: set[str]) -> Known:
    texts = {name: frozenset(text for text in by_name[name] if counts[name, text] > 0) for name in names}
    nested = frozenset(name for name, found in texts.items() if _NESTED in found)
    return Known({name: found - {_NESTED, ""} for name, found in texts.items() if found}, nested)


def _without(every: Known, counts: Counter[tuple[str, str]], by_name: dict[str, set[str]], own: frozenset[tuple[str, str]]) -> Known:
    left = counts.copy()
    left.subtract(own)
    names = {name for name, _ in own}
    mine = _make_known(left, by_name, names)
    kept = {name: texts for name, texts in every.names.items() if name not in names}
    return Known({**kept, **mine.names}, (every.nested - names) | mine.nested)
