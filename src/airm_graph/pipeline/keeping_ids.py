"""IRIs that mitigations keep: a merge is held against ``ids.lock``, and done again where a
mitigation has another name there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from airm_graph.ids_lock import IdsLock, LockedId, digest_text, read_ids_lock
from airm_graph.model import Capture, Mitigation
from airm_graph.namespaces import BASE, iri, literal, term
from airm_graph.regular_files import open_regular
from airm_graph.terms import Quad, read_literal
from airm_graph.text import location_key

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["describe_removed", "list_independent", "list_present", "load_ids", "merge_keeping"]

_Merged = TypeVar("_Merged")
_CAPTURE = "capture/"


def load_ids(path: str | Path) -> IdsLock:
    """Read ``ids.lock``; an empty one where there is no such file yet.

    Raises:
        InputError: It cannot be read, or is damaged; the message names file and line.
    """
    if not Path(path).exists():
        return IdsLock()
    with open_regular(Path(path)) as file:
        return read_ids_lock(file.read().decode("utf-8", "replace"), file=str(path))


def merge_keeping(
    merge: Callable[[Mapping[str, str]], _Merged], list_found: Callable[[_Merged], Iterable[LockedId]], lock: IdsLock
) -> tuple[_Merged, IdsLock]:
    """Merge with the IRIs of a lock.

    Args:
        merge: Merges; is given the key that names give → the key to use.
        list_found: Lists the mitigations of a merge.
        lock: As the last build left it.

    Returns:
        The merge, and the lock as this build leaves it.
    """
    kept = lock.kept
    merged = merge(kept)
    found = list(list_found(merged))
    named = {one.minted_key for one in found}
    if (wanted := lock.keep(found)) != {minted: key for minted, key in kept.items() if minted in named}:
        merged = merge(wanted)
        found = list(list_found(merged))
    return merged, lock.renew(found)


def list_present(mitigations: Iterable[Mitigation], captures: Iterable[Capture]) -> Iterator[LockedId]:
    """List merged mitigations with what they are recognised by."""
    editions = {capture.sha256: capture.edition for capture in captures}
    for one in mitigations:
        yield LockedId(
            one.key,
            one.names[0].value if one.names else "",
            one.minted,
            frozenset(f"{editions.get(at.capture, '')}:{said.value}" for said in one.identifiers for at in said.evidence),
            frozenset(location_key(at).removeprefix(_CAPTURE) for at in one.evidence if not at.column),
            frozenset(digest_text(said.value) for said in one.descriptions),
        )


def list_independent(table: "TripleTable", editions: Mapping[int, str]) -> Iterator[LockedId]:
    """List the rows that are mitigations by themselves; *editions* is by number of table."""
    for some in table.stream("SELECT table_number, m, e, name, identifier, description FROM independent"):
        for number, key, row, *texts in some:
            name, identifier, description = (read_literal(f'"{text}"').text if text else "" for text in texts)
            yield LockedId(
                key[len(BASE) + 1 : -1],
                name,
                "",
                frozenset({f"{editions[int(number)]}:{identifier}"} if identifier else ()),
                frozenset({row[len(BASE) + 1 + len(_CAPTURE) : -1]}),
                frozenset({digest_text(description)} if description else ()),
            )


def describe_removed(lock: IdsLock) -> Iterator[Quad]:
    """State of each mitigation that is gone that its IRI is no longer to be used, and what replaces
    it.
    """
    graph = iri("graph/dataset")
    for one in lock.removed:
        yield iri(one.key), term("owl:deprecated"), literal("true", datatype="xsd:boolean"), graph
        if one.name:
            yield iri(one.key), term("rdfs:label"), literal(one.name), graph
        yield from ((iri(one.key), term("dcterms:isReplacedBy"), iri(heir), graph) for heir in one.replaced_by)
