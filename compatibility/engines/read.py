"""Read one file with one library in Python, and print what was read: ``python read.py NAME FILE``.

Files of RDF are printed as N-Triples or N-Quads, the column of codes as a JSON list, networks as a JSON object.
"""

import csv
import json
import sys
import warnings
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

_RDF = {".ttl": "turtle", ".nt": "nt", ".nq": "nquads", ".rdf": "xml", ".jsonld": "json-ld"}

#: Name → what reads a file and returns what is printed.
READERS: dict[str, Callable[[Path], str]] = {}


def reader(name: str) -> Callable[[Callable[[Path], str]], Callable[[Path], str]]:
    def add(read: Callable[[Path], str]) -> Callable[[Path], str]:
        READERS[name] = read
        return read

    return add


# RDF


@reader("rdflib Graph")
def read_rdflib(path: Path) -> str:
    import rdflib

    return rdflib.Graph().parse(path, format=_RDF[path.suffix]).serialize(format="nt")


@reader("rdflib Dataset")
def read_rdflib_dataset(path: Path) -> str:
    import rdflib

    data = rdflib.Dataset()
    data.parse(path, format=_RDF[path.suffix])
    return data.serialize(format="nquads")


@reader("pyoxigraph")
def read_pyoxigraph(path: Path) -> str:
    import pyoxigraph

    form = pyoxigraph.RdfFormat.from_extension(path.suffix[1:])
    return pyoxigraph.serialize(pyoxigraph.parse(path.read_bytes(), format=form), format=pyoxigraph.RdfFormat.N_QUADS).decode()


@reader("PyLD")
def read_pyld(path: Path) -> str:
    from pyld import jsonld

    return jsonld.to_rdf(json.loads(path.read_text(encoding="utf-8")), {"format": "application/n-quads"})


# The column of codes of an answer


def show(codes: Iterable[Any]) -> str:
    return json.dumps([code if isinstance(code, str) else repr(code) for code in codes])


@reader("DuckDB")
def read_duckdb(path: Path) -> str:
    return _ask_duckdb(path, "")


@reader("DuckDB all_varchar")
def read_duckdb_as_text(path: Path) -> str:
    return _ask_duckdb(path, ", all_varchar = true")


def _ask_duckdb(path: Path, options: str) -> str:
    import duckdb

    (column,) = (name for name, *_ in duckdb.sql(f"DESCRIBE FROM read_csv('{path}'{options})").fetchall() if "notation" in name)
    return show(row[0] for row in duckdb.sql(f"SELECT \"{column}\" FROM read_csv('{path}'{options})").fetchall())


@reader("DuckDB read_json")
def read_duckdb_json(path: Path) -> str:
    import duckdb

    rows = f"SELECT unnest(results.bindings) AS row FROM read_json('{path}')"
    return show(row[0] for row in duckdb.sql(f"SELECT row.notation.value FROM ({rows})").fetchall())


@reader("pandas")
def read_pandas(path: Path) -> str:
    return _ask_pandas(path)


@reader("pandas dtype=str")
def read_pandas_as_text(path: Path) -> str:
    return _ask_pandas(path, dtype=str)


def _ask_pandas(path: Path, **options: Any) -> str:
    import pandas

    read = {".csv": pandas.read_csv, ".tsv": pandas.read_table, ".xlsx": pandas.read_excel}[path.suffix]
    found = read(path, **options, **({"engine": "openpyxl"} if path.suffix == ".xlsx" else {}))
    return show(found[next(name for name in found if "notation" in name)].tolist())


@reader("pandas json_normalize")
def read_pandas_json(path: Path) -> str:
    import pandas

    bindings = json.loads(path.read_text(encoding="utf-8"))["results"]["bindings"]
    return show(pandas.json_normalize(bindings)["notation.value"].tolist())


@reader("openpyxl")
def read_openpyxl(path: Path) -> str:
    import openpyxl

    rows = openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
    return _show_column([list(row) for row in rows])


@reader("python-calamine")
def read_calamine(path: Path) -> str:
    import python_calamine

    return _show_column(python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())


