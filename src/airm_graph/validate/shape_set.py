"""Shapes that a table is judged by, read and compiled as far as they are asked for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from airm_graph.terms import Quad
from airm_graph.validate.compile import ShapesGraph

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable
    from airm_graph.validate.compile import CompiledShapes, DetailStatement

__all__ = ["ShapeSet"]


class ShapeSet:
    """The rows of shapes, and what is made of them."""

    def __init__(self, rows: Iterable[Quad], *, is_shipped: bool = False) -> None:
        """Take the rows; whether all of them are of the project is known beforehand."""
        self._rows, self._is_shipped = rows, is_shipped

    @cached_property
    def rows(self) -> Sequence[Quad]:
        """The shapes graph."""
        return tuple(self._rows)

    @cached_property
    def graph(self) -> ShapesGraph:
        """The rows by subject and predicate."""
        return ShapesGraph(self.rows)

    @property
    def roots(self) -> Collection[str]:
        """Every node with a target of its own."""
        return self.graph.roots()

    def find_empty(self) -> list[tuple[str, str]]:
        """Find pairs of a shape and an IRI that it names as a shape and that nothing is said of."""
        return self.graph.find_empty()

    def find_table(self, table: "TripleTable", statements: Iterable[str]) -> "AbstractContextManager[TripleTable]":
        """Give the table that runs statements made of the shapes in good time: *table*, or one of
        the same quads that is there as long as the context lasts. What is shipped was looked at.
        """
        from airm_graph.validate.compile import list_forms

        return table.able_to_run(() if self._is_shipped else statements, known=list_forms())

    def compile(self, table: "TripleTable") -> "CompiledShapes":
        """Compile the shapes, with the ids of a table, which gets the terms that they name."""
        from airm_graph.validate.compile import compile_shapes

        return compile_shapes(self.graph, ids=self._number_constants(table))

    def compile_details(self, asked: Sequence[tuple[str, str]], *, table: "TripleTable") -> "DetailStatement":
        """Compile what tells results of one constraint component of a shape from each other.

        Args:
            asked: Shapes and components; a question is known by its place in the list.
            table: Gives ids to the terms that are named.
        """
        from airm_graph.validate.compile import compile_details

        return compile_details(self.graph, dict(enumerate(asked)), ids=self._number_constants(table))

    def _number_constants(self, table: "TripleTable") -> Mapping[str, int]:
        from airm_graph.validate.compile import find_constants

        return table.add_terms(find_constants(self.rows, graph=self.graph))
