"""``ids.lock``: the IRIs that mitigations have had, so that a better name gives no new one.

One line for each mitigation, sorted, with what it is recognised by: identifiers, evidence and a
digest of each text. A line is never deleted: what is gone stays as ``removed``.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import quote, unquote

from airm_graph.errors import InputError
from airm_graph.matching import match_things
from airm_graph.notice import NOTICE

__all__ = ["IdsLock", "LockedId", "digest_text", "list_changes", "read_ids_lock"]

_FORMAT = "# ids.lock of airm-graph, format 1: the IRIs of mitigations; airm-graph build --ids writes it, commit it beside the inputs"
_COLUMNS = ("mitigation", "name", "name now gives", "identifiers", "evidence", "texts", "state", "replaced by")
_HEAD = (_FORMAT, f"# {NOTICE}", "\t".join(_COLUMNS))
_KEY = re.compile(r"mitigation/[0-9A-Za-z._~-]*[0-9A-Za-z_~-]/[0-9A-Za-z._~-]*[0-9A-Za-z_~-]")
_REMOVED = "removed"
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_AGAIN = "take the file as it was committed, or delete the line and build again"
#: What one mitigation is recognised by, the surest first.
_MARKS = ("identifiers", "evidence", "texts")


@dataclass(frozen=True, slots=True)
class LockedId:
    """A mitigation and what it is recognised by.

    Attributes:
        key: Path of its IRI below the base.
        name: Its name, for readers of the file.
        minted: The path that its name gives now, where that is another.
        identifiers: Edition, colon, and what a table calls it.
        evidence: Paths of lines and rows, below ``capture/``.
        texts: Digests of its descriptions.
        is_removed: Whether the last build did not find it.
        replaced_by: Paths of what to use instead of one that was removed.
    """

    key: str
    name: str = ""
    minted: str = ""
    identifiers: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    is_removed: bool = False
    replaced_by: tuple[str, ...] = ()

    @property
    def minted_key(self) -> str:
        """The path that its name gives."""
        return self.minted or self.key

    def shares_mark(self, other: "LockedId") -> bool:
        """Whether anything by which both are recognised is the same."""
        return any(getattr(self, name) & getattr(other, name) for name in _MARKS)

    @property
    def has_marks(self) -> bool:
        """Whether there is anything that it is recognised by but its name."""
        return any(getattr(self, name) for name in _MARKS)


@dataclass(frozen=True)
class IdsLock:
    """What a file of IRIs holds.

    Attributes:
        entries: Path of an IRI → the mitigation that has it.
    """

    entries: Mapping[str, LockedId] = field(default_factory=dict)

    @cached_property
    def kept(self) -> dict[str, str]:
        """The path that a name gives → the one that was kept."""
        return {one.minted: one.key for one in self.entries.values() if one.minted and not one.is_removed}

    @property
    def removed(self) -> list[LockedId]:
        """What is gone, sorted."""
        return [one for _, one in sorted(self.entries.items()) if one.is_removed]

    def keep(self, present: Iterable[LockedId]) -> dict[str, str]:
        """Find which mitigations of a build keep an earlier IRI.

        Args:
            present: All that the build found; *minted* counts.

        Returns:
            The path that a name gives → the one to use, where they differ.
        """
        named = {one.minted_key: one for one in present}
        sure = {key for key, one in named.items() if (old := self.entries.get(key)) and _is_same(old, one)}
        gone = {key: one for key, one in self.entries.items() if key not in sure}
        come = {key: one for key, one in named.items() if key not in sure}
        marks = {name: tuple({key: getattr(one, name) for key, one in side.items()} for side in (gone, come)) for name in _MARKS}
        found = {new: old for old, (new, _) in match_things({name: (one, other) for name, (one, other) in marks.items()}).items()}
        taken = set(found.values())
        for key in come.keys() - found.keys():
            # The name is that of another mitigation, which has kept its IRI under a new name.
            if key in taken:
                found[key] = f"{key}-{_digest_marks(come[key])}"
        return {new: old for new, old in sorted(found.items()) if new != old}

    def renew(self, present: Iterable[LockedId]) -> "IdsLock":
        """Make the lock of a build: what it found, and what is gone with what replaces it."""
        found = {one.key: one for one in present}
        holders = _list_holders(found.values())
        gone = (one for key, one in self.entries.items() if key not in found)
        entries = found | {one.key: replace(one, minted="", is_removed=True, replaced_by=_find_heirs(one, found, holders)) for one in gone}
        return IdsLock(dict(sorted(entries.items())))

    def write(self) -> Iterator[str]:
        """Write the file, line by line."""
        yield from (f"{line}\n" for line in _HEAD)
        for _, one in sorted(self.entries.items()):
            lists = (" ".join(sorted(quote(mark, safe="/:") for mark in getattr(one, name))) for name in _MARKS)
            name = " ".join(one.name.split())
            cells = (one.key, name, one.minted, *lists, _REMOVED if one.is_removed else "", " ".join(one.replaced_by))
            yield "\t".join(cells) + "\n"


def _is_same(old: LockedId, new: LockedId) -> bool:
    """Whether what has the name of an earlier mitigation is that one: nothing else may tell."""
    return old.shares_mark(new) or not (old.has_marks and new.has_marks)


def _digest_marks(one: LockedId) -> str:
    marks = next((sorted(getattr(one, name)) for name in _MARKS if getattr(one, name)), [one.name])
    return hashlib.sha256("\0".join(marks).encode()).hexdigest()[:8]


def _list_holders(found: Iterable[LockedId]) -> dict[tuple[str, str], list[str]]:
    holders: dict[tuple[str, str], list[str]] = {}
    for one in found:
        for name in _MARKS:
            for mark in getattr(one, name):
                holders.setdefault((name, mark), []).append(one.key)
    return holders


def _find_heirs(gone: LockedId, found: Mapping[str, LockedId], holders: Mapping[tuple[str, str], list[str]]) -> tuple[str, ...]:
    """Find what replaces a mitigation: what a person wrote, else those that hold half of its
    marks.
    """
    if gone.replaced_by:
        return gone.replaced_by
    for name in _MARKS:
        marks = getattr(gone, name)
        keys = {key for mark in marks for key in holders.get((name, mark), ())}
        if heirs := sorted(key for key in keys if 2 * len(getattr(found[key], name) & marks) >= len(marks)):
            return tuple(heirs)
    return ()


def digest_text(text: str) -> str:
    """Name a text, whatever its white space, by 16 hex digits of its SHA-256."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]


