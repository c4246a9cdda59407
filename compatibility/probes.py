"""The tools, the files that each of them is given, and what to do where it does not read them as they are."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from running import (
    Setup,
    run_client,
    run_command,
    run_jena,
    run_libreoffice,
    run_morph_kgc,
    run_node,
    run_on,
    run_python,
    run_queries,
    run_virtuoso,
)

__all__ = ["PROBES", "TOOLS", "Probe", "Remedy", "Run"]

#: Reads a file, and returns what is printed.
Run = Callable[[Setup, Path], str]

#: Tool → where its version is found: a package of pip or npm, or a command that says it.
TOOLS = {
    "rdflib": "pip rdflib",
    "pyoxigraph": "pip pyoxigraph",
    "PyLD": "pip PyLD",
    "rdflib.js": "npm rdflib",
    "n3": "npm n3",
    "jsonld.js": "npm jsonld",
    "Oxigraph in JavaScript": "npm oxigraph",
    "rapper": "command rapper --version",
    "serd": "command serdi -v",
    "Jena": "jena",
    "Virtuoso": "command virtuoso-t -?",
    "Comunica": "npm @comunica/query-sparql",
    "DuckDB": "pip duckdb",
    "pandas": "pip pandas",
    "openpyxl": "pip openpyxl",
    "python-calamine": "pip python-calamine",
    "mlcroissant": "pip mlcroissant",
    "morph-kgc": "morph-kgc",
    "SheetJS": "npm xlsx",
    "LibreOffice": "command soffice --version",
    "igraph": "pip igraph",
    "networkx": "pip networkx",
    "graphology": "npm graphology",
    "SPARQLWrapper": "pip SPARQLWrapper",
    "SPARQLStore of rdflib": "pip rdflib",
    "pymantic": "pip pymantic",
    "sparql-http-client": "npm sparql-http-client",
    "fetch-sparql-endpoint": "npm fetch-sparql-endpoint",
}


@dataclass(frozen=True)
class Remedy:
    """What to do, and what runs it."""

    text: str
    run: Run


@dataclass(frozen=True)
class Probe:
    """One tool on one file."""

    tool: str
    file: str
    run: Run
    remedy: Remedy | None = None


def _each(tool: str, files: str, run: Run, **remedies: Remedy) -> list[Probe]:
    """One probe for each file; remedies by the ending of the file."""
    return [Probe(tool, file, run, remedies.get(file.rpartition(".")[2])) for file in files.split()]


def _rapper(ending: str) -> list[str]:
    """The options of rapper and serdi: what comes in, what goes out."""
    form = {"ttl": "turtle", "nt": "ntriples", "nq": "nquads", "rdf": "rdfxml"}[ending]
    return ["-i", form, "-o", "nquads" if ending == "nq" else "ntriples", "{file}"]


_ALL = "airm.ttl airm.jsonld airm.nt airm.nq airm.rdf"
_ENGINES = ("rdflib", "pyoxigraph", "Oxigraph in JavaScript", "Comunica", "Jena", "Virtuoso")
_CLIENTS = ("SPARQLWrapper", "SPARQLStore of rdflib", "sparql-http-client", "fetch-sparql-endpoint", "Comunica", "Jena")
_DATASET = Remedy("`Dataset(default_union=True).parse(…)`: a `Graph` takes no named graphs", run_python("rdflib Dataset"))
_AS_TURTLE = Remedy("name it `text/turtle`", run_node("rdflib.js as Turtle"))
_JENA = Remedy("Debian's Jena has no JSON provider: read `airm.ttl`, which says the same", run_on("airm.ttl", run_jena))
_DUCKDB = Remedy("`read_csv(…, all_varchar = true)`", run_python("DuckDB all_varchar"))
_PANDAS = Remedy("`dtype=str`", run_python("pandas dtype=str"))
_SHEETJS = Remedy("`readFile(…, {raw: true})`", run_node("SheetJS raw"))
_CROISSANT = Remedy(
    "`codes.json` as `application/json`, with `jsonPath` `$.results.bindings[*].notation.value`",
    run_on("codes.json", run_python("mlcroissant jsonPath")),
)
_LIBREOFFICE = Remedy(
    "in the import dialog the column type Text; without one `--infilter='CSV:44,34,76,1,1/2/2/2'`",
    run_libreoffice("CSV:44,34,76,1,1/2/2/2"),
)
_PYMANTIC = Remedy(
    "`output='json'`, and graphs as rows: `SELECT ?s ?p ?o`", run_client("pymantic", ways="pymantic json", forms=("SELECT", "ASK"))
)

PROBES = [
    *_each("rdflib", _ALL, run_python("rdflib Graph"), nq=_DATASET),
    *_each("pyoxigraph", _ALL, run_python("pyoxigraph")),
    *_each("PyLD", "airm.jsonld", run_python("PyLD")),
    *_each("rdflib.js", "airm.ttl airm.nt airm.jsonld airm.rdf", run_node("rdflib.js"), nt=_AS_TURTLE),
    *_each("n3", "airm.ttl airm.nt airm.nq", run_node("n3")),
    *_each("jsonld.js", "airm.jsonld", run_node("jsonld.js")),
    *_each("Oxigraph in JavaScript", _ALL, run_node("oxigraph")),
    *(Probe("rapper", f"airm.{end}", run_command("rapper", "-q", *_rapper(end))) for end in ("ttl", "nt", "nq", "rdf")),
    *(Probe("serd", f"airm.{end}", run_command("serdi", *_rapper(end))) for end in ("ttl", "nt", "nq")),
    *_each("Jena", _ALL, run_jena, jsonld=_JENA),
    *_each("Virtuoso", "airm.ttl airm.nt airm.nq", run_virtuoso),
    *_each("DuckDB", "codes.csv codes.tsv", run_python("DuckDB"), csv=_DUCKDB, tsv=_DUCKDB),
    *_each("DuckDB", "codes.json", run_python("DuckDB read_json")),
    *_each("pandas", "codes.csv codes.tsv codes.xlsx", run_python("pandas"), csv=_PANDAS, tsv=_PANDAS, xlsx=_PANDAS),
    *_each("pandas", "codes.json", run_python("pandas json_normalize")),
    *_each("openpyxl", "codes.xlsx", run_python("openpyxl")),
    *_each("python-calamine", "codes.xlsx", run_python("python-calamine")),
    *_each("SheetJS", "codes.csv codes.xlsx", run_node("SheetJS"), csv=_SHEETJS),
    *_each("LibreOffice", "codes.csv codes.xlsx", run_libreoffice(""), csv=_LIBREOFFICE),
    *_each("mlcroissant", "codes.csv", run_python("mlcroissant"), csv=_CROISSANT),
    *_each("morph-kgc", "codes.csv", run_morph_kgc),
    *_each("igraph", "graph.graphml", run_python("igraph")),
    *_each("networkx", "graph.graphml graph.gexf", run_python("networkx")),
    *_each("graphology", "graph.graphml", run_node("graphology GraphML")),
    *_each("graphology", "graph.gexf", run_node("graphology GEXF")),
    *(Probe(tool, "query library", run_queries(tool)) for tool in _ENGINES),
    *(Probe(tool, "endpoint", run_client(tool)) for tool in _CLIENTS),
    Probe("pymantic", "endpoint", run_client("pymantic"), _PYMANTIC),
]
