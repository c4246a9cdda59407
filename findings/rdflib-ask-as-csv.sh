#!/bin/sh
# rdflib's SPARQLStore takes the answer of an ASK in CSV for a table, and its truth is None
#
# Expected: An ASK is true or false; SPARQL 1.1 has no CSV or TSV for it (Query Results CSV and TSV
#   Formats, 1: "SELECT queries"), so a client asks for JSON or XML whatever it takes tables in, or
#   says that it cannot read the answer.
# Seen: With returnFormat="csv" rdflib asks for text/csv alone, reads the line "true" as the header of
#   a table, and askAnswer is None for true and for false, so bool(...) of it is False. With "tsv" it
#   raises a ParseException. "json" and "xml" are right.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: Oxigraph, and servers built on it, answer an ASK in CSV with true or false; "is this
#   code used anywhere?" is then always no.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore

TYPES = {
    "text/csv": pyoxigraph.QueryResultsFormat.CSV,
    "text/tab-separated-values": pyoxigraph.QueryResultsFormat.TSV,
    "application/sparql-results+json": pyoxigraph.QueryResultsFormat.JSON,
    "application/sparql-results+xml": pyoxigraph.QueryResultsFormat.XML,
}


class Endpoint(BaseHTTPRequestHandler):
    """An empty store that answers in the first format that it knows."""

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)["query"][0]
        wanted = [one.strip() for one in self.headers["Accept"].split(",")]
        chosen = next(one for one in wanted if one in TYPES)
        body = pyoxigraph.Store().query(query).serialize(format=TYPES[chosen])
        self.send_response(200)
        self.send_header("Content-Type", chosen)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
seen = {}
for form in ("json", "xml", "csv", "tsv"):
    graph = rdflib.Graph(SPARQLStore(f"http://127.0.0.1:{server.server_port}/", returnFormat=form))
    answers = []
    for query in ("ASK {}", "ASK { ?s ?p ?o }"):
        try:
            answers.append(graph.query(query).askAnswer)
        except Exception as error:
            answers.append(type(error).__name__)
    seen[form] = answers
recorded = {
    "json": [True, False],
    "xml": [True, False],
    "csv": [None, None],
    "tsv": ["ParseException", "ParseException"],
}
print("seen:    ", seen)
print("expected: [True, False], or an error that says why, in each")
sys.exit(seen != recorded)
PY