def list_changes(old: IdsLock, new: IdsLock) -> list[str]:
    """Say what a build changes in a lock, a line for each mitigation."""
    found = []
    for key in sorted(old.entries.keys() | new.entries.keys()):
        before, after = old.entries.get(key), new.entries.get(key)
        if before == after or after is None:
            continue
        if before is None:
            found.append(f"{key}: new")
        elif after.is_removed != before.is_removed:
            instead = f", replaced by {' and '.join(after.replaced_by)}" if after.replaced_by else ""
            found.append(f"{key}: {'removed' + instead if after.is_removed else 'found again'}")
        elif after.minted != before.minted:
            found.append(f"{key}: kept, though its name now gives {after.minted_key}")
        else:
            found.append(f"{key}: name, identifiers, evidence or texts changed")
    return found


def read_ids_lock(text: str, *, file: str) -> IdsLock:
    r"""Read a file of IRIs.

    Args:
        text: What the file holds.
        file: Its name, for messages.

    Raises:
        InputError: It is damaged, or holds both sides of a merge; the message names the line.

    >>> lock = IdsLock({"mitigation/a/b": LockedId("mitigation/a/b", "B", evidence=frozenset({"0f/l1-l2"}))})
    >>> read_ids_lock("".join(lock.write()), file="ids.lock") == lock
    True
    """  # noqa: W505
    lines = text.removesuffix("\n").split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith(_CONFLICT):
            what = "both sides of a merge stand here"
            raise InputError(
                what, file=file, line=number, remedy="keep the lines of both sides, without the marks between, and build again"
            )
    for number, (expected, line) in enumerate(zip(_HEAD, [*lines, "", ""], strict=False), 1):
        if line != expected:
            raise InputError(f"the line is not {expected!r}", file=file, line=number, remedy="this is no ids.lock, or not of this format")
    seen: dict[str, int] = {}
    entries = {}
    for number, line in enumerate(lines[len(_HEAD) :], len(_HEAD) + 1):
        one = _read_line(line, file=file, line=number)
        if one.key in seen:
            raise InputError(f"{one.key} stands in line {seen[one.key]}, too", file=file, line=number, remedy="keep one of the lines")
        seen[one.key], entries[one.key] = number, one
    _check(entries, seen, file)
    return IdsLock(dict(sorted(entries.items())))


def _read_line(text: str, *, file: str, line: int) -> LockedId:
    cells = text.split("\t")
    if len(cells) != len(_COLUMNS):
        what = f"the line has {len(cells)} columns and not {len(_COLUMNS)}"
        raise InputError(what, file=file, line=line, remedy=_AGAIN)
    key, name, minted, identifiers, evidence, texts, state, heirs = cells
    for path in (key, *([minted] if minted else []), *heirs.split()):
        if not _KEY.fullmatch(path):
            raise InputError(f"{path!r} is not mitigation/<source>/<name>", file=file, line=line, remedy=_AGAIN)
    if state not in {"", _REMOVED}:
        raise InputError(f"the state is {state!r}", file=file, line=line, remedy=f"leave it empty, or write {_REMOVED}")
    if heirs and not state:
        raise InputError(f"{key} is replaced and not {_REMOVED}", file=file, line=line, remedy=f"write {_REMOVED} as its state")
    one, two, three = (frozenset(map(unquote, cell.split())) for cell in (identifiers, evidence, texts))
    return LockedId(key, name, minted, one, two, three, bool(state), tuple(sorted(heirs.split())))


def _check(entries: Mapping[str, LockedId], lines: Mapping[str, int], file: str) -> None:
    """Hold what a line says of others against them."""
    minted: dict[str, str] = {}
    for one in entries.values():
        if one.minted and minted.setdefault(one.minted, one.key) != one.key:
            what = f"the name of {one.key} gives {one.minted}, as does that of {minted[one.minted]}"
            raise InputError(what, file=file, line=lines[one.key], remedy=_AGAIN)
        for heir in one.replaced_by:
            if heir not in entries:
                raise InputError(f"{heir} has no line", file=file, line=lines[one.key], remedy="name a mitigation that has one")
        if _returns(one.key, entries):
            raise InputError(f"{one.key} is replaced by itself in the end", file=file, line=lines[one.key], remedy="name what is there")


def _returns(key: str, entries: Mapping[str, LockedId]) -> bool:
    seen: set[str] = set()
    ahead = list(entries[key].replaced_by)
    while ahead:
        one = ahead.pop()
        if one == key:
            return True
        if one not in seen and one in entries:
            seen.add(one)
            ahead += entries[one].replaced_by
    return False
