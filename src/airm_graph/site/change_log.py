"""Show what changed since an earlier release."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from airm_graph.analysis.releases import KINDS, Change, Changes, compare_releases
from airm_graph.pipeline import read_release

__all__ = ["ChangeGroup", "compare_with_earlier", "group_changes"]

#: Changes of a kind that a page lists; the files have all.
_MOST = 200


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Hold the changes of a kind: how many there are, and the first of them."""

    kind: str
    count: int
    first: tuple[Change, ...]


def compare_with_earlier(earlier: Path, release: Path) -> Changes:
    """Compare two releases, which are not called by their paths: those are nobody's business.

    Raises:
        InputError: One of them is no release.
        QueryError: They have different bases.
    """
    return compare_releases(read_release(earlier, name="the earlier release"), read_release(release, name="this release"))


def group_changes(changes: Changes) -> Iterator[ChangeGroup]:
    """Group changes by kind, in the order in which they are told."""
    for kind in KINDS:
        if found := tuple(one for one in changes.changes if one.kind == kind):
            yield ChangeGroup(kind, len(found), found[:_MOST])