def _show_column(rows: list[list[Any]]) -> str:
    column = rows[0].index("notation")
    return show(row[column] for row in rows[1:])


@reader("csv")
def read_csv(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return show(row["notation"] for row in csv.DictReader(file))


@reader("mlcroissant")
def read_mlcroissant(path: Path) -> str:
    return _ask_mlcroissant(path, media_type="text/csv", extract={"column": "notation"})


@reader("mlcroissant jsonPath")
def read_mlcroissant_json(path: Path) -> str:
    return _ask_mlcroissant(path, media_type="application/json", extract={"jsonPath": "$.results.bindings[*].notation.value"})


def _ask_mlcroissant(path: Path, *, media_type: str, extract: dict[str, str]) -> str:
    import mlcroissant

    file = {"@type": "cr:FileObject", "@id": "codes", "name": "codes", "contentUrl": path.name, "encodingFormat": media_type}
    source = {"fileObject": {"@id": "codes"}, "extract": extract}
    field = {"@type": "cr:Field", "@id": "rows/notation", "name": "notation", "dataType": "sc:Text", "source": source}
    about = {
        "@context": _CROISSANT,
        "@type": "sc:Dataset",
        "name": "codes",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": [file | {"sha256": sha256(path.read_bytes()).hexdigest()}],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "field": [field]}],
    }
    (path.parent / "croissant.json").write_text(json.dumps(about), encoding="utf-8")
    rows = mlcroissant.Dataset(str(path.parent / "croissant.json")).records("rows")
    return show(next(iter(row.values())).decode() for row in rows)


_CROISSANT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "jsonPath": "cr:jsonPath",
    "recordSet": "cr:recordSet",
    "sc": "https://schema.org/",
    "source": "cr:source",
}


# Networks


@reader("igraph")
def read_igraph(path: Path) -> str:
    import igraph

    graph = igraph.Graph.Read_GraphML(str(path))
    labels = [one for one in graph.vs["rdfs_label"] if one]
    return json.dumps(
        {"nodes": graph.vcount(), "edges": graph.ecount(), "labels": len(labels), "codes": sorted(_codes(graph.vs["skos_notation"]))}
    )


@reader("networkx")
def read_networkx(path: Path) -> str:
    import networkx

    graph = {".graphml": networkx.read_graphml, ".gexf": networkx.read_gexf}[path.suffix](path)
    values = {name: [one for _, one in graph.nodes(data=name) if one] for name in ("rdfs_label", "skos_notation")}
    found = {"labels": len(values["rdfs_label"]), "codes": sorted(_codes(values["skos_notation"]))}
    return json.dumps({"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges(), **found})


def _codes(values: Iterable[Any]) -> set[str]:
    return {str(one) for one in values if one}


# Queries


def ask_rdflib(_: str, quads: str, paths: str) -> None:
    """Ask each query over the quads, and print each answer as a line of SPARQL JSON; what is the default graph in others is the union."""
    import rdflib

    data = rdflib.Dataset(default_union=True)
    data.parse(quads, format="nquads")
    for path in Path(paths).read_text(encoding="utf-8").split():
        answer = data.query(Path(path).read_text(encoding="utf-8"))
        print(json.dumps(json.loads(answer.serialize(format="json"))))


def ask_pyoxigraph(triples: str, quads: str, paths: str) -> None:
    """Ask each query over both files."""
    import pyoxigraph

    store = pyoxigraph.Store()
    store.load(path=triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
    store.load(path=quads, format=pyoxigraph.RdfFormat.N_QUADS)
    for path in Path(paths).read_text(encoding="utf-8").split():
        answer = store.query(Path(path).read_text(encoding="utf-8"))
        print(answer.serialize(format=pyoxigraph.QueryResultsFormat.JSON).decode().replace("\n", " "))


ASKED = {"ask rdflib": ask_rdflib, "ask pyoxigraph": ask_pyoxigraph}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    name, *given = sys.argv[1:]
    if name in ASKED:
        ASKED[name](*given)
    else:
        print(READERS[name](Path(given[0])))
