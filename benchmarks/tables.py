"""Measures the way from a table to N-Triples beside others on the same rows in the same run: rows per second, memory, growth.

Ours reads the table as people hold it, with its sources, and makes identifiers, slugs, checks and order. The peers get that as a gift: a
table whose columns are the terms already, and a mapping that puts them in their places (RML for morph-kgc, OTTR for maplib, loops
for rdflib and pyoxigraph, one statement for DuckDB, which is the floor). At the smallest size the triples of each are compared with ours.
Each run is a process; the clock starts when its libraries are imported. morph-kgc and maplib are installed from PyPI, each into a virtual
environment of its own.

    python benchmarks/tables.py [SIZE …]        1000 10000 100000 by default; 1000000 is for ours and the floor only
"""

import csv
import json
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import log
from pathlib import Path

from corpus import write_tables

from airm_graph.bulk.statements import list_statements
from airm_graph.columns import TripleTable
from airm_graph.namespaces import term

RUNS = 3
#: Sizes up to which an engine is measured: what takes minutes is left out.
LIMITS = {
    "ours": 10**9,
    "floor": 10**9,
    "floor, unsorted": 10**9,
    "maplib": 100_000,
    "pyoxigraph": 100_000,
    "morph-kgc": 100_000,
    "rdflib": 10_000,
}
PACKAGES = {"morph-kgc": "morph-kgc", "maplib": "maplib"}
PLACE = Path(tempfile.gettempdir()) / "airm-graph-benchmark-tables"
#: Column of the prepared table → what it holds.
COLUMNS = ("m", "c", "e", "f", "source", "assigned", "agent", "graph", "name", "identifier", "description", "content", "code", "code_label")
COLUMNS += ("row_label", "cell_label", "number", "created")
#: Subject, property, column of the object or the term itself, datatype.
XSD = "http://www.w3.org/2001/XMLSchema#"

#: The kernel's own account of memory begins anew with a program; that of the process would count its parent.
MEASURE = """
import json, re, sys, time
started, used = time.perf_counter(), time.process_time()
run(*sys.argv[1:])
taken = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - used}
print(json.dumps({**taken, "mebibytes": int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) >> 10}))
"""

OURS = """
from airm_graph.conductor import convert
import airm_graph.bulk, airm_graph.columns
def run(folder, target, shared):
    convert([folder + "/tables"], target, mapping=folder + "/tables/mapping.yaml")
"""

FLOOR = """
import duckdb
def run(folder, target, shared):
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute(open(shared + "/floor.sql").read().replace("@table", folder + "/prepared.csv").replace("@target", target))
"""
UNSORTED = FLOOR.replace("/floor.sql", "/unsorted.sql")

RDFLIB = """
import csv, json
from rdflib import Graph, Literal, URIRef
def run(folder, target, shared):
    shapes = [tuple(shape) for shape in json.load(open(shared + "/shapes.json"))]
    graph = Graph()
    for row in csv.DictReader(open(folder + "/prepared.csv", encoding="utf-8", newline="")):
        for s, p, kind, o, datatype in shapes:
            value = row[o] if kind == "column" else o
            known = URIRef(value) if datatype == "iri" else Literal(value, datatype=URIRef(datatype) if datatype else None)
            graph.add((URIRef(row[s]), URIRef(p), known))
    graph.serialize(target, format="nt", encoding="utf-8")
"""

PYOXIGRAPH = """
import csv, json
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize
def run(folder, target, shared):
    shapes = [tuple(shape) for shape in json.load(open(shared + "/shapes.json"))]
    string = NamedNode("http://www.w3.org/2001/XMLSchema#string")
    def triples():
        for row in csv.DictReader(open(folder + "/prepared.csv", encoding="utf-8", newline="")):
            for s, p, kind, o, datatype in shapes:
                value = row[o] if kind == "column" else o
                kind_of = NamedNode(datatype) if datatype not in {"", "iri"} else string
                known = NamedNode(value) if datatype == "iri" else Literal(value, datatype=kind_of)
                yield Triple(NamedNode(row[s]), NamedNode(p), known)
    serialize(triples(), target, format=RdfFormat.N_TRIPLES)
"""

