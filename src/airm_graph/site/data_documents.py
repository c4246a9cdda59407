"""Write the data beside pages: each subject once in each format, files put together from these.

A subject stands in the file of its own page, in that of the resource that it belongs to, and with
its label alone in those of all that link to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from airm_graph.errors import ExportError
from airm_graph.export import Options
from airm_graph.export.order import Order
from airm_graph.export.quad_sources import StatementOrder
from airm_graph.export.term_writers import canonical_term
from airm_graph.export.turtle import TurtleBlocks, write_turtle_head
from airm_graph.graph.reading_order import SubjectGroup
from airm_graph.key_cache import Cache
from airm_graph.serve.graph_writer import write_graph
from airm_graph.site.embedded_jsonld import JOIN, embed_rows, write_node
from airm_graph.site.folder_addresses import DATA_SUFFIXES
from airm_graph.terms import Quad

__all__ = ["DataDocuments"]

#: Subjects that are kept as they were written; about 3 KB each.
_MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class _Block:
    """Hold a subject in each format; *key* says where it stands in Turtle, *name* is its IRI."""

    name: str
    key: tuple[str, str, str]
    turtle: str
    prefixes: frozenset[str]
    node: str
    lines: str


class DataDocuments:
    """Writes documents of statements in the formats of `DATA_SUFFIXES`."""

    def __init__(self, options: Options) -> None:
        """Take comment and prefixes."""
        self._options, self._order = options, Order(options.prefixes)
        self._statements, self._turtle = StatementOrder(self._order), TurtleBlocks(options.prefixes)
        self._blocks = Cache(self._make_block, most=_MOST_KEPT)
        self._heads: dict[frozenset[str], str] = {}

    def write(self, rows: Sequence[Quad]) -> Mapping[str, bytes]:
        """Write sorted statements without graphs, by suffix: the bytes that a server sends."""
        if not any(row[0][0] == "_" or row[2][0] == "_" for row in rows):
            try:
                return self._join([self._blocks[tuple(about)] for _, about in groupby(rows, itemgetter(0))])
            except ExportError:
                pass
        ttl, nt = (write_graph(rows, media_type=DATA_SUFFIXES[suffix], options=self._options) for suffix in ("ttl", "nt"))
        return {"ttl": ttl, "jsonld": embed_rows(rows), "nt": nt}

    def _join(self, blocks: Sequence[_Block]) -> Mapping[str, bytes]:
        used = frozenset().union(*[block.prefixes for block in blocks])
        if used not in self._heads:
            head = write_turtle_head(self._options.prefixes, used=used, comment=self._options.comment, filled=True)
            self._heads[used] = head
        turtle = "\n".join([block.turtle for block in sorted(blocks, key=lambda block: block.key)])
        return {
            "ttl": (self._heads[used] + turtle).encode(),
            "jsonld": f"[{JOIN.join([block.node for block in sorted(blocks, key=lambda block: block.name)])}]\n".encode(),
            "nt": "".join([block.lines for block in blocks]).encode(),
        }

    def _make_block(self, rows: tuple[Quad, ...]) -> _Block:
        subject = _check(rows[0][0])
        statements = [(_check(p), canonical_term(o)) for _, p, o, _ in rows]
        pattern, values = self._statements.arrange(statements)
        group = SubjectGroup(pattern, [0], [subject], values)
        (turtle,) = self._turtle.render(group, self._order)
        return _Block(
            name=rows[0][0][1:-1],
            key=self._statements.order_subject(subject, pattern, values),
            turtle=turtle,
            prefixes=frozenset(self._turtle.find_prefixes(group)),
            node=write_node(rows[0][0][1:-1], [(p[1:-1], o) for _, p, o, _ in rows]),
            lines="".join([f"{subject} {p} {o} .\n" for p, o in sorted(set(statements))]),
        )


def _check(term: str) -> str:
    """Write an IRI in the canonical way."""
    if term[0] != "<":
        raise ExportError(f"{term!a} stands where an IRI must")
    return canonical_term(term)
