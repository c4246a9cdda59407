#!/bin/sh
# pycottas writes the word DEFAULT into N-Quads, and joining a file of quads with one of triples drops all graphs
#
# Expected: A statement of the default graph has no fourth term in N-Quads (RDF 1.1 N-Quads, 2), and the graph of a
#   quad is part of it, whatever it is joined with (RDF 1.1 Concepts, 4).
# Seen: cottas2rdf writes <http://example.org/b> <http://example.org/code> "2" DEFAULT . where there is a named graph,
#   and neither pyoxigraph nor rdflib reads it. cat of that file and one of triples: a COTTAS file of triples, :a in
#   :old is in no graph any more. No error, no warning.
# Versions: pycottas 1.1.0, pyoxigraph 0.3.18, rdflib 7.6.0, duckdb 1.5.6
# Why it matters: A dataset that is compressed for the archive cannot be read when it is taken out again, and one new
#   file without graphs takes the names of the editions off all others.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pycottas==1.1.0 pyoxigraph==0.3.18 rdflib==7.6.0 duckdb==1.5.6'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
cat >quads.nq <<'NQ'
<http://example.org/a> <http://example.org/code> "1" <http://example.org/old> .
<http://example.org/b> <http://example.org/code> "2" .
NQ
echo '<http://example.org/c> <http://example.org/code> "3" .' >triples.nt
env/bin/python - 2>log <<'PY'
import sys
from pathlib import Path

import pycottas
import pyoxigraph
import rdflib
from rdflib.plugins.parsers.ntriples import ParseError

pycottas.rdf2cottas("quads.nq", "quads.cottas")
pycottas.rdf2cottas("triples.nt", "triples.cottas")
pycottas.cottas2rdf("quads.cottas", "out.nq")
pycottas.cat(["quads.cottas", "triples.cottas"], "both.cottas")
pycottas.cottas2rdf("both.cottas", "both.nq")


def reads(parse):
    try:
        parse()
    except (SyntaxError, ParseError):
        return False
    return True


def graphs(name):
    lines = Path(name).read_text().splitlines()
    return sorted(line.split('"')[1] + line.split('"')[2].removesuffix(".").rstrip() for line in lines if line)


seen = {
    "out": graphs("out.nq"),
    "pyoxigraph reads it": reads(lambda: list(pyoxigraph.parse("out.nq", "application/n-quads"))),
    "rdflib reads it": reads(lambda: rdflib.Dataset().parse("out.nq", format="nquads")),
    "joined": graphs("both.nq"),
}
old = "1 <http://example.org/old>"
print("seen:    ", seen)
print("expected:", {"out": [old, "2"], "pyoxigraph reads it": True, "rdflib reads it": True, "joined": [old, "2", "3"]})
broken = {"out": [old, "2 DEFAULT"], "pyoxigraph reads it": False, "rdflib reads it": False}
sys.exit(seen != {**broken, "joined": ["1", "2", "3"]})
PY
