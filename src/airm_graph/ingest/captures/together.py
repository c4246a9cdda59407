"""Pages that are read together: what one page leaves open, others of its source may settle.

Each page is read alone, then again with what the others say.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from airm_graph.frozen import frozen
from airm_graph.ingest.captures.cached import Reader
from airm_graph.ingest.captures.known import learn_names, mark_source
from airm_graph.ingest.captures.page import Reading
from airm_graph.ingest.captures.sidecar import Sidecar, read_sidecar
from airm_graph.ingest.captures.unnamed import Printed, join_by_lists, list_printed
from airm_graph.ingest.inputs import Input, read_bytes, read_sidecar_bytes
from airm_graph.model import Finding, Location, Page
from airm_graph.rules import make_finding

__all__ = ["ReadPage", "read_together"]

#: What pages teach each other corrects what they teach: measured on simulated sources, a second
#: round halves what is left of misread headings, a third changes nothing.
_ROUNDS = 2
#: Title and year, normalised; for pages without a source what tells their document; empty for what
#: is no page.
_Mark = tuple[str, ...]
#: So many digits of a digest name a document.
_HEX = 16


@frozen
class ReadPage:
    """What came of one file.

    Attributes:
        page: None when the file is no page.
        findings: By line.
        marks: What it met other pages by, as texts.
    """

    page: Page | None
    findings: tuple[Finding, ...]
    marks: tuple[str, ...] = ()


@frozen
class _Loaded:
    entry: Input
    data: bytes
    sidecar: Sidecar
    findings: tuple[Finding, ...]
    document: str = ""


def read_together(entries: Sequence[Input], *, reader: Reader, progress: Callable[[int, int], None] | None) -> list[ReadPage]:
    """Read files of captured pages, in the order given.

    Args:
        reader: Reads them and may remember them.
        progress: Called with (number of files read, number of files).

    Raises:
        InputError: A file cannot be read.
    """
    batch = _Batch(reader)
    for number, entry in enumerate(entries, 1):
        batch.add(entry)
        if progress:
            progress(number, len(entries))
    found = batch.read()
    reader.finish()
    return found


class _Batch:
    """Files, the digest of what each says alone, and the source that it names."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._loaded: list[_Loaded] = []
        self._alone: list[str] = []
        self._marks: list[_Mark] = []
        self._unnamed: dict[int, tuple[str, Printed]] = {}

    def add(self, entry: Input) -> None:
        """Load a file and find the source that it names."""
        data = read_bytes(entry)
        beside = read_sidecar_bytes(entry)
        sidecar, findings = read_sidecar(beside[0], file=beside[1]) if beside else (Sidecar(), ())
        loaded = _Loaded(entry, data, sidecar, findings)
        alone = self._reader.make_key(data, file=entry.name, sidecar=sidecar)
        mark, digest, printed = self._find_mark(loaded, alone)
        if digest:
            self._unnamed[len(self._loaded)] = digest, printed
        self._loaded.append(loaded)
        self._alone.append(alone)
        self._marks.append(mark)

    def _find_mark(self, loaded: _Loaded, alone: str) -> tuple[_Mark, str, Printed]:
        """The source that a page names; where only a side-car does, or nothing, also its digest and
        what it lists.
        """
        kept = self._reader.find(f"{alone}-source")
        with suppress(TypeError, ValueError):
            mark, digest, printed = kept
            return tuple(map(str, mark)), str(digest), tuple((str(name), str(code), str(text)) for name, code, text in printed)
        page = self._read(loaded)[0].page
        mark, digest, printed = mark_source(page), "", ()
        if page and (page.source is None or loaded.sidecar.source):
            digest, printed = page.capture.sha256[:_HEX], list_printed(page)
        self._reader.keep(f"{alone}-source", [mark, digest, printed])
        return mark, digest, printed

    def _read(self, loaded: _Loaded, known: Any = None) -> tuple[Reading, str]:
        return self._reader.read_capture(loaded.data, file=loaded.entry.name, sidecar=loaded.sidecar, known=known)

    def read(self) -> list[ReadPage]:
        """Read the pages of each source together."""
        self._join_unnamed()
        groups: defaultdict[_Mark, list[int]] = defaultdict(list)
        for number, mark in enumerate(self._marks):
            groups[mark].append(number)
        found: dict[int, ReadPage] = {}
        for numbers in groups.values():
            read = self._read_group([self._loaded[number] for number in numbers])
            found |= {number: replace(one, marks=self._list_marks(number)) for number, one in zip(numbers, read, strict=True)}
        return [found[number] for number in range(len(self._loaded))]

    def _list_marks(self, number: int) -> tuple[str, ...]:
        mark = self._marks[number]
        # Which pages without a source are of one document is told by all that they list.
        return (*(["mark|" + "|".join(mark)] if any(mark) else []), *(["unnamed|"] if number in self._unnamed else []))

    def _join_unnamed(self) -> None:
        """Tell by their lists which pages without a source are of one document, and take the source
        that a side-car gives one of them.
        """
        digests = {number: digest for number, (digest, _) in self._unnamed.items()}
        for numbers in join_by_lists({number: printed for number, (_, printed) in self._unnamed.items()}):
            named = [number for number in numbers if self._marks[number]]
            bare = [number for number in numbers if not self._marks[number]]
            if len({self._marks[number] for number in named}) == 1:
                for number in bare:
                    self._name(number, self._loaded[min(named, key=digests.__getitem__)], self._marks[named[0]])
            elif bare:
                document = min(digests[number] for number in bare)
                for number in bare:
                    self._loaded[number] = replace(self._loaded[number], document=document)
                    self._marks[number] = ("", document)

    def _name(self, number: int, by: _Loaded, mark: _Mark) -> None:
        """Give a page the source that the side-car of another one names."""
        one = self._loaded[number]
        message = f"the page names no source; it prints the list of {by.entry.name}, whose side-car names it"
        finding = make_finding("CAP-24", message, Location(one.entry.name))
        sidecar = replace(one.sidecar, source=by.sidecar.source)
        self._loaded[number] = replace(one, sidecar=sidecar, findings=(*one.findings, finding))
        self._alone[number] = self._reader.make_key(one.data, file=one.entry.name, sidecar=sidecar)
        self._marks[number] = mark

    def _read_group(self, loaded: Sequence[_Loaded]) -> list[ReadPage]:
        final = [self._read(one) for one in loaded]
        for _ in range(_ROUNDS):
            known = learn_names([page for (reading, _), one in zip(final, loaded, strict=True) if (page := _place(reading, one))])
            final = [
                self._read(one, known[reading.page.capture.sha256])
                if reading.page and reading.page.capture.sha256 in known
                else (reading, digest)
                for one, (reading, digest) in zip(loaded, final, strict=True)
            ]
        return [ReadPage(_place(reading, one), (*one.findings, *reading.findings)) for one, (reading, _) in zip(loaded, final, strict=True)]


def _place(reading: Reading, one: _Loaded) -> Page | None:
    """The page, with the document that it is of where it names none."""
    return replace(reading.page, document=one.document) if reading.page and one.document else reading.page
