"""Writers against readers that share no code with them: what goes out comes back, in every format, the same bytes each time."""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airm_graph.errors import ExportError
from airm_graph.export import (
    EXPORTS,
    Options,
    QuadList,
    export_text,
    find_formats,
    release_digest,
    replace_file,
    replace_folder_files,
    write_exports,
    write_folder,
)
from airm_graph.export.files import Draft, Written
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, PREFIXES, iri, literal, rebase_text, term
from airm_graph.resources import find_resource, read_resource
from airm_graph.terms import Quad
from tools import require_programs

TYPE = term("rdf:type")
LABEL = term("rdfs:label")
NOTE = term("skos:note")
THING = iri("thing")
CONTEXT = json.loads(read_resource("ontology/context.jsonld"))
OTHER_CONTEXT = {
    "@context": {
        "@version": 1.1,
        "airm": PREFIXES["airm"],
        "air": "https://w3id.org/",
        "dct": PREFIXES["dcterms"],
        "ident": "@id",
        "kind": {"@id": "@type"},
        "lang": "@language",
        "val": "@value",
        "all": "@graph",
        "line": {"@id": "airm:firstLine", "@type": "http://www.w3.org/2001/XMLSchema#integer"},
        "Line": {"@id": "line"},
        "lines": {"@id": "airm:firstLine", "@container": ["@set"]},
        "title": {"@id": "dct:title", "@language": None},
        "titel": {"@id": "dct:title", "@language": "de-AT", "@container": "@set"},
        "label": {"@id": PREFIXES["rdfs"] + "label", "@type": "@id"},
        "100%s": PREFIXES["skos"] + "note",
        "ordered": {"@id": "airm:code", "@container": "@list"},
    }
}

# Readers written in C end a text at U+0000 and refuse U+FFFE and U+FFFF (rapper 2.0.15), so these three have a test of their own.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff")
NASTY = st.sampled_from(
    ['"', '""', '"""', "\\", "\n", "\r", "\r\n", "\t", "\\n", "\\u0041", "'", "é", "\u2028", "\ufeff", "𝒜", "]]>", "&#13;", "  "]
)
TEXTS = st.lists(NASTY | CHARACTERS | st.sampled_from(["a b", "1.10"]), max_size=8).map("".join)
XML_TEXTS = TEXTS.map(lambda text: re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text))
LOCALS = st.sampled_from(
    [
        "a",
        "label",
        "1.1.3",
        "1.1.",
        "a.b",
        "x-1",
        "_x",
        "a:b",
        "é",
        "a%20b",
        "~",
        "𝒜",
        "a/b",
        "a?b=c&d='e'",
        "a(b)",
        "a,b;c",
        "a@b",
        "a!$*+=",
    ]
)
SPACES = st.sampled_from(
    [BASE, PREFIXES["airm"], PREFIXES["dcterms"], "http://example.org/", "http://example.org/1#", "urn:x:", "http://ü.example/"]
)
IRIS = st.builds("<{}{}>".format, SPACES, LOCALS)
NAMES = st.sampled_from(["label", "x-1", "_x", "a.b", "x1", "broader"])
PREDICATES = st.builds("<{}{}>".format, SPACES, NAMES) | st.sampled_from([TYPE, LABEL, NOTE, term("airm:firstLine"), term("dcterms:title")])
# PyLD rewrites an xsd:double when it makes RDF, so that datatype has a test of its own.
TYPED = st.sampled_from(
    [
        *((value, "xsd:integer") for value in ("0", "12", "-3", "007", "-0", "+5", "9007199254740993", "1" * 30, "")),
        *((value, "xsd:boolean") for value in ("true", "false", "1", "TRUE")),
        *((value, "xsd:decimal") for value in ("1.10", "1.0", ".5")),
        *((value, "xsd:date") for value in ("2026-11-21", "2026-11-21Z")),
        ("2024", "xsd:gYear"),
        ("1", "xsd:int"),
        ("5", "xsd:nonNegativeInteger"),
    ]
).map(lambda pair: literal(pair[0], datatype=pair[1]))


