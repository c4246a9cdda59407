"""Coverage and gaps as tables for people, CSV and JSON."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from airm_graph.analysis.counted_facets import Member
from airm_graph.analysis.coverage import Cell, Coverage
from airm_graph.namespaces import literal
from airm_graph.notice import NOTICE
from airm_graph.query.answers import Table, format_table, split_term

__all__ = ["coverage_csv", "coverage_json", "describe_coverage", "describe_gaps", "gaps_csv", "gaps_json"]

_EMPTY = "·"
_WIDEST = 40  # characters of a label; longer ones are cut


def describe_coverage(coverage: Coverage) -> str:
    """Write counts for people: one table, or one for each layer; a dot stands for no mitigation."""
    lines = [f"{' × '.join(facet.title for facet in coverage.facets)}: {_count(coverage.mitigations, 'mitigation')}"]
    layers = coverage.facets[2].members if len(coverage.facets) > 2 else (None,)
    for layer in layers:
        lines += ["", *([f"[{_label(layer)}]"] if layer else []), *_draw_table(coverage, layer)]
    lines.append("")
    for facet in coverage.facets:
        used = sum(bool(facet.mitigations[member]) for member in facet.members if member.kind == "value")
        total = sum(member.kind == "value" for member in facet.members)
        residual = f"residual {coverage.share_residual(facet):.1%} of those that state it"
        lines.append(f"{facet.title}: {used} of {total} values used, {residual}, concentration {coverage.concentration(facet):.3f}")
    states = coverage.count_states()
    lines.append(f"cells: {', '.join(f'{number} {state}' for state, number in states.items() if number)}")
    return "\n".join((*lines, "", NOTICE)) + "\n"


def _draw_table(coverage: Coverage, layer: Member | None) -> list[str]:
    rows, columns = coverage.facets[:2]
    more = () if layer is None else (layer,)
    cells = [[str(coverage.by_members[row, column, *more].count or _EMPTY) for column in columns.members] for row in rows.members]
    # Labels of columns would make a table that no terminal shows: they are numbered, and named
    # below.
    numbers = [str(number) for number in range(1, len(columns.members) + 1)]
    labels = [_label(row) for row in rows.members]
    first = max(map(len, labels), default=0)
    widths = [max(len(numbers[n]), *(len(row[n]) for row in cells), 1) for n in range(len(numbers))]
    lines = [
        f"{label:<{first}}  {'  '.join(f'{cell:>{w}}' for cell, w in zip(row, widths, strict=True))}".rstrip()
        for label, row in zip(labels, cells, strict=True)
    ]
    head = f"{'':<{first}}  {'  '.join(f'{number:>{w}}' for number, w in zip(numbers, widths, strict=True))}"
    names = [f"  {number} = {_label(column)}" for number, column in zip(numbers, columns.members, strict=True)]
    return [head, *lines, "", *names]


def _label(member: Member) -> str:
    label = member.label if len(member.label) <= _WIDEST else member.label[: _WIDEST - 1] + "…"
    return f"{label} (residual)" if member.kind == "residual" else f"({label})" if not member.value else label


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def describe_gaps(coverage: Coverage) -> str:
    """Write gaps for people: combinations of values without a mitigation, then those of which one
    source speaks.
    """
    lines = [f"gaps of {' × '.join(facet.title for facet in coverage.facets)}, {_count(coverage.mitigations, 'mitigation')}"]
    for kind in ("empty", "one source"):
        found = [gap.cell for gap in coverage.gaps if gap.kind == kind]
        lines += ["", f"{kind}: {_count(len(found), 'cell')}"]
        lines += [f"  {' × '.join(_label(one) for one in cell.members)}" + (f": {cell.count}" if cell.count else "") for cell in found]
    return "\n".join((*lines, "", NOTICE)) + "\n"


def coverage_csv(coverage: Coverage) -> str:
    """Write every cell as a row of CSV, with its query and the notice."""
    return _write_csv(coverage, coverage.cells)


def gaps_csv(coverage: Coverage) -> str:
    """Write every gap as a row of CSV, with its query and the notice."""
    return _write_csv(coverage, [gap.cell for gap in coverage.gaps])


def _write_csv(coverage: Coverage, cells: Iterable[Cell]) -> str:
    names = [name for facet in coverage.facets for name in (facet.name, f"{facet.name} value")]
    rows = [_write_row(cell) for cell in cells]
    return format_table(Table((*names, "state", "mitigations", "sources", "largest source", "sparql", "notice"), tuple(rows)), format="csv")


def _write_row(cell: Cell) -> tuple[str, ...]:
    values = [part for one in cell.members for part in (literal(one.label), one.value or literal(one.kind))]
    numbers = map(literal, (cell.count, cell.sources, cell.largest))
    return (*values, literal(cell.state), *numbers, literal(" ".join(cell.sparql.split())), literal(NOTICE))


def coverage_json(coverage: Coverage) -> str:
    """Write facets, cells and sums as JSON."""
    return _write_json(coverage, coverage.cells)


def gaps_json(coverage: Coverage) -> str:
    """Write the gaps as JSON, with the same members as `coverage_json`."""
    return _write_json(coverage, [gap.cell for gap in coverage.gaps])


def _write_json(coverage: Coverage, cells: Sequence[Cell]) -> str:
    facets = [
        {
            "name": facet.name,
            "edition": facet.edition or None,
            "level": facet.level or None,
            "residual_share": round(coverage.share_residual(facet), 6),
            "concentration": round(coverage.concentration(facet), 6),
            "values": [{**_record(member), "mitigations": len(facet.mitigations[member])} for member in facet.members],
        }
        for facet in coverage.facets
    ]
    found = {
        "notice": NOTICE,
        "mitigations": coverage.mitigations,
        "facets": facets,
        "states": coverage.count_states(),
        "cells": [_record_cell(cell) for cell in cells],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _record(member: Member) -> dict[str, Any]:
    return {"value": split_term(member.value)[1] if member.value else None, "label": member.label, "kind": member.kind}


def _record_cell(cell: Cell) -> dict[str, Any]:
    numbers = {"mitigations": cell.count, "sources": cell.sources, "largest_source": cell.largest}
    return {"values": [_record(one) for one in cell.members], "state": cell.state, **numbers, "sparql": cell.sparql}