MORPH = """
import morph_kgc
def run(folder, target, shared):
    mapping = open(shared + "/mapping.rml.ttl").read().replace("@table", folder + "/prepared.csv")
    open(folder + "/mapping.rml.ttl", "w").write(mapping)
    config = "[CONFIGURATION]\\noutput_format=N-TRIPLES\\nlogging_level=ERROR\\n[DATA]\\nmappings=%s/mapping.rml.ttl\\n" % folder
    triples = morph_kgc.materialize_set(config)
    with open(target, "w", encoding="utf-8") as file:
        file.writelines(triple + " .\\n" for triple in triples)
"""

MAPLIB = """
import polars
from maplib import Model
def run(folder, target, shared):
    table = polars.read_csv(folder + "/prepared.csv", infer_schema=False)
    table = table.with_columns(polars.col("number").cast(polars.Int64), polars.col("created").str.to_date())
    model = Model()
    model.add_template(open(shared + "/template.stottr").read())
    model.map("https://example.org/t#Row", table)
    model.write(target, format="ntriples")
"""
SCRIPTS = {
    "ours": OURS,
    "floor": FLOOR,
    "floor, unsorted": UNSORTED,
    "maplib": MAPLIB,
    "pyoxigraph": PYOXIGRAPH,
    "morph-kgc": MORPH,
    "rdflib": RDFLIB,
}


def prepare(size: int) -> Path:
    """Write the tables of a size, and the one whose columns are the terms."""
    folder = PLACE / str(size)
    if not (folder / "prepared.csv").exists():
        write_tables(size, folder / "tables", clean=True)
        make_prepared(folder)
    return folder


