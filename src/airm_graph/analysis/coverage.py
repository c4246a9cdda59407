"""How many mitigations there are of what, and where there are none: counts over two or three
facets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import product

from airm_graph.analysis.counted_facets import Facet, Member, check_facets, make_prologue, read_facet
from airm_graph.errors import ParameterError
from airm_graph.graph.store import Store
from airm_graph.namespaces import BASE
from airm_graph.notice import NOTICE

__all__ = ["Cell", "Coverage", "Gap", "count_coverage"]


@dataclass(frozen=True, slots=True)
class Cell:
    """The mitigations that have one value of each facet.

    Attributes:
        members: A value of each facet.
        count: How many mitigations; those with several values of a facet stand in several cells.
        sources: From how many sources.
        largest: How many of them are from the source with most.
        sparql: The query that gives count and sources on any engine.
    """

    members: tuple[Member, ...]
    count: int
    sources: int
    largest: int
    sparql: str

    @property
    def state(self) -> str:
        """``empty``, ``one source`` or ``covered``; where a value is none of the facet, its kind:
        ``residual`` ….

        Where sources are a facet, ``one source`` would say nothing.
        """
        other = next((one.kind for one in self.members if one.kind != "value"), "")
        alone = self.sources == 1 and all(one.facet != "source" for one in self.members)
        return other or ("empty" if not self.count else "one source" if alone else "covered")


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell of values of the facets that holds nothing, or what one source says."""

    kind: str
    cell: Cell


@dataclass(frozen=True)
class Coverage:
    """Counts over two or three facets.

    Attributes:
        facets: Rows, columns and, of three, layers.
        cells: One for each combination of values, the last facet running fastest.
        mitigations: How many there are in all.
        base: What the IRIs of the data begin with.
    """

    facets: tuple[Facet, ...]
    cells: tuple[Cell, ...]
    mitigations: int
    base: str = BASE

    @cached_property
    def by_members(self) -> dict[tuple[Member, ...], Cell]:
        """The cells by their values."""
        return {cell.members: cell for cell in self.cells}

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Cells without a mitigation, then those with one source; residual and missing values make
        no gaps.
        """
        kinds = ("empty", "one source")
        return tuple(Gap(kind, cell) for kind in kinds for cell in self.cells if cell.state == kind)

    def _repr_html_(self) -> str:
        """Write the counts as a table of HTML, with the notice, for a notebook."""
        first, second, *rest = self.facets
        head = "".join(f"<th scope='col'>{escape(member.label)}</th>" for member in second.members)
        rows = [f"<tr><th>{escape(first.title)}</th>{head}</tr>"]
        for names in product(*(facet.members for facet in (*rest, first))):
            *layers, row = names
            counts = "".join(f"<td>{self.by_members[row, column, *layers].count}</td>" for column in second.members)
            label = ", ".join(member.label for member in (row, *layers))
            rows.append(f"<tr><th scope='row'>{escape(label)}</th>{counts}</tr>")
        return f"<table>{''.join(rows)}</table><p>{self.mitigations} mitigations. {escape(NOTICE)}</p>"

    def count_states(self) -> dict[str, int]:
        """How many cells are in which state."""
        states = ("covered", "one source", "empty", "residual", "coarser", "unstated")
        return {state: sum(cell.state == state for cell in self.cells) for state in states}

    def share_residual(self, facet: Facet) -> float:
        """The share of residual values among mitigations that state the facet; 0 where none
        does.
        """
        stated = _unite(facet, "value", "residual")
        return len(_unite(facet, "residual")) / len(stated) if stated else 0.0

    def concentration(self, facet: Facet) -> float:
        """The Herfindahl index of the values that are neither residual nor missing: 1 where one has
        all, 1/n where n share alike.
        """
        counts = [len(facet.mitigations[member]) for member in facet.members if member.kind == "value"]
        return sum(count * count for count in counts) / sum(counts) ** 2 if sum(counts) else 0.0


def count_coverage(
    store: Store,
    rows: str,
    columns: str,
    layers: str | None = None,
    *,
    edition: str | None = None,
    level: int | None = None,
    base: str = BASE,
) -> Coverage:
    """Count mitigations for each combination of values of two or three facets.

    Args:
        store: A closed graph.
        rows, columns, layers: Different names of `FACETS`.
        edition: For codes: ``v1`` or ``v2``; left out, the edition by which most mitigations are
            classified.
        level: For codes: 1 for the top; left out, the second.
        base: What the IRIs of the data begin with.

    Raises:
        ParameterError: A facet is unknown or given twice, there is no such edition or level, or
            neither goes with the facets.
    """
    names = [rows, columns, *([layers] if layers is not None else [])]
    check_facets(*names)
    if "code" not in names and (edition is not None or level is not None):
        wrong = "edition" if edition is not None else "level"
        raise ParameterError(f"{wrong} goes with the facet code; give code as one of the facets", parameter=wrong)
    facets = tuple(read_facet(store, name, edition=edition, level=level, base=base) for name in names)
    source = next((facet for facet in facets if facet.name == "source"), None) or read_facet(store, "source", base=base)
    every = frozenset(m for facet in facets for each in facet.mitigations.values() for m in each)
    return Coverage(facets, tuple(_count_cells(facets, source, base)), len(every), base)


def _count_cells(facets: Sequence[Facet], source: Facet, base: str) -> Iterator[Cell]:
    from_sources: dict[str, list[str]] = {}
    for member, mitigations in source.mitigations.items():
        for one in mitigations if member.value else ():
            from_sources.setdefault(one, []).append(member.value)
    for members in product(*(facet.members for facet in facets)):
        found = frozenset.intersection(*(facet.mitigations[member] for facet, member in zip(facets, members, strict=True)))
        counts: dict[str, int] = {}
        for one in found:
            for name in from_sources.get(one, ()):
                counts[name] = counts.get(name, 0) + 1
        yield Cell(members, len(found), len(counts), max(counts.values(), default=0), _write_query(members, base))


def _write_query(members: Sequence[Member], base: str) -> str:
    """Write the query that proves a cell."""
    # What is left out by MINUS is so of what stands before it.
    patterns = sorted((member.pattern for member in members), key=lambda text: text.startswith("MINUS"))
    lines = ["?mitigation a airm:Mitigation .", *patterns, "OPTIONAL { ?mitigation airm:source ?from }"]
    select = "SELECT (COUNT(DISTINCT ?mitigation) AS ?mitigations) (COUNT(DISTINCT ?from) AS ?sources)"
    prologue = make_prologue(" ".join(lines), base)
    return "\n".join((prologue, select, "WHERE {", *(f"  {line}" for line in lines), "}"))


def _unite(facet: Facet, *kinds: str) -> frozenset[str]:
    return frozenset(m for member, each in facet.mitigations.items() if member.kind in kinds for m in each)
