"""Draw the classes of an ontology: a box for each with its properties, and an arrow from each
property to the class of its values.

Classes stand in columns, by how many properties lead to them from the class that most properties
lead away from; those that none leads to stand in the last one. What stands in a
box links to the term; the table of terms says the same in words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airm_graph.namespaces import PREFIXES, term

if TYPE_CHECKING:
    from markupsafe import Markup

    from airm_graph.site.related import Term
    from airm_graph.site.render import Site

__all__ = ["draw_classes"]

_CLASS, _PROPERTIES = f"{PREFIXES['owl']}Class", tuple(f"{PREFIXES['owl']}{kind}" for kind in ("ObjectProperty", "DatatypeProperty"))
_DOMAIN, _RANGE, _ABOVE = (term(name)[1:-1] for name in ("rdfs:domain", "rdfs:range", "rdfs:subClassOf"))
_OPEN = "anything"
#: A box is as wide as the longest text in any, ``suggestedStatementKind: StatementKind``.
_WIDTH, _LINE, _HEAD, _GAP, _ACROSS = 282, 18, 26, 18, 90


@dataclass(frozen=True, slots=True)
class _Row:
    """Hold a line of a box: its text, the anchor it leads to, and the class that it points at."""

    text: str
    anchor: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class _Box:
    name: str
    anchor: str
    rows: tuple[_Row, ...]
    x: int
    y: int

    @property
    def height(self) -> int:
        return _HEAD + _LINE * len(self.rows) + 6


def draw_classes(terms: Sequence["Term"], site: "Site") -> "Markup | str":
    """Draw the classes among terms; empty where there are none."""
    from markupsafe import Markup

    classes = {one.iri: one for one in terms if _CLASS in one.types}
    if not classes:
        return ""
    # Some properties are those of classes that others define.
    names = [*classes, *(name for one in terms if _is_property(one) for name in _values(one, _DOMAIN)), _OPEN]
    rows = {name: list(_list_rows(name, terms, classes, site)) for name in names}
    boxes = _place({name: found for name, found in rows.items() if found or name in classes}, classes, site)
    width = max(box.x for box in boxes.values()) + _WIDTH + 30
    height = max(box.y + box.height for box in boxes.values()) + _GAP
    parts = [path for name, box in boxes.items() for path in _draw_arrows(name, box, boxes)]
    parts += [_draw_box(box) for box in boxes.values()]
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head = f'<svg class="classes" {size} role="group" aria-label="Diagram of the classes">'
    # What data brought to it was escaped.
    return Markup("\n".join([head, *parts, "</svg>"]))  # noqa: S704


def _list_rows(name: str, terms: Iterable["Term"], classes: Mapping[str, "Term"], site: "Site") -> Iterator[_Row]:
    if name in classes:
        for above in _values(classes[name], _ABOVE):
            yield _Row(f"is a {_name(above, site)}", "", above if above in classes else "")
    for one in terms:
        if _is_property(one) and name in (_values(one, _DOMAIN) or (_OPEN,)):
            ranges = _values(one, _RANGE)
            text = f"{one.iri.rpartition('#')[2]}: {' and '.join(_name(found, site) for found in ranges) or _OPEN}"
            yield _Row(text, one.anchor, next((found for found in ranges if found in classes), ""))


def _is_property(one: "Term") -> bool:
    return any(kind in one.types for kind in _PROPERTIES)


def _values(one: "Term", predicate: str) -> tuple[str, ...]:
    return tuple(value[1:-1] for name, value in one.statements if name == predicate and value.startswith("<"))


def _name(iri: str, site: "Site") -> str:
    return site.shorten(iri).removeprefix("airm:")


def _place(rows: Mapping[str, Sequence[_Row]], classes: Mapping[str, "Term"], site: "Site") -> dict[str, _Box]:
    """Put boxes in columns."""
    first = max(sorted(rows), key=lambda name: sum(row.target not in ("", name) for row in rows[name]))
    levels, waiting = {first: 0}, [first]
    while waiting:
        name = waiting.pop(0)
        for target in (row.target for row in rows[name] if row.target and row.target not in levels):
            levels[target] = levels[name] + 1
            waiting.append(target)
    found, down, last = dict[str, _Box](), dict[int, int](), max(levels.values()) + 1
    for name in sorted(rows, key=lambda name: (name == _OPEN, name)):
        level = levels.get(name, last)
        one = classes.get(name)
        box = _Box(
            name if name == _OPEN else _name(name, site),
            one.anchor if one else "",
            tuple(rows[name]),
            30 + level * (_WIDTH + _ACROSS),
            down.get(level, _GAP),
        )
        down[level] = box.y + box.height + _GAP
        found[name] = box
    return found


def _draw_arrows(name: str, box: _Box, boxes: Mapping[str, _Box]) -> Iterator[str]:
    for number, row in enumerate(box.rows):
        target = boxes.get(row.target)
        if target is None or row.target == name:
            continue
        y, end = box.y + _HEAD + _LINE * number + _LINE // 2, target.y + _HEAD // 2
        is_right, is_beside = target.x > box.x, target.x == box.x
        start_x = box.x + _WIDTH if is_right else box.x
        end_x = target.x if is_right or is_beside else target.x + _WIDTH
        bend = 50 if is_right else -50
        back = -25 if is_beside else -bend
        tip = 7 if is_right or is_beside else -7
        line = f"M{start_x} {y}C{start_x + (bend if not is_beside else -25)} {y} {end_x + back} {end} {end_x} {end}"
        yield f'<path d="{line}"></path><path class="tip" d="M{end_x} {end}l{-tip} -4v8z"></path>'


def _draw_box(box: _Box) -> str:
    from markupsafe import escape

    def write(text: str, anchor: str, y: int, kind: str) -> str:
        label = f'<text x="{box.x + 10}" y="{y}"{kind}>{escape(text)}</text>'
        return f'<a href="#{escape(anchor)}">{label}</a>' if anchor else label

    lines = [write(box.name, box.anchor, box.y + 18, ' class="name"')]
    lines += [write(row.text, row.anchor, box.y + _HEAD + _LINE * number + 13, "") for number, row in enumerate(box.rows)]
    return f'<rect x="{box.x}" y="{box.y}" width="{_WIDTH}" height="{box.height}" rx="6"></rect>\n{"".join(lines)}'
