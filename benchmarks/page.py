"""The results as one page that needs nothing else: for each job time by size, how many times as long as ours the peers take, and a table.

    python benchmarks/page.py [RESULTS [PAGE]]        benchmarks/results.json and .html beside it by default

Plots are SVG with the words in it; colours follow the reader's choice of light or dark, and no line or bar is told by its colour alone. The
same results give the same bytes.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from pathlib import Path
from typing import Any

__all__ = ["make_page", "write_page"]

STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1b1b1b, #ececec); --soft: light-dark(#5a5a5a, #a8a8a8);
  --paper: light-dark(#ffffff, #161616);
  --rule: light-dark(#d8d8d8, #3a3a3a); --panel: light-dark(#f6f6f4, #1f1f1f);
  --c0: light-dark(#0b5cad, #6db3ff); --c1: light-dark(#b3440a, #ff9d5c); --c2: light-dark(#137333, #6fcf97);
  --c3: light-dark(#8a2a8a, #e39ae3);
  --c4: light-dark(#7a5b00, #e3c04b);
  --c5: light-dark(#00707a, #5fd0da); --c6: light-dark(#a3123a, #ff8fa8); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { line-height: 1.2; font-size: 1.7rem; margin: .5rem 0; }
h2 { margin: 2.5rem 0 .25rem; padding-top: .75rem; border-top: 1px solid var(--rule); line-height: 1.25; font-size: 1.25rem; }
h3 { font-size: 1rem; margin: .75rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 46rem; }
a { color: var(--c0); }
.soft { color: var(--soft); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: 1rem; align-items: start; }
figure { margin: 0; padding: .75rem; background: var(--panel); border-radius: .4rem; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: .25rem; }
svg.plot { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .bar { font-size: 11px; }
svg .soft { fill: var(--soft); }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .one { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; }
svg .aim { stroke: var(--ink); stroke-width: 2; }
.legend { list-style: none; margin: .5rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .875rem; }
.legend svg { width: 1.6em; height: .8em; margin-right: .3em; vertical-align: baseline; }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; width: 100%; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .2rem .5rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; min-width: 8rem; }
thead th { color: var(--soft); font-weight: 600; }
tbody th { font-weight: 400; }
tr.ours th, tr.ours td { font-weight: 600; }
summary { cursor: pointer; }
"""
#: A mark for each engine, drawn around 0, 0.
MARKS = (
    '<circle r="4"/>',
    '<path d="M-4-4H4V4H-4z"/>',
    '<path d="M0-5 5 4H-5z"/>',
    '<path d="M0-5.5 5 0 0 5.5-5 0z"/>',
    '<path d="M-5-4H5L0 5z"/>',
    '<path d="M-5-1.5H-1.5V-5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5z"/>',
    '<path d="M-5 0-2.5-4.5H2.5L5 0 2.5 4.5H-2.5z"/>',
)
DASHES = ("", "6 3", "2 3", "8 3 2 3", "10 4", "4 2 1 2", "1 3")
WIDTH = 340


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis: values between *low* and *high*, places between *start* and *end*."""

    low: float
    high: float
    start: float
    end: float

    def scale(self, value: float) -> float:
        """Where a value stands."""
        share = (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """Powers of ten on the axis, with their thirds where there are few."""
        powers = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
        found = [10.0**power for power in powers]
        if len([one for one in found if self.low <= one <= self.high]) < 3:
            found = sorted(found + [3 * 10.0**power for power in powers])
        return [one for one in found if self.low * 0.999 <= one <= self.high * 1.001]


def write_page(results: Mapping[str, Any], path: Path) -> None:
    """Write the page beside its place and rename it."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(make_page(results), encoding="utf-8")
    beside.replace(path)


