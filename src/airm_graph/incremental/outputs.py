"""The files of a build, written again: what belongs to some islands is taken out of the old ones, and what they say now is put in."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from mmap import mmap
from operator import itemgetter
from pathlib import Path
from re import compile as make_pattern
from re import escape
from typing import Any

from airm_graph.export import EXPORTS, sort_rows
from airm_graph.export.files import draft_files
from airm_graph.export.links import LINKS, link_rows, profile_links, write_links
from airm_graph.export.ntriples import quad_lines, triple_lines
from airm_graph.export.sssom import write_row
from airm_graph.graph import REPORT, SUMS, make_options
from airm_graph.incremental.blocks import BLOCKS, Unclear, make_forms, make_head, render
from airm_graph.incremental.index import Index
from airm_graph.incremental.splice import Edit, Layout, Segment, copying, find_line, list_segments, open_old
from airm_graph.incremental.state import Damaged
from airm_graph.model import Link
from airm_graph.store import Row
from airm_graph.triples import NOTICE

__all__ = ["Change", "Outputs", "Record", "group_rows", "stamp_file"]

_QUADS, _TRIPLES = (EXPORTS[name].file_name for name in ("nquads", "ntriples"))
_FILES = {name: EXPORTS[name].file_name for name in BLOCKS}
#: Looks for another statement that needs a prefix; what is needed is met early.
_MAX_TRIES = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be in the files.

    Attributes:
        owned: Paths of IRIs: all that is stated of them, and of what lies below captures and places of mitigations, is replaced.
        rows: What is stated of them now.
        dataset: What describes the dataset, before and now.
        links: Links of the islands, before and now.
        report: Gives the new report; it is asked while the files are being written.
    """

    owned: Collection[str]
    rows: Sequence[Row]
    dataset: tuple[Sequence[Row], Sequence[Row]]
    links: tuple[Sequence[Link], Sequence[Link]]
    report: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Record:
    """What has to be known of written files to write them again.

    Attributes:
        files: Name → the digest, then size, times and number as the system tells them.
        heads: For each format of `BLOCKS` how long its head is.
        used, fixed: Likewise what the head depends on, and what of it is used by statements that are nobody's.
        links: What head and columns of the table of links depend on.
        triples: Lines of N-Triples.
    """

    files: dict[str, list[Any]]
    heads: list[int]
    used: list[list[str]]
    fixed: list[list[str]]
    links: dict[str, int]
    triples: int

    def is_true(self, folder: Path) -> bool:
        """Whether the files are those that were written."""
        return all(stamp_file(folder / name) == known[1:] for name, known in self.files.items())

    def pack(self) -> dict[str, Any]:
        """Write it as what JSON can say."""
        return asdict(self)


def stamp_file(path: Path) -> list[int]:
    """What the system tells of a file; nothing where there is none."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def group_rows(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Put rows together by subject; both sorted, terms in canonical form."""
    return {subject: list(some) for subject, some in groupby(sort_rows(rows), key=itemgetter(0))}


@dataclass(slots=True)
class _Old:
    """A subject in N-Quads: what is stated of it, and where."""

    rows: list[Row]
    start: int
    end: int


