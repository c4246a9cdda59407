"""Blank nodes in exports: with labels that depend on nothing but the statements.

The writers know IRIs only. So a blank node goes through them as an IRI that the data does not have,
and gets its own form in the text that they wrote.

Source:
    RDF Dataset Canonicalization (RDFC-1.0), within a bound of time: there are graphs, made to be
    so, for which it does not end.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from airm_graph.errors import ExportError, StoreError
from airm_graph.graph.canonical import canonicalize_rows
from airm_graph.terms import Quad

__all__ = ["hide_blank_nodes", "show_blank_nodes"]

#: Seconds of the processor for labels; a graph of 100,000 blank nodes that say unlike things takes
#: a few.
_LIMIT = 30
_FORMS = {
    "jsonld": ('"{}([A-Za-z0-9]+)"', r'"_:\1"'),
    "nquads": ("<{}([A-Za-z0-9]+)>", r"_:\1"),
    "ntriples": ("<{}([A-Za-z0-9]+)>", r"_:\1"),
    "rdfxml": ('rdf:(?:about|resource)="{}([A-Za-z0-9]+)"', r'rdf:nodeID="\1"'),
    "turtle": ("<{}([A-Za-z0-9]+)>", r"_:\1"),
}


def hide_blank_nodes(quads: Iterable[Quad]) -> tuple[list[Quad], str]:
    """Put IRIs in place of blank nodes.

    Returns:
        The quads, and what these IRIs begin with; empty where there is no blank node.

    Raises:
        ExportError: No labels could be found within the bound.
    """
    every = list(quads)
    blank = [quad for quad in every if any(term.startswith("_:") for term in quad)]
    if not blank:
        return every, ""
    try:
        labelled = canonicalize_rows(blank, seconds=_LIMIT)
    except StoreError as error:
        raise ExportError(f"blank nodes cannot be labelled: {error}; give them IRIs") from error
    held = "\n".join(term for quad in every for term in quad if "urn:airm-graph:blank" in term)
    start = next(text for text in (f"urn:airm-graph:blank{number}:" for number in count()) if text not in held)

    def hide(term: str) -> str:
        return f"<{start}{term[2:]}>" if term.startswith("_:") else term

    rest = [quad for quad in every if not any(term.startswith("_:") for term in quad)]
    return [*rest, *((hide(s), p, hide(o), hide(g)) for s, p, o, g in labelled)], start


def show_blank_nodes(pieces: Iterable[str], *, format: str, start: str) -> Iterator[str]:  # noqa: A002 - the word users know
    """Write blank nodes as a format has them, where `hide_blank_nodes` put IRIs that begin with
    *start*.
    """
    pattern, written = _FORMS[format]
    search, rest = re.compile(pattern.format(re.escape(start))), ""
    for piece in pieces:
        *lines, rest = _split(rest + piece)
        yield "".join(search.sub(written, line) for line in lines)
    yield search.sub(written, rest)


def _split(text: str) -> Sequence[str]:
    """Split into whole lines and what is left."""
    end = text.rfind("\n") + 1
    return text[:end], text[end:]
