#!/bin/sh
# pymantic cannot read the answer of a CONSTRUCT, nor any answer in XML
#
# Expected: SPARQLServer(...).query() returns a graph for a CONSTRUCT answered in Turtle, and an object
#   for a SELECT answered in SPARQL XML, as its documentation says; both are formats that it asks for
#   in its own Accept header.
# Seen: Both raise "TypeError: initial_value must be str or None, not bytes": the body, which is bytes
#   in Python 3, is put into a StringIO. A SELECT answered in JSON is read.
# Versions: pymantic 1.0.1
# Why it matters: it is the one client for Python that promises graphs of a remote store as objects;
#   the error looks like one of the server.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pymantic==1.0.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" -W ignore - <<'PY'
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from pymantic.sparql import SPARQLServer

TURTLE = b"<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n"
XML = (
    b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/></head>'
    b'<results><result><binding name="a"><literal>x</literal></binding></result></results></sparql>'
)
JSON = b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal", "value": "x"}}]}}'


class Endpoint(BaseHTTPRequestHandler):
    """Answers a CONSTRUCT with one statement and a SELECT with one row, in what was asked for."""

    def do_GET(self):
        chosen, body = "application/sparql-results+json", JSON
        if "CONSTRUCT" in self.path:
            chosen, body = "text/turtle", TURTLE
        elif chosen not in self.headers["Accept"]:
            chosen, body = "application/sparql-results+xml", XML
        self.send_response(200)
        self.send_header("Content-Type", chosen)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = SPARQLServer(f"http://127.0.0.1:{server.server_port}/")
seen = {}
for name, query, output in (
    ("SELECT as JSON", "SELECT ?a { ?a ?b ?c }", "json"),
    ("SELECT as XML", "SELECT ?a { ?a ?b ?c }", "xml"),
    ("CONSTRUCT", "CONSTRUCT WHERE { ?a ?b ?c }", "json"),
):
    try:
        seen[name] = type(client.query(query, output=output)).__name__
    except Exception as error:
        seen[name] = f"{type(error).__name__}: {error}"
error = "TypeError: initial_value must be str or None, not bytes"
recorded = {"SELECT as JSON": "dict", "SELECT as XML": error, "CONSTRUCT": error}
for name, found in seen.items():
    print(f"{name}: {found}")
print("expected: a dict, an object and a graph")
sys.exit(seen != recorded)
PY
