"""Pages and folders of tables merged: independent rows by SQL, all others in Python."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Pairs
from types import MappingProxyType

from airm_graph.graph import quote
from airm_graph.ids_lock import LockedId
from airm_graph.ingest import Readings
from airm_graph.ingest.formats import Row
from airm_graph.ingest.inputs import Input
from airm_graph.ingest.tables import Mapping
from airm_graph.ingest.tables.candidates import list_loaded_joined, list_loaded_standing, load_lookups, select_candidates
from airm_graph.ingest.tables.entries import FolderReader, TableReadings
from airm_graph.ingest.tables.folders import Folder, load_folders
from airm_graph.ingest.tables.loaded import read_rows
from airm_graph.merge import Merger, join_records
from airm_graph.merge.independent import find_rest
from airm_graph.merge.originals import find_originals
from airm_graph.model import Decisions, Records
from airm_graph.namespaces import BASE, literal
from airm_graph.pipeline.keeping_ids import list_independent, list_present
from airm_graph.pipeline.platform import Session
from airm_graph.progress import Progress
from airm_graph.terms import unescape
from airm_graph.text import list_joined, list_standing
from airm_graph.triples.selects import make_independent

__all__ = ["Merging"]

_MENTION = re.compile(r"capture/([0-9a-f]{16})/r(\d+)")


class Merging:
    """One merge of pages and folders of tables."""

    def __init__(
        self, entries: Sequence[Input], pages: Readings, decisions: Decisions, *, mapping: Mapping | None, session: Session, tell: Progress
    ) -> None:
        """Load the tables; *mapping* is the one that was given for all."""
        self.folders, self.stated = load_folders(
            entries, mapping=mapping, table=session.table, make_folder=session.make_folder, over=session.over, load=session.load
        )
        tell("merge", 0, 1)
        self.captured, self.decisions, self.table = pages.pages, decisions, session.table
        #: Name of each table → what the user calls it.
        self.files = {name: shown for folder in self.folders for name, shown in folder.files.items()}
        #: Mitigations that are merged whatever else holds: those that people decided of.
        self.keys = {decision.mitigation for decision in decisions.codes}

    def read(self, kept: Pairs[str, str] = MappingProxyType({})) -> tuple[TableReadings, Records]:
        """Read the tables: sources first, then which rows are independent, then all other rows,
        merged.

        Args:
            kept: Key that names give a mitigation → earlier one that is kept.
        """
        self.keys |= kept.keys()
        readers = [
            FolderReader(folder.tables, mappings=folder.mappings, later=folder.later, described=folder.described) for folder in self.folders
        ]
        self._join_words(readers)
        first = [reader.read() for reader in readers]
        if self.stated:
            for pages, reader, rows in zip(first, readers, self._list_first(), strict=True):
                pages += reader.add_unlisted(rows)
        merger = Merger([*self.captured, *(page for pages in first for page in pages)], decisions=self.decisions, kept=kept)
        if self.stated:
            self._find_independent(readers, merger)
            self._say_lacking(readers)
        rest = [self._list_rest(folder) for folder in self.folders]
        later = [reader.read_rest(rows, named=named) for reader, (rows, named, _) in zip(readers, rest, strict=True)]
        groups = merger.list_groups(page for pages in later for page in pages)
        records = merger.finish([merger.merge(group) for group in groups])
        if clashing := self._find_clashing(records):
            # A name with a digest is the plain name of another row: both are told by the merge.
            self.keys |= clashing
            return self.read(kept)
        parts = zip(readers, first, later, rest, strict=True)
        finished = [reader.finish([*pages, *more], others=others) for reader, pages, more, (_, _, others) in parts]
        whole = TableReadings(
            tuple(page for one in finished for page in one.pages),
            (*(f for one in self.folders for f in one.findings), *(f for one in finished for f in one.findings)),
            tuple(entry for one in finished for entry in one.rejected),
            tuple(count for one in finished for count in one.counts),
        )
        return whole, find_originals(join_records(records, [one.restored for one in finished]), find_others=self._find_keys)

    def _find_keys(self, identifiers: Sequence[str]) -> dict[str, list[str]]:
        """Find the independent rows that have some identifiers."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        if self.stated:
            wanted = ", ".join(quote(literal(name)[1:-1]) for name in identifiers)
            for name, node in self.table.execute(f"SELECT DISTINCT identifier, m FROM independent WHERE identifier IN ({wanted})"):
                found[unescape(name)].append(node.removeprefix(f"<{BASE}").rstrip(">"))
        return found

    def list_found(self, merged: tuple[TableReadings, Records]) -> Iterator[LockedId]:
        """List all mitigations of a merge with what they are recognised by."""
        records = merged[1]
        yield from list_present(records.mitigations, records.captures)
        if self.stated:
            yield from list_independent(
                self.table, {part.number: part.mapping.edition for folder in self.folders for part in folder.loaded}
            )

    def count(self) -> tuple[int, int]:
        """Number of independent rows, and how many of them have a code."""
        if not self.stated:
            return 0, 0
        independent, classified = self.table.execute("SELECT count(*), count(code) FROM independent")[0]
        return int(independent), int(classified)

    def _find_independent(self, readers: Sequence[FolderReader], merger: Merger) -> None:
        sources = {
            (part.number, name): merger.find_source(block)
            for folder, reader in zip(self.folders, readers, strict=True)
            for part in folder.loaded
            for name, block in reader.list_documents(part.mapping.name).items()
        }
        load_lookups(self.stated, sources=sources, table=self.table)
        find_rest(
            [select_candidates(one, few=self.table.holds_few) for one in self.stated],
            table=self.table,
            busy=merger.find_busy({page.capture.sha256 for page in self.captured}),
            identifiers=[name for reader in readers for name in reader.list_identifiers()],
            mentions=self._find_decided(),
            keys=self.keys,
            is_shared=sum(len(one.members) for one in self.stated) > 1,
        )
        make_independent(self.stated, table=self.table)

    def _join_words(self, readers: Sequence[FolderReader]) -> None:
        """Tell readers which of the words that are split stand whole elsewhere."""
        texts = [text for reader in readers for text in reader.list_texts()]
        split = list_joined(texts).union(*(list_loaded_joined(one, table=self.table) for one in self.stated))
        if split:
            words = list_standing(texts, split).union(*(list_loaded_standing(one, split, table=self.table) for one in self.stated))
            for reader in readers:
                reader.know_words(words)

    def _list_first(self) -> list[dict[str, list[Row]]]:
        """List for each folder, by table, the first row for each name of a document."""
        owners = {part.number: (number, part.head.file) for number, folder in enumerate(self.folders) for part in folder.loaded}
        found: list[dict[str, list[Row]]] = [{part.head.file: [] for part in folder.loaded} for folder in self.folders]
        for one in self.stated:
            where = f"SELECT {one.number_of_row} AS n, {one.cell('source')} AS s, min(r.number) AS m FROM {one.rows} AS r GROUP BY 1, 2"
            first = f"EXISTS (SELECT 1 FROM ({where}) AS f WHERE f.n = {one.number_of_row} AND f.m = r.number)"
            for number, row in read_rows(one, table=self.table, condition=first):
                folder, file = owners[number]
                found[folder][file].append(row)
        return found

    def _say_lacking(self, readers: Sequence[FolderReader]) -> None:
        """Note at independent rows that nobody describes their document; the others are read one by
        one.
        """
        owners = {part.number: (number, part.head.file) for number, folder in enumerate(self.folders) for part in folder.loaded}
        for one in self.stated:
            names = sorted({name for reader in readers for name in reader.list_lacking(one.mapping.name)})
            if names:
                is_rest = f"EXISTS (SELECT 1 FROM rest AS x WHERE x.table_number = {one.number_of_row} AND x.number = r.number)"
                condition = f"NOT {is_rest} AND {one.cell('source')} IN ({', '.join(map(quote, names))})"
                for number, row in read_rows(one, table=self.table, condition=condition):
                    folder, file = owners[number]
                    readers[folder].say_lacking(file, [row])

    def _find_decided(self) -> set[tuple[int, int]]:
        """Table and number of the rows that decisions name."""
        numbers = {part.head.sha256[:16]: part.number for folder in self.folders for part in folder.loaded}
        named = (_MENTION.match(side.key) for one in self.decisions.joins for side in (one.one, one.two))
        return {(numbers[found[1]], int(found[2])) for found in named if found and found[1] in numbers}

    def _list_rest(self, folder: Folder) -> tuple[dict[str, list[Row]], dict[str, set[str]], dict[str, int]]:
        """Rows of a folder to read one by one by table; what other rows call their documents by
        mapping; how many others by table.
        """
        rows: dict[str, list[Row]] = {}
        named: dict[str, set[str]] = {}
        others: dict[str, int] = {}
        wanted = {part.number for part in folder.loaded}
        for one in self.stated:
            members = [part for part in one.members if part.number in wanted]
            if not members:
                continue
            chosen = f"EXISTS (SELECT 1 FROM rest AS x WHERE x.table_number = {one.number_of_row} AND x.number = r.number)"
            found: dict[int, list[Row]] = {part.number: [] for part in one.members}
            for number, row in read_rows(one, table=self.table, condition=chosen):
                found[number].append(row)
            counts = dict(self.table.execute(f"SELECT {one.number_of_row} AS table_number, count(*) FROM {one.rows} AS r GROUP BY 1"))
            known = f"SELECT DISTINCT {one.cell('source')} FROM {one.rows} AS r WHERE NOT {chosen}"
            named.setdefault(one.mapping.name, set()).update(name for (name,) in self.table.execute(known))
            for part in members:
                rows[part.head.file] = found[part.number]
                others[part.head.file] = int(counts.get(part.number, 0)) - len(found[part.number])
        return rows, named, others

    def _find_clashing(self, records: Records) -> set[str]:
        """Keys of merged mitigations that an independent row has, too."""
        if not self.stated:
            return set()
        terms = [(f"<{BASE}{mitigation.key}>",) for mitigation in records.mitigations]
        self.table.load_records("merged", columns={"m": "VARCHAR"}, records=terms)
        found = self.table.execute("SELECT DISTINCT m FROM independent WHERE m IN (SELECT m FROM merged)")
        return {term[len(BASE) + 1 : -1] for (term,) in found}