def literals(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Plain, tagged and typed literals."""
    tagged = st.builds(lambda text, tag: literal(text, language=tag), texts, st.sampled_from(["en", "de-at", "zh-hant-tw"]))
    own = st.builds(lambda text: f"{literal(text)}^^<http://example.org/type#1.1>", texts)
    return texts.map(literal) | tagged | TYPED | own


def rows_of(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[Quad]]:
    graphs = st.sampled_from(["", iri("graph/dataset"), iri("capture/00112233")])
    return st.lists(st.tuples(IRIS, PREDICATES, IRIS | literals(texts), graphs), max_size=25)


ROWS = rows_of(TEXTS)
XML_ROWS = rows_of(XML_TEXTS)
quick = settings(max_examples=25, deadline=None)
slow = settings(max_examples=8, deadline=None)


def write(name: str, rows: Iterable[Quad], **options: object) -> str:
    return "".join(export_text(QuadList(rows), name, options=Options(**options)))  # type: ignore[arg-type]


def export(name: str, rows: Iterable[Quad]) -> bytes:
    return write(name, rows, context=CONTEXT).encode()


def lines(rows: Iterable[Quad]) -> bytes:
    """The rows as N-Triples, joined here and not by a writer."""
    return "".join(f"{s} {p} {o} .\n" for s, p, o, _ in rows).encode()


def triples(data: bytes, suffix: str) -> set[tuple[str, ...]]:
    """Read by Oxigraph, whose parser keeps lexical forms as they are."""
    return {row[:3] for row in parse_rows(data, name="export", suffix=suffix)}


def rdflib_triples(data: bytes, name: str) -> set[tuple[object, ...]]:
    """Read by rdflib, which brings numbers, booleans and dates to its own form: compare with the same reader only."""
    import rdflib

    return set(rdflib.Graph().parse(data=data, format=name))


def pyld_triples(data: bytes) -> set[tuple[str, ...]]:
    from pyld import jsonld

    def write(node: dict[str, str]) -> str:
        if node["type"] == "IRI":
            return f"<{node['value']}>"
        if "language" in node:
            return literal(node["value"], language=node["language"])
        plain = node["datatype"] == PREFIXES["xsd"] + "string"
        return literal(node["value"]) + ("" if plain else f"^^<{node['datatype']}>")

    def refuse(url: str, options: object) -> None:
        raise AssertionError(url)

    found = jsonld.to_rdf(json.loads(data), {"documentLoader": refuse}).get("@default", [])
    return {tuple(write(quad[part]) for part in ("subject", "predicate", "object")) for quad in found}


def run_reader(command: list[str], data: bytes) -> set[tuple[str, ...]]:
    done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=60)
    assert not done.stderr
    return triples(done.stdout, ".nt")


# What goes out comes back


@pytest.mark.parametrize("name", ["jsonld", "nquads", "ntriples", "turtle"])
@quick
@given(rows=ROWS)
def test_export_reads_back_in_oxigraph(name: str, rows: list[Quad]) -> None:
    assert triples(export(name, rows), Path(EXPORTS[name].file_name).suffix) == triples(lines(rows), ".nt")


@quick
@given(rows=XML_ROWS)
def test_rdfxml_reads_back_in_oxigraph(rows: list[Quad]) -> None:
    assert triples(export("rdfxml", rows), ".rdf") == triples(lines(rows), ".nt")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own JSON-LD parser
@pytest.mark.parametrize("name", ["jsonld", "ntriples", "turtle"])
@quick
@given(rows=ROWS)
def test_export_reads_back_in_rdflib(name: str, rows: list[Quad]) -> None:
    form = {"jsonld": "json-ld", "ntriples": "nt", "turtle": "turtle"}[name]
    assert rdflib_triples(export(name, rows), form) == rdflib_triples(lines(rows), "nt")


@quick
@given(rows=XML_ROWS)
def test_rdfxml_reads_back_in_rdflib(rows: list[Quad]) -> None:
    assert rdflib_triples(export("rdfxml", rows), "xml") == rdflib_triples(lines(rows), "nt")


@pytest.mark.parametrize("context", [CONTEXT, OTHER_CONTEXT, {}], ids=["own", "other", "empty"])
@quick
@given(rows=ROWS)
def test_jsonld_reads_back_in_pyld(context: dict[str, object], rows: list[Quad]) -> None:
    assert pyld_triples(write("jsonld", rows, context=context).encode()) == {row[:3] for row in rows}


@pytest.mark.rdf_tools
@pytest.mark.parametrize("name", ["nquads", "ntriples", "rdfxml", "turtle"])
@slow
@given(rows=XML_ROWS)
def test_export_reads_back_in_rapper(name: str, rows: list[Quad]) -> None:
    require_programs("rapper", packages="raptor2-utils")
    command = ["rapper", "-q", "-i", name, "-o", "ntriples", "-", "http://base.example/"]
    assert run_reader(command, export(name, rows)) == triples(lines(rows), ".nt")


@pytest.mark.rdf_tools
@pytest.mark.parametrize("name", ["nquads", "ntriples", "turtle"])
@slow
@given(rows=ROWS)
def test_export_reads_back_in_serdi(name: str, rows: list[Quad]) -> None:
    require_programs("serdi", packages="serdi")
    assert run_reader(["serdi", "-i", name, "-o", "ntriples", "-"], export(name, rows)) == triples(lines(rows), ".nt")


@quick
@given(rows=ROWS)
def test_nquads_keep_graphs(rows: list[Quad]) -> None:
    assert set(parse_rows(export("nquads", rows), name="export", suffix=".nq")) == {
        (*next(iter(triples(lines([row]), ".nt"))), row[3]) for row in rows
    }


@pytest.mark.parametrize("name", ["jsonld", "nquads", "ntriples", "turtle"])
def test_characters_that_c_readers_refuse_survive(name: str) -> None:
    rows = [(THING, NOTE, literal("a\x00b\ufffec\uffff"), "")]
    assert triples(export(name, rows), Path(EXPORTS[name].file_name).suffix) == triples(lines(rows), ".nt")


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_double_keeps_its_lexical_form(name: str) -> None:
    rows = [(THING, NOTE, literal("1.50", datatype="xsd:double"), "")]
    assert triples(export(name, rows), Path(EXPORTS[name].file_name).suffix) == {row[:3] for row in rows}


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_type_may_be_an_iri_and_a_literal(name: str) -> None:
    rows = [(THING, TYPE, literal("a thing"), ""), (THING, TYPE, term("airm:Code"), ""), (THING, TYPE, literal("a\r\nb"), "")]
    assert triples(export(name, rows), Path(EXPORTS[name].file_name).suffix) == {row[:3] for row in rows}


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_own_taxonomies_and_vocabularies_read_back(name: str) -> None:
    files = sorted([*find_resource("ontology/taxonomy").glob("*.ttl"), *find_resource("ontology/vocabularies").glob("*.ttl")])
    assert files
    rows = [row for path in files for row in parse_rows(path.read_bytes(), name=str(path), suffix=".ttl")]
    expected = triples(lines(rows), ".nt")
    assert len(expected) > 500
    data = export(name, rows)
    assert triples(data, Path(EXPORTS[name].file_name).suffix) == expected
    if name == "jsonld":
        assert pyld_triples(data) == {row[:3] for row in rows}


# The same bytes for the same statements


@pytest.mark.parametrize("name", sorted(EXPORTS))
@quick
@given(data=st.data())
def test_order_and_repetition_of_rows_change_nothing(name: str, data: st.DataObject) -> None:
    rows = data.draw(XML_ROWS)
    others = data.draw(st.permutations(rows + rows[:5]))
    assert export(name, rows) == export(name, others)


SEEDED = """
import hashlib, json, sys
from airm_graph.export import EXPORTS, Options, QuadList, export_text
assert not {"pyld", "rdflib", "pyoxigraph"} & sys.modules.keys(), "a heavy library is loaded on import"
rows, context = json.load(sys.stdin)
rows = [tuple(row) for row in rows]
for name in EXPORTS:
    data = "".join(export_text(QuadList(rows), name, options=Options(context=context))).encode()
    print(name, len(data), hashlib.sha256(data).hexdigest())
"""


def test_exports_are_equal_under_two_hash_seeds() -> None:
    rows = [
        (iri(f"mitigation/s/{n % 7}"), f"<http://{n % 3}.example/p{n % 5}>", value, iri(f"graph/{n % 2}"))
        for n in range(60)
        for value in (literal(n), literal(f"text {n}", language="en"), iri(f"x{n}"), literal(str(n), datatype="xsd:date"))
    ]
    rows += [(iri(f"mitigation/s/{n}"), TYPE, term(f"airm:{kind}"), "") for n in range(7) for kind in ("Mitigation", "Code", "Source")]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SEEDED],
            input=json.dumps([rows, CONTEXT]),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
            timeout=60,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == len(EXPORTS)


@pytest.mark.parametrize("name", ["ntriples", "nquads"])
@quick
@given(rows=ROWS)
def test_lines_are_sorted_by_code_point(name: str, rows: list[Quad]) -> None:
    found = write(name, rows).split("\n")[:-1]
    assert found == sorted(set(found))


def test_digest_is_that_of_the_file() -> None:
    rows = [(THING, LABEL, literal("Größe"), iri("graph/dataset")), (THING, LABEL, literal("Größe"), "")]
    line = f'{THING} {LABEL} "Größe" .\n'
    assert release_digest(QuadList(rows)) == hashlib.sha256(line.encode()).hexdigest()


@pytest.mark.parametrize(
    ("loose", "canonical"),
    [
        (r'"\t\u0008\u00e9\U0001F600"', '"\t\b\u00e9\U0001f600"'),
        (r'"\u0022\u005c\u000A\'"', r'''"\"\\\n'"'''),
        (r'"\\u0041"', r'"\\u0041"'),
        ('"x"^^<http://www.w3.org/2001/XMLSchema#string>', '"x"'),
        (r"<http://a.example/\u00e9>", "<http://a.example/é>"),
    ],
)
def test_terms_are_written_in_one_way(loose: str, canonical: str) -> None:
    rows = [(THING, NOTE, loose, "")]
    assert write("ntriples", rows) == f"{THING} {NOTE} {canonical} .\n"
    assert write("turtle", rows) == write("turtle", [(THING, NOTE, canonical, "")])


@pytest.mark.parametrize("name", sorted(EXPORTS))
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("_:b", LABEL, literal("x"), ""), "_:b is a blank node"),
        ((THING, LABEL, "_:b", ""), "_:b is a blank node"),
        ((THING, LABEL, literal("x"), "_:g"), "_:g is a blank node"),
        ((literal("x"), LABEL, literal("x"), ""), "a literal stands as"),
        ((THING, literal("x"), literal("x"), ""), "a literal stands as"),
        (("<thing>", LABEL, literal("x"), ""), "'<thing>' is not an N-Quads term"),
        (("<http://a.example/ b>", LABEL, literal("x"), ""), "not an N-Quads term"),
        ((THING, LABEL, '"a"b"', ""), "not an N-Quads term"),
        ((THING, LABEL, '"\ud800"', ""), r"'\"\\ud800\"' is not an N-Quads term"),
        ((THING, LABEL, r'"\uD800"', ""), "not an N-Quads term"),
        ((THING, LABEL, r'"\UFFFFFFFF"', ""), "not an N-Quads term"),
        ((THING, LABEL, '"a\nb"', ""), "not an N-Quads term"),
        ((THING, LABEL, "", ""), "not an N-Quads term"),
    ],
)
def test_rows_that_are_no_statements_are_refused(name: str, row: Quad, reason: str) -> None:
    with pytest.raises(ExportError, match=re.escape(reason) if "ud800" not in reason else "ud800"):
        export(name, [row])


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_no_rows_make_a_readable_file(name: str) -> None:
    assert triples(export(name, []), Path(EXPORTS[name].file_name).suffix) == set()


# Turtle for people

SMALL = [
    (iri("capture/ab/l10-l12"), TYPE, term("airm:Evidence"), ""),
    (iri("capture/ab/l10-l12"), term("airm:firstLine"), literal(10), ""),
    (iri("capture/ab/l10-l12"), term("airm:lastLine"), literal("012", datatype="xsd:integer"), ""),
    (iri("capture/ab/l10-l12"), term("airm:capturedText"), literal('one "two"\nthree\t\\'), ""),
    (iri("capture/ab/l2-l9"), TYPE, term("airm:Evidence"), ""),
    (iri("mitigation/s/x"), TYPE, term("airm:Mitigation"), ""),
    (iri("mitigation/s/x"), term("airm:code"), iri("taxonomy/v2/1.10"), ""),
    (iri("mitigation/s/x"), term("airm:code"), iri("taxonomy/v2/1.2"), ""),
    (iri("mitigation/s/x"), LABEL, literal('Say "x"'), ""),
    (iri("mitigation/s/x"), "<http://other.example/p>", literal("y", language="en"), ""),
    (iri("dataset"), TYPE, term("void:Dataset"), ""),
    (iri("dataset"), TYPE, term("dcat:Dataset"), ""),
    (iri("dataset"), term("dcterms:issued"), literal("2026", datatype="xsd:gYear"), ""),
    (iri("dataset"), term("owl:deprecated"), literal("false", datatype="xsd:boolean"), ""),
]
SMALL_TURTLE = r'''# Preliminary.
#
# Please do not cite.

@prefix airm: <https://w3id.org/airm-graph/ontology#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/airm-graph/dataset>
  a
    dcat:Dataset ,
    void:Dataset ;
  dcterms:issued "2026"^^xsd:gYear ;
  owl:deprecated false .

<https://w3id.org/airm-graph/mitigation/s/x>
  a airm:Mitigation ;
  rdfs:label "Say \"x\"" ;
  airm:code
    <https://w3id.org/airm-graph/taxonomy/v2/1.2> ,
    <https://w3id.org/airm-graph/taxonomy/v2/1.10> ;
  <http://other.example/p> "y"@en .

<https://w3id.org/airm-graph/capture/ab/l2-l9>
  a airm:Evidence .

<https://w3id.org/airm-graph/capture/ab/l10-l12>
  a airm:Evidence ;
  airm:capturedText """one "two"
three\t\\""" ;
  airm:firstLine 10 ;
  airm:lastLine "012"^^xsd:integer .
'''


def test_turtle_looks_as_people_expect() -> None:
    assert write("turtle", SMALL, comment="Preliminary.\n\nPlease do not cite.") == SMALL_TURTLE


def test_turtle_of_another_base_has_the_same_shape() -> None:
    base = "http://localhost:8000/graph/"
    rows = [tuple(rebase_text(part, base) for part in row) for row in SMALL]
    prefixes = {name: rebase_text(space, base) for name, space in PREFIXES.items()}
    found = write("turtle", rows, comment="Preliminary.\n\nPlease do not cite.", prefixes=prefixes)
    assert found == rebase_text(SMALL_TURTLE, base)


def subjects(chunks: Iterable[str]) -> list[str]:
    """The first line of each block, as a path below the base."""
    heads = re.findall(r"^([<a-z]\S+)$", "".join(chunks), flags=re.MULTILINE)
    return [head.strip("<>").removeprefix(BASE).replace("airm:", "ontology#") for head in heads]


def test_subjects_stand_by_kind_and_in_natural_order() -> None:
    expected = [
        ("dataset", "dcat:Dataset"),
        ("notice/preliminary", "dcterms:RightsStatement"),
        ("ontology", "owl:Ontology"),
        ("ontology#Zebra", "owl:Class"),
        ("ontology#about", "owl:ObjectProperty"),
        ("ontology#text", "owl:DatatypeProperty"),
        ("actor", "skos:ConceptScheme"),
        ("actor/developer", "skos:Concept"),
        ("taxonomy/v2", "skos:ConceptScheme"),
        ("taxonomy/v2/1", "skos:Concept"),
        ("taxonomy/v2/1.2", "skos:Concept"),
        ("taxonomy/v2/1.10", "skos:Concept"),
        ("taxonomy/v2/99", "skos:Concept"),
        ("taxonomy/v10", "skos:ConceptScheme"),
        ("source/zeta-2024-x", "airm:Source"),
        ("agent/alpha", "prov:Agent"),
        ("mitigation/s/x", "airm:Mitigation"),
        ("mitigation/s/x/classification/v2-1.2", "airm:Classification"),
        ("mitigation/s/x/classification/v2-1.10", "airm:Classification"),
        ("mitigation/s/x-1", "airm:Mitigation"),
        ("mitigation/s/x-3000000000", "airm:Mitigation"),
        ("mitigation/s/x-20000000000", "airm:Mitigation"),
        ("capture/ff", "airm:Capture"),
        ("capture/aa/l2", "airm:Evidence"),
        ("capture/aa/l10", "airm:Evidence"),
        ("capture/aa/repair/l1-c1-x", "airm:Repair"),
        ("0", "http://other.example/Kind"),
    ]
    rows = [(iri(path), TYPE, term(kind) if kind.split(":")[0] in PREFIXES else f"<{kind}>", "") for path, kind in reversed(expected)]
    # Superclasses that inference adds move nothing.
    rows += [(iri("capture/ff"), TYPE, term("prov:Entity"), ""), (iri("actor/developer"), TYPE, term("airm:ActorRole"), "")]
    assert subjects(write("turtle", rows)) == [path for path, _ in expected]
    found = [node["id"].removeprefix(BASE) for node in json.loads(export("jsonld", rows))["@graph"]]
    assert [name.replace("airm:", "ontology#") for name in found] == [path for path, _ in expected]
    assert re.findall(rf'rdf:about="{re.escape(BASE)}([^"]*)"', export("rdfxml", rows).decode()) == [path for path, _ in expected]


def test_numbers_with_leading_zeros_stand_in_a_fixed_order() -> None:
    rows = [(THING, NOTE, literal(text), "") for text in ("x10", "x02", "x2", "x1", "x002")]
    assert re.findall(r'"(x\d+)"', write("turtle", rows)) == ["x1", "x002", "x02", "x2", "x10"]


@pytest.mark.parametrize("local", ["1.1.3", "1", "a.b", "a.", "é", "a%20b", "a:b", "a/b", "", "-a", "a~"])
def test_only_plain_local_names_are_shortened(local: str) -> None:
    text = write("turtle", [(THING, NOTE, f"<{PREFIXES['airm']}{local}>", "")])
    assert f"skos:note <{PREFIXES['airm']}{local}> ." in text
    assert "prefix airm:" not in text


@pytest.mark.parametrize(
    ("value", "datatype", "written"),
    [
        ("0", "integer", "0"),
        ("-12", "integer", "-12"),
        ("007", "integer", '"007"^^xsd:integer'),
        ("-0", "integer", '"-0"^^xsd:integer'),
        ("+1", "integer", '"+1"^^xsd:integer'),
        ("true", "boolean", "true"),
        ("1", "boolean", '"1"^^xsd:boolean'),
        ("1.0", "decimal", '"1.0"^^xsd:decimal'),
    ],
)
def test_short_forms_are_for_canonical_values_only(value: str, datatype: str, written: str) -> None:
    text = write("turtle", [(THING, NOTE, literal(value, datatype=f"xsd:{datatype}"), "")])
    assert f"  skos:note {written} .\n" in text
    assert ("@prefix xsd:" in text) == ("xsd:" in written)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ('"', r'"\""'),
        ('a\n"', '"""a\n\\""""'),
        ('\n"""x""', '"""\n\\"\\""x\\"\\""""'),
        ("a\r\nb", '"""a\\r\nb"""'),
        ('"\t\n"x"', '"""\\"\\t\n"x\\""""'),
        ("a\rb", r'"a\rb"'),
        ("\\\n\\", '"""\\\\\n\\\\"""'),
        ("hidden\u202e\u200b\x00", r'"hidden\u202E\u200B\u0000"'),
        ("", '""'),
    ],
)
def test_turtle_shows_texts_as_they_are(value: str, written: str) -> None:
    text = write("turtle", [(THING, NOTE, literal(value), "")])
    assert f"  skos:note {written} .\n" in text
    assert triples(text.encode(), ".ttl") == triples(lines([(THING, NOTE, literal(value), "")]), ".nt")


