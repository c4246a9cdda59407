"""Keep the statements of a graph by subject, object and named graph, to describe every resource in
one pass.
"""

from collections.abc import Iterable, Iterator
from sys import intern

from airm_graph.terms import Quad

__all__ = ["IndexedRows"]


class IndexedRows:
    """Finds statements as `Store` does, from dictionaries: a lookup takes a microsecond."""

    def __init__(self, rows: Iterable[Quad]) -> None:
        """Take quads; a statement that stands in several graphs is found once."""
        self._subjects: dict[str, dict[Quad, None]] = {}
        self._objects: dict[str, list[Quad]] = {}
        self._graphs: dict[str, list[Quad]] = {}
        self._stated_in: dict[str, set[str]] = {}
        for s, p, o, g in rows:
            row = (intern(s), intern(p), intern(o), "")
            about = self._subjects.setdefault(row[0], {})
            if row not in about:
                about[row] = None
                if o.startswith("<"):
                    self._objects.setdefault(row[2], []).append(row)
            if g:
                self._graphs.setdefault(g, []).append(row)
                self._stated_in.setdefault(row[0], set()).add(g)
        self._names_of_graphs = tuple(sorted(graph[1:-1] for graph in self._graphs))

    def find_rows(self, *, subject: str | None = None, object: str | None = None, graph: str | None = None) -> Iterator[Quad]:  # noqa: A002
        """Find statements by one of subject, object and graph, an IRI without brackets."""
        if graph is not None:
            return iter(self._graphs.get(f"<{graph}>", ()))
        if subject is not None:
            return iter(self._subjects.get(f"<{subject}>", ()))
        return iter(self._objects.get(f"<{object}>", ()))

    def find_graphs(self, subject: str) -> tuple[str, ...]:
        """Return the named graphs with statements about a subject, without brackets, sorted."""
        return tuple(sorted(graph[1:-1] for graph in self._stated_in.get(f"<{subject}>", ())))

    def list_graphs(self) -> tuple[str, ...]:
        """Return the named graphs, without brackets, sorted."""
        return self._names_of_graphs

    def list_iris(self) -> set[str]:
        """List the IRIs that are subject, object or named graph, without brackets."""
        found = {name[1:-1] for name in self._subjects if name.startswith("<")}
        return found | {name[1:-1] for name in (*self._objects, *self._graphs)}
