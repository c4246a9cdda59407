"""The shapes files, read and checked before any engine sees them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from airm_graph.errors import ResourceError, ShapesError, StoreError
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, PREFIXES, rebase_text
from airm_graph.resources import find_resource, read_resource
from airm_graph.terms import Quad, read_literal
from airm_graph.text import slugify

__all__ = ["DEFAULT_SHAPES", "read_every_shapes", "read_shapes"]

#: What data is judged by: what every consumer relies on, and what an editor would look at.
DEFAULT_SHAPES = ("core", "skos", "provenance", "editorial")

_QUERIES = frozenset(f"<{PREFIXES['sh']}{name}>" for name in ("ask", "construct", "select", "update"))
# SERVICE goes out to the network and FROM reads files, in rdflib's evaluator; \uXXXX is decoded before it looks.
_OUTSIDE = re.compile(r"(?<![\w?$:])(?:SERVICE|FROM)(?![\w:])", re.IGNORECASE)
_CODE_POINT = re.compile(r"\\+(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")


@cache
def read_shapes(name: str, *, base: str = BASE) -> tuple[Quad, ...]:
    """Read one shapes file into rows.

    Args:
        name: A file of ``shapes/`` without its suffix, or a path that ends in ``.ttl``.
        base: What the IRIs of the project begin with, in shapes and data.

    Raises:
        ShapesError: No such file, not Turtle, or a query in it reaches out of the data; the message
            names the file.

    >>> len(read_shapes("core")) > 100
    True
    """
    text = rebase_text(_read_text(name), base)
    try:
        rows = parse_rows(text.encode(), name=name, suffix=".ttl")
    except StoreError as error:
        raise ShapesError(f"shapes cannot be read: {error}") from error
    for _, predicate, value, _ in rows:
        if predicate in _QUERIES and value.startswith('"') and _reaches_out(read_literal(value).text):
            raise ShapesError(f"{name}: a query in it uses SERVICE or FROM, which is refused; let it ask the data only")
    return tuple(rows)


def read_every_shapes(names: Iterable[str], *, base: str = BASE) -> list[Quad]:
    """Read shapes files into quads.

    A shape without a name gets one by its file and its position there, the same whenever it is
    read.

    Raises:
        ShapesError: As for `read_shapes`.
    """
    found, stems = list[Quad](), Counter[str]()
    for name in names:
        stem = slugify(Path(name).stem) or "shapes"
        stems[stem] += 1
        found += _number_nodes(read_shapes(name, base=base), label=stem if stems[stem] == 1 else f"{stem}.{stems[stem]}")
    return found


def _number_nodes(rows: Iterable[Quad], *, label: str) -> Iterator[Quad]:
    """Name blank nodes by the order in which they are met."""
    numbers: dict[str, str] = {}

    def name(text: str) -> str:
        return numbers.setdefault(text, f"_:{label}-{len(numbers) + 1}") if text.startswith("_:") else text

    for s, p, o, g in rows:
        yield name(s), p, name(o), g


def _reaches_out(query: str) -> bool:
    return _OUTSIDE.search(_CODE_POINT.sub(_decode, query)) is not None


def _decode(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else ""


def _read_text(name: str) -> str:
    try:
        if name.endswith(".ttl"):
            return Path(name).read_text(encoding="utf-8-sig")
        return read_resource(f"shapes/{name}.ttl")
    except (OSError, UnicodeDecodeError, ResourceError) as error:
        raise ShapesError(f"{name}: no such shapes file; use {_known()}, or a path that ends in .ttl") from error


def _known() -> str:
    return ", ".join(sorted(path.stem for path in find_resource("shapes").glob("*.ttl")))
