"""A written folder in which the statements of some components are put in the place of others."""

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from airm_graph.export import EXPORTS, LINKS, Notes, Options, QuadList, write_exports
from airm_graph.export.files import Draft, hold_folder, write_folder
from airm_graph.export.links import link_rows, write_links
from airm_graph.export.mapping_formats import write_row
from airm_graph.export.rdfxml import XmlBlocks
from airm_graph.export.splice import Edit, Layout, Segment, copy_segments, find_lines, list_segments, open_earlier
from airm_graph.export.turtle import TurtleBlocks
from airm_graph.export.writer import BlockFormat
from airm_graph.frozen import frozen
from airm_graph.model import Link
from airm_graph.namespaces import BASE
from airm_graph.notice import NOTICE
from airm_graph.pipeline.block_index import BlockIndex
from airm_graph.pipeline.components import find_owner
from airm_graph.pipeline.marks import REPORT, SUMS
from airm_graph.pipeline.pages_record import BLOCKS, Head, find_used
from airm_graph.terms import Quad

__all__ = ["Change", "Spliced", "Splicer", "UnclearChangeError", "is_dataset", "is_owned"]

_QUADS, _TRIPLES = EXPORTS["nquads"].file_name, EXPORTS["ntriples"].file_name

_DATASET = (f"<{BASE}dataset>", f"<{BASE}dataset/")


class UnclearChangeError(Exception):
    """What a change does to the files cannot be told from the change alone: all is to be built."""


@frozen
class Spliced:
    """Files that were written.

    Attributes:
        heads: What is known of those with blocks.
        triples: How many more there are.
    """

    heads: list[Head]
    triples: int


@frozen
class Change:
    """How statements differ from earlier ones.

    Attributes:
        subjects: Those of which something else is stated, sorted.
        gone, come: All that was stated of them, and is now.
        now: Subject → all that is stated of it now; also of those that stay the same.
    """

    subjects: list[str]
    gone: list[Quad]
    come: list[Quad]
    now: Mapping[str, list[Quad]]


@frozen
class _Subject:
    """A subject in N-Quads: what is stated of it, and where."""

    rows: list[Quad]
    start: int
    end: int


def is_dataset(subject: str) -> bool:
    """Whether a subject is the dataset or a part of its description, which counts all pages."""
    return subject.startswith(_DATASET)