def test_comment_cannot_leave_its_lines() -> None:
    text = write("turtle", [], comment="one\r<a:a> <a:b> <a:c> .\u2028<a:d> <a:b> <a:c> .")
    assert text.splitlines() == ["# one", "# <a:a> <a:b> <a:c> .", "# <a:d> <a:b> <a:c> ."]


# JSON-LD


def test_jsonld_inlines_its_context_and_orders_keys() -> None:
    document = json.loads(export("jsonld", SMALL))
    assert list(document) == ["@context", "@graph"]
    assert document["@context"] == CONTEXT["@context"]
    evidence = document["@graph"][-1]
    assert list(evidence) == ["id", "type", "capturedText", "firstLine", "lastLine"] or list(evidence)[:2] == ["id", "type"]
    assert evidence["firstLine"] == 10
    assert evidence["lastLine"] == "012"
    mitigation = document["@graph"][1]
    assert mitigation["code"] == [f"{BASE}taxonomy/v2/1.2", f"{BASE}taxonomy/v2/1.10"]


def test_jsonld_is_indented_utf8_with_a_last_newline() -> None:
    data = write("jsonld", [(THING, LABEL, literal("Größe 𝒜"), "")], context={"label": LABEL[1:-1]})
    assert data == (
        '{\n  "@context": {\n    "label": "http://www.w3.org/2000/01/rdf-schema#label"\n  },\n  "@graph": [\n    {\n'
        f'      "@id": "{BASE}thing",\n      "label": "Größe 𝒜"\n    }}\n  ]\n}}\n'
    )


