"""Property paths to SQL: relations of focus and value, for all focus nodes at once."""

import re
from collections.abc import Iterable, Mapping

from airm_graph.validate.compile.shapes_graph import Alternative, Inverse, Path, Predicate, Repeat, Sequence

__all__ = ["Relations", "find_values", "path_predicates"]


_NAME = re.compile(r"(?<![\w'])r[0-9]+\b")


class Relations:
    """The relations of one SQL statement, each written once.

    They are named r1, r2, … in the order in which they are first needed.
    """

    def __init__(self, *, ids: Mapping[str, int]) -> None:
        """Start without relations; *ids* gives the numbers of constant terms."""
        self.ids = ids
        self._names: dict[str, str] = {}
        self._recursive = False

    def name(self, sql: str, *, recursive: bool = False) -> str:
        """Name a relation; equal SQL has equal names. A recursive one calls itself ``«self»``."""
        if sql not in self._names:
            self._names[sql] = f"r{len(self._names) + 1}"
            self._recursive |= recursive
        return self._names[sql]

    def write(self, select: str) -> str:
        """Put the relations in front of a SELECT."""
        wanted, known = _NAME.findall(select), {name: sql for sql, name in self._names.items()}
        for name in wanted:  # grows while it is walked
            wanted += _NAME.findall(known.pop(name, ""))
        relations = ",\n".join(f"{name} AS ({sql.replace('«self»', name)})" for sql, name in self._names.items() if name not in known)
        return f"WITH {'RECURSIVE ' if self._recursive else ''}{relations}\n{select}" if relations else select


def path_predicates(path: Path) -> set[str]:
    """Find the predicates that a path walks."""
    match path:
        case Predicate(iri):
            return {iri}
        case Inverse(inner) | Repeat(inner):
            return path_predicates(inner)
        case Sequence(paths) | Alternative(paths):
            return {iri for inner in paths for iri in path_predicates(inner)}


def find_values(path: Path | None, *, focus: str, relations: Relations) -> str:
    """Name the relation (focus, value) of the nodes that a path reaches, each pair once.

    It starts from the nodes of the relation *focus* (column node).

    Source:
        SHACL, 2.3.1, property paths; a node shape has its focus node as its only value node.
    """
    match path:
        case None:
            sql = f"SELECT node AS focus, node AS value FROM {focus}"
        case Predicate(iri):
            sql = f"SELECT f.node AS focus, t.o AS value FROM {focus} AS f JOIN spo AS t ON t.s = f.node AND t.p = {relations.ids[iri]}"
        case Inverse(Predicate(iri)):
            sql = f"SELECT f.node AS focus, t.s AS value FROM {focus} AS f JOIN spo AS t ON t.o = f.node AND t.p = {relations.ids[iri]}"
        case _:
            start = relations.name(f"SELECT node AS focus, node AS value FROM {focus}")
            path = _turn(path.path) if isinstance(path, Inverse) else path
            return _walk(path, start=start, relations=relations)
    return relations.name(sql)


def _walk(path: Path, *, start: str, relations: Relations) -> str:
    """From a relation (focus, value), go on along a path; each pair once."""
    match path:
        case Sequence(paths):
            for step in paths:
                start = _walk(step, start=start, relations=relations)
            return start
        case Alternative(paths):
            return _union((_walk(step, start=start, relations=relations) for step in paths), relations=relations)
        case Repeat(inner, least, many):
            if not many:
                return _union((start, _walk(inner, start=start, relations=relations)), relations=relations)
            first = _walk(inner, start=start, relations=relations) if least else start
            return _repeat(inner, first=first, relations=relations)
        case _:
            return _join(start, _edges(path, relations=relations), relations=relations)


def _edges(path: Path, *, relations: Relations) -> str:
    """Name the relation of all pairs of nodes that a path connects, wherever it starts."""
    match path:
        case Predicate(iri):
            return relations.name(f"SELECT s AS focus, o AS value FROM spo WHERE p = {relations.ids[iri]}")
        case Inverse(Predicate(iri)):
            return relations.name(f"SELECT o AS focus, s AS value FROM spo WHERE p = {relations.ids[iri]}")
        case Inverse(inner):
            return _edges(_turn(inner), relations=relations)
        case Sequence(paths):
            first, *rest = (_edges(step, relations=relations) for step in paths)
            for step in rest:
                first = _join(first, step, relations=relations)
            return first
        case Alternative(paths):
            return _union((_edges(step, relations=relations) for step in paths), relations=relations)
        case Repeat(inner, least, many):
            once = _edges(inner, relations=relations)
            # A path of length zero connects every node with itself.
            first = once if least else relations.name("SELECT id AS focus, id AS value FROM terms")
            return _repeat(inner, first=first, relations=relations) if many else _union((first, once), relations=relations)


def _turn(path: Path) -> Path:
    """Turn a path around, with the inverse moved down to the predicates."""
    match path:
        case Predicate():
            return Inverse(path)
        case Inverse(inner):
            return inner
        case Sequence(paths):
            return Sequence(tuple(_turn(step) for step in reversed(paths)))
        case Alternative(paths):
            return Alternative(tuple(_turn(step) for step in paths))
        case Repeat(inner, least, many):
            return Repeat(_turn(inner), least=least, many=many)


def _join(first: str, second: str, *, relations: Relations) -> str:
    return relations.name(f"SELECT DISTINCT a.focus, b.value FROM {first} AS a JOIN {second} AS b ON b.focus = a.value")


def _union(names: Iterable[str], *, relations: Relations) -> str:
    return relations.name(" UNION ".join(f"SELECT focus, value FROM {name}" for name in names))


def _repeat(path: Path, *, first: str, relations: Relations) -> str:
    """Go on along *path* from the relation *first* until nothing new is reached."""
    edges = _edges(path, relations=relations)
    return relations.name(
        f"SELECT focus, value FROM {first} UNION SELECT w.focus, e.value FROM «self» AS w JOIN {edges} AS e ON e.focus = w.value",
        recursive=True,
    )