class Outputs:
    """The files of a folder, and their index."""

    def __init__(self, folder: Path, *, base: str, record: Record, index: Index) -> None:
        """Take a folder of which the record is true."""
        self._folder, self._base, self._record, self._index = folder, base, record, index
        self._options = make_options(base)

    def read(self, owned: Collection[str]) -> list[Row]:
        """Read what is stated of paths and what lies below them."""
        with open_old(self._folder / _QUADS) as quads:
            found = _read_owned(quads, [_start(path, self._base) for path in owned])
        return [row for old in found.values() for row in old.rows]

    def replace(self, change: Change, *, every_link: Callable[[], Iterable[Link]]) -> Record:
        """Write the files again, as far as they change.

        Args:
            every_link: Gives all links of the new build, where their table has to be written as a whole.

        Returns:
            The record of the new files.

        Raises:
            Damaged: The files are not what the index says.
            Unclear: The difference does not tell what the files are.
            ExportError: A file cannot be written; all are as they were.
        """
        with ExitStack() as opened:
            files = {name: opened.enter_context(open_old(self._folder / name)) for name in (_QUADS, _TRIPLES, *_FILES.values(), LINKS)}
            old = _read_owned(files[_QUADS], [_start(path, self._base) for path in change.owned])
            rows = list(change.rows)
            if change.dataset[0] != change.dataset[1]:
                described = _read_owned(files[_QUADS], [f"<{self._base}dataset".encode()])
                said = {row for one in described.values() for row in one.rows}
                now = {row for row in sort_rows(change.dataset[1]) if row[0] in described}
                rows += (said - set(sort_rows(change.dataset[0]))) | now
                old |= described
            new = group_rows(rows)
            changed = sorted(subject for subject in old.keys() | new.keys() if subject not in old or old[subject].rows != new.get(subject))
            quads = _edit_quads(files[_QUADS], changed, old, new)
            triples, more = _edit_triples(files[_TRIPLES], changed, new)
            segments = {_QUADS: list_segments(len(files[_QUADS]), quads), _TRIPLES: list_segments(len(files[_TRIPLES]), triples)}
            gone = [row for subject in changed if subject in old for row in old[subject].rows]
            come = [row for subject in changed for row in new.get(subject, ())]
            heads, used = self._edit_blocks(files, gone, come, segments)
            links = self._edit_links(files[LINKS], change, segments, every_link)
            written = self._write(files, segments if changed else {LINKS: segments[LINKS]}, change.report)
        return replace(self._record, files=written, heads=heads, used=used, links=links, triples=self._record.triples + more)

    def _edit_blocks(
        self, files: Mapping[str, mmap], gone: Sequence[Row], come: Sequence[Row], segments: dict[str, list[Segment]]
    ) -> tuple[list[int], list[list[str]]]:
        before, after = render(gone, options=self._options), render(come, options=self._options)
        forms = make_forms(self._options)
        separators = [form.separator.encode() for form in forms]
        new = {key: [text.encode() + sep for text, sep in zip(texts, separators, strict=True)] for key, texts in after.blocks.items()}
        places = self._index.change(removed=before.blocks, added={key: tuple(map(len, blocks)) for key, blocks in new.items()})
        subjects = {row[0] for row in gone}
        heads, every = list[int](), list[list[str]]()
        for number, (name, form) in enumerate(zip(_FILES.values(), forms, strict=True)):
            layout_head = self._record.heads[number]
            self._check(files[name], {key: places[key][number] for key in before.blocks}, before.blocks, number, layout_head)
            doubtful = before.used[number] - after.used[number] - set(self._record.fixed[number])
            lost = {what for what in doubtful if not self._is_used(files[_TRIPLES], what, number, without=subjects)}
            used = (set(self._record.used[number]) - lost) | after.used[number]
            head = make_head(form, used)
            edits = [Edit(*places[key][number], new[key][number] if key in new else b"") for key in sorted(places)]
            layout = Layout(layout_head, head, separators[number], form.foot(filled=True).encode())
            segments[name] = list_segments(len(files[name]), edits, layout=layout)
            heads.append(len(head))
            every.append(sorted(used))
        return heads, every

    def _check(
        self, file: mmap, places: Mapping[str, tuple[int, int]], blocks: Mapping[str, tuple[str, ...]], number: int, head: int
    ) -> None:
        """Hold what is taken out against what it should be: so pages that have more to do with each other than is known are found out."""
        for key, (start, _) in places.items():
            expected = blocks[key][number].encode()
            if file[head + start : head + start + len(expected)] != expected:
                raise Damaged("a file of the last build is not what its index says")

    def _is_used(self, triples: mmap, what: str, number: int, *, without: Collection[str]) -> bool:
        """Whether a statement of another subject needs a prefix, or a namespace, in a format."""
        namespace = self._options.prefixes.get(what, what)
        tries = 0
        for match in make_pattern(rb"<" + escape(namespace.encode()) + rb"[^<>\s]*>").finditer(triples):
            row = _read_line(triples[triples.rfind(b"\n", 0, match.start()) + 1 : triples.find(b"\n", match.start()) + 1])
            if row[0] in without:
                continue
            if what in render([row], options=self._options).used[number]:
                return True
            tries += 1
            if tries == _MAX_TRIES:
                raise Unclear(f"whether anything else needs {what} is not known")
        return False

    def _edit_links(
        self, file: mmap, change: Change, segments: dict[str, list[Segment]], every_link: Callable[[], Iterable[Link]]
    ) -> dict[str, int]:
        """Change the rows of links that come and go; where head or columns change, the table is written as a whole."""
        gone, come = ([link for link in some if link not in others] for some, others in _both_ways(*map(set, change.links)))
        known = Counter(self._record.links)
        profile = known + profile_links(come, base=self._base)
        profile.subtract(profile_links(gone, base=self._base))
        profile = +profile
        if not (gone or come):
            segments[LINKS] = []
        elif profile.keys() != known.keys() or "lines" in profile:
            segments[LINKS] = ["".join(write_links(every_link(), notice=NOTICE, base=self._base)).encode()]
        else:
            segments[LINKS] = list_segments(len(file), _edit_table(file, gone, come, base=self._base))
        return dict(sorted(profile.items()))

    def _write(self, files: Mapping[str, mmap], segments: Mapping[str, list[Segment]], report: Callable[[], bytes]) -> dict[str, list[Any]]:
        digests = {name: known[0] for name, known in self._record.files.items()}
        large = {name: parts for name, parts in segments.items() if parts}
        names = [*large, REPORT, SUMS]
        # What a crash of the machine may take is built from nothing after it, so that nobody waits for the disk here.
        with draft_files([self._folder / name for name in names], wait=False) as drafts:
            given = dict(zip(names, drafts, strict=True))
            with copying([(files[name], parts, given[name]) for name, parts in large.items()]):
                given[REPORT].write(report())
            digests |= {name: given[name].sha256 for name in (*large, REPORT)}
            given[SUMS].write("".join(f"{digests[name]}  {name}\n" for name in sorted(digests.keys() - {SUMS})))
            digests[SUMS] = given[SUMS].sha256
        return {name: [digest, *stamp_file(self._folder / name)] for name, digest in digests.items()}


