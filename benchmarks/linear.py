"""Whether the time of each reader grows as its input does: processor seconds at n, 2 n and 4 n, for inputs that make careless readers slow.

python benchmarks/linear.py [CASE …]
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from airm_graph.graph import TripleTable
from airm_graph.ingest.captures.page import read_capture
from airm_graph.ingest.captures.sidecar import Sidecar, read_sidecar
from airm_graph.ingest.decisions import read_decisions
from airm_graph.ingest.formats import read_tables
from airm_graph.ingest.mapping_sets import read_matches
from airm_graph.ingest.rdf import find_lines, load_rdf_file

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "examples" / "handbook-staged-release.txt").read_text(encoding="utf-8")
SETS = (
    "#mapping_set_id: https://e.example/set\n#license: https://e.example/licence\n#curie_map:\n#  e: https://e.example/\n"
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
)
XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.example/">\n'


def page(text: str) -> None:
    """Read a captured page."""
    read_capture(text.encode(), file="a.txt", sidecar=Sidecar())


def table(name: str) -> Callable[[str], object]:
    """Read the table that a file of some name holds."""
    return lambda text: read_tables(text.encode(), file=name)


def rdf(suffix: str) -> Callable[[str], None]:
    """Read a file, and find the lines of everything in it."""

    def read(text: str) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder, f"a{suffix}")
            path.write_text(text, encoding="utf-8")
            file = load_rdf_file(path, label="", table=TripleTable(threads=1))
            find_lines(file, nodes={term for row in file.quads for term in (row[0], row[2]) if term[0] != '"'})

    return read


def decisions(text: str) -> None:
    """Read a table of decisions."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "decisions.csv")
        path.write_text(text)
        read_decisions([path])


def many(pattern: str, n: int, *, between: str = "") -> str:
    """Repeat a text n times, each time with another number for %."""
    return between.join(pattern.replace("%", str(number)) for number in range(n))


def write_xml(content: str) -> str:
    """Write an RDF/XML document."""
    return f"{XML}{content}</rdf:RDF>"


def write_json(value: object) -> str:
    """Write a JSON document of many lines."""
    return json.dumps(value, indent=1)


def sidecar(text: str) -> object:
    """Read a side-car."""
    return read_sidecar(text.encode(), file="a.yaml")


def matches(text: str) -> object:
    """Read a mapping set."""
    return read_matches(text.encode(), file="a.sssom.tsv")


ROW = {"Name": "a", "Code": "1.1"}
MATCH = "e:a%\tskos:exactMatch\te:b\tsemapv:ManualMappingCuration\n"
DECISION = "https://e.example/a%,https://e.example/b,accept\n"
#: Case → its first n, the text for n, and the reader.
CASES: dict[str, tuple[int, Callable[[int], str], Callable[[str], object]]] = {
    "page, short lines behind the tail": (4_000, lambda n: PAGE + "a b\n" * n, page),
    "page, short lines before the tail": (4_000, lambda n: PAGE.replace("\n", "\n" + "Aa\n" * n, 1), page),
    "page, blank lines": (20_000, lambda n: PAGE.replace("\n", "\n" * n, 1), page),
    "page, long author line": (4_000, lambda n: "Title\n" + "Doe, J., " * n + "(2024)\n" + PAGE, page),
    "page, author line of commas": (10_000, lambda n: "Title\n" + "," * n + " (2024)\n" + PAGE, page),
    "page, one long line": (20_000, lambda n: PAGE + "word " * n, page),
    "page, repeated whole": (20, lambda n: PAGE * n, page),
    "side-car": (500, lambda n: "sources:\n" + many("  a%: {title: T%}\n", n), sidecar),
    "csv": (5_000, lambda n: "Name,Code\n" + "a,1.1\n" * n, table("a.csv")),
    "csv, blank lines": (20_000, lambda n: "Name,Code\n" + "\n" * n + "a,1.1\n", table("a.csv")),
    "csv, one long cell": (100_000, lambda n: 'Name,Code\n"' + "a\n" * n + '",1.1\n', table("a.csv")),
    "json": (5_000, lambda n: write_json([ROW] * n), table("a.json")),
    "json lines": (5_000, lambda n: f"{json.dumps(ROW)}\n" * n, table("a.jsonl")),
    "yaml": (500, lambda n: "- {Name: a, Code: '1.1'}\n" * n, table("a.yaml")),
    "mapping set": (2_000, lambda n: SETS + many(MATCH, n), matches),
    "decisions": (2_000, lambda n: "subject_id,object_id,decision\n" + many(DECISION, n), decisions),
    "turtle": (2_000, lambda n: many("<urn:a%> <urn:p> <urn:o> .\n", n), rdf(".ttl")),
    "turtle, blank values": (2_000, lambda n: many("<urn:a%> <urn:p> [] .\n", n), rdf(".ttl")),
    "turtle, blank values and late full stops": (2_000, lambda n: many("<urn:a%> <urn:p> []\n.\n", n), rdf(".ttl")),
    "turtle, one line": (5_000, lambda n: many('<urn:a%> <urn:p> "word%" . ', n), rdf(".ttl")),
    "turtle, blank lines": (
        10_000,
        lambda n: '<urn:a> <urn:p> "x"' + "\n" * n + ", " + many('"x%"', n // 10, between=",") + " .",
        rdf(".ttl"),
    ),
    "turtle, list": (2_000, lambda n: f"<urn:a> <urn:p> (\n{many('<urn:o%>' + chr(10), n)}) .", rdf(".ttl")),
    "rdf/xml": (2_000, lambda n: write_xml(many('<e:A rdf:about="http://e.example/%"/>\n', n)), rdf(".rdf")),
    "rdf/xml, deep": (25, lambda n: write_xml("<e:A><e:p>" * n + "<e:A/>" + "</e:p></e:A>" * n), rdf(".rdf")),
    "rdf/xml, blank nodes": (2_000, lambda n: write_xml("<e:A>\n<e:p>\n<e:B/>\n</e:p>\n</e:A>\n" * n), rdf(".rdf")),
    "json-ld, nodes": (1_000, lambda n: write_json([{"@id": f"urn:a{i}", "urn:p": 1} for i in range(n)]), rdf(".jsonld")),
    "json-ld, values": (1_000, lambda n: write_json({"@id": "urn:a", "urn:p": list(range(n))}), rdf(".jsonld")),
    "json-ld, repeated": (1_000, lambda n: write_json([{"@id": "urn:a", "urn:p": i} for i in range(n)]), rdf(".jsonld")),
}


def measure(case: str) -> tuple[float, float, float]:
    """Processor seconds at n, 2 n and 4 n; the least of two runs each."""
    first, make, read = CASES[case]
    found = []
    for factor in (1, 2, 4):
        text, runs = make(factor * first), []
        for _ in range(2):
            begun = time.process_time()
            read(text)
            runs.append(time.process_time() - begun)
        found.append(min(runs))
    return found[0], found[1], found[2]


if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        once, twice, four = measure(name)
        sys.stdout.write(f"{name:<45} {CASES[name][0]:>7} {once:8.3f} {twice:8.3f} {four:8.3f}   x{four / twice:.1f}\n")
        sys.stdout.flush()
