"""Pictures of what the graph holds: what each shows, its numbers, and how it is drawn.

Every count stands in its cell, one hue gets darker with the count, and the ground is white, so a
picture reads the same in light, dark and grey. The same input is the same bytes.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from airm_graph.analysis.counted_facets import Member
from airm_graph.analysis.coverage import Coverage, count_coverage
from airm_graph.errors import ParameterError
from airm_graph.extras import require
from airm_graph.graph.store import Store
from airm_graph.namespaces import BASE
from airm_graph.notice import NOTICE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CHARTS", "Chart", "draw_chart", "has_plot", "read_chart"]

#: Name to title of the pictures that there are.
CHARTS: Mapping[str, str] = {
    "code-by-source": "Mitigations by code and source",
    "code-by-actor": "Mitigations by code and actor",
    "stage-by-function": "Mitigations by lifecycle stage and function",
    "taxonomy": "Mitigations in the taxonomy",
    "gaps": "Actors without a mitigation, by code",
    "source-overlap": "Codes that two sources share",
}
_FACETS = {"code-by-source": ("code", "source"), "stage-by-function": ("stage", "function"), "source-overlap": ("code", "source")}
# More rows or columns than this nobody can read; the table beside the picture has all.
_MOST, _LONGEST = 40, 34
# Where white ink is as easy to read as black, both above 4.5 to 1.
_TURN = 0.76
_DARK = (0x1D / 255, 0x4F / 255, 0x73 / 255)
# A dollar sign in a label begins no formula.
_PARAMETERS: Mapping[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.fonttype": "path",
    "svg.hashsalt": "airm-graph",
    "text.parse_math": False,
}
_METADATA: Mapping[str, Mapping[str, None]] = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}

Rows = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Hold the numbers of a picture.

    Attributes:
        name, title: As `CHARTS` has them.
        columns: Headings of the rows.
        rows: Two labels and a count each.
        sparql: The query that gives the largest of the counts, or of those it is made of.
    """

    name: str
    title: str
    columns: tuple[str, str, str]
    rows: Rows
    sparql: str

    def count(self) -> dict[str, dict[str, int]]:
        """Arrange the counts by first and second label, in order."""
        found: dict[str, dict[str, int]] = {}
        for row, column, number in self.rows:
            found.setdefault(row, {})[column] = number
        return found


def read_chart(store: Store, name: str, *, base: str = BASE) -> Chart:
    """Count what a picture shows.

    Args:
        store: A closed graph.
        name: One of `CHARTS`.
        base: What the IRIs of the data begin with.

    Raises:
        ParameterError: There is no such picture.
    """
    if name not in CHARTS:
        raise ParameterError(f"there is no picture {name!r}; there are {', '.join(CHARTS)}", parameter="name")
    try:
        coverage = count_coverage(store, *_FACETS.get(name, ("code", "actor")), base=base)
    except ParameterError:
        # The graph holds no codes.
        return Chart(name, CHARTS[name], ("", "", ""), (), "")
    columns, rows = _COUNTS.get(name, _count_cells)(coverage)
    largest = max(coverage.cells, key=lambda cell: cell.count, default=None)
    return Chart(name, CHARTS[name], columns, rows, largest.sparql if largest else "")


def _count_cells(coverage: Coverage) -> tuple[tuple[str, str, str], Rows]:
    first, second = coverage.facets
    rows = tuple((cell.members[0].label, cell.members[1].label, cell.count) for cell in coverage.cells)
    return (first.title, second.title, "mitigations"), rows


def _count_taxonomy(coverage: Coverage) -> tuple[tuple[str, str, str], Rows]:
    codes = coverage.facets[0]
    rows = tuple(
        (member.label.partition(".")[0] if member.kind == "value" else member.kind, member.label, len(codes.mitigations[member]))
        for member in codes.members
    )
    return ("top code", codes.title, "mitigations"), rows


def _count_gaps(coverage: Coverage) -> tuple[tuple[str, str, str], Rows]:
    empty: dict[Member, int] = {member: 0 for member in coverage.facets[0].members if member.kind == "value"}
    for gap in coverage.gaps:
        if gap.kind == "empty":
            empty[gap.cell.members[0]] += 1
    rows = tuple((member.label, "without a mitigation", number) for member, number in empty.items())
    return (coverage.facets[0].title, "actors", "number"), rows


def _count_overlap(coverage: Coverage) -> tuple[tuple[str, str, str], Rows]:
    covered: dict[Member, set[Member]] = {member: set() for member in coverage.facets[1].members if member.kind == "value"}
    for cell in coverage.cells:
        code, source = cell.members
        if cell.count and code.kind == "value" and source in covered:
            covered[source].add(code)
    rows = tuple((one.label, other.label, len(covered[one] & covered[other])) for one in covered for other in covered)
    return ("source", "other source", "codes"), rows


_COUNTS: Mapping[str, Callable[[Coverage], tuple[tuple[str, str, str], Rows]]] = {
    "gaps": _count_gaps,
    "source-overlap": _count_overlap,
    "taxonomy": _count_taxonomy,
}


def has_plot() -> bool:
    """Tell whether the extra that draws is installed."""
    return find_spec("matplotlib") is not None