def _both_ways(one: set[Link], two: set[Link]) -> tuple[tuple[set[Link], set[Link]], tuple[set[Link], set[Link]]]:
    return (one, two), (two, one)


def _start(path: str, base: str) -> bytes:
    """What the lines of all subjects begin with that belong to a path."""
    kind = path.partition("/")[0]
    end = {"capture": "", "mitigation": "/"}.get(kind, "> ")
    return f"<{base}{path}{end}".encode()


def _read_owned(quads: mmap, starts: Iterable[bytes]) -> dict[str, _Old]:
    found: dict[str, _Old] = {}
    for start in starts:
        place = find_line(quads, start, key=itemgetter(slice(len(start))))
        while quads[place : place + len(start)] == start:
            stop = quads.find(b"\n", place) + 1
            row = _read_line(quads[place:stop])
            old = found.setdefault(row[0], _Old([], place, stop))
            old.rows.append(row)
            place = old.end = stop
    return found


def _read_line(line: bytes) -> Row:
    r"""Take a line of N-Quads or N-Triples apart.

    >>> _read_line(b'<a> <b> "c <d>" <e> .\n'), _read_line(b'<a> <b> "c <d>" .\n')
    (('<a>', '<b>', '"c <d>"', '<e>'), ('<a>', '<b>', '"c <d>"', ''))
    """
    subject, predicate, rest = line.decode()[:-3].split(" ", 2)
    value, space, graph = rest.rpartition(" ")
    # Where a space stands in a literal, a quote stands behind it.
    return (subject, predicate, value, graph) if space and graph[0] == "<" and '"' not in graph else (subject, predicate, rest, "")


def _subject(line: bytes) -> bytes:
    return line[: line.index(b" ")]


def _edit_quads(file: mmap, changed: Sequence[str], old: Mapping[str, _Old], new: Mapping[str, list[Row]]) -> Iterator[Edit]:
    for subject in changed:
        data = quad_lines(new[subject]).encode() if subject in new else b""
        if subject in old:
            yield Edit(old[subject].start, old[subject].end, data)
            continue
        place = find_line(file, subject.encode(), key=_subject)
        if file[place : place + len(subject.encode()) + 1] == f"{subject} ".encode():
            raise Unclear(f"{subject} is stated elsewhere, too")
        yield Edit(place, place, data)


def _edit_triples(file: mmap, changed: Sequence[str], new: Mapping[str, list[Row]]) -> tuple[list[Edit], int]:
    """The edits, and how many lines more there are."""
    edits, more = [], 0
    for subject in changed:
        data = triple_lines(new[subject]).encode() if subject in new else b""
        start = f"{subject} ".encode()
        place = stop = find_line(file, start[:-1], key=_subject)
        while file[stop : stop + len(start)] == start:
            stop = file.find(b"\n", stop) + 1
        edits.append(Edit(place, stop, data))
        more += data.count(b"\n") - file[place:stop].count(b"\n")
    return edits, more


def _edit_table(file: mmap, gone: Sequence[Link], come: Sequence[Link], *, base: str) -> Iterator[Edit]:
    head = 0
    while file[head : head + 1] == b"#":
        head = file.find(b"\n", head) + 1
    first = file.find(b"\n", head) + 1
    columns = file[head : first - 1].decode().split("\t")
    old, new = (Counter(tuple(row) for row in link_rows(links, columns=columns, base=base)) for links in (gone, come))
    for cells in sorted({*old, *new}):
        place = find_line(file, list(cells), key=_read_cells, start=first)
        line = write_row(cells).encode()
        is_there = file[place : place + len(line)] == line
        if old[cells] and not is_there:
            raise Damaged("the table of links is not what was written")
        yield Edit(place, place + len(line) * old[cells], line * new[cells])


def _read_cells(line: bytes) -> list[str]:
    cells = line.decode().removesuffix("\n").split("\t")
    return [cell[1:-1].replace('""', '"') if cell[:1] == '"' else cell for cell in cells]