def make_page(results: Mapping[str, Any]) -> str:
    """The whole page."""
    jobs = results["jobs"]
    links = "".join(f'<li><a href="#{name}">{escape(job["title"])}</a></li>' for name, job in jobs.items())
    date = f'<p class="soft">Of {escape(results["date"])}.</p>' if "date" in results else ""
    body = "".join(_make_section(name, job) for name, job in jobs.items())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>airm-graph: benchmarks</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Benchmarks of airm-graph</h1>\n{date}"
        "<p>Each job beside named peers, on the same input, in turns, each run a process of its own. Figures are medians; "
        "<em>CPU</em> is the seconds of all processors, which change less than those of the clock when a machine is busy. Engines that do "
        "the same work have given the same answer. Run them on your machine with <code>make bench</code>; the numbers are in "
        f'<code>benchmarks/results.json</code>.</p>\n{_make_machines(jobs)}<nav aria-label="Jobs"><ul>{links}</ul></nav>\n{body}'
        "</main>\n</body>\n</html>\n"
    )


def _make_machines(jobs: Mapping[str, Any]) -> str:
    """The machine, and how busy it was; and the versions."""
    told: dict[str, list[float]] = {}
    versions: dict[str, str] = {}
    for job in jobs.values():
        machine = job["machine"]
        text = (
            f"{machine['cores']} cores ({machine['cores_used']} used), {machine['cpu']}, {machine['memory_gib']} GiB, "
            f"{machine['system']} {machine['kernel']}, Python {machine['python']}"
        )
        told.setdefault(text, []).append(machine["load_at_start"][0])
        versions |= job["versions"]
    lines = "".join(f"<p>{escape(text)}; load when jobs began {min(loads)} to {max(loads)}.</p>" for text, loads in told.items())
    known = ", ".join(f"{name} {version}" for name, version in sorted(versions.items(), key=lambda pair: pair[0].lower()))
    return f'<h3>Machine</h3>{lines}<h3>Versions</h3><p class="soft">{escape(known)}</p>\n'


def _make_section(name: str, job: Mapping[str, Any]) -> str:
    engines = list(dict.fromkeys(engine for found in job["sizes"].values() for engine in found))
    plots = [_plot_times(name, job, engines), _plot_ratios(name, job, engines)]
    shown = "".join(f"<figure>{plot}</figure>\n" for plot in plots if plot)
    return (
        f'<section>\n<h2 id="{name}">{escape(job["title"])}</h2>\n<p>{escape(job["about"])}</p>\n<div class="plots">\n{shown}</div>\n'
        f"{_make_table(job, engines)}{_make_parts(job)}</section>\n"
    )


def _median(job: Mapping[str, Any], size: str, engine: str) -> Mapping[str, float] | None:
    found: Mapping[str, float] | None = job["sizes"][size].get(engine, {}).get("median")
    return found


def _plot_times(name: str, job: Mapping[str, Any], engines: Sequence[str]) -> str:
    """CPU seconds by size, both logarithmic; nothing where there is one size only."""
    sizes = list(job["sizes"])
    points = {e: [(int(s), m["cpu"]) for s in sizes if (m := _median(job, s, e)) and m["cpu"] > 0] for e in engines}
    if len(sizes) < 2:
        return ""
    values = [cpu for some in points.values() for _, cpu in some]
    across = Scale(int(sizes[0]), int(sizes[-1]), 46, WIDTH - 14)
    up = Scale(min(values) / 1.3, max(values) * 1.3, 206, 10)
    drawn = [_line_across(up.scale(tick), across, _seconds(tick)) for tick in up.ticks()]
    for size in sizes:
        anchor = "end" if size == sizes[-1] else "start" if size == sizes[0] else "middle"
        drawn.append(f'<text x="{across.scale(int(size))}" y="222" text-anchor="{anchor}" class="soft">{int(size):,}</text>')
    drawn.append(f'<text x="{WIDTH / 2}" y="238" text-anchor="middle" class="soft">{escape(job["unit"])}</text>')
    for number, (engine, some) in reversed(list(enumerate(points.items()))):
        drawn.append(_draw_line(number, engine, [(across.scale(size), up.scale(cpu)) for size, cpu in some]))
    legend = "".join(f"<li>{_swatch(number)}{escape(engine)}</li>" for number, engine in enumerate(engines) if points[engine])
    label = f"CPU seconds by number of {job['unit']}, both axes logarithmic; the table below has the figures"
    return f'<figcaption>CPU seconds by size</figcaption>{_svg(name + "-times", label, 244, drawn)}<ul class="legend">{legend}</ul>'