@pytest.mark.parametrize("context", ["http://a.example/c", ["http://a.example/c"], {"@import": "http://a.example/c"}])
def test_jsonld_fetches_no_context(context: object) -> None:
    with pytest.raises(ExportError, match=r"http://a\.example/c"):
        write("jsonld", SMALL, context={"@context": context})


def test_jsonld_refuses_a_context_that_is_none() -> None:
    with pytest.raises(ExportError, match="correct the context"):
        write("jsonld", SMALL, context={"@context": {"label": 5}})


def test_jsonld_refuses_an_iri_that_reads_as_a_prefixed_name() -> None:
    with pytest.raises(ExportError, match="confused with prefix"):
        write("jsonld", [("<airm:x>", LABEL, literal("x"), "")], context=CONTEXT)


# RDF/XML


def test_rdfxml_declares_what_it_uses() -> None:
    text = write("rdfxml", [(THING, "<http://b.example/p>", iri("x"), ""), (THING, "<http://a.example/p>", literal("<&>"), "")])
    assert text == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF\n    xmlns:ns1="http://a.example/"\n    xmlns:ns2="http://b.example/"\n'
        f'    xmlns:rdf="{PREFIXES["rdf"]}">\n  <rdf:Description rdf:about="{BASE}thing">\n'
        f'    <ns1:p>&lt;&amp;&gt;</ns1:p>\n    <ns2:p rdf:resource="{BASE}x"/>\n  </rdf:Description>\n</rdf:RDF>\n'
    )


