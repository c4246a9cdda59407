"""Describe the data as a whole: to the HTTP process, which never loads it, and to pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

__all__ = ["DatasetInfo", "ReleaseFile"]

#: Name, media type, SHA-256, size and time of the last change, in nanoseconds, of a file of the
#: release.
ReleaseFile = tuple[str, str, str, int, int]


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """Describe the served data.

    Attributes:
        base: What every IRI of the project begins with.
        notice: To be shown wherever data is shown.
        digest: Changes whenever an answer could change.
        release: Digest of the data.
        version: Version of this software.
        changed: Time of the data, in seconds since 1970; 0 where none is known.
        graphs: IRIs of the named graphs.
        triples: How many different statements the data and the ontology have.
        licences: IRIs of licence or rights statement of the dataset.
        counts: How many things there are of each kind, as the query ``counts`` says.
        prefixes: Prefix to namespace.
        files: Files of the release by path below the base.
        aside: How many rows of tables were set aside when the graph was built.
        has_lists: Whether scripts of pages can have the lists that they look through.
    """

    base: str
    notice: str
    digest: str
    release: str
    version: str
    changed: float
    graphs: frozenset[str]
    triples: int
    licences: tuple[str, ...]
    counts: Mapping[str, int]
    prefixes: Mapping[str, str]
    files: Mapping[str, ReleaseFile]
    aside: int = 0
    has_lists: bool = True

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "DatasetInfo":
        """Take the values that `Backend.info` has and JSON carried."""
        listed = found["files"].items()
        files = {path: (str(name), str(kind), str(digest), int(size), int(time)) for path, (name, kind, digest, size, time) in listed}
        return cls(**{**found, "graphs": frozenset(found["graphs"]), "licences": tuple(found["licences"]), "files": files})

    def shorten(self, iri: str) -> str:
        """Write an IRI as a prefixed name, by the longest namespace, or as path below the base."""
        return _shorten(iri, tuple(self.prefixes.items()), self.base)


@lru_cache(maxsize=10_000)
def _shorten(iri: str, prefixes: tuple[tuple[str, str], ...], base: str) -> str:
    fitting = [(len(space), prefix, space) for prefix, space in prefixes if iri.startswith(space) and iri != space]
    if fitting:
        _, prefix, space = max(fitting)
        return f"{prefix}:{iri.removeprefix(space)}"
    return iri.removeprefix(base) or iri
