"""Blocks of statements as the writers write them, and what the head of a file knows of its blocks."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from airm_graph.export import EXPORTS, Options, sort_rows
from airm_graph.export.rdfxml import XmlBlocks
from airm_graph.export.streams import BlockFormat, write_streams
from airm_graph.export.turtle import TurtleBlocks
from airm_graph.store import Row

__all__ = ["BLOCKS", "Rendered", "Unclear", "make_forms", "make_head", "read_head", "render"]

#: Formats that are written in reading order.
BLOCKS = tuple(name for name, export in EXPORTS.items() if export.blocks)


class Unclear(Exception):  # noqa: N818 - no error: it is caught where a build from nothing begins
    """What a change does to the files cannot be told from the change alone."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Some subjects as they are written.

    Attributes:
        blocks: By the key that puts them in reading order, one for each format of `BLOCKS`.
        used: What the head of each of these files depends on: prefixes or namespaces.
    """

    blocks: dict[str, tuple[str, ...]]
    used: tuple[frozenset[str], ...]


def make_forms(options: Options) -> list[BlockFormat]:
    """What writes the formats of `BLOCKS`."""
    return [make(options) for name in BLOCKS if (make := EXPORTS[name].blocks)]


def render(rows: Iterable[Row], *, options: Options) -> Rendered:
    """Write the blocks of whole subjects.

    Raises:
        Unclear: A block looks otherwise when others are there.
    """
    forms = make_forms(options)
    found: dict[str, tuple[str, ...]] = {}

    def note(keys: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
        found.update(zip(keys, zip(*columns, strict=True), strict=True))

    write_streams(sort_rows(rows), lines=[], blocks=[(form, len) for form in forms], prefixes=options.prefixes, note=note)
    if any(isinstance(form, XmlBlocks) and form.has_marks for form in forms):
        raise Unclear("a property has no prefix")
    return Rendered(found, tuple(frozenset(_find_used(form)) for form in forms))


def make_head(form: BlockFormat, used: Iterable[str]) -> bytes:
    """Write the head of a file whose blocks use this."""
    _find_used(form).update(used)
    return form.head(filled=True).encode()


def read_head(form: BlockFormat, head: bytes) -> list[str]:
    """Read off the head of a file what its blocks use.

    Raises:
        Unclear: A namespace has no prefix of its own.
    """
    if isinstance(form, TurtleBlocks):
        return re.findall(r"^PREFIX ([^:\n]*):", head.decode(), re.MULTILINE)
    if not isinstance(form, XmlBlocks):
        return []
    found = dict(re.findall(r'xmlns:([^=\s]+)="([^"]*)"', head.decode()))
    if any(re.fullmatch("ns[0-9]+", prefix) for prefix in found):
        raise Unclear("a property has no prefix")
    return [html.unescape(space) for space in found.values()]


def _find_used(form: BlockFormat) -> set[str]:
    return form.used if isinstance(form, TurtleBlocks | XmlBlocks) else set()
