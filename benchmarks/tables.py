"""The way from a table to N-Triples, beside others on the same rows.

Ours reads the table as people hold it, with its sources, and makes identifiers, slugs, checks and order. The peers get that as a gift: a
table whose columns are the terms already, and a mapping that puts them in their places (RML for morph-kgc, OTTR for maplib, loops
for rdflib and pyoxigraph, one statement for DuckDB, which is the floor). The triples about rows have to be the same; ours writes more,
about sources and agents. Imports do not count.
"""

import csv
import json
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from child import Watch, Work
from corpus import write_tables
from frame import Engine, Job

from airm_graph.export import TableQuads, make_options, write_exports
from airm_graph.export.files import draft_files
from airm_graph.ingest.inputs import find_inputs
from airm_graph.namespaces import term
from airm_graph.pipeline.building import are_few
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.platform import EMBEDDED, Session
from airm_graph.pipeline.reading import Read, read_inputs
from airm_graph.pipeline.stating import state
from airm_graph.progress import tell_nobody
from airm_graph.triples.selects import code_quads

__all__ = ["JOBS"]

#: Column of the prepared table → what it holds.
COLUMNS = ("m", "c", "e", "f", "source", "assigned", "agent", "graph", "name", "identifier", "description", "content", "code", "code_label")
COLUMNS += ("row_label", "cell_label", "number", "created")
XSD = "http://www.w3.org/2001/XMLSchema#"


def write_inputs(folder: Path, size: int) -> None:
    """Write the tables, the one whose columns are the terms, and what each engine is told."""
    write_tables(size, folder / "tables", clean=True)
    make_prepared(folder)
    write_mappings(folder)


def read_tables(folder: Path, session: Session) -> Read:
    """Read the tables as a build does."""
    options = BuildOptions(mapping=folder / "tables" / "mapping.yaml")
    return read_inputs(find_inputs([folder / "tables"]), options, session=session, tell=tell_nobody)


def prepare_ours(folder: Path, _: int) -> Work:
    """Our conversion of tables."""
    ours = ("graph.small_table", "ingest.tables.folders", "ingest.tables.mapping", "pipeline.merging")
    for module in ("duckdb", *(f"airm_graph.{name}" for name in ours)):
        import_module(module)  # loaded by those who use them, and imports do not count

    def work(_: Watch) -> object:
        options = BuildOptions()
        with EMBEDDED.open(few=are_few(find_inputs([folder / "tables"]))) as session:
            state(read_tables(folder, session), session=session, options=options)
            session.use_threads()
            with draft_files([folder / "ours.nt"]) as (draft,):
                write_exports(TableQuads(session.table), {"ntriples": draft.write}, options=make_options())
        return "ours.nt"

    return work


def digest_triples(folder: Path, file: object) -> dict[str, object]:
    """Number and digest of the triples about rows in a file that an engine has written, whatever their order and spelling."""
    from pyoxigraph import RdfFormat, parse

    with (folder / "prepared.csv").open(encoding="utf-8", newline="") as table:
        subjects = {f"<{row[name]}>" for row in csv.DictReader(table) for name in "mcef"}
    read = ((str(t.subject), str(t.predicate), str(t.object)) for t in parse(path=str(folder / str(file)), format=RdfFormat.N_TRIPLES))
    triples = sorted({triple for triple in read if triple[0] in subjects})
    return {"triples": len(triples), "digest": sha256("\n".join(map(" ".join, triples)).encode()).hexdigest()[:16]}


def make_prepared(folder: Path) -> None:
    """Write the terms of each row, as our own engine makes them, and what each engine is told."""
    with EMBEDDED.open() as session:
        (one,) = read_tables(folder, session).tables
        objects = {(quad.s, quad.p): quad.o for quad in code_quads([one])}
        fields = {name: name for name in COLUMNS} | {"f": "code_cell", "code": "code_text", "graph": one.graph}
        fields["assigned"], fields["source"] = objects["c", term("airm:assignedCode")], objects["m", term("airm:source")]
        fields |= {
            name: objects[fields[s], term("rdfs:label")] for name, s in (("code_label", "c"), ("row_label", "e"), ("cell_label", "f"))
        }
        fields["agent"] = objects["c", term("prov:wasAttributedTo")]
        select = ", ".join(f"{sql} AS {name}" for name, sql in fields.items())
        with (folder / "prepared.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for some in session.table.stream(f"SELECT {select} FROM independent"):
                writer.writerows([[bare(cell) for cell in row] for row in some])


def bare(cell: object) -> object:
    """A term or an escaped text as people hold it in a column; generated texts hold no backslash."""
    if not isinstance(cell, str):
        return cell
    text = cell[1:-1] if cell[:1] in {"<", '"'} else cell
    return text.replace("\\n", "\n").replace('\\"', '"')


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


_OURS = ("duckdb", "pyoxigraph")
JOBS = (
    Job(
        "tables",
        "From a table to N-Triples",
        "Ours reads the table as people hold it and makes identifiers, slugs, checks and order; the others get a table whose columns are "
        "the terms already. The first floor sorts its lines, the second does not.",
        (
            Engine("airm-graph", "tables:prepare_ours", packages=_OURS),
            Engine("DuckDB, one statement, sorted", "table_peers:prepare_floor", ("floor",), ("duckdb",)),
            Engine("DuckDB, one statement", "table_peers:prepare_floor", ("unsorted",), ("duckdb",)),
            Engine("pyoxigraph, a loop", "table_peers:prepare_pyoxigraph", packages=("pyoxigraph",), most=100_000),
            Engine("rdflib, a loop", "table_peers:prepare_rdflib", packages=("rdflib",), most=10_000),
            Engine("maplib", "table_peers:prepare_maplib", packages=("maplib", "polars"), apart=("maplib", "polars"), most=100_000),
            Engine("morph-kgc", "table_peers:prepare_morph", packages=("morph-kgc",), apart=("morph-kgc",), most=100_000),
        ),
        write_inputs,
        read=digest_triples,
        aims={"DuckDB, one statement, sorted": 1 / 1.5, "rdflib, a loop": 40},
        unit="rows",
    ),
)
