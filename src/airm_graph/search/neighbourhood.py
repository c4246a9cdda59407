"""Write the graph of things and what connects them, with a place for each, for the page that shows
the neighbourhood of one thing.

The layout is computed here, without chance: concepts and sources stand on rings, a code at the
middle of what is below it, a mitigation at the middle of what it is connected to. The same graph is
the same layout on every machine, in time that grows with the number of connections.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence

from airm_graph.namespaces import rebase_text, term
from airm_graph.search.search_documents import Document
from airm_graph.terms import Quad, read_literal

__all__ = ["arrange", "write_neighbourhoods"]

#: What connects two things, and how it is called from either end.
_RELATIONS = {
    "airm:code": ("Code", "Mitigations under it"),
    "airm:actor": ("Actor", "Mitigations"),
    "airm:lifecycleStage": ("Lifecycle stage", "Mitigations"),
    "airm:function": ("Function", "Mitigations"),
    "airm:source": ("Source", "Mitigations from it"),
    "airm:partOf": ("Part of", "Its parts"),
    "skos:broader": ("Broader code", "Finer codes"),
}
#: Radius of the ring on which things of a kind stand.
_RINGS = {"function": 150, "lifecycle": 260, "actor": 370, "code": 560, "source": 900}
# Neighbours of a sunflower's seeds: no two stand at one place.
_GOLDEN = math.pi * (3 - math.sqrt(5))
_SPACING = 14

Edge = tuple[int, int, int]
Place = tuple[int, int]


def write_neighbourhoods(documents: Sequence[Document], rows: Sequence[Quad], *, base: str, notice: str) -> bytes:
    """Write the graph as JSON.

    ``nodes`` are lists of path below the base, kind, name, and place; ``edges`` are lists of the
    numbers of two nodes and of a relation; ``relations`` say how each is called from either end.
    """
    numbers = {f"<{one.iri}>": number for number, one in enumerate(documents)}
    edges = sorted(set(_list_edges(rows, numbers, base=base)))
    notations = {s: read_literal(o).text for s, p, o, _ in rows if p == term("skos:notation") and o.startswith('"')}
    names = [" ".join(filter(None, (notations.get(f"<{one.iri}>"), one.name))) for one in documents]
    places = arrange([one.kind for one in documents], edges)
    nodes = [[one.iri.removeprefix(base), one.kind, name, *place] for one, name, place in zip(documents, names, places, strict=True)]
    found = {"notice": notice, "relations": list(_RELATIONS.values()), "nodes": nodes, "edges": edges}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _list_edges(rows: Iterable[Quad], numbers: Mapping[str, int], *, base: str) -> Iterable[Edge]:
    relations = {rebase_text(term(name), base): number for number, name in enumerate(_RELATIONS)}
    for s, p, o, _ in rows:
        if p in relations and s in numbers and o in numbers and s != o:
            yield numbers[s], numbers[o], relations[p]


def arrange(kinds: Sequence[str], edges: Iterable[Edge]) -> list[Place]:
    """Find a place for each thing.

    Args:
        kinds: The kind of each.
        edges: What connects them.

    >>> arrange(["code", "mitigation", "mitigation"], [(1, 0, 0), (2, 0, 0)])
    [(560, 0), (570, 0), (547, 12)]
    """
    found: dict[int, Place] = {}
    for kind, radius in _RINGS.items():
        members = [number for number, one in enumerate(kinds) if one == kind]
        for position, number in enumerate(members):
            found[number] = _turn((0, 0), radius, 2 * math.pi * position / len(members))
    connected: dict[int, list[int]] = {}
    for start, end, _ in edges:
        connected.setdefault(start, []).append(end)
    # How many stand around the same middle already.
    around: dict[Place, int] = {}
    taken = set(found.values())
    for number in (number for number in range(len(kinds)) if number not in found):
        fixed = [found[other] for other in connected.get(number, ()) if kinds[other] in ("code", "source") and other in found]
        middle = (sum(x for x, _ in fixed) // len(fixed), sum(y for _, y in fixed) // len(fixed)) if fixed else (0, 0)
        place = None
        while place is None or place in taken:
            seed = around[middle] = around.get(middle, 0) + 1
            place = _turn(middle, _SPACING * math.sqrt(seed - 0.5), (seed - 1) * _GOLDEN)
        found[number] = place
        taken.add(place)
    return [found[number] for number in range(len(kinds))]


def _turn(middle: Place, radius: float, angle: float) -> Place:
    return round(middle[0] + radius * math.cos(angle)), round(middle[1] + radius * math.sin(angle))
