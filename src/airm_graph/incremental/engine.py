"""Builds into a folder: in part where the build before left its record, else from nothing. Either way the bytes are the same.

In part means: pages that changed are read again, and all that they hang together with (`merge.islands`) is merged, stated, closed and
judged anew, with the taxonomies around it. What the files hold of these pages is taken out of them, and the new statements are put in.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from airm_graph.analyse.counts import count_things
from airm_graph.cache import make_key, reader_version
from airm_graph.conductor import close_first, count_records, describe_counts, find_issued, finish_graph, open_reader
from airm_graph.export import EXPORTS, sort_rows
from airm_graph.export.links import LINKS, profile_links
from airm_graph.graph import REPORT, SUMS, Graph, make_options
from airm_graph.incremental.blocks import BLOCKS, Unclear, make_forms, read_head, render
from airm_graph.incremental.entries import (
    count_codes,
    digest_rest,
    find_share,
    get_island,
    list_findings,
    list_links,
    name_machine,
    put_island,
    replace_islands,
    sum_counts,
)
from airm_graph.incremental.index import Index
from airm_graph.incremental.islands import Island, find_islands, find_owner, list_file_keys, pack_findings, share_findings
from airm_graph.incremental.look import Seen, look_at, read_digest
from airm_graph.incremental.outputs import Change, Outputs, Record, stamp_file
from airm_graph.incremental.state import Damaged, State, open_state
from airm_graph.ingest import Reader, Readings, read_pages
from airm_graph.merge import merge_pages
from airm_graph.model import Finding, Records
from airm_graph.namespaces import BASE
from airm_graph.progress import Progress, tell_nobody
from airm_graph.resources import find_resource
from airm_graph.store import Row
from airm_graph.validate.report import Report

__all__ = ["Built", "build_into"]

#: A file that changed so lately before it was looked at may change again within the same time of change (two seconds on FAT).
_FRESH = 2_000_000_000
#: Pages beyond which a part is not worth it, if they are a third of all.
_LARGE = 100


@dataclass(frozen=True)
class Built:
    """A graph that was written.

    Attributes:
        report: All findings.
        files: Name of each input → the path under which the user finds it.
        written: File name → path.
        digest: The SHA-256 of ``airm.nt``.
        triples: How many different ones the exports hold.
        things: What `count` says.
        pages: How many pages were merged and judged.
        reason: Why everything was made anew; empty where it was not, and where nothing was known.
    """

    report: Report
    files: Mapping[str, str]
    written: Mapping[str, Path]
    digest: str
    triples: int
    things: Mapping[str, int]
    pages: int
    reason: str = ""
    is_empty: bool = False
    quarantine: tuple[()] = field(default=(), repr=False)
    tables: tuple[()] = field(default=(), repr=False)

    def __len__(self) -> int:
        """Number of different triples that exports hold."""
        return self.triples

    @property
    def again(self) -> str:
        """What was built again, in words; nothing of a first build."""
        if self.reason:
            return f"everything was built again: {self.reason}"
        return f"{self.pages} of {len(self.files)} pages were built again" if self.pages < len(self.files) else ""

    def count(self) -> dict[str, int]:
        """Count kinds of things."""
        return dict(self.things)


def build_into(
    inputs: Sequence[str | Path],
    folder: str | Path,
    *,
    cache: str | Path,
    base: str = BASE,
    progress: Progress | None = None,
    reader: Reader | None = None,
) -> Built | None:
    """Build captured pages into a folder, again only what has changed since the last time.

    Args:
        inputs: Folders and files, as for :func:`airm_graph.build`.
        folder: Where the graph is written; an input that cannot be used leaves it as it was.
        cache: The folder that keeps the record of the build.
        base: What every IRI begins with.
        progress: Called with (step, number done, number in all).
        reader: What reads pages; one of its own when left out, with the cache where everything is read.

    Returns:
        What was written; None where tables or standard input are among the inputs, which are built from nothing, and on Windows.

    Raises:
        InputError: An input does not exist or cannot be read.
        ExportError: A file cannot be written; all are as they were.
    """
    now = time.time_ns()
    # Windows does not let a file be replaced while it is mapped.
    seen = look_at(inputs) if os.name != "nt" else None
    if seen is None:
        return None
    target = Path(folder)
    name = make_key([str(Path(path).absolute()) for path in inputs], str(target.absolute()), base)[:32]
    job = _Job(seen, now, target, base, progress or tell_nobody, Path(cache), reader)
    try:
        with open_state(Path(cache), name) as state:
            return job.run(state)
    except Damaged as error:
        return job.build_whole(None, reason=str(error))


@dataclass
class _Job:
    """One build of pages that were seen into a folder."""

    seen: Mapping[str, Seen]
    now: int
    folder: Path
    base: str
    tell: Progress
    cache: Path
    reader: Reader | None

    def run(self, state: State) -> Built:
        try:
            return self.build_part(state)
        except (Damaged, Unclear, OSError) as error:
            reason = str(error)
        return self.build_whole(state, reason=reason)

    # From nothing.

    def build_whole(self, state: State | None, *, reason: str) -> Built:
        """Build everything; what it leaves behind goes into the state, if there is one."""
        digests = {name: read_digest(seen.entry) for name, seen in self.seen.items()} if state else {}
        with nullcontext(self.reader) if self.reader else open_reader(self.cache) as reader:
            readings, records = self._read(self.seen, reader)
        if not records.mitigations:
            report = Report((*readings.findings, *records.findings), tuple(readings.files))
            return Built(report, readings.files, {}, "", 0, {}, len(self.seen), is_empty=True)
        graph = finish_graph(readings, records, base=self.base, tell=self.tell)
        lengths = list[tuple[str, tuple[int, ...]]]()
        separators = [len(form.separator.encode()) for form in make_forms(make_options(self.base))]

        def note(keys: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
            sizes = ([len(text.encode()) + more for text in column] for column, more in zip(columns, separators, strict=True))
            lengths.extend(zip(keys, zip(*sizes, strict=True), strict=True))

        written = graph.write(self.folder, note=note if state else None)
        built = Built(graph.report, graph.files, written, graph.digest, len(graph), graph.count(), len(self.seen), reason)
        if state:
            try:
                self._keep(state, readings, graph, built, digests, lengths)
            except (Damaged, Unclear):
                # The next build finds no record, rather than one that is of other files.
                with suppress(OSError):
                    state.path.unlink()
        return built

    def _read(self, names: Iterable[str], reader: Reader) -> tuple[Readings, Records]:
        entries = [self.seen[name].entry for name in sorted(names)]
        readings = read_pages(entries, reader=reader, progress=lambda done, every: self.tell("read", done, every))
        self.tell("merge", 0, 1)
        return readings, merge_pages(readings.pages)

    def _keep(
        self,
        state: State,
        readings: Readings,
        graph: Graph,
        built: Built,
        digests: Mapping[str, str],
        lengths: list[tuple[str, tuple[int, ...]]],
    ) -> None:
        """Write what the next build has to know."""
        state.clear()
        islands = find_islands(graph.records, keys=self._list_keys(readings, graph.records))
        outside = share_findings(islands, graph.report.findings, beside=dict(self._list_beside(readings.files)))
        owned = {path for island in islands for path in island.owned}
        others = [row for row in graph.exported if self._owner(row[0]) not in owned]
        ids = {name: number for number, island in enumerate(islands) for name in island.files}
        for number, island in enumerate(islands):
            put_island(state, number, island)
        for share, files in self._share(self.seen, digests, ids).items():
            state.put(f"files/{share}", files)
        Index(state, "blocks").fill(lengths)
        record = self._measure(built, graph, lengths, fixed=render(others, options=make_options(self.base)).used)
        head = {
            "version": self._version(),
            "machine": name_machine(),
            "record": record.pack(),
            "counts": count_records(graph.records),
            "things": built.things,
            "codes": count_codes(graph.exported, self.base),
            "next": len(islands),
            "rest": digest_rest(others, self.base),
            "engines": [[name, list(shapes)] for name, shapes in graph.report.engines],
            "notes": list(graph.report.notes),
            "outside": pack_findings(outside),
        }
        state.put("head", head)
        state.commit()

    def _measure(
        self, built: Built, graph: Graph, lengths: Sequence[tuple[str, tuple[int, ...]]], *, fixed: Sequence[frozenset[str]]
    ) -> Record:
        """Make the record of files that were just written."""
        lines = (self.folder / SUMS).read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        sums[SUMS] = sha256((self.folder / SUMS).read_bytes()).hexdigest()
        files: dict[str, list[Any]] = {name: [digest, *stamp_file(self.folder / name)] for name, digest in sums.items()}
        heads, used = list[int](), list[list[str]]()
        for number, (name, form) in enumerate(zip(BLOCKS, make_forms(make_options(self.base)), strict=True)):
            blocks = sum(sizes[number] for _, sizes in lengths) - len(form.separator.encode())
            heads.append(int(files[EXPORTS[name].file_name][1]) - blocks - len(form.foot(filled=True).encode()))
            with (self.folder / EXPORTS[name].file_name).open("rb") as file:
                used.append(read_head(form, file.read(heads[-1])))
        links = dict(sorted(profile_links(graph.records.links, base=self.base).items()))
        return Record(files, heads, used, [sorted(names) for names in fixed], links, built.triples)

    def _list_keys(self, readings: Readings, records: Records) -> dict[str, set[str]]:
        return list_file_keys(readings, records, beside=self._list_beside(readings.files))

    def _list_beside(self, names: Iterable[str]) -> list[tuple[str, str]]:
        return [(other, name) for name in names for other in self.seen[name].beside]

    def _owner(self, subject: str) -> str:
        return find_owner(subject[len(self.base) + 1 : -1]) if subject.startswith(f"<{self.base}") else ""

    def _share(self, names: Iterable[str], digests: Mapping[str, str], ids: Mapping[str, int]) -> dict[int, dict[str, list[Any]]]:
        found: dict[int, dict[str, list[Any]]] = {}
        for name in names:
            seen = self.seen[name]
            stamp = seen.stamp if seen.newest + _FRESH < self.now else []
            found.setdefault(find_share(name), {})[name] = [ids[name], digests[name], stamp]
        return found

    def _version(self) -> str:
        """What else outputs depend on."""
        from importlib.metadata import version

        folder = find_resource("shapes")
        shapes = [(path.name, sha256(path.read_bytes()).hexdigest()) for path in sorted(folder.glob("*.ttl"))]
        libraries = [version(name) for name in ("duckdb", "pyoxigraph")]
        return make_key("build", reader_version(), shapes, libraries, self.base, find_issued())

    # In part.

    def build_part(self, state: State) -> Built:
        """Build what has changed.

        Raises:
            Damaged, Unclear: Everything has to be built; nothing was written.
        """
        head = state.get("head")
        if head is None:
            raise Unclear("")
        if head["version"] != self._version() or head["machine"] != name_machine():
            raise Unclear("what builds has changed")
        record = Record(**head["record"])
        if not record.is_true(self.folder):
            raise Unclear("the output is not what was written")
        known = {name: about for _, files in state.find("files/") for name, about in files.items()}
        digests, changed = self._compare(known)
        if not changed:
            with suppress(Damaged):
                self._keep_files(state, known, {}, digests)
                state.commit()
            return self._tell_built(head, record, list(list_findings(state, head)), pages=0)
        return self._build_changed(state, head, record, known, digests, changed)

    def _compare(self, known: Mapping[str, list[Any]]) -> tuple[dict[str, str], set[str]]:
        """Digests of the files that had to be read, and the names of all that changed, came or went."""
        suspects = [name for name, seen in self.seen.items() if name not in known or known[name][2] != seen.stamp]
        digests = {name: read_digest(self.seen[name].entry) for name in suspects}
        changed = {name for name, digest in digests.items() if name not in known or known[name][1] != digest}
        return digests, changed | (known.keys() - self.seen.keys())

    def _build_changed(
        self,
        state: State,
        head: dict[str, Any],
        record: Record,
        known: Mapping[str, list[Any]],
        digests: Mapping[str, str],
        changed: set[str],
    ) -> Built:
        old, readings, records = self._read_islands(state, known, changed)
        counts = sum_counts(head["counts"], [island.counts for island in old.values()], [count_records(records)])
        if not counts["Mitigation"]:
            raise Unclear("no mitigation is left")
        islands = find_islands(records, keys=self._list_keys(readings, records))
        new = dict(enumerate(islands, head["next"]))
        rows, judge = self._close(head, readings, records, islands)
        every: list[Finding] = []

        def report() -> bytes:
            judge()
            replace_islands(state, old, new)
            every.extend(list_findings(state, head))
            return self._report(head, every).to_json().encode()

        outputs = Outputs(self.folder, base=self.base, record=record, index=Index(state, "blocks"))
        owned = {path for island in (*old.values(), *islands) for path in island.owned}
        mine = [row for row in rows if self._owner(row[0]) in owned]
        was = outputs.read(owned)
        described = [describe_counts(some, base=self.base) for some in (head["counts"], counts)]
        links = [[link for island in some for link in island.links] for some in (old.values(), islands)]
        change = Change(owned, mine, (described[0], described[1]), (links[0], links[1]), report)
        record = outputs.replace(change, every_link=lambda: chain(list_links(state, without=old), links[1]))
        codes = [count_codes(some, self.base) for some in (was, mine)]
        head |= {
            "record": record.pack(),
            "counts": counts,
            "codes": sum_counts(head["codes"], [codes[0]], [codes[1]]),
            "next": head["next"] + len(islands),
        }
        head["things"] = self._count_things(head, was, mine)
        with suppress(Damaged):
            state.put("head", head)
            self._keep_files(state, known, {name: number for number, island in new.items() for name in island.files}, digests)
            state.commit()
        return self._tell_built(head, record, every, pages=len(readings.files))

    def _read_islands(self, state: State, known: Mapping[str, list[Any]], changed: set[str]) -> tuple[dict[int, Island], Readings, Records]:
        """Read the changed pages and all that they hang together with, before and now."""
        old: dict[int, Island] = {}
        reader = self.reader or Reader()
        wanted = {known[name][0] for name in changed if name in known}
        while True:
            old |= {number: get_island(state, number) for number in wanted - old.keys()}
            names = {name for island in old.values() for name in island.files} | changed
            if len(names) > max(_LARGE, len(self.seen) // 3):
                raise Unclear("much has changed")
            # Without the cache: to open it takes longer than to read some pages.
            readings, records = self._read(names & self.seen.keys(), reader)
            keys = set().union(*self._list_keys(readings, records).values())
            wanted = {number for key in sorted(keys) if (number := state.get(f"keys/{key}")) is not None}
            if wanted <= old.keys():
                return old, readings, records

    def _close(
        self, head: Mapping[str, Any], readings: Readings, records: Records, islands: Sequence[Island]
    ) -> tuple[Sequence[Row], Callable[[], None]]:
        """State and close what was read; also gives what waits for the verdict and shares the findings.

        What is stated and found that is nobody's must be what it was.
        """
        beside = dict(self._list_beside(readings.files))
        if not records.captures:

            def share() -> None:
                share_findings(islands, (*readings.findings, *records.findings), beside=beside)

            return (), share
        self.tell("close", 0, 1)
        exported, finish = close_first(readings, records, base=self.base)
        rows = sort_rows(list(exported))
        owned = {path for island in islands for path in island.owned}
        if digest_rest((row for row in rows if self._owner(row[0]) not in owned), self.base) != head["rest"]:
            raise Unclear("what is stated beside the pages has changed")

        def judge() -> None:
            report = finish()
            outside = share_findings(islands, report.findings, beside=beside)
            engines = [[name, list(shapes)] for name, shapes in report.engines]
            if [pack_findings(outside), engines, list(report.notes)] != [head["outside"], head["engines"], head["notes"]]:
                raise Unclear("what is found beside the pages has changed")

        return rows, judge

    def _report(self, head: Mapping[str, Any], findings: Iterable[Finding]) -> Report:
        engines = tuple((name, tuple(shapes)) for name, shapes in head["engines"])
        return Report(tuple(findings), tuple(sorted(self.seen)), engines, tuple(head["notes"]))

    def _count_things(self, head: Mapping[str, Any], was: Sequence[Row], mine: Sequence[Row]) -> dict[str, int]:
        before, after = (count_things(rows, base=self.base) for rows in (was, mine))
        things = {name: number - before[name] + after[name] for name, number in head["things"].items()}
        return {**things, "codes used": len(head["codes"])}

    def _keep_files(self, state: State, known: Mapping[str, list[Any]], ids: Mapping[str, int], digests: Mapping[str, str]) -> None:
        """Write down the files that were read or belong to another island now; others are as they were."""
        touched = {find_share(name) for name in (*digests, *ids, *(known.keys() - self.seen.keys()))}
        names = [name for name in self.seen if find_share(name) in touched]
        every = {name: digests.get(name) or known[name][1] for name in names}
        shares = self._share(names, every, {name: ids.get(name, known[name][0] if name in known else -1) for name in names})
        for share in touched:
            state.put(f"files/{share}", shares.get(share, {}))

    def _tell_built(self, head: Mapping[str, Any], record: Record, findings: Sequence[Finding], *, pages: int) -> Built:
        files = {name: self.seen[name].shown for name in sorted(self.seen)}
        written = {name: self.folder / name for name in (*(export.file_name for export in EXPORTS.values()), REPORT, LINKS, SUMS)}
        digest = str(record.files[EXPORTS["ntriples"].file_name][0])
        return Built(self._report(head, findings), files, written, digest, record.triples, head["things"], pages)
