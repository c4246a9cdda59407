"""Peers that put the columns of a prepared table into triples.

This module needs none of our libraries, so maplib and morph-kgc, which do not get along with them, can run it in environments of their own.
"""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["prepare_floor", "prepare_maplib", "prepare_morph", "prepare_pyoxigraph", "prepare_rdflib"]

Work = Callable[[object], object]


def prepare_floor(folder: Path, _: int, name: str) -> Work:
    """One statement in DuckDB."""
    import duckdb

    def work(_: object) -> object:
        statement = (folder / f"{name}.sql").read_text(encoding="utf-8")
        connection = duckdb.connect()
        connection.execute("SET enable_progress_bar = false")
        connection.execute(statement.replace("@table", str(folder / "prepared.csv")).replace("@target", str(folder / f"{name}.nt")))
        return f"{name}.nt"

    return work


def read_statements(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Subject, predicate, value and kind of value (``iri``, a datatype, or empty for a string) of each statement of each row."""
    shapes = [tuple(shape) for shape in json.loads((folder / "shapes.json").read_text(encoding="utf-8"))]
    with (folder / "prepared.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for s, p, kind, o, datatype in shapes:
                yield row[s], p, row[o] if kind == "column" else o, datatype


def prepare_rdflib(folder: Path, _: int) -> Work:
    """A loop that fills a Graph of rdflib, and its writer."""
    from rdflib import Graph, Literal, URIRef

    def work(_: object) -> object:
        graph = Graph()
        for s, p, value, datatype in read_statements(folder):
            known = URIRef(value) if datatype == "iri" else Literal(value, datatype=URIRef(datatype) if datatype else None)
            graph.add((URIRef(s), URIRef(p), known))
        graph.serialize(folder / "rdflib.nt", format="nt", encoding="utf-8")
        return "rdflib.nt"

    return work


def prepare_pyoxigraph(folder: Path, _: int) -> Work:
    """A loop that feeds the serializer of pyoxigraph."""
    from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

    string = NamedNode("http://www.w3.org/2001/XMLSchema#string")

    def triples() -> Iterator[Triple]:
        for s, p, value, datatype in read_statements(folder):
            kind = NamedNode(datatype) if datatype not in {"", "iri"} else string
            yield Triple(NamedNode(s), NamedNode(p), NamedNode(value) if datatype == "iri" else Literal(value, datatype=kind))

    def work(_: object) -> object:
        serialize(triples(), str(folder / "pyoxigraph.nt"), format=RdfFormat.N_TRIPLES)
        return "pyoxigraph.nt"

    return work


def prepare_morph(folder: Path, _: int) -> Work:
    """morph-kgc by an RML mapping; it starts processes of its own."""
    import morph_kgc

    def work(_: object) -> object:
        mapping = (folder / "mapping.rml.ttl").read_text(encoding="utf-8").replace("@table", str(folder / "prepared.csv"))
        (folder / "morph.rml.ttl").write_text(mapping, encoding="utf-8")
        told = f"[CONFIGURATION]\noutput_format=N-TRIPLES\nlogging_level=ERROR\n[DATA]\nmappings={folder}/morph.rml.ttl\n"
        triples = morph_kgc.materialize_set(told)
        with (folder / "morph.nt").open("w", encoding="utf-8") as file:
            file.writelines(triple + " .\n" for triple in triples)
        return "morph.nt"

    return work


def prepare_maplib(folder: Path, _: int) -> Work:
    """maplib by an OTTR template."""
    import polars
    from maplib import Model

    def work(_: object) -> object:
        table = polars.read_csv(folder / "prepared.csv", infer_schema=False)
        table = table.with_columns(polars.col("number").cast(polars.Int64), polars.col("created").str.to_date())
        model = Model()
        model.add_template((folder / "template.stottr").read_text(encoding="utf-8"))
        model.map("https://example.org/t#Row", table)
        model.write(str(folder / "maplib.nt"), format="ntriples")
        return "maplib.nt"

    return work