def _line_across(y: float, across: Scale, text: str) -> str:
    return (
        f'<line class="grid" x1="{across.start}" x2="{across.end}" y1="{y}" y2="{y}"/>'
        f'<text x="{across.start - 5}" y="{y + 4:.1f}" text-anchor="end" class="soft">{text}</text>'
    )


def _draw_line(number: int, engine: str, points: Sequence[tuple[float, float]]) -> str:
    colour = f"var(--c{number % len(MARKS)})"
    path = " ".join(f"{x},{y}" for x, y in points)
    wide = 2.5 if number == 0 else 1.5
    dashes = DASHES[number % len(MARKS)]
    line = f'<polyline fill="none" stroke="{colour}" stroke-width="{wide}" stroke-dasharray="{dashes}" points="{path}"/>'
    marks = "".join(f'<g transform="translate({x} {y})" fill="{colour}">{MARKS[number % len(MARKS)]}</g>' for x, y in points)
    return f"<g><title>{escape(engine)}</title>{line}{marks}</g>"


def _swatch(number: int) -> str:
    colour = f"var(--c{number % len(MARKS)})"
    return (
        f'<svg viewBox="-16 -7 32 14" aria-hidden="true"><path d="M-16 0H16" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{DASHES[number % len(MARKS)]}"/><g fill="{colour}">{MARKS[number % len(MARKS)]}</g></svg>'
    )


def _plot_ratios(name: str, job: Mapping[str, Any], engines: Sequence[str]) -> str:
    """How many times as long as ours each peer takes at its largest size, with the aim as a line; nothing where there is no peer."""
    bars = []
    for number, engine in enumerate(engines[1:], 1):
        sizes = [size for size in job["sizes"] if _median(job, size, engine) and _median(job, size, job["ours"])]
        if sizes:
            bars.append((number, engine, sizes[-1], _find_ratio(job, sizes[-1], engine), job["aims"].get(engine)))
    if not bars:
        return ""
    values = [1.0, *(ratio for _, _, _, ratio, _ in bars), *(aim for *_, aim in bars if aim)]
    scale = Scale(min(values) / 1.4, max(values) * 1.6, 8, WIDTH - 8)
    height, one = 34 * len(bars) + 28, scale.scale(1)
    drawn = [f'<text x="{min(max(one, 20), WIDTH - 20)}" y="{height - 4}" text-anchor="middle" class="soft">ours = 1</text>']
    for row, bar in enumerate(bars):
        drawn.append(_draw_bar(bar, scale, y=34 * row, sized=len(job["sizes"]) > 1))
    label = "CPU seconds of each peer divided by ours, logarithmic: " + "; ".join(_tell_bar(bar) for bar in bars)
    aims = " The thick mark is the aim." if any(aim for *_, aim in bars) else ""
    caption = "<figcaption>CPU seconds of the peer for one of ours</figcaption>"
    hint = f'<p class="soft">Right of the dashed line ours is faster.{aims}</p>'
    return caption + hint + _svg(name + "-ratios", label, height, drawn)


_Bar = tuple[int, str, str, float, float | None]


def _tell_bar(bar: _Bar) -> str:
    _, engine, size, ratio, aim = bar
    return f"{engine} at {int(size):,}: {_times(ratio)}" + (f", aim {_times(aim)}" if aim else "")