class Splicer:
    """The files of a folder that was written by a build, opened to be written again in part."""

    def __init__(self, folder: Path, *, opened: ExitStack, options: Options) -> None:
        """Open the files.

        Raises:
            OSError, ValueError: One cannot be read, or is empty.
        """
        self._folder, self._options = folder, options
        opened.enter_context(hold_folder(folder))
        names = [_QUADS, _TRIPLES, LINKS, *(EXPORTS[name].file_name for name in BLOCKS)]
        self._files = {name: opened.enter_context(open_earlier(folder / name)) for name in names}
        self._segments: dict[str, list[Segment]] = {}
        self._earlier: dict[str, _Subject] = {}
        self._heads: list[Head] = []

    def read(self, owned: Iterable[str], subjects: Iterable[str]) -> list[Quad]:
        """Read what is stated of paths and what lies below them, of the dataset, and of further
        subjects.
        """
        starts = [*map(_start, owned), *(f"{subject} ".encode() for subject in subjects if not is_dataset(subject))]
        starts += [start.encode() for start in _DATASET]
        for start in sorted(starts):
            self._read_lines(*find_lines(self._files[_QUADS], start))
        return [row for one in self._earlier.values() for row in one.rows]

    def _read_lines(self, place: int, end: int) -> None:
        file, rows, begin = self._files[_QUADS], list[Quad](), place
        while place < end:
            stop = file.find(b"\n", place) + 1
            row = _read_line(file[place:stop])
            if rows and rows[0][0] != row[0]:
                self._earlier[rows[0][0]] = _Subject(rows, begin, place)
                rows, begin = [], place
            rows.append(row)
            place = stop
        if rows:
            self._earlier[rows[0][0]] = _Subject(rows, begin, place)

    def find_change(self, rows: Iterable[Quad]) -> Change:
        """Hold statements against those that were read."""
        new = {subject: list(some) for subject, some in groupby(sorted(rows), key=itemgetter(0))}
        old = self._earlier
        changed = sorted(one for one in old.keys() | new.keys() if one not in old or one not in new or old[one].rows != new[one])
        come = [row for subject in changed for row in new.get(subject, ())]
        gone = [row for subject in changed if subject in old for row in old[subject].rows]
        return Change(changed, gone, come, new)

    def replace(self, change: Change, *, heads: Sequence[Head], index: BlockIndex) -> Spliced:
        """Put statements in the place of those that were read, and their blocks into the index.

        Raises:
            UnclearChangeError: See there.
        """
        self._edit_quads(change)
        more = self._edit_triples(change)
        self._edit_blocks(change, heads=heads, index=index)
        return Spliced(self._heads, more)

    def _edit_quads(self, change: Change) -> None:
        file, edits = self._files[_QUADS], []
        for subject in change.subjects:
            data = "".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in change.now.get(subject, ())).encode()
            if subject in self._earlier:
                edits.append(Edit(self._earlier[subject].start, self._earlier[subject].end, data))
                continue
            edits.append(Edit(*find_lines(file, f"{subject} ".encode()), data))
        self._segments[_QUADS] = list_segments(len(file), edits)

    def _edit_triples(self, change: Change) -> int:
        """Edit the triples; returns how many more there are."""
        file, edits, more = self._files[_TRIPLES], [], 0
        for subject in change.subjects:
            data = "".join(dict.fromkeys(f"{s} {p} {o} .\n" for s, p, o, _ in change.now.get(subject, ()))).encode()
            place, stop = find_lines(file, f"{subject} ".encode())
            edits.append(Edit(place, stop, data))
            more += data.count(b"\n") - file[place:stop].count(b"\n")
        self._segments[_TRIPLES] = list_segments(len(file), edits)
        return more

    def _edit_blocks(self, change: Change, *, heads: Sequence[Head], index: BlockIndex) -> None:
        before, _, was = self._render(change.gone)
        after, forms, now = self._render(change.come)
        if any(lost - kept for lost, kept in zip(was, now, strict=True)):
            now = self._render([row for some in change.now.values() for row in some])[2]  # what stays the same, too
        separators = [form.separator.encode() for form in forms]
        try:
            edits = index.change(before, after, separators=separators)
        except KeyError as error:
            raise UnclearChangeError("the index is of other files") from error
        for number, (name, form, head) in enumerate(zip(BLOCKS, forms, heads, strict=True)):
            if was[number] - now[number]:
                raise UnclearChangeError("whether anything else needs a prefix is not known")
            used = set(head.used) | now[number]
            if isinstance(form, TurtleBlocks | XmlBlocks):
                form.used.update(used)
            text, foot = form.head(filled=True).encode(), form.foot(filled=True).encode()
            file_name = EXPORTS[name].file_name
            layout = Layout(head.length, text, separators[number], foot)
            self._segments[file_name] = list_segments(len(self._files[file_name]), edits[number], layout=layout)
            self._heads.append(Head(len(text), sorted(used)))

    def _render(self, rows: Sequence[Quad]) -> tuple[dict[str, list[bytes]], list[BlockFormat], list[set[str]]]:
        """Write the blocks of whole subjects, by their lines; also what writes them, and what their
        heads depend on.
        """
        found: dict[str, list[bytes]] = {}

        def take(lines: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
            found.update((line, [text.encode() for text in texts]) for line, *texts in zip(lines, *columns, strict=True))

        notes = Notes(take)
        write_exports(QuadList(rows), dict.fromkeys(BLOCKS, len), options=self._options, notes=notes)
        if any(getattr(form, "has_marks", False) for form in notes.forms):
            raise UnclearChangeError("a property has no prefix")
        return found, notes.forms, [find_used(form) for form in notes.forms]

    def rewrite_links(self, captures: Iterable[str], links: Iterable[Link]) -> None:
        """Do as `replace_links` where the head changes, or a row has several lines: all rows are
        read and written.

        Raises:
            UnclearChangeError: See there.
        """
        from airm_graph.ingest.mapping_sets import read_matches  # brings YAML, which the head seldom asks for

        earlier = self._files[LINKS][:]
        matches = read_matches(earlier, file=LINKS)[0].matches
        if "".join(write_links((), notice=NOTICE, kept=matches)).encode() != earlier:
            raise UnclearChangeError("the table of links cannot be read back")
        gone = tuple(f"{BASE}capture/{capture}/" for capture in captures)
        kept = [match for match in matches if not match.get("subject_id").startswith(gone)]
        self._segments[LINKS] = ["".join(write_links(links, notice=NOTICE, kept=kept)).encode()]

    def replace_links(self, captures: Iterable[str], links: Iterable[Link]) -> None:
        """Put links in the place of those of some captures, each named by 16 hex digits; the head
        stays, and each row is a line.

        Raises:
            UnclearChangeError: See there.
        """
        file = self._files[LINKS]
        start = 0
        while file[start : start + 1] == b"#":
            start = file.find(b"\n", start) + 1
        body = file.find(b"\n", start) + 1
        columns = file[start : body - 1].decode().split("\t")
        rows = {name: list(some) for name, some in groupby(sorted(link_rows(links, columns=columns)), key=_capture)}
        edits = []
        for capture in sorted({*captures, *rows}):
            place, stop = find_lines(file, f"capture:{capture}/".encode(), start=body)
            data = "".join(map(write_row, rows.get(capture, ()))).encode()
            if data != file[place:stop]:
                edits.append(Edit(place, stop, data))
        if edits:
            self._segments[LINKS] = list_segments(len(file), edits)

    def write(self, report: bytes, *, known: Mapping[str, str]) -> dict[str, Path]:
        """Write the files that change.

        Args:
            report: Findings for programs.
            known: File name → SHA-256 of what is there.

        Raises:
            ExportError: A file cannot be written; all are as they were.
        """
        spliced = sorted(self._segments, key=lambda name: -len(self._files[name]))
        order = [name for name in known if name in self._segments or name == REPORT]

        def fill(drafts: Mapping[str, Draft]) -> None:
            drafts[REPORT].write(report)
            # Neither copying nor digests hold the interpreter.
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                list(threads.map(lambda name: copy_segments(self._folder / name, self._segments[name], drafts[name]), spliced))

        others = {name: digest for name, digest in known.items() if name not in order and name != SUMS}
        write_folder(self._folder, order, fill, sums=SUMS, others=others)
        return {name: self._folder / name for name in known}


def _start(path: str) -> bytes:
    """Write what the lines of all subjects begin with that belong to a path."""
    end = {"capture": "", "mitigation": "/"}.get(path.partition("/")[0], "> ")
    return f"<{BASE}{path}{end}".encode()


def _read_line(line: bytes) -> Quad:
    r"""Take a line of N-Quads apart.

    >>> _read_line(b'<a> <b> "c <d>" <e> .\n')
    ('<a>', '<b>', '"c <d>"', '<e>')
    """
    subject, predicate, rest = line.decode()[:-3].split(" ", 2)
    value, _, graph = rest.rpartition(" ")
    return subject, predicate, value, graph


def _capture(cells: Sequence[str]) -> str:
    kind, _, rest = cells[0].partition(":")
    if kind != "capture":
        raise UnclearChangeError("a link is not of a captured page")
    return rest.partition("/")[0]


def is_owned(subject: str, owned: frozenset[str] | set[str]) -> bool:
    """Whether a subject belongs to some paths."""
    return subject.startswith(f"<{BASE}") and find_owner(subject[len(BASE) + 1 : -1]) in owned
