"""The shapes of the project in engines of others: pyshacl as it comes, rdf-validate-shacl, Jena.

What an engine is known not to know is listed here, with the reason; everything else is found alike.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import rdflib
from jena import MISSING, find_jena

from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import Quad, read_literal
from airm_graph.validate.results import Result
from airm_graph.validate.shape_files import read_every_shapes
from judging import judge_quads
from test_shapes import FILES, judged_by
from tools import miss, require_npm

SH = PREFIXES["sh"]
ENGINES = Path(__file__).parent / "engines"
PACKAGES = ("rdf-validate-shacl@0.6.5", "n3@2.13.12", "@zazuko/env-node@3.0.0")
#: Engine → constraint components that it does not know.
GAPS = {
    "rdf-validate-shacl": {f"<{SH}SPARQLConstraintComponent>": "it reads SHACL Core alone"},
    "Jena": {},
    "pyshacl": {},
}
#: Engine → fixtures in which it answers otherwise, and why.
DIFFERENT = {
    "rdf-validate-shacl": dict.fromkeys(
        ("Capture/invalid-retrieved", "Source/invalid-issued"), "a day or a year that no calendar has is one to it"
    ),
    "Jena": {
        **dict.fromkeys(
            (
                *("Capture/invalid-sha256", "Code/invalid-notation", "EditedMitigation/invalid-one-code", "Evidence/invalid-capture"),
                *("LineEvidence/invalid-first-line", "Mitigation/invalid-classification-evidence", "Repair/invalid-before"),
                "Term/invalid-ontology",
            ),
            "it asks the query of a property shape again for each value of the path, and tells the same result each time",
        ),
        "Source/invalid-issued": "it looks at the form of a year, which pyshacl and this project do not",
    },
    "pyshacl": {
        "Repair/invalid-line": "rdflib finds a number less than a text",
    },
}
#: What is compared of a result: focus node, value, component, shape, severity; blank nodes without their labels.
Compared = Counter[tuple[str, str, str, str, str]]


def write(rows: tuple[Quad, ...] | list[Quad], path: Path) -> Path:
    path.write_text("".join(f"{s} {p} {o} .\n" for s, p, o, _ in rows), encoding="utf-8")
    return path


@cache
def read_fixture(path: Path) -> list[Quad]:
    return parse_rows(path.read_bytes(), name=path.name, suffix=".ttl")


def plain(term: str) -> str:
    """A term as every engine can show it: an IRI in brackets, a text bare, of a blank node that it is one."""
    return "_:" if term.startswith("_:") else " ".join(read_literal(term).text.split()) if term.startswith('"') else term


def reduce(results: list[Result] | tuple[Result, ...], *, engine: str) -> Compared:
    gaps = GAPS[engine]
    return Counter((plain(r.focus), plain(r.value), r.component, plain(r.shape), r.severity) for r in results if r.component not in gaps)


def make_pairs(folder: Path, *, engine: str) -> list[tuple[Path, Path]]:
    """Write data and shapes of each fixture; what the engine does not know at all is left out of the shapes."""
    unknown = {f"<{SH}sparql>"} if GAPS[engine] else set()
    shapes = {}
    pairs = []
    for number, path in enumerate(FILES):
        names = judged_by(path.parent.name)
        if names not in shapes:
            rows = [row for row in read_every_shapes(names) if row[1] not in unknown]
            shapes[names] = write(rows, folder / f"shapes{len(shapes)}.nt")
        pairs.append((write(read_fixture(path), folder / f"{number}.nt"), shapes[names]))
    return pairs


def expect(engine: str) -> list[Compared]:
    return [reduce(judge_quads(read_fixture(path), judged_by(path.parent.name)).results, engine=engine) for path in FILES]


def compare(found: list[Compared], *, engine: str) -> None:
    names = [f"{path.parent.name}/{path.stem}" for path in FILES]
    wanted = expect(engine)
    differing = {name: (one - other, other - one) for name, one, other in zip(names, found, wanted, strict=True) if one != other}
    assert differing.keys() == DIFFERENT[engine].keys(), differing


@pytest.mark.reference
def test_shapes_in_pyshacl_as_it_comes_find_the_same(tmp_path: Path) -> None:
    # In a process of its own: this project corrects pyshacl where it asks it.
    pairs = tmp_path / "pairs.json"
    pairs.write_text(json.dumps([[str(one), str(other)] for one, other in make_pairs(tmp_path, engine="pyshacl")]))
    done = subprocess.run([sys.executable, str(ENGINES / "pyshacl_plain.py"), str(pairs)], capture_output=True, check=True, text=True)
    reports = [rdflib.Graph().parse(data=text, format="nt") for text in json.loads(done.stdout)]
    compare([read_report(report, engine="pyshacl") for report in reports], engine="pyshacl")


def read_report(report: rdflib.Graph, *, engine: str) -> Compared:
    names = ("focusNode", "value", "sourceConstraintComponent", "sourceShape", "resultSeverity")
    return Counter(
        tuple(show(report.value(result, rdflib.URIRef(SH + name))) for name in names)
        for result in report.objects(None, rdflib.URIRef(f"{SH}result"))
        if show(report.value(result, rdflib.URIRef(f"{SH}sourceConstraintComponent"))) not in GAPS[engine]
    )


def show(node: rdflib.term.Node | None) -> str:
    if node is None:
        return ""
    return "_:" if isinstance(node, rdflib.BNode) else f"<{node}>" if isinstance(node, rdflib.URIRef) else " ".join(str(node).split())


@pytest.mark.npm
def test_shapes_in_rdf_validate_shacl_find_the_same(tmp_path: Path) -> None:
    cache = require_npm("rdf-validate-shacl", *PACKAGES)
    pairs = tmp_path / "pairs.json"
    pairs.write_text(json.dumps([[str(one), str(other)] for one, other in make_pairs(tmp_path, engine="rdf-validate-shacl")]))
    command = ["node", str(ENGINES / "validate.mjs"), str(cache), str(pairs)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    names = ("focus", "value", "component", "shape", "severity")
    found = [
        Counter(
            tuple(show_json(result[name]) for name in names)
            for result in results
            if show_json(result["component"]) not in GAPS["rdf-validate-shacl"]
        )
        for results in json.loads(done.stdout)
    ]
    compare(found, engine="rdf-validate-shacl")


def show_json(term: dict[str, str] | None) -> str:
    if term is None:
        return ""
    return {"NamedNode": f"<{term['value']}>", "BlankNode": "_:"}.get(term["type"], " ".join(term["value"].split()))


@pytest.mark.jena
def test_shapes_in_jena_find_the_same(tmp_path: Path) -> None:
    command = find_jena(tmp_path)
    if command is None or len(command) == 1:
        miss(MISSING)
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"{one}\t{other}\n" for one, other in make_pairs(tmp_path, engine="Jena")))
    run = [*command[:-1], str(ENGINES / "Validate.java"), str(pairs)]
    done = subprocess.run(run, capture_output=True, check=False, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[Compared] = [Counter() for _ in FILES]
    for line in done.stdout.splitlines():
        number, focus, value, component, shape, severity = line.split("\t")
        if component not in GAPS["Jena"]:
            found[int(number)][focus, " ".join(value.split()), component, shape, severity] += 1
    compare(found, engine="Jena")