def _draw_bar(bar: _Bar, scale: Scale, *, y: int, sized: bool) -> str:
    number, engine, size, ratio, aim = bar
    start, end = sorted((scale.scale(1), scale.scale(ratio)))
    name = f"{engine}, {int(size):,}" if sized else engine
    drawn = f'<text x="8" y="{y + 11}" class="bar">{escape(name)}: <tspan font-weight="600">{_times(ratio)}</tspan>'
    drawn += f' <tspan class="soft">(aim {_times(aim)})</tspan></text>' if aim else "</text>"
    wide = max(end - start, 1.5)
    one = scale.scale(1)
    drawn += f'<line class="one" x1="{one}" x2="{one}" y1="{y + 14}" y2="{y + 33}"/>'
    drawn += f'<rect x="{start}" y="{y + 16}" width="{wide:.1f}" height="11" rx="2" fill="var(--c{number % len(MARKS)})"/>'
    if aim:
        x = scale.scale(aim)
        drawn += f'<line class="aim" x1="{x}" x2="{x}" y1="{y + 13}" y2="{y + 30}"/>'
    return f"<g><title>{escape(_tell_bar(bar))}</title>{drawn}</g>"


def _svg(name: str, label: str, height: float, drawn: Iterable[str]) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}"><title id="{name}">{escape(label)}</title>'
        f"{''.join(drawn)}</svg>"
    )


def _find_ratio(job: Mapping[str, Any], size: str, engine: str) -> float:
    ours, peer = _median(job, size, job["ours"]), _median(job, size, engine)
    assert ours is not None
    assert peer is not None
    return peer["cpu"] / ours["cpu"]


def _make_table(job: Mapping[str, Any], engines: Sequence[str]) -> str:
    rows = [_make_row(job, size, engine) for size, found in job["sizes"].items() for engine in engines if engine in found]
    names = ("engine", "size", "CPU", "least to most", "clock", "memory", "for one of ours")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    title = escape(job["title"])
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="Figures: {title}"><table>'
        f"<caption>{title}: medians of {job['rounds']} runs</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>\n"
    )


def _make_row(job: Mapping[str, Any], size: str, engine: str) -> str:
    run = job["sizes"][size][engine]
    name = f'<tr{" class=ours" if engine == job["ours"] else ""}><th scope="row">{escape(engine)}</th><td>{int(size):,}</td>'
    if "left_out" in run:
        return f'{name}<td colspan="5">left out: {escape(run["left_out"])}</td></tr>'
    median = run["median"]
    cells = (
        _seconds(median["cpu"]),
        f"{_seconds(min(run['cpu']))} – {_seconds(max(run['cpu']))}",
        _seconds(median["seconds"]),
        f"{median['mebibytes']:,.0f} MiB",
        "" if engine == job["ours"] else _times(_find_ratio(job, size, engine)),
    )
    return name + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _make_parts(job: Mapping[str, Any]) -> str:
    """Where our time goes, at the largest size."""
    size = list(job["sizes"])[-1]
    parts = job["sizes"][size][job["ours"]].get("parts") or {}
    if not parts:
        return ""
    tables = {engine: run["parts"] for engine, run in job["sizes"][size].items() if run.get("parts", {}).keys() == parts.keys()}
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("part", *tables))
    rows = (
        f'<tr><th scope="row">{escape(part)}</th>' + "".join(f"<td>{_seconds(some[part])}</td>" for some in tables.values()) + "</tr>"
        for part in parts
    )
    return (
        f"<details><summary>Where the time goes, at {int(size):,}</summary>"
        f'<div class="wide" tabindex="0" role="region" aria-label="Parts: {escape(job["title"])}"><table><caption>CPU</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></details>\n"
    )


def _seconds(value: float) -> str:
    """Seconds, or milliseconds below a tenth."""
    if value < 0.1:
        return f"{1000 * value:.3g} ms"
    return f"{value:,.0f} s" if value >= 100 else f"{value:.3g} s"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}×" if ratio >= 100 else f"{ratio:.2g}×" if ratio >= 10 or ratio < 0.1 else f"{ratio:.2f}×"


def main(arguments: list[str]) -> None:
    """Make the page again from results."""
    results = Path(arguments[0]) if arguments else Path(__file__).with_name("results.json")
    write_page(json.loads(results.read_text(encoding="utf-8")), Path(arguments[1]) if arguments[1:] else results.with_suffix(".html"))


if __name__ == "__main__":
    main(sys.argv[1:])