def make_prepared(folder: Path) -> None:
    """Write the terms of each row, as our own engine makes them, and what each engine is told."""
    from airm_graph.bulk import find_folders, read_tables
    from airm_graph.ingest.inputs import find_inputs
    from airm_graph.ingest.table import load_mapping

    with tempfile.TemporaryDirectory() as workspace, TripleTable() as table:
        mapping = load_mapping(folder / "tables" / "mapping.yaml")
        found = read_tables(find_folders(find_inputs([folder / "tables"]), mapping=mapping, workspace=Path(workspace)), table=table)
        (sheet,) = found.sheets
        statements = {(one.subject, one.predicate): one.value for one in list_statements(sheet)}
        label = statements["c", term("rdfs:label")]
        row_label, cell_label = (statements[subject, term("rdfs:label")] for subject in "ef")
        graph = statements["e", term("airm:capture")]
        assigned = statements["c", term("airm:assignedCode")]
        fields = ["m", "c", "e", "f", "source", assigned, "agent", graph, "name", "identifier", "description", "content", "code", label]
        fields += [row_label, cell_label, "number", "created"]
        select = ", ".join(f"{sql} AS {name}" for sql, name in zip(fields, COLUMNS, strict=True))
        with (folder / "prepared.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for some in table.stream(f"SELECT {select} FROM plain"):
                writer.writerows([[bare(cell) for cell in row] for row in some])


def bare(cell: object) -> object:
    """A term without its signs, as people hold it in a column."""
    if not isinstance(cell, str) or cell[:1] not in {"<", '"'}:
        return cell
    return cell[1:-1].replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")


def list_shapes() -> list[tuple[str, str, str, str, str]]:
    """Subject column, property, whether the object is a column or a constant, that, and its kind: ``iri``, a datatype, or a string."""

    def name(term_: str) -> str:
        return term(term_)[1:-1]

    plain = [
        ("m", "rdfs:label", "name"), ("m", "dcterms:identifier", "identifier"), ("m", "dcterms:description", "description"),
        ("e", "rdfs:label", "row_label"), ("e", "airm:capturedText", "content"), ("c", "rdfs:label", "code_label"),
        ("f", "rdfs:label", "cell_label"), ("f", "airm:capturedText", "code"),
    ]  # fmt: skip
    linked = [
        ("m", "airm:source", "source"), ("m", "airm:evidence", "e"), ("m", "airm:classification", "c"),
        ("c", "airm:assignedCode", "assigned"), ("c", "airm:evidence", "f"), ("c", "prov:wasAttributedTo", "agent"),
        ("e", "airm:capture", "graph"), ("f", "airm:capture", "graph"),
    ]  # fmt: skip
    typed = [("m", "airm:Mitigation"), ("e", "airm:Evidence"), ("c", "airm:Classification"), ("f", "airm:Evidence")]
    return [
        *((s, name(p), "column", o, "") for s, p, o in plain),
        *((s, name(p), "column", o, "iri") for s, p, o in linked),
        *((s, name("rdf:type"), "constant", name(o), "iri") for s, o in typed),
        *((s, name("airm:row"), "column", "number", f"{XSD}integer") for s in "ef"),
        ("c", name("dcterms:created"), "column", "created", f"{XSD}date"),
        ("f", name("airm:column"), "constant", "Code", ""),
    ]


def write_mappings(folder: Path) -> None:
    """Tell each engine the same."""
    shapes = list_shapes()
    (folder / "shapes.json").write_text(json.dumps(shapes), encoding="utf-8")
    (folder / "floor.sql").write_text(make_sql(shapes, ordered=True), encoding="utf-8")
    (folder / "unsorted.sql").write_text(make_sql(shapes, ordered=False), encoding="utf-8")
    (folder / "mapping.rml.ttl").write_text(make_rml(shapes), encoding="utf-8")
    (folder / "template.stottr").write_text(make_ottr(shapes), encoding="utf-8")


def make_sql(shapes: Sequence[tuple[str, str, str, str, str]], *, ordered: bool) -> str:
    """The plainest SQL that writes the triples."""

    def escape(column: str) -> str:
        return f"replace(replace(replace({column}, chr(92), chr(92) || chr(92)), '\"', chr(92) || '\"'), chr(10), chr(92) || 'n')"

    selects = []
    for s, p, kind, o, datatype in shapes:
        value = o if kind == "column" else f"'{o}'"
        written = f"'<' || {value} || '>'" if datatype == "iri" else f"'\"' || {escape(value) if not datatype else value} || '\"'"
        written += f" || '^^<{datatype}>'" if datatype not in {"", "iri"} else ""
        selects.append(f"SELECT '<' || {s} || '> <{p}> ' || {written} || ' .' AS line FROM prepared")
    lines = f"SELECT line FROM ({' UNION ALL '.join(selects)}) AS t{' ORDER BY line' if ordered else ''}"
    return (
        "CREATE TABLE prepared AS SELECT * FROM read_csv('@table', header = true, all_varchar = true, delim = ',', quote = '\"', "
        f"escape = '\"', parallel = false); COPY ({lines}) TO '@target' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '')"
    )


def make_rml(shapes: Sequence[tuple[str, str, str, str, str]]) -> str:
    """One triples map for each subject."""
    prefixes = {"rr": "http://www.w3.org/ns/r2rml#", "rml": "http://semweb.mmlab.be/ns/rml#", "ql": "http://semweb.mmlab.be/ns/ql#"}
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items())
    maps = []
    for subject in "mcef":
        parts = []
        for s, p, kind, o, datatype in shapes:
            if s == subject:
                if kind == "column":
                    told = (
                        "rr:termType rr:IRI" if datatype == "iri" else f"rr:datatype <{datatype}>" if datatype else "rr:termType rr:Literal"
                    )
                    value = f'rr:objectMap [ rml:reference "{o}" ; {told} ]'
                else:
                    value = f"rr:object <{o}>" if datatype == "iri" else f'rr:object "{o}"'
                parts.append(f"  rr:predicateObjectMap [ rr:predicate <{p}> ; {value} ]")
        source = '  rml:logicalSource [ rml:source "@table" ; rml:referenceFormulation ql:CSV ]'
        named = f'  rr:subjectMap [ rml:reference "{subject}" ; rr:termType rr:IRI ]'
        maps.append(f"<urn:map:{subject}> a rr:TriplesMap ;\n" + " ;\n".join([source, named, *parts]) + " .\n")
    return head + "\n".join(maps)


