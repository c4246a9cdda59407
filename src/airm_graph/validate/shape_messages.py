"""Messages for results of shapes that have none: pyshacl's own, word for word.

SHACL leaves these messages to the engine. A report says the same whichever engine judged, so the
fast engine takes those of the reference. pyshacl writes a message only while it judges; so this
module makes its constraint components as it does itself (`pyshacl.constraints`,
`pyshacl.shapes_graph`, neither of them documented) and asks them. The tests compare every
component's message with that of pyshacl's own report, which is what notices a release that changes
them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from airm_graph.errors import ShapesError
from airm_graph.namespaces import PREFIXES, literal
from airm_graph.terms import Quad
from airm_graph.validate.pyshacl_engine import quiet_rdflib
from airm_graph.validate.rdflib_nodes import Nodes
from airm_graph.validate.reference_components import corrected_components

if TYPE_CHECKING:
    from rdflib import Graph

__all__ = ["MessageWriter"]

#: Messages for the constraints of SHACL 1.2 that pyshacl does not have.
_NEWER = {
    "maxListLength": "The list has too many members, or is no list",
    "memberShape": "A member of the list does not conform to the shape, or the value is no list",
    "minListLength": "The list has too few members, or is no list",
    "singleLine": "The value has a line break",
    "someValue": "No value conforms to the shape",
    "subsetOf": "The value is not among those of the other property",
    "uniqueMembers": "A member stands in the list more than once, or the value is no list",
}


class MessageWriter:
    """Asks pyshacl's constraint components for their messages, and imports it when first asked."""

    def __init__(self, shape_rows: Sequence[Quad], *, describe: Callable[[str], Iterable[Quad]]) -> None:
        """Keep what the messages are made of.

        Args:
            shape_rows: The shapes graph.
            describe: Finds the statements about a blank node of the data, and about those they lead
                to.
        """
        self._shape_rows, self._describe = shape_rows, describe
        self._nodes = Nodes()
        self._components: dict[tuple[str, str], Any] = {}
        self._shapes: Any = None
        self._data: Graph | None = None

    def write(self, *, shape: str, parameter: str, focus: str, value: str) -> tuple[str, ...]:
        """Write the messages of one result, as literals.

        Args:
            shape, focus, value: Terms; the value may be empty.
            parameter: Local name of the parameter that the constraint component is known by.
        """
        if parameter in _NEWER:
            return (literal(_NEWER[parameter]),)
        with quiet_rdflib(), corrected_components():
            component = self._component(shape, parameter)
            focus_node, value_node = (self._known(term) for term in (focus, value))
            return tuple(sorted({literal(str(text)) for text in component.make_generic_messages(self._data, focus_node, value_node)}))

    def _component(self, shape: str, parameter: str) -> Any:
        key = (shape, parameter)
        if key not in self._components:
            from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
            from rdflib import URIRef
            from rdflib.term import Node

            shapes = self._load()
            made = CONSTRAINT_PARAMETERS_MAP[URIRef(PREFIXES["sh"] + parameter)](shapes.lookup_shape_from_node(self._nodes.node(shape)))
            for name, held in vars(made).items():
                # A message would name what is in a set in an order that changes from run to run.
                if isinstance(held, set) and all(isinstance(node, Node) for node in held):
                    setattr(made, name, sorted(held, key=lambda node: node.n3()))
            self._components[key] = made
        return self._components[key]

    def _load(self) -> Any:
        if self._shapes is None:
            from pyshacl.errors import ValidationFailure
            from pyshacl.shapes_graph import ShapesGraph
            from rdflib import Graph

            try:
                self._shapes = ShapesGraph(self._nodes.fill(Graph(), rows=self._shape_rows))
                list(self._shapes.shapes)
            except ValidationFailure as error:
                raise ShapesError(f"the shapes cannot be used: {error}") from error
            self._data = Graph()
        return self._shapes

    def _known(self, term: str) -> Any:
        """Make the node of a term.

        What the data says of a blank node is added to the graph that messages are written from.
        """
        if term.startswith("_:") and self._data is not None:
            self._nodes.fill(self._data, rows=self._describe(term))
        return self._nodes.node(term) if term else None
