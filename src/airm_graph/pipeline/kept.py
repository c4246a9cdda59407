"""What one source says, kept from build to build: its quads, and what a report needs of its
records.

A source that was merged before is taken as it was, as long as its pages, what they know of each
other, and the software are the same; nothing else of its mitigations is read.
"""

import base64
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from airm_graph.cache import make_key, pack, unpack
from airm_graph.frozen import frozen
from airm_graph.graph import TripleTable, quote
from airm_graph.ingest import Reader, Readings
from airm_graph.merge import Merger, SourceGroup, start_key
from airm_graph.model import Finding, Link, Mitigation, Records
from airm_graph.triples.state import graph_of

__all__ = ["Keeper", "KeptSource", "OutlineError"]


@frozen
class KeptSource:
    """What the pages of one source say of its mitigations.

    Attributes:
        mitigations: Key → the mitigation, packed.
        classifications, repairs: How many there are.
        findings, links: Of the merge.
        quads: A Parquet file with the columns s, p, o, g: all that the graphs of its pages hold.
    """

    mitigations: Mapping[str, Any]
    classifications: int
    repairs: int
    findings: tuple[Finding, ...]
    links: tuple[Link, ...]
    quads: bytes

    @property
    def records(self) -> Records:
        """What is said of the source as a whole: findings and links."""
        return Records(findings=self.findings, links=self.links)

    def find(self, keys: Collection[str]) -> Iterator[Mitigation]:
        """Unpack some mitigations."""
        for key in self.mitigations.keys() & keys:
            yield unpack(Mitigation, self.mitigations[key])


class OutlineError(Exception):
    """A source has to be merged of whose pages only the outline was read."""


class Keeper:
    """Merges sources, or takes what was kept of them.

    Attributes:
        kept: Sources that need no merge.
    """

    def __init__(self, reader: Reader) -> None:
        """Take what keeps."""
        self._reader = reader
        self._new: list[tuple[str, SourceGroup, Records]] = []
        self.kept: list[KeptSource] = []

    def merge(self, groups: Iterable[SourceGroup], merger: Merger, pages: Readings) -> list[Records]:
        """Merge the mitigations of each source, or tell findings and links where it is kept.

        Raises:
            OutlineError: A source has to be merged of whose pages only the outline was read.
        """
        keys = [(self._make_key(group, pages.digests, merger.kept), group) for group in groups]
        found = [_unpack(self._reader.find(key)) for key, _ in keys]
        new = [pair for pair, one in zip(keys, found, strict=True) if one is None]
        if any(page.capture.sha256 in pages.outlined for _, group in new for page in group.pages):
            raise OutlineError
        self.kept = [one for one in found if one]
        self._new = [(key, group, merger.merge(group)) for key, group in new]
        return [*(one.records for one in self.kept), *(records for *_, records in self._new)]

    def _make_key(self, group: SourceGroup, digests: Mapping[str, str], kept: Mapping[str, str]) -> str:
        start = start_key(group.source)
        ids = sorted(pair for pair in kept.items() if pair[0].startswith(start))
        pages = [[digests[page.capture.sha256], page.capture.file_names] for page in group.pages]
        return make_key("source", self._reader.version, group.source, pages, ids)

    def load(self, table: TripleTable) -> None:
        """Put the quads of kept sources into a table."""
        with TemporaryDirectory(prefix="airm-graph-") as folder:
            paths = [Path(folder, f"{number}.parquet") for number in range(len(self.kept))]
            for path, one in zip(paths, self.kept, strict=True):
                path.write_bytes(one.quads)
            if paths:
                listed = ", ".join(quote(str(path)) for path in paths)
                table.load_select(f"SELECT s, p, o, g FROM read_parquet([{listed}])")

    def keep(self, table: TripleTable) -> None:
        """Keep the sources that were merged, whose statements are in a table now."""
        graphs = {graph_of(page.capture.sha256): number for number, (_, group, _) in enumerate(self._new) for page in group.pages}
        ids = table.find_ids(graphs)
        parts = [(number, graphs[graph]) for graph, number in ids.items()]
        with TemporaryDirectory(prefix="airm-graph-") as folder:
            table.copy_parts(parts, Path(folder))
            for number, (key, _, records) in enumerate(self._new):
                (path,) = Path(folder, f"part={number}").glob("*.parquet")
                mitigations = {mitigation.key: pack(mitigation) for mitigation in records.mitigations}
                classifications = sum(len(mitigation.classifications) for mitigation in records.mitigations)
                said = (mitigations, classifications, len(records.repairs), pack(records.findings), pack(records.links))
                self._reader.keep(key, [*said, base64.b64encode(path.read_bytes()).decode()])
        self._reader.finish()


def _unpack(entry: Any) -> KeptSource | None:
    """Read an entry; one that is no such thing, whoever wrote it, is as good as none."""
    with suppress(TypeError, ValueError):
        mitigations, classifications, repairs, findings, links, quads = entry
        said = unpack(tuple[Finding, ...], findings), unpack(tuple[Link, ...], links)
        return KeptSource(mitigations, classifications, repairs, *said, base64.b64decode(quads, validate=True))
    return None