def draw_chart(chart: Chart, form: str) -> bytes:
    """Draw a picture as ``svg`` or ``png``.

    Raises:
        EngineError: The extra ``plot`` is not installed.
    """
    require("a picture", "matplotlib", extra="plot")
    import matplotlib as mpl
    from matplotlib.figure import Figure

    out = io.BytesIO()
    parameters: dict[Any, Any] = {**mpl.rcParamsDefault, **_PARAMETERS}
    with mpl.rc_context(parameters):
        figure = Figure(facecolor="white")
        axes = figure.add_subplot()
        size = {"taxonomy": _draw_taxonomy, "gaps": _draw_bars}.get(chart.name, _draw_matrix)(axes, chart)
        figure.set_size_inches(*size)
        _write_texts(axes, chart)
        figure.savefig(out, format=form, dpi=120, bbox_inches="tight", metadata=dict(_METADATA[form]))
    return out.getvalue()


def _write_texts(axes: "Axes", chart: Chart) -> None:
    axes.set_title(chart.title, loc="left", fontsize=12, fontweight="bold", pad=26)
    ground = {"facecolor": "#fff3cd", "edgecolor": "none", "pad": 2}
    axes.annotate(NOTICE, (0, 1), (2, 8), xycoords="axes fraction", textcoords="offset points", fontsize=9, color="#553f00", bbox=ground)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_matrix(axes: "Axes", chart: Chart) -> tuple[float, float]:
    found = chart.count()
    rows = _choose(list(found), {row: sum(counts.values()) for row, counts in found.items()})
    every = list(dict.fromkeys(column for counts in found.values() for column in counts))
    columns = _choose(every, {column: sum(counts.get(column, 0) for counts in found.values()) for column in every})
    most = max((found[row].get(column, 0) for row in rows for column in columns), default=0)
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            _draw_cell(axes, x, y, 1, 1, found[row].get(column, 0), most)
    axes.set_xlim(0, max(1, len(columns)))
    axes.set_ylim(max(1, len(rows)), 0)
    axes.set_xticks([x + 0.5 for x in range(len(columns))], [_shorten(column) for column in columns], rotation=40, ha="right")
    axes.set_yticks([y + 0.5 for y in range(len(rows))], [_shorten(row) for row in rows])
    axes.tick_params(length=0)
    return max(4.0, 0.5 * len(columns) + 1), max(2.0, 0.3 * len(rows) + 0.6)


def _draw_cell(axes: "Axes", x: float, y: float, width: float, height: float, count: int, most: int, text: str = "") -> None:
    from matplotlib.patches import Rectangle

    # The root tells small counts apart, too.
    share = (count / most) ** 0.5 * 0.9 if count else 0.0
    colour = tuple(1 - share * (1 - part) for part in _DARK)
    # A patch would widen the limits of the axes, which are set: a fifth of the time.
    axes.add_artist(Rectangle((x, y), width, height, facecolor=colour, edgecolor="#8a97a3", linewidth=0.5))
    ink = "white" if share > _TURN else "black"
    axes.text(x + width / 2, y + height / 2, text or str(count), ha="center", va="center", color=ink, fontsize=8, clip_on=True)


def _draw_taxonomy(axes: "Axes", chart: Chart) -> tuple[float, float]:
    """Draw a tree map: a column for each top code, as wide as its mitigations are many."""
    groups = {top: {code: n for code, n in counts.items() if n} for top, counts in chart.count().items()}
    totals = {top: sum(counts.values()) for top, counts in groups.items() if counts}
    every, most, x = sum(totals.values()), max((n for counts in groups.values() for n in counts.values()), default=0), 0.0
    for top, total in totals.items():
        y, width = 0.0, total / every
        for code, number in groups[top].items():
            label = _shorten(code, most=max(4, int(width * 78)))
            _draw_cell(axes, x, y, width, number / total, number, most, _fit(label, number, width, number / total))
            y += number / total
        x += width
    axes.set_xlim(0, 1)
    axes.set_ylim(1, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    return 9.0, 5.0


def _fit(label: str, number: int, width: float, height: float) -> str:
    """Choose what a part of the tree map has room for; the table beside it has all."""
    if width < 0.025 or height < 0.03:
        return " "
    return f"{label}\n{number}" if width > 0.06 and height > 0.08 else str(number)


def _draw_bars(axes: "Axes", chart: Chart) -> tuple[float, float]:
    rows = chart.rows[:_MOST]
    axes.barh(range(len(rows)), [number for *_, number in rows], color="#1d4f73", height=0.7)
    for y, (*_, number) in enumerate(rows):
        axes.text(number + 0.08, y, str(number), va="center", fontsize=8, color="#1b2530")
    axes.set_yticks(range(len(rows)), [_shorten(row) for row, *_ in rows])
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.invert_yaxis()
    return 6.0, max(2.0, 0.28 * len(rows) + 0.6)


def _choose(labels: Sequence[str], totals: Mapping[str, int]) -> list[str]:
    """Choose the largest, in the order they have."""
    largest = set(sorted(labels, key=lambda label: (-totals[label], label))[:_MOST])
    return [label for label in labels if label in largest]


def _shorten(label: str, *, most: int = _LONGEST) -> str:
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"