def test_rdfxml_made_prefixes_avoid_given_ones() -> None:
    rows = [(THING, "<http://a.example/p>", iri("x"), ""), (THING, "<http://b.example/p>", iri("x"), "")]
    text = write("rdfxml", rows, prefixes={"ns1": "http://b.example/"})
    assert "<ns2:p rdf:resource" in text
    assert triples(text.encode(), ".rdf") == {row[:3] for row in rows}


@pytest.mark.parametrize(
    "predicate", ["<http://a.example/1.1>", "<http://a.example/>", "<http://a.example/a%>", "<http://www.w3.org/2000/xmlns/x>"]
)
def test_rdfxml_refuses_a_predicate_without_xml_name(predicate: str) -> None:
    with pytest.raises(ExportError, match=f"cannot name the predicate {re.escape(predicate)}"):
        write("rdfxml", [(THING, predicate, literal("x"), "")])


@pytest.mark.parametrize("name", ["li", "Description", "about", "aboutEachPrefix", "ID", "resource"])
def test_rdfxml_refuses_words_of_its_syntax(name: str) -> None:
    with pytest.raises(ExportError, match=f"#{name}>, a word of its own syntax"):
        write("rdfxml", [(THING, term(f"rdf:{name}"), literal("x"), "")])


@pytest.mark.parametrize("char", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_rdfxml_refuses_characters_that_xml_forbids(char: str) -> None:
    with pytest.raises(ExportError, match=rf"U\+{ord(char):04X}, in skos:note of <{re.escape(BASE)}thing>"):
        write("rdfxml", [(THING, NOTE, literal(f"a{char}b"), "")])


# Files


def left(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def failing(error: BaseException) -> Iterator[str]:
    yield "half"
    raise error


def write_formats(rows: Iterable[Quad], folder: Path, *, formats: Iterable[str] = EXPORTS, **options: object) -> dict[str, Written]:
    names = {EXPORTS[name].file_name: name for name in find_formats(formats)}

    def fill(drafts: Mapping[str, Draft]) -> None:
        write_exports(QuadList(rows), {names[file]: drafts[file].write for file in names}, options=Options(**options))  # type: ignore[arg-type]

    return write_folder(folder, tuple(names), fill, sums="SUMS")


def test_every_format_is_written_with_its_sum(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    files = write_formats(SMALL, folder, comment="Preliminary.", context=CONTEXT)
    assert list(files) == ["airm.jsonld", "airm.nq", "airm.nt", "airm.rdf", "airm.ttl", "SUMS"]
    assert sorted(left(folder)) == sorted(files)
    exports = [files[export.file_name].path for export in EXPORTS.values()]
    assert len({frozenset(triples(path.read_bytes(), path.suffix)) for path in exports}) == 1
    assert files["airm.ttl"].path.read_text(encoding="utf-8").startswith("# Preliminary.\n")
    assert release_digest(QuadList(SMALL)) == files["airm.nt"].sha256
    assert {name: file.sha256 for name, file in files.items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in left(folder).items()
    }
    sums = [f"{file.sha256}  {name}\n" for name, file in sorted(files.items()) if name != "SUMS"]
    assert (folder / "SUMS").read_text() == "".join(sums)


def test_unknown_format_is_refused() -> None:
    with pytest.raises(ExportError, match="unknown format hdt, n3; use one of jsonld, nquads, ntriples, rdfxml, turtle"):
        find_formats(["turtle", "n3", "hdt"])


def test_jsonld_needs_a_context(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="needs a context"):
        write_formats(SMALL, tmp_path, formats=["ntriples", "jsonld"])
    assert left(tmp_path) == {}


def test_all_files_stay_when_one_format_cannot_say_a_row(tmp_path: Path) -> None:
    write_formats(SMALL, tmp_path, context=CONTEXT)
    before = left(tmp_path)
    with pytest.raises(ExportError, match=r"U\+0001"):
        write_formats([(THING, NOTE, literal("\x01"), "")], tmp_path, formats=["turtle", "ntriples", "rdfxml"])
    assert left(tmp_path) == before


@pytest.mark.parametrize("error", [ExportError("bad row"), KeyboardInterrupt(), MemoryError()])
def test_folder_files_stay_when_a_writer_fails(tmp_path: Path, error: BaseException) -> None:
    replace_folder_files(tmp_path, {"a": b"old a", "b": ["old ", "b"]})
    with pytest.raises(type(error)):
        replace_folder_files(tmp_path, {"a": ["new a"], "c": b"new c", "b": failing(error)})
    assert left(tmp_path) == {"a": b"old a", "b": b"old b"}


@pytest.mark.parametrize("error", [ExportError("bad row"), KeyboardInterrupt()])
def test_file_stays_when_its_writer_fails(tmp_path: Path, error: BaseException) -> None:
    replace_file(tmp_path / "a", b"old")
    with pytest.raises(type(error)):
        replace_file(tmp_path / "a", failing(error))
    assert left(tmp_path) == {"a": b"old"}


def test_file_stays_when_the_disk_is_full(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="this system has no file size limit to stand for a full disk")
    replace_file(tmp_path / "a", b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(ExportError, match="a cannot be written: File too large"):
            replace_file(tmp_path / "a", ["x" * 1000] * 50)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert left(tmp_path) == {"a": b"old"}


def test_folder_files_stay_when_a_folder_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    replace_file(tmp_path / "a", b"old")
    with pytest.raises(ExportError, match="b cannot be written: a folder of that name is in the way"):
        replace_folder_files(tmp_path, {"a": b"new", "b": b"new"})
    assert (tmp_path / "a").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("name", ["../a", "a/b", "", ".", ".."])
def test_folder_files_have_plain_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match="not a plain file name"):
        replace_folder_files(tmp_path / "folder", {name: b"x"})
    assert left(tmp_path) == {}


def test_missing_folder_is_an_export_error(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="No such file or directory"):
        replace_file(tmp_path / "none" / "a", b"x")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_new_files_follow_the_umask(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        replace_file(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions or needs rights for links")
def test_replaced_files_keep_permissions_and_links(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    replace_file(tmp_path / "link", ["new\n"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new\n"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o640
