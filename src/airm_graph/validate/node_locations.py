"""Where in the captures a node of the graph stands, found from the graph alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from airm_graph.graph import DEFAULT_GRAPH, LITERAL
from airm_graph.model import Location
from airm_graph.namespaces import BASE, rebase_text, term

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["find_locations"]

_PROPERTIES = ("capture", "capturedText", "column", "evidence", "fileName", "firstLine", "lastLine", "line", "repair", "row")
#: Subject, property, value and graph, as ids.
_Row = tuple[int, int, int, int]


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
    ids, named = table.find_ids(nodes), {name: rebase_text(term(f"airm:{name}"), base) for name in _PROPERTIES}
    known = table.find_ids(named.values())
    names = {name: known.get(text, -1) for name, text in named.items()}
    rows, texts = _select_rows(table, nodes=sorted(ids.values()), names=names)
    index = _Index(rows, texts=texts, nodes=frozenset(ids.values()), names=names)
    found = ((node, tuple(sorted(index.locations(ids[node]), key=_sort_key))) for node in sorted(ids))
    return {node: locations for node, locations in found if locations}


def _select_rows(table: "TripleTable", *, nodes: Sequence[int], names: Mapping[str, int]) -> tuple[list[_Row], dict[int, str]]:
    """Read the rows that lead from nodes to their locations, few where the nodes are few, and the
    texts of the literals in them.
    """
    leads, every = (", ".join(str(names[name]) for name in some) for some in (("evidence", "capture"), _PROPERTIES))
    table.load_numbers("located", nodes)
    start, step = (
        "SELECT number AS id FROM located",
        f"SELECT q.o AS id FROM quads AS q JOIN {{}} AS r ON r.id = q.s WHERE q.p IN ({leads})",
    )
    repaired = f"SELECT s AS id FROM quads WHERE p = {names['repair']} AND o IN ({start})"
    # From a node to its evidence, from there to its capture.
    reached = (
        f"WITH direct AS ({start} UNION {repaired} UNION SELECT g AS id FROM quads WHERE s IN ({start})), "
        f"evident AS (SELECT id FROM direct UNION {step.format('direct')}) SELECT id FROM evident UNION {step.format('evident')}"
    )
    table.materialise("reached_nodes", reached)
    told = f"p IN ({every}) OR (g <> {DEFAULT_GRAPH} AND s IN ({start}))"
    table.materialise("leading_quads", f"SELECT s, p, o, g FROM quads WHERE s IN (SELECT id FROM reached_nodes) AND ({told})")
    rows = table.execute("SELECT s, p, o, g FROM leading_quads")
    literals = f"SELECT id, lexical FROM terms WHERE kind = {LITERAL} AND id IN (SELECT o FROM leading_quads WHERE p IN ({every}))"
    texts = dict(table.execute(literals))
    table.drop("located", "reached_nodes", "leading_quads")
    return rows, texts


def _sort_key(location: Location) -> tuple[object, ...]:
    # A row before its cells: a cell may belong to another row that names this one.
    lines = location.first_line or 0, location.last_line or 0, location.row or 0
    return location.file, bool(location.column), *lines, location.column, location.text


class _Index:
    """The values of the properties that lead to a location, by subject; all nodes are ids."""

    def __init__(self, rows: Iterable[_Row], *, texts: Mapping[int, str], nodes: Collection[int], names: Mapping[str, int]) -> None:
        self._texts = texts
        self._values: dict[str, dict[int, list[int]]] = {name: defaultdict(list) for name in _PROPERTIES}
        self._repaired: dict[int, list[int]] = defaultdict(list)
        self._graphs: dict[int, set[int]] = defaultdict(set)
        self._located: dict[int, list[Location]] = {}
        by_property = {names[name]: self._values[name] for name in _PROPERTIES}
        repair = names["repair"]
        for subject, predicate, value, graph in rows:
            if predicate in by_property:
                by_property[predicate][subject].append(value)
            if predicate == repair:
                self._repaired[value].append(subject)
            if graph != DEFAULT_GRAPH and subject in nodes:
                self._graphs[subject].add(graph)

    def locations(self, node: int) -> list[Location]:
        """Find every location of a node: from its evidence, or from the graphs that speak of it."""
        if file := self._file(node):
            return [Location(file)]
        if node in self._repaired:
            return [location for evidence in self._repaired[node] for location in self._locate_repair(node, evidence=evidence)]
        evidence = [node] if self._of("capture", node) else self._of("evidence", node)
        found = [location for one in evidence for location in self._locate_evidence(one)]
        return found or [Location(file) for graph in self._graphs.get(node, ()) if (file := self._file(graph))]

    def _of(self, name: str, node: int) -> Sequence[int]:
        return self._values[name].get(node, ())

    def _text(self, name: str, node: int) -> str:
        """Return the least literal of a property; what is no literal is passed over."""
        return min((self._texts[value] for value in self._of(name, node) if value in self._texts), default="")

    def _number(self, name: str, node: int) -> int | None:
        texts = (self._texts.get(value, "") for value in self._of(name, node))
        return min((int(text) for text in texts if text.isascii() and text.isdigit()), default=None)

    def _file(self, capture: int) -> str:
        return self._text("fileName", capture)

    def _locate_evidence(self, evidence: int) -> list[Location]:
        if evidence not in self._located:
            first, last, row = (self._number(name, evidence) for name in ("firstLine", "lastLine", "row"))
            text, column = (self._text(name, evidence) for name in ("capturedText", "column"))
            files = filter(None, map(self._file, self._of("capture", evidence)))
            self._located[evidence] = [Location(file, first, last, text, row, column) for file in files]
        return self._located[evidence]

    def _locate_repair(self, repair: int, *, evidence: int) -> Iterator[Location]:
        line = self._number("line", repair)
        for location in self._locate_evidence(evidence):
            if line is None or location.row is not None:
                yield location
                continue
            lines = location.text.split("\n")
            offset = line - (location.first_line or line)
            yield Location(location.file, line, line, lines[offset] if 0 <= offset < len(lines) else "")
