"""Draw the picture of the README, `docs/picture.svg`: one mitigation of the example and what the graph says of it.

Every word in a box is read from the graph that is built of `examples/`; a test compares the file with what this script draws.

    python docs/picture.py > docs/picture.svg
"""

import sys
from html import escape
from pathlib import Path

import airm_graph

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
MITIGATION = "example-standards-forum-2025-safeguards-practice/incident-response-plan"
ROLES = (("actor", "actor"), ("lifecycle stage", "lifecycleStage"), ("function", "function"))
CODES = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?code ?label WHERE { <%s> skos:broader* ?above . ?above skos:notation ?code ; skos:prefLabel ?label } ORDER BY DESC(?code)
"""
# An opaque ground, so that the picture can be read on a page of any colour.
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">
<title id="title">{title}</title>
<style>
.ground {{ fill: #fff }} .box {{ fill: #f6f8fa; stroke: #57606a }} .main {{ fill: #ddf4ff; stroke: #0969da }}
.line {{ stroke: #57606a; fill: none }} .tip {{ fill: #57606a }} text {{ font: 13px sans-serif; fill: #1f2328 }}
.small {{ font-size: 11px; fill: #57606a }}
@media (prefers-color-scheme: dark) {{
.ground {{ fill: #0d1117 }} .box {{ fill: #161b22; stroke: #8b949e }} .main {{ fill: #0c2d6b; stroke: #58a6ff }}
.line {{ stroke: #8b949e }} .tip {{ fill: #8b949e }} text {{ fill: #e6edf3 }} .small {{ fill: #8b949e }}
}}
</style>
<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path class="tip" d="M0 0 8 4 0 8z"/></marker>
<rect class="ground" width="{width}" height="{height}" rx="6"/>
"""


def draw_box(x: int, y: int, kind: str, text: str, *, width: int = 220, main: bool = False) -> str:
    """Draw a thing of the graph: what it is, and its name."""
    return (
        f'<rect class="{"main" if main else "box"}" x="{x}" y="{y}" width="{width}" height="42" rx="5"/>\n'
        f'<text class="small" x="{x + 9}" y="{y + 16}">{escape(kind)}</text>\n'
        f'<text x="{x + 9}" y="{y + 33}">{escape(text)}</text>\n'
    )


def draw_arrow(path: str, label: str = "", x: int = 0, y: int = 0) -> str:
    """Draw a statement: a line with the name of its property."""
    text = f'<text class="small" x="{x}" y="{y}">{escape(label)}</text>\n' if label else ""
    return f'<path class="line" d="{path}" marker-end="url(#tip)"/>\n{text}'


def draw_mitigation(graph: airm_graph.Graph) -> str:
    """Draw what a graph says of the mitigation, as SVG."""
    rows = list(graph.query("mitigation-detail", mitigation=MITIGATION))
    said = {row["property"]: row for row in reversed(rows)}
    lines = list(dict.fromkeys(row["value"] for row in rows if row["property"] == "evidence" and not row["classification"]))
    codes = [f"{row.code} {row.label}" for row in graph.to_rdflib().query(CODES % said["code"]["resource"])]
    file, _, places = next(line for line in lines if line.startswith("handbook-incident")).partition(",")
    others = len({line.partition(",")[0] for line in lines} - {file})
    parts = [HEAD.format(width=960, height=308, title=escape(f"What the graph says of the mitigation “{said['name']['value']}”"))]
    parts += [draw_box(372, 122, "mitigation", said["name"]["value"], main=True)]
    parts += [
        draw_box(12, 72, f"captured page,{places}", file, width=306),
        draw_box(12, 172, "stated too in", f"{others} other captured pages", width=306),
    ]
    parts += [draw_arrow("M372 136 C346 136 346 93 319 93", "evidence", 323, 86), draw_arrow("M372 150 C346 150 346 193 319 193")]
    parts += [draw_box(372, 22, "part of", said["part of"]["value"]), draw_arrow("M482 122V65", "partOf", 488, 98)]
    parts += [draw_box(372, 222, "source", f"{said['source']['value'][:28]}…"), draw_arrow("M482 164V221", "source", 488, 198)]
    things = [("classification", "code", codes[0])]
    things += [(label, name, said[name]["value"]) for name, label in ROLES]
    for position, (label, kind, value) in enumerate(things):
        middle = 81 + 62 * position
        parts += [draw_box(724, middle - 21, kind, value)]
        parts += [draw_arrow(f"M592 143 C616 143 606 {middle} 634 {middle} H723", label, 636, middle - 6)]
    parts += [f'<text class="small" x="724" y="30">{escape(codes[1])}</text>\n', draw_arrow("M834 60V38", "broader", 840, 53)]
    parts += [
        '<text class="small" x="12" y="294">Made of examples/ by docs/picture.py. Names of properties are those of the ontology.</text>\n'
    ]
    return "".join(parts) + "</svg>\n"


if __name__ == "__main__":
    sys.stdout.write(draw_mitigation(airm_graph.build([EXAMPLES])))
