#!/bin/sh
# rdflib's SPARQLUpdateStore overrides WITH: an update of one named graph empties another
#
# Expected: WITH names the graph of DELETE, INSERT and WHERE, USING the one that WHERE reads (SPARQL 1.1 Update,
#   3.1.3), whatever graph is the default; a single Graph in memory refuses WITH, for it has no other graph.
# Seen: A Graph named :old on a SPARQLUpdateStore sends WITH :new DELETE { ?s ?p ?o } WHERE { ?s ?p ?o } with GRAPH
#   :old { ... } inside each brace, which takes precedence: all of :old is deleted, and :new is as before. With USING
#   :new the WHERE finds nothing, so nothing is inserted. No error, no warning.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: Editions are kept in named graphs; an update that says which one it empties empties the other one,
#   and its answer is success.
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
from urllib.parse import parse_qs

import pyoxigraph
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore

TRIG = "@prefix : <http://example.org/> . :old { :a :code 1 } :new { :b :code 2 }"
UPDATES = {
    "WITH": ("WITH :new DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "code"),
    "USING": ("INSERT { ?s :copied ?o } USING :new WHERE { ?s :code ?o }", "copied"),
}


class Endpoint(BaseHTTPRequestHandler):
    """A store that takes updates."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.store.update(parse_qs(body)["update"][0] if body.startswith("update=") else body)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
OLD = rdflib.URIRef("http://example.org/old")


def subjects(names):
    return " ".join(sorted(name.rsplit("/", 1)[-1] for name in names)) or "none"


seen, expected = {}, {}
for name, (update, predicate) in UPDATES.items():
    text = "PREFIX : <http://example.org/> " + update
    for answers in (seen, expected):
        store = server.store = pyoxigraph.Store()
        store.load(TRIG.encode(), format=pyoxigraph.RdfFormat.TRIG)
        if answers is seen:
            remote = SPARQLUpdateStore(update_endpoint=f"http://127.0.0.1:{server.server_port}/")
            rdflib.Graph(remote, identifier=OLD).update(text)
        else:
            store.update(text)
        found = store.quads_for_pattern(None, pyoxigraph.NamedNode("http://example.org/" + predicate), None)
        answers[name] = subjects(quad.subject.value for quad in found)
print("seen:     left and copied by way of rdflib", seen)
print("expected: left and copied by the update as it is", expected)
sys.exit(seen != {"WITH": "b", "USING": "none"} or expected != {"WITH": "a", "USING": "b"})
PY
