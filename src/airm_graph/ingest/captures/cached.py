"""Readings of pages that were made before: a page is read again only when it, what stands beside it, or what others say has changed."""

from collections import OrderedDict
from contextlib import suppress
from hashlib import sha256

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
        self._kept: OrderedDict[str, Reading] = OrderedDict()
        #: How many pages were read since the last call of ``finish``; others were known.
        self.read = 0

    def read_capture(self, data: bytes, *, file: str, sidecar: Sidecar, known: Known | None = None) -> Reading:
        """Read a page as :func:`airm_graph.ingest.captures.page.read_capture` does."""
        said = known.digest if known else ""
        key = make_key("reading", reader_version(), sha256(data).hexdigest(), file, pack(sidecar), said)
        reading = self._kept.get(key) or self._look_up(key)
        if reading is None:
            reading = read_capture(data, file=file, sidecar=sidecar, known=known)
            self.read += 1
            if self._cache:
                self._keep(self._cache, key, reading)
        self._kept[key] = reading
        self._kept.move_to_end(key)
        return reading

    def finish(self) -> int:
        """Save what is new; returns how many readings were made."""
        if self._cache:
            self._cache.save()
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        made, self.read = self.read, 0
        return made

    def _keep(self, cache: Cache, key: str, reading: Reading) -> None:
        # Most pages read the same whatever others say: the reading is kept once, and under each key where it is.
        packed = pack(reading)
        content = make_key(packed)
        cache.keep(key, content)
        cache.keep(content, packed)

    def _look_up(self, key: str) -> Reading | None:
        content = self._cache.find(key) if self._cache else None
        if not self._cache or not isinstance(content, str):
            return None
        if content not in self._kept:
            # An entry that is no reading, whoever wrote it, is as good as none.
            with suppress(TypeError, ValueError):
                self._kept[content] = unpack(Reading, self._cache.find(content))
        return self._kept.get(content)
