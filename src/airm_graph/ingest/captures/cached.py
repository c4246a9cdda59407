"""Readings of pages that were made before: a page is read again only when it, what stands beside
it, or what others say has changed.
"""

from collections import OrderedDict
from contextlib import suppress
from hashlib import sha256
from typing import Any

from airm_graph.cache import Cache, make_key, pack, reader_version, unpack
from airm_graph.ingest.captures.known import Known
from airm_graph.ingest.captures.page import Reading, read_capture
from airm_graph.ingest.captures.sidecar import Sidecar

__all__ = ["Reader"]

#: Readings kept in memory, three for each page; about 10 KB each.
_KEPT = 60_000


class Reader:
    """Reads pages, and remembers what it read: in this process always, on disk with a cache."""

    def __init__(self, cache: Cache | None = None) -> None:
        """Take a cache to look into and to fill; it stays open."""
        self._cache = cache
        #: What reads; where nothing outlives this process, it cannot change.
        self.version = reader_version() if cache else ""
        self._kept: OrderedDict[str, Any] = OrderedDict()
        #: How many pages were read since the last call of ``finish``; others were known.
        self.read = 0

    def read_capture(self, data: bytes, *, file: str, sidecar: Sidecar, known: Known | None = None) -> tuple[Reading, str]:
        """Read a page as `airm_graph.ingest.captures.page.read_capture` does, and say what it
        depends on, as a digest.
        """
        key = self.make_key(data, file=file, sidecar=sidecar, known=known)
        reading: Reading | None = self._recall(key) or self._look_up(key)
        if reading is None:
            reading = read_capture(data, file=file, sidecar=sidecar, known=known)
            self.read += 1
            if self._cache:
                # Most pages read the same whatever others say: the reading is kept once, and under
                # each key where it is.
                packed = pack(reading)
                self._cache.keep(key, content := make_key(packed))
                self._cache.keep(content, packed)
        self._remember(key, reading)
        return reading, key

    def make_key(self, data: bytes, *, file: str, sidecar: Sidecar, known: Known | None = None) -> str:
        """Name all that the reading of a page depends on."""
        said = known.digest if known else ""
        return make_key("reading", self.version, sha256(data).hexdigest(), file, pack(sidecar), said)

    def find(self, key: str) -> Any:
        """Look up what was kept under a key; None for nothing."""
        return self._recall(key) or (self._cache.find(key) if self._cache else None)

    def keep(self, key: str, value: object) -> None:
        """Keep what JSON can say under a key that names all on which it depends."""
        if self._cache:
            self._cache.keep(key, value)
        else:
            self._remember(key, value)

    def finish(self) -> int:
        """Save what is new; returns how many readings were made."""
        if self._cache:
            self._cache.save()
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        made, self.read = self.read, 0
        return made

    def _recall(self, key: str) -> Any:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        return None

    def _remember(self, key: str, value: object) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)

    def _look_up(self, key: str) -> Reading | None:
        content = self._cache.find(key) if self._cache else None
        if not self._cache or not isinstance(content, str):
            return None
        if content not in self._kept:
            # An entry that is no reading, whoever wrote it, is as good as none.
            with suppress(TypeError, ValueError):
                self._remember(content, unpack(Reading, self._cache.find(content)))
        return self._recall(content)  # type: ignore[no-any-return]
