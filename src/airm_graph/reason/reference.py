"""The closure by owlrl, the reference that the columnar engine is checked against.

owlrl writes literals as subjects, hides contradictions as blank nodes in the result and logs about
ill-typed literals; its entry point ``DeductiveClosure`` also replaces rdflib's table of datatypes
for good. Here the rule engine is called directly, its messages are returned, and whatever rdflib
has to say while it runs is returned with them.
"""

import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airm_graph.errors import StoreError
from airm_graph.namespaces import iri
from airm_graph.terms import Quad, read_literal

if TYPE_CHECKING:
    from rdflib.term import Node

__all__ = ["run_reference"]


def run_reference(rows: Iterable[Quad], *, ontology: Iterable[Quad]) -> tuple[list[Quad], list[str], list[str]]:
    """Infer by owlrl everything that follows under OWL 2 RL and is not said.

    Args:
        rows: The data; named graphs are read as one.
        ontology: The axioms, as rows.

    Returns:
        New statements in the inferred graph, sorted, without literal subjects and blank nodes (most
        of them are noise: see ``publishable``), the contradictions that owlrl found, and what
        rdflib had to say.

    Raises:
        StoreError: A term is no N-Quads term, or owlrl gives up on the ontology.
    """
    triples = {row[:3] for row in rows} | {row[:3] for row in ontology}
    with _listen() as said:
        new, contradictions = _expand(triples)
    graph = iri("graph/inferred")
    kept = {(s, p, o, graph) for s, p, o in new if s.startswith("<") and p.startswith("<") and not o.startswith("_:")}
    return sorted(kept), sorted(contradictions), list(dict.fromkeys(said))


def _expand(triples: set[tuple[str, str, str]]) -> tuple[Iterator[tuple[str, str, str]], list[str]]:
    from owlrl.OWLRL import OWLRL_Semantics
    from rdflib import Graph

    terms: dict[str, Node] = {}
    graph = Graph()
    known = _term_reader()
    # Sorted, because the first of two spellings that rdflib takes for one literal (xsd:token) gives
    # its form.
    for text in sorted({text for triple in triples for text in triple}):
        terms[text] = known(text)
    for s, p, o in triples:
        graph.add((terms[s], terms[p], terms[o]))
    before = set(graph)
    engine: Any = OWLRL_Semantics(graph, axioms=False, daxioms=False)
    try:
        engine.closure()
    except ValueError as error:
        raise StoreError(f"owlrl cannot close this graph: {error}; look for lists that do not end") from error
    texts = {node: text for text, node in reversed(terms.items())}
    new = set(graph) - before
    return ((_write(s, texts), _write(p, texts), _write(o, texts)) for s, p, o in new), list(engine.error_messages)


def _write(node: "Node", texts: dict["Node", str]) -> str:
    return texts.get(node) or node.n3()


def _term_reader() -> Callable[[str], "Node"]:
    """Make a function from N-Quads terms to rdflib's; lexical forms stay as written."""
    from rdflib import BNode, Literal, URIRef

    def read(text: str) -> "Node":
        if text.startswith("<"):
            return URIRef(text[1:-1])
        if text.startswith("_:"):
            return BNode(text[2:])
        if not text.startswith('"'):
            raise StoreError(f"{text!r} is no N-Quads term")
        lexical, datatype, language = read_literal(text)
        return Literal(lexical, lang=language or None, datatype=URIRef(datatype) if datatype else None, normalize=False)

    return read


class _Collector(logging.Handler):
    """Appends the first line of each log record to a list."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message without the traceback."""
        self._said.append(record.getMessage().splitlines()[0])


@contextmanager
def _listen() -> Iterator[list[str]]:
    """Collect warnings and rdflib's log instead of letting them out; leaves filters and loggers as
    they were.
    """
    said: list[str] = []
    logger, handler = logging.getLogger("rdflib"), _Collector(said)
    propagate = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield said
        said.extend(f"{warning.category.__name__}: {warning.message}" for warning in caught)
    finally:
        logger.propagate = propagate
        logger.removeHandler(handler)
