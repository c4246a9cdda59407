"""Which nodes habits of the project are for: its own, not those of other people's vocabularies."""

from collections.abc import Collection, Iterable

from airm_graph.frozen import frozen
from airm_graph.graph import IRI, TripleTable, quote
from airm_graph.namespaces import BASE, PREFIXES, rebase_text, term
from airm_graph.validate.results import Result

__all__ = ["OwnNodes"]

#: Below the base stand schemes of others, too, as tables name them.
_OF_OTHERS = "scheme/"


@frozen
class OwnNodes:
    """The nodes that some shapes are for: IRIs below the base, without the schemes of others, and
    instances of classes of the project.

    Attributes:
        habits: Those shapes, as terms; the others are for every node.
        base: What the IRIs of the project begin with.
    """

    habits: frozenset[str] = frozenset()
    base: str = BASE

    def select(self, table: TripleTable) -> str:
        """Write SQL for the ids of own nodes."""
        return f"SELECT d.id FROM terms AS d WHERE {self._below()} UNION {self._select_instances(table)}"

    def count(self, table: TripleTable, *, targets: Collection[int]) -> dict[int, int]:
        """Count own nodes among the focus nodes of each of some targets."""
        if not targets:
            return {}
        asked = f"FROM focus AS f JOIN terms AS d ON d.id = f.node WHERE f.target IN ({', '.join(map(str, sorted(targets)))})"
        is_below = f"CASE WHEN {self._below()} THEN 1 ELSE 0 END"
        counts, left = dict[int, int](), False
        for target, below, count in table.execute(f"SELECT f.target, {is_below} AS below, COUNT(*) {asked} GROUP BY f.target, {is_below}"):
            counts[target] = counts.get(target, 0) + below * count
            left = left or not below
        if left:  # they may be instances
            others = f"{asked} AND NOT ({self._below()}) AND f.node IN ({self._select_instances(table)}) GROUP BY f.target"
            for target, count in table.execute(f"SELECT f.target, COUNT(*) {others}"):
                counts[target] += count
        return counts

    def _below(self) -> str:
        """Write an SQL condition on a row d of ``terms``: an IRI below the base."""
        return (
            f"d.kind = {IRI} AND starts_with(d.lexical, {quote(self.base)}) AND NOT starts_with(d.lexical, {quote(self.base + _OF_OTHERS)})"
        )

    def _select_instances(self, table: TripleTable) -> str:
        """Write SQL for the ids of instances of classes of the project."""
        vocabulary = rebase_text(PREFIXES["airm"], self.base)
        kind = table.find_ids([term("rdf:type")]).get(term("rdf:type"), -1)
        classes = f"SELECT id FROM terms WHERE kind = {IRI} AND starts_with(lexical, {quote(vocabulary)})"
        return f"SELECT s AS id FROM quads WHERE p = {kind} AND o IN ({classes})"

    def _is_below(self, node: str) -> bool:
        return node.startswith(f"<{self.base}") and not node.startswith(f"<{self.base}{_OF_OTHERS}")

    def keep(self, results: Iterable[Result], *, table: TripleTable) -> list[Result]:
        """Keep the results that shapes found on the nodes they are for."""
        every = list(results)
        doubtful = {result.focus for result in every if result.shape in self.habits and not self._is_below(result.focus)}
        if not doubtful:
            return every
        ids = table.find_ids(doubtful)
        numbers = ", ".join(str(number) for number in sorted(ids.values())) or "-1"
        own = {number for (number,) in table.execute(f"SELECT id FROM ({self.select(table)}) AS own WHERE id IN ({numbers})")}
        foreign = {node for node in doubtful if ids.get(node) not in own}
        return [result for result in every if result.shape not in self.habits or result.focus not in foreign]
