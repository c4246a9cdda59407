#!/bin/sh
# Owlready2 writes a datatype relative to xml:base, and rdflib reads it as a relative IRI
#
# Expected: rdf:datatype holds an IRI reference that is resolved against the base in scope, as rdf:about
#   and rdf:resource are (RDF 1.1 XML Syntax, 5.3 and 6.1.4), so the datatype is http://example.org/own.
# Seen: Owlready2 saves RDF/XML with xml:base and rdf:datatype="own", which is right; pyoxigraph resolves
#   it; rdflib answers the datatype "own", which is no IRI, and writes it so into N-Triples.
# Versions: owlready2 0.51, rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: Notations of a taxonomy have datatypes of their own (SKOS, 6.5.1); after Owlready2 and
#   rdflib they match no query, and other parsers refuse the N-Triples.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='owlready2==0.51 rdflib==7.6.0 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp" <<'PY'
import logging
import sys
from pathlib import Path

import owlready2
import pyoxigraph
import rdflib

logging.disable()
folder = Path(sys.argv[1])
(folder / "in.nt").write_text('<http://example.org/a> <http://example.org/p> "1.1"^^<http://example.org/own> .\n')
ontology = owlready2.World().get_ontology("http://example.org/")
with (folder / "in.nt").open("rb") as file:
    ontology.load(fileobj=file)
ontology.save(file=str(folder / "out.rdf"), format="rdfxml")
written = (folder / "out.rdf").read_text()
p = "http://example.org/p"
seen = {
    "written": 'rdf:datatype="own"' in written and 'xml:base="http://example.org/"' in written,
    "rdflib": [str(value.datatype) for value in rdflib.Graph().parse(folder / "out.rdf", format="xml").objects(None, rdflib.URIRef(p))],
    "pyoxigraph": [quad.object.datatype.value for quad in pyoxigraph.parse(path=str(folder / "out.rdf")) if quad.predicate.value == p],
}
print("seen:    ", seen)
print("expected: http://example.org/own from both")
sys.exit(seen != {"written": True, "rdflib": ["own"], "pyoxigraph": ["http://example.org/own"]})
PY
