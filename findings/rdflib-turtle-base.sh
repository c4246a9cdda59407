#!/bin/sh
# rdflib resolves relative IRIs in Turtle against an @base with a query in its own way
#
# Expected: With @base <http://example.org/data/list?page=2#top>, <> is .../list?page=2, <#a> is
#   .../list?page=2#a, <?page=3> is .../list?page=3 and <./x/../y> is .../data/y (Turtle 1.1, 6.3;
#   RFC 3986, 5.2 and 5.4.1).
# Seen: rdflib gives .../list?page=2#top, .../list?page=2#top#a, .../data/?page=3 and
#   .../data/x/../y. pyoxigraph gives what the RFC says.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: pages of a paged dataset are such addresses; subjects read by two tools do not
#   meet.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

import pyoxigraph
import rdflib

text = "@base <http://example.org/data/list?page=2#top> . <a:s> <a:p> (<> <#a> <?page=3> <./x/../y>) ."
graph = rdflib.Graph().parse(data=text, format="turtle")
quads = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
start = "http://example.org/data/"
seen = {
    "rdflib": sorted(str(value).replace(start, "") for value in graph.objects(None, rdflib.RDF.first)),
    "pyoxigraph": sorted(q.object.value.replace(start, "") for q in quads if q.predicate.value == str(rdflib.RDF.first)),
}
expected = sorted(["list?page=2", "list?page=2#a", "list?page=3", "y"])
recorded = {
    "rdflib": sorted(["list?page=2#top", "list?page=2#top#a", "?page=3", "x/../y"]),
    "pyoxigraph": expected,
}
print("seen:    ", seen)
print("expected:", expected, "from both")
sys.exit(seen != recorded)
PY
