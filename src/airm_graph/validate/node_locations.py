"""Where in the captures a node of the graph stands, found from the graph alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from airm_graph.model import Location
from airm_graph.namespaces import BASE, rebase_text, term
from airm_graph.terms import Quad, read_literal

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["find_locations"]

_PROPERTIES = ("capture", "capturedText", "column", "evidence", "fileName", "firstLine", "lastLine", "line", "repair", "row")


def find_locations(table: "TripleTable", *, nodes: Collection[str], base: str = BASE) -> dict[str, tuple[Location, ...]]:
    """Find every location of nodes, sorted: that of their evidence, by file and line.

    Args:
        table: Asserted statements; read are those alone that lead from the nodes to files and
            lines.
        nodes: N-Triples terms. A capture has a file and no line; a repair has its own line; a node
            without evidence gets the files of the captures whose graphs state something of it.
        base: What the IRIs of the project begin with.

    Returns:
        Locations by node; concepts, schemes and whatever else no capture states are left out.
    """
    if not nodes:
        return {}
    names = {name: rebase_text(term(f"airm:{name}"), base) for name in _PROPERTIES}
    index = _Index(_select_rows(table, nodes=nodes, names=names), nodes=frozenset(nodes), names=names)
    found = ((node, tuple(sorted(index.locations(node), key=_sort_key))) for node in sorted(nodes))
    return {node: locations for node, locations in found if locations}


def _select_rows(table: "TripleTable", *, nodes: Collection[str], names: dict[str, str]) -> list[Quad]:
    """Read the rows that lead from nodes to their locations: few, where the nodes are few."""
    ids = table.find_ids(names.values())
    leads, every = (", ".join(str(ids.get(names[name], -1)) for name in some) for some in (("evidence", "capture"), _PROPERTIES))
    table.load_numbers("located", sorted(table.find_ids(nodes).values()))
    start, step = (
        "SELECT number AS id FROM located",
        f"SELECT q.o AS id FROM quads AS q JOIN {{}} AS r ON r.id = q.s WHERE q.p IN ({leads})",
    )
    repaired = f"SELECT s AS id FROM quads WHERE p = {ids.get(names['repair'], -1)} AND o IN ({start})"
    # From a node to its evidence, from there to its capture.
    reached = (
        f"WITH direct AS ({start} UNION {repaired} UNION SELECT g AS id FROM quads WHERE s IN ({start})), "
        f"evident AS (SELECT id FROM direct UNION {step.format('direct')}) SELECT id FROM evident UNION {step.format('evident')}"
    )
    table.materialise("reached_nodes", reached)
    found = table.rows(f"SELECT s, p, o, g FROM quads WHERE s IN (SELECT id FROM reached_nodes) AND (p IN ({every}) OR s IN ({start}))")
    table.drop("located", "reached_nodes")
    return found


def _sort_key(location: Location) -> tuple[object, ...]:
    # A row before its cells: a cell may belong to another row that names this one.
    lines = location.first_line or 0, location.last_line or 0, location.row or 0
    return location.file, bool(location.column), *lines, location.column, location.text


class _Index:
    """The values of the properties that lead to a location, by subject."""

    def __init__(self, rows: Iterable[Quad], *, nodes: frozenset[str], names: dict[str, str]) -> None:
        self._values: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in _PROPERTIES}
        self._repaired: dict[str, list[str]] = defaultdict(list)
        self._graphs: dict[str, set[str]] = defaultdict(set)
        by_property = {names[name]: self._values[name] for name in _PROPERTIES}
        for subject, predicate, value, graph in rows:
            if predicate in by_property:
                by_property[predicate][subject].append(value)
            if predicate == names["repair"]:
                self._repaired[value].append(subject)
            if subject in nodes:
                self._graphs[subject].add(graph)

    def locations(self, node: str) -> list[Location]:
        """Find every location of a node: from its evidence, or from the graphs that speak of it."""
        if file := self._file(node):
            return [Location(file)]
        if node in self._repaired:
            return [location for evidence in self._repaired[node] for location in self._locate_repair(node, evidence=evidence)]
        evidence = [node] if self._of("capture", node) else self._of("evidence", node)
        found = [location for one in evidence for location in self._locate_evidence(one)]
        return found or [Location(file) for graph in self._graphs.get(node, ()) if (file := self._file(graph))]

    def _of(self, name: str, node: str) -> list[str]:
        return self._values[name].get(node, [])

    def _file(self, capture: str) -> str:
        return min(_texts(self._of("fileName", capture)), default="")

    def _locate_evidence(self, evidence: str) -> Iterator[Location]:
        first, last, row = (min(_numbers(self._of(name, evidence)), default=None) for name in ("firstLine", "lastLine", "row"))
        text, column = (min(_texts(self._of(name, evidence)), default="") for name in ("capturedText", "column"))
        for capture in self._of("capture", evidence):
            if file := self._file(capture):
                yield Location(file, first, last, text, row, column)

    def _locate_repair(self, repair: str, *, evidence: str) -> Iterator[Location]:
        line = min(_numbers(self._of("line", repair)), default=None)
        for location in self._locate_evidence(evidence):
            if line is None or location.row is not None:
                yield location
                continue
            lines = location.text.split("\n")
            offset = line - (location.first_line or line)
            yield Location(location.file, line, line, lines[offset] if 0 <= offset < len(lines) else "")


def _texts(terms: Iterable[str]) -> Iterator[str]:
    """Read the literals among *terms*; rows may be anything, so the rest is passed over."""
    return (read_literal(value).text for value in terms if value.startswith('"'))


def _numbers(terms: Iterable[str]) -> Iterator[int]:
    return (int(text) for text in _texts(terms) if text.isascii() and text.isdigit())
