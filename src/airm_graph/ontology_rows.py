"""The ontology, the taxonomies and the vocabularies of the project as rows, parsed when the package
was made.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Any

from airm_graph.prepared import pack_rows, read_prepared, unpack_rows, write_prepared
from airm_graph.resources import read_resource
from airm_graph.terms import Quad

__all__ = ["FILE", "ONTOLOGY", "TAXONOMIES", "read_turtle", "write_rows"]

FILE = Path(__file__).with_suffix(".json")
#: The files: the ontology, and what is stated in every graph.
ONTOLOGY = "ontology/airm.ttl"
TAXONOMIES = (
    *("ontology/taxonomy/v1.ttl", "ontology/taxonomy/v2.ttl"),
    *(f"ontology/vocabularies/{name}.ttl" for name in ("actor", "function", "lifecycle", "statement-kind")),
)
_SOURCES = (ONTOLOGY, *TAXONOMIES)


@cache
def read_turtle(name: str) -> tuple[Quad, ...]:
    """Read one of these files into sorted rows.

    >>> read_turtle("ontology/taxonomy/v2.ttl")[0][3]
    ''
    """
    written = _read_written()
    return _parse(name) if written is None else unpack_rows(written, name)


@cache
def _read_written() -> Any:
    return read_prepared(FILE, sources=_SOURCES)


def _parse(name: str) -> tuple[Quad, ...]:
    """Parse a file; blank nodes get the same labels whenever it is read."""
    from airm_graph.graph.store import parse_rows  # loads Oxigraph

    rows = parse_rows(read_resource(name).encode(), name=name, suffix=".ttl")
    labels = dict.fromkeys(text for row in rows for text in row if text.startswith("_:"))
    texts = {label: f"_:airm-graph-{Path(name).stem}-{number}" for number, label in enumerate(labels, 1)}
    return tuple(sorted((texts.get(s, s), p, texts.get(o, o), g) for s, p, o, g in rows))


def write_rows() -> str:
    """Parse all files and write their rows as `read_turtle` reads them."""
    return write_prepared(pack_rows({name: _parse(name) for name in _SOURCES}), sources=_SOURCES)


if __name__ == "__main__":
    sys.stdout.write(write_rows())
