"""Records, independent rows, taxonomies and the description of the dataset as quads of a table."""

import datetime
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from airm_graph.errors import AirmError
from airm_graph.export import EXPORTS
from airm_graph.graph import TripleTable
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, iri
from airm_graph.pipeline.reading import Read
from airm_graph.resources import read_resource
from airm_graph.terms import Quad
from airm_graph.triples import describe_dataset, state_records
from airm_graph.triples.selects import code_quads, list_agents, list_repeated
from airm_graph.version import VERSION

__all__ = ["find_issued", "read_ontology", "state"]

_TAXONOMIES = ("taxonomy/v1", "taxonomy/v2", "vocabularies/actor", "vocabularies/function", "vocabularies/lifecycle")


def state(read: Read, *, table: TripleTable, base: str = BASE, load: Callable[[TripleTable, Read], None] | None = None) -> None:
    """Put into a table all that is asserted.

    Args:
        read: What inputs say; its rows are in *table*.
        table: Gets the quads, with the default base.
        base: What every IRI of the dataset will begin with, as its description says.
        load: Loads the quads of independent rows, where they are made in another way than from columns.
    """
    agents = list_agents(read.tables, table=table)
    table.load_rows((*state_records(read.records), *agents, *read_taxonomies(), *_describe(read, base)))
    if read.tables and load:
        load(table, read)
    elif read.tables:
        table.load_coded(code_quads(read.tables), repeated=list_repeated(read.tables))


def _describe(read: Read, base: str) -> Iterator[Quad]:
    files = [(entry.file_name, entry.media_type) for entry in EXPORTS.values()]
    return describe_dataset(version=VERSION, files=files, counts=_count(read), issued=find_issued(), base=base)


def _count(read: Read) -> Mapping[str, int]:
    """Count what the description of a dataset counts."""
    records = read.records
    return {
        "Capture": len(records.captures),
        "Source": len(records.sources),
        "Mitigation": len(records.mitigations) + read.independent,
        "Classification": sum(len(one.classifications) for one in records.mitigations) + read.classified,
        "Repair": len(records.repairs),
    }


@cache
def read_taxonomies() -> tuple[Quad, ...]:
    """Read the taxonomies and vocabularies, in their own graph."""
    return tuple(quad for name in _TAXONOMIES for quad in _read_quads(f"ontology/{name}.ttl", iri("graph/taxonomy")))


@cache
def read_ontology() -> tuple[Quad, ...]:
    """Read the ontology, in its own graph."""
    return _read_quads("ontology/airm.ttl", iri("graph/ontology"))


def _read_quads(name: str, graph: str) -> tuple[Quad, ...]:
    return tuple(sorted((*row[:3], graph) for row in parse_rows(read_resource(name).encode(), name=name, suffix=".ttl")))


def find_issued() -> str | None:
    """The date given by SOURCE_DATE_EPOCH, or None: outputs hold no clock of their own."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return None
    try:
        return datetime.datetime.fromtimestamp(int(epoch), tz=datetime.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise AirmError(f"SOURCE_DATE_EPOCH is {epoch!r}; it must be a number of seconds") from error
