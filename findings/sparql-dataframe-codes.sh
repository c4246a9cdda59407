#!/bin/sh
# sparql-dataframe makes numbers of the texts in an answer: the codes 1.1 and 1.10 are both 1.1, 007 is 7
#
# Expected: A value of an answer without a datatype is a text (SPARQL 1.1 Query Results JSON Format, 3.2), so a table
#   made of it has texts: "1.10", "007", "None".
# Seen: sparql_dataframe.get asks for CSV, which has no datatypes, and lets pandas guess: 1.1, 7.0 and 1.1 for the codes
#   1.10, 007 and 1.1, and no label where it is None or NA. get_sparql_dataframe of SPARQLWrapper asks the same endpoint
#   for JSON and has each text as it is. No error, no warning.
# Versions: sparql-dataframe 0.4, SPARQLWrapper 2.0.0, pandas 3.1.1, pyoxigraph 0.5.13
# Why it matters: Codes of a taxonomy are the keys that tables are joined by; two concepts become one, and only when all
#   codes of an answer look like numbers.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='sparql-dataframe==0.4 SPARQLWrapper==2.0.0 pandas==3.1.1 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
env/bin/python - 2>log <<'PY'
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph
import sparql_dataframe
from SPARQLWrapper import get_sparql_dataframe

TURTLE = """@prefix : <http://example.org/> .
:a :code "1.10" ; :label "None" . :b :code "007" ; :label "NA" . :c :code "1.1" ; :label "Boards" ."""
QUERY = "PREFIX : <http://example.org/> SELECT ?code ?label { ?s :code ?code ; :label ?label } ORDER BY ?s"


class Endpoint(BaseHTTPRequestHandler):
    """A store that is asked over HTTP."""

    def do_GET(self):
        formats = pyoxigraph.QueryResultsFormat
        format = formats.CSV if "text/csv" in self.headers["Accept"] else formats.JSON
        answer = self.server.store.query(parse_qs(urlsplit(self.path).query)["query"][0]).serialize(format=format)
        self.send_response(200)
        self.send_header("Content-Type", format.media_type)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Endpoint)
server.store = pyoxigraph.Store()
server.store.load(TURTLE.encode(), format=pyoxigraph.RdfFormat.TURTLE)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/sparql"


def show(table):
    return {name: [str(value) for value in table[name]] for name in ("code", "label")}


seen, expected = show(sparql_dataframe.get(address, QUERY)), show(get_sparql_dataframe(address, QUERY))
print("seen:    ", seen)
print("expected:", expected)
right = {"code": ["1.10", "007", "1.1"], "label": ["None", "NA", "Boards"]}
sys.exit(seen != {"code": ["1.1", "7.0", "1.1"], "label": ["nan", "nan", "Boards"]} or expected != right)
PY