def make_ottr(shapes: Sequence[tuple[str, str, str, str, str]]) -> str:
    """One template with a parameter for each column."""
    links = {o for _, _, kind, o, datatype in shapes if kind == "column" and datatype == "iri"} | set("mcef")
    types = {"number": "xsd:integer", "created": "xsd:date"}
    parameters = ", ".join(f"{'ottr:IRI' if name in links else types.get(name, 'xsd:string')} ?{name}" for name in COLUMNS)
    triples = []
    for s, p, kind, o, datatype in shapes:
        value = f"?{o}" if kind == "column" else f"<{o}>" if datatype == "iri" else f'"{o}"'
        triples.append(f"  ottr:Triple(?{s}, <{p}>, {value})")
    return (
        f"@prefix t: <https://example.org/t#> .\n@prefix ottr: <http://ns.ottr.xyz/0.4/> .\n@prefix xsd: <{XSD}> .\n"
        f"t:Row [{parameters}] :: {{\n" + ",\n".join(triples) + "\n} .\n"
    )


def find_python(engine: str) -> str:
    """The interpreter for an engine, with what it needs."""
    if engine not in PACKAGES:
        return sys.executable
    place = PLACE / f"venv-{engine}"
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PACKAGES[engine]], check=True)
    return str(python)


def measure(engine: str, size: int) -> tuple[float, float, int, Path]:
    """Median seconds by the clock and of the processor, the largest memory in MiB, and the file."""
    folder, target, found = prepare(size), PLACE / f"{engine.replace(', ', '-')}-{size}.nt", []
    for _ in range(RUNS if size < 10**6 else 1):
        target.unlink(missing_ok=True)
        command = [find_python(engine), "-c", SCRIPTS[engine] + MEASURE, str(folder), str(target), str(PLACE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{engine}: {done.stderr[-2000:]}")
        found.append(json.loads(done.stdout.splitlines()[-1]))
    seconds, cpu = (statistics.median(one[name] for one in found) for name in ("seconds", "cpu"))
    return seconds, cpu, max(one["mebibytes"] for one in found), target


def compare(ours: Path, other: Path, folder: Path) -> None:
    """Hold the triples of the rows equal, whatever their order and spelling."""
    with (folder / "prepared.csv").open(encoding="utf-8", newline="") as file:
        subjects = {f"<{row[name]}>" for row in csv.DictReader(file) for name in "mcef"}
    mine, theirs = (read_triples(path) for path in (ours, other))
    mine = {triple for triple in mine if triple[0] in subjects}
    if mine != theirs:
        raise SystemExit(f"{other.name}: {len(mine - theirs)} triples are missing, {len(theirs - mine)} more: {sorted(mine ^ theirs)[:4]}")


def read_triples(path: Path) -> set[tuple[str, str, str]]:
    """The triples of a file in the spelling of one parser."""
    from pyoxigraph import RdfFormat, parse

    return {(str(t.subject), str(t.predicate), str(t.object)) for t in parse(path=str(path), format=RdfFormat.N_TRIPLES)}


def main(sizes: Sequence[int], tell: Callable[[str], None] = print) -> None:
    """Measure and print."""
    PLACE.mkdir(exist_ok=True)
    write_mappings(PLACE)
    seconds: dict[str, dict[int, float]] = {}
    for size in sizes:
        tell(f"{size:,} rows")
        for engine in [name for name in SCRIPTS if size <= LIMITS[name]]:
            taken, cpu, memory, file = measure(engine, size)
            seconds.setdefault(engine, {})[size] = taken
            ratio = taken / seconds["ours"][size]
            tell(
                f"  {engine:<16} {taken:8.2f} s  {cpu:8.2f} s of CPU  {size / taken:>10,.0f} rows/s  {memory:>6,} MiB  {ratio:6.2f} of ours"
            )
            if size == min(sizes) and engine != "ours":
                compare(PLACE / f"ours-{size}.nt", file, prepare(size))
    for engine, found in seconds.items():
        for small, large in pairwise(sorted(found)):
            tell(f"{engine}: cost from {small:,} to {large:,} grows as n^{log(found[large] / found[small]) / log(large / small):.2f}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1000, 10_000, 100_000])
