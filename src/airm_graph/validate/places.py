"""Where in the captures a node of the graph stands, found from the rows alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from airm_graph.graph.store import Row
from airm_graph.model import Place
from airm_graph.namespaces import BASE, rebase_text, term
from airm_graph.validate.terms import literal_text

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["find_every_place", "find_places", "select_place_rows"]

_PROPERTIES = ("capture", "capturedText", "column", "evidence", "fileName", "firstLine", "lastLine", "line", "repair", "row")


def find_places(rows: Iterable[Row], *, focus: Collection[str], base: str = BASE) -> dict[str, Place]:
    """Find the place of each focus node: its first evidence by file and line.

    Args:
        rows: Asserted statements; read once.
        focus: Nodes as N-Triples terms. A capture has a file and no line; a repair has its own line; a node without
            evidence gets the file of the first capture whose graph states something of it.
        base: What the IRIs of the project begin with.

    Returns:
        Places by node; concepts, schemes and whatever else no capture states are left out.
    """
    return {node: places[0] for node, places in find_every_place(rows, focus=focus, base=base).items()}


def find_every_place(rows: Iterable[Row], *, focus: Collection[str], base: str = BASE) -> dict[str, list[Place]]:
    """Find all places of each focus node, sorted; takes and leaves out what `find_places` does."""
    index = _Index(rows, focus=frozenset(focus), base=base)
    found = ((node, sorted(index.places(node), key=_sort_key)) for node in focus)
    return {node: places for node, places in found if places}


def select_place_rows(table: "TripleTable", *, focus: Collection[str], base: str = BASE) -> list[Row]:
    """Read from a table the rows that `find_places` needs for these focus nodes: few, where findings are few."""
    names = {name: rebase_text(term(f"airm:{name}"), base) for name in _PROPERTIES}
    ids = table.find_ids(names.values())
    leads, every = (_listed(ids.get(names[name], -1) for name in some) for some in (("evidence", "capture"), _PROPERTIES))
    table.materialise("place_focus", f"SELECT id FROM terms WHERE id IN ({_listed(table.find_ids(focus).values())})")
    start = "SELECT id FROM place_focus"
    repaired = f"SELECT s AS id FROM quads WHERE p = {ids.get(names['repair'], -1)} AND o IN ({start})"
    reached = f"{start} UNION {repaired} UNION SELECT g AS id FROM quads WHERE s IN ({start})"
    for _ in range(2):
        # From a node to its evidence, from there to its capture.
        reached += f" UNION SELECT q.o AS id FROM quads AS q JOIN ({reached}) AS r ON r.id = q.s WHERE q.p IN ({leads})"
    table.materialise("place_nodes", reached)
    wanted = f"SELECT s, p, o, g FROM quads WHERE s IN (SELECT id FROM place_nodes) AND (p IN ({every}) OR s IN ({start}))"
    found = table.rows(wanted)
    table.drop("place_focus", "place_nodes")
    return found


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(ids))) or "-1"


def _sort_key(place: Place) -> tuple[object, ...]:
    # A row before its cells: a cell may belong to another row that names this one.
    return place.file, bool(place.column), place.first_line or 0, place.last_line or 0, place.row or 0, place.column, place.text


class _Index:
    """The values of the properties that lead to a place, by subject, from one pass over the rows."""

    def __init__(self, rows: Iterable[Row], *, focus: frozenset[str], base: str) -> None:
        self._values: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in _PROPERTIES}
        self._repaired: dict[str, list[str]] = defaultdict(list)
        self._graphs: dict[str, set[str]] = defaultdict(set)
        by_property = {rebase_text(term(f"airm:{name}"), base): self._values[name] for name in _PROPERTIES}
        repair = rebase_text(term("airm:repair"), base)
        for subject, predicate, value, graph in rows:
            values = by_property.get(predicate)
            if values is not None:
                values[subject].append(value)
            if predicate == repair:
                self._repaired[value].append(subject)
            if subject in focus:
                self._graphs[subject].add(graph)

    def places(self, node: str) -> list[Place]:
        """Every place of a node: from its evidence, or else from the graphs that speak of it."""
        if file := self._file(node):
            return [Place(file)]
        if node in self._repaired:
            return [place for evidence in self._repaired[node] for place in self._repair_places(node, evidence=evidence)]
        evidence = [node] if self._of("capture", node) else self._of("evidence", node)
        places = [place for one in evidence for place in self._evidence_places(one)]
        return places or [Place(file) for graph in self._graphs.get(node, ()) if (file := self._file(graph))]

    def _of(self, name: str, node: str) -> list[str]:
        return self._values[name].get(node, [])

    def _file(self, capture: str) -> str:
        return min(_texts(self._of("fileName", capture)), default="")

    def _evidence_places(self, evidence: str) -> Iterator[Place]:
        first, last, row = (min(_numbers(self._of(name, evidence)), default=None) for name in ("firstLine", "lastLine", "row"))
        text, column = (min(_texts(self._of(name, evidence)), default="") for name in ("capturedText", "column"))
        for capture in self._of("capture", evidence):
            if file := self._file(capture):
                yield Place(file, first, last, text, row, column)

    def _repair_places(self, repair: str, *, evidence: str) -> Iterator[Place]:
        line = min(_numbers(self._of("line", repair)), default=None)
        for place in self._evidence_places(evidence):
            if line is None or place.row is not None:
                yield place
                continue
            lines = place.text.split("\n")
            offset = line - (place.first_line or line)
            yield Place(place.file, line, line, lines[offset] if 0 <= offset < len(lines) else "")


def _texts(terms: Iterable[str]) -> Iterator[str]:
    """The literals among *terms*; rows may be anything, so the rest is passed over."""
    return (literal_text(value) for value in terms if value.startswith('"'))


def _numbers(terms: Iterable[str]) -> Iterator[int]:
    return (int(text) for text in _texts(terms) if text.isascii() and text.isdigit())
