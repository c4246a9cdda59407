"""Records, independent rows, taxonomies and the description of the dataset as quads of a table."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from airm_graph.export import EXPORTS
from airm_graph.pipeline.options import BuildOptions, find_issued
from airm_graph.pipeline.platform import Session
from airm_graph.pipeline.reading import Read
from airm_graph.pipeline.shipped import read_taxonomies
from airm_graph.terms import Quad
from airm_graph.triples import describe_dataset, state_records
from airm_graph.triples.derivations import find_derivations
from airm_graph.version import VERSION

__all__ = ["count_records", "state"]


def state(read: Read, *, session: Session, options: BuildOptions, beside: Mapping[str, int] = MappingProxyType({})) -> None:
    """Put into the table of a session all that is asserted, with the default base.

    Args:
        read: What inputs say; its rows are in the table.
        session: See above.
        options: The base and the address are those that the description of the dataset says.
        beside: What the dataset holds beside it, as `count_records` counts it.
    """
    agents = _list_agents(read, session)
    session.table.load_rows(
        (
            *state_records(read.records),
            *agents,
            *read_taxonomies(),
            *_describe(Counter(beside) + count_records(read), options.base, options.published),
            *_list_removed(read),
        ),
        later=True,
    )
    if read.tables:
        from airm_graph.triples.selects import code_quads, list_repeated

        session.table.load_coded(code_quads(read.tables), repeated=list_repeated(read.tables), later=True)
    if found := [*find_derivations(session.table), *(_suggest_kinds(session) if options.suggest_kinds else ())]:
        session.table.load_rows(found)


def _list_agents(read: Read, session: Session) -> Iterable[Quad]:
    if not read.tables:
        return ()
    from airm_graph.triples.selects import list_agents

    return list_agents(read.tables, table=session.table)


def _suggest_kinds(session: Session) -> Iterable[Quad]:
    from airm_graph.triples.suggestions import find_suggestions

    return find_suggestions(session.table)


def _list_removed(read: Read) -> Iterable[Quad]:
    if not read.ids:
        return ()
    from airm_graph.pipeline.keeping_ids import describe_removed

    return describe_removed(read.ids)


def _describe(counts: Mapping[str, int], base: str, published: str | None) -> Iterator[Quad]:
    files = [(entry.file_name, entry.media_type) for entry in EXPORTS.values()]
    return describe_dataset(version=VERSION, files=files, counts=counts, issued=find_issued(), base=base, published=published)


def count_records(read: Read) -> Counter[str]:
    """Count what the description of a dataset counts."""
    records = read.records
    return Counter(
        Capture=len(records.captures),
        Source=len(records.sources),
        Mitigation=len(records.mitigations) + read.independent,
        Classification=sum(len(one.classifications) for one in records.mitigations) + read.classified,
        Repair=len(records.repairs),
    )
