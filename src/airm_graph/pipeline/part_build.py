"""A build of what changed: the components of the pages that changed are built, by the build that
there is, and put in the place of what the folder holds of them.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from airm_graph.frozen import frozen
from airm_graph.graph import SmallTable, TripleTable
from airm_graph.ingest import Reader
from airm_graph.ingest.inputs import Input
from airm_graph.model import Finding
from airm_graph.namespaces import BASE, iri, term
from airm_graph.pipeline.block_index import BlockIndex
from airm_graph.pipeline.build_record import BuildRecord
from airm_graph.pipeline.building import build_entries
from airm_graph.pipeline.components import Component, find_components, list_described, list_sidecars
from airm_graph.pipeline.known_inputs import KnownInputs, show_path
from airm_graph.pipeline.marks import REPORT, SUMS
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.pages_record import PagesRecord, count_codes, select_texts
from airm_graph.pipeline.reading import Read
from airm_graph.pipeline.splicing import Change, Spliced, Splicer, UnclearChangeError, is_dataset, is_owned
from airm_graph.pipeline.stamps import digest_file
from airm_graph.pipeline.views import Graph
from airm_graph.progress import Progress
from airm_graph.query.counts import count_things
from airm_graph.terms import Quad
from airm_graph.validate import Ledger, Report, count_focus_nodes

__all__ = ["PartBuild"]

#: Pages beyond which a part is not worth it, if they are a third of all.
_MANY = 100
_INFERRED = iri("graph/inferred")
_SOURCE = term("rdf:type"), term("airm:Source")
_USED = "codes used"


@frozen
class _Part:
    """What was built of some components.

    Attributes:
        old, new: The components, before and now.
        owned: Paths of IRIs that are theirs.
    """

    read: Read
    graph: Graph
    old: list[Component]
    new: list[Component]

    @property
    def owned(self) -> set[str]:
        return {path for one in (*self.old, *self.new) for path in one.owned}


class PartBuild:
    """A build into a folder that holds what an earlier build wrote."""

    def __init__(
        self,
        inputs: KnownInputs,
        folder: Path,
        options: BuildOptions,
        *,
        known: BuildRecord,
        pages: PagesRecord,
        index: BlockIndex,
        reader: Reader,
    ) -> None:
        """Take what is known of the earlier build, and what reads pages."""
        self._inputs, self._files = inputs, inputs.files
        self._folder, self._options, self._known, self._pages, self._index = folder, options, known, pages, index
        self._reader = reader
        self._homes = {name: number for number, one in enumerate(pages.components) for name in one.files}
        self._keys = {key: number for number, one in enumerate(pages.components) for key in one.keys}

    def run(self, changes: Collection[str], tell: Progress) -> tuple[BuildRecord, PagesRecord]:
        """Build the files that changed, and all that they have to do with.

        Args:
            changes: Paths of files that came, went or hold something else.
            tell: Called with (step, number done, number in all).

        Returns:
            What is known of the folder now; the first without the inputs.

        Raises:
            UnclearChangeError: All is to be built; nothing was written.
            InputError: An input cannot be read.
            ExportError: A file cannot be written; all are as they were.
        """
        if not self._inputs.are_pages:
            raise UnclearChangeError("tables are built whole")
        part = self._build(self._find_changed(changes), tell)
        with ExitStack() as opened:
            opened.callback(part.graph.close)
            return self._splice(part, Splicer(self._folder, opened=opened, options=part.graph.export_options))

    def _find_changed(self, changes: Collection[str]) -> set[str]:
        """Name the pages that changed, or whose side-cars did."""
        paths = {shown: name for files in (self._known.files, self._files) for name, shown in files.items()}
        found = {paths[path] for one in map(show_path, changes) for path in (one, *list_described(one)) if path in paths}
        return found | {name for name, shown in self._files.items() ^ self._known.files.items()}

    def _build(self, changed: set[str], tell: Progress) -> _Part:
        """Build the components of pages, and those that they are connected with now."""
        wanted = {self._homes[name] for name in changed if name in self._homes}
        while True:
            old = [self._pages.components[number] for number in sorted(wanted)]
            names = {name for one in old for name in one.files} | changed
            entries = self._inputs.pick(names)
            if not entries or len(entries) > max(_MANY, len(self._files) // 3):
                raise UnclearChangeError("much has changed")
            read, graph = self._build_entries(entries, old, tell)
            new = find_components(read, texts=select_texts(graph.table))
            reached = {self._keys[key] for one in new for key in one.keys if key in self._keys}
            if reached <= wanted:
                return _Part(read, graph, old, new)
            graph.close()
            wanted |= reached

    def _build_entries(self, entries: Sequence[Input], old: Sequence[Component], tell: Progress) -> tuple[Read, Graph]:
        rest = self._pages.count() - self._pages.count(old)
        read, graph = build_entries(entries, self._options, tell=tell, reader=self._reader, beside=lambda _: rest)
        if read.is_empty:
            raise UnclearChangeError("the part holds no mitigation")
        return read, graph

    def _splice(self, part: _Part, splicer: Splicer) -> tuple[BuildRecord, PagesRecord]:
        owned, rows = part.owned, part.graph.quads
        shared = {subject for subject in {row[0] for row in rows} if not is_owned(subject, owned)}
        _check_shared(splicer.read(sorted(owned), sorted(shared)), rows, shared)
        change = splicer.find_change(rows)
        earlier = Report.from_json((self._folder / REPORT).read_text(encoding="utf-8"))
        things, focus, codes = _measure(change, rows)
        report = self._join_reports(earlier, part, focus)
        done = splicer.replace(change, heads=self._pages.heads, index=self._index)
        captures = [path.partition("/")[2] for one in part.old for path in one.owned if path.startswith("capture/")]
        replace = splicer.replace_links if self._keeps_head_of_links(part) else splicer.rewrite_links
        replace(captures, part.read.records.links)
        written = splicer.write(report.to_json().encode(), known={name: str(about[4]) for name, about in self._known.outputs.items()})
        return self._make_records(part, done, written, things, codes)

    def _keeps_head_of_links(self, part: _Part) -> bool:
        """Whether head and columns of the table of links stay, and each of its rows is a line."""
        total: Counter[str] = Counter()
        for one in self._pages.components:
            total.update(one.links)
        now = Counter(total)
        for one in part.old:
            now.subtract(one.links)
        for one in part.new:
            now.update(one.links)
        return (+now).keys() == (+total).keys() and "lines" not in total

    def _join_reports(self, earlier: Report, part: _Part, focus: Mapping[str, int]) -> Report:
        """Put the findings of a part in the place of earlier ones."""
        now = part.graph.report
        names = {name for one in (*part.old, *part.new) for page in one.files for name in (page, *list_sidecars(page))}
        owned = part.owned

        def is_of_part(finding: Finding) -> bool:
            return (finding.location.file in names) if finding.location else is_owned(finding.focus, owned)

        rest = [finding for finding in earlier.findings if not is_of_part(finding)]
        found = [finding for finding in now.findings if is_of_part(finding)]
        outside = [sorted(map(_name, some)) for some in (_list_outside(rest), (one for one in now.findings if not is_of_part(one)))]
        if outside[0] != outside[1] or (now.engines, now.notes) != (earlier.engines, earlier.notes):
            raise UnclearChangeError("what is found beside the pages has changed")
        if any(finding.origin for finding in now.findings):
            raise UnclearChangeError("findings have an origin")
        judged = tuple((shape, engine, count + focus[shape]) for shape, engine, count in earlier.ledger.shapes)
        ledger = Ledger(earlier.ledger.read, earlier.ledger.passed_over, judged)
        return Report((*rest, *found), tuple(sorted(self._files)), now.engines, now.notes, ledger, now.notice)

    def _make_records(
        self, part: _Part, done: Spliced, written: Mapping[str, Path], things: Mapping[str, int], codes: Mapping[str, int]
    ) -> tuple[BuildRecord, PagesRecord]:
        every = Counter(self._pages.codes)
        every.update(codes)
        new = {name: count + things[name] for name, count in self._known.figures.items()}
        new |= {_USED: len(+every), "triples": new["triples"] + done.triples}
        kept = [one for one in self._pages.components if one not in part.old]
        record = BuildRecord.of_files(written, version=self._known.version, inputs={}, files=dict(sorted(self._files.items())), figures=new)
        pages = PagesRecord(digest_file(written[SUMS]), [*kept, *part.new], dict(+every), done.heads)
        return record, pages


def _list_outside(findings: Sequence[Finding]) -> list[Finding]:
    """List the findings that are about no page."""
    return [finding for finding in findings if finding.location is None and not finding.focus.startswith(f"<{BASE}mitigation/")]


def _name(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.focus, finding.path, finding.value, finding.message


def _check_shared(before: Sequence[Quad], rows: Sequence[Quad], shared: Collection[str]) -> None:
    """Hold what is stated of nobody's things against what was: it is the same for any pages, but
    for the description of the dataset.
    """
    was, now = ({row for row in some if row[0] in shared and not is_dataset(row[0])} for some in (before, rows))
    if was != now:
        raise UnclearChangeError("what is stated beside the pages has changed")


def _measure(change: Change, rows: Sequence[Quad]) -> list[Counter[str]]:
    """Count how many more things, focus nodes and mitigations with a code a change makes.

    What a subject counts as is told by what is stated of it, but for authors, which are counted
    once for all sources.
    """
    kept = {row[0] for row in rows if row[1:3] == _SOURCE} - set(change.subjects)
    beside = [row for row in rows if row[0] in kept]
    more = _count([*change.come, *beside])
    for counts, before in zip(more, _count([*change.gone, *beside]), strict=True):
        counts.subtract(before)
    return more


def _count(rows: Sequence[Quad]) -> list[Counter[str]]:
    """Count things, focus nodes and mitigations with a code."""
    with SmallTable() if SmallTable.is_usable else TripleTable(threads=1) as table:
        table.load_rows([row for row in rows if row[3] != _INFERRED])
        focus = count_focus_nodes(table)
        table.load_rows([row for row in rows if row[3] == _INFERRED])
        return [Counter(counts) for counts in (count_things(table), focus, count_codes(table))]
