"""Graphs looked at as records, by way of the tables that they are exported as, and quads closed."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import airm_graph
from airm_graph.graph import TripleTable
from airm_graph.ingest import read_captures
from airm_graph.merge import join_records
from airm_graph.model import Records
from airm_graph.namespaces import iri
from airm_graph.reason import infer
from airm_graph.terms import Quad


def records_of(graph: airm_graph.Graph) -> Records:
    """What a graph asserts, as records."""
    with TemporaryDirectory() as folder:
        graph.write_tables(folder)
        return join_records(Records(), read_captures([Path(folder)]).restored)


class Closure(NamedTuple):
    """What follows from quads, and how it was found."""

    rows: tuple[Quad, ...]
    engine: str
    notes: tuple[str, ...]
    contradictions: tuple[str, ...]


def close(quads: Iterable[Quad], *, ontology: Iterable[Quad], engine: str = "auto") -> Closure:
    """What follows from quads and an ontology."""
    with TripleTable() as table:
        table.load_rows(quads)
        found = infer(table, ontology=ontology, engine=engine)
        graph = table.find_ids([iri("graph/inferred")]).get(iri("graph/inferred"), -1)
        rows = table.rows(f"SELECT s, p, o, g FROM quads WHERE g = {graph}")
        assert len(rows) == found.count
        return Closure(tuple(rows), found.engine, found.notes, found.contradictions)
