#!/bin/sh
# Nemo reads xsd:integer as xsd:int, a decimal 1.0 as an integer, and an IRI has a datatype
#
# Expected: An RDF term keeps its datatype: "5"^^xsd:integer is not "5"^^xsd:int (RDF 1.1 Concepts, 3.3),
#   and an IRI has none (SPARQL 1.1 Query, 17.4.2.7: DATATYPE takes a literal).
# Seen: DATATYPE answers xsd:int for 5 read as xsd:integer, xsd:nonNegativeInteger and xsd:decimal 5.0, all
#   three one value afterwards; for an IRI it answers xsd:anyURI.
# Versions: nemo-python 0.10.1
# Why it matters: A rule that copies a literal into new triples copies another one; what was inferred then
#   matches neither a query for the original nor sh:datatype xsd:integer.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='nemo-python==0.10.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/in.nt" <<'NT'
<http://example.org/a> <http://example.org/p> "5"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://example.org/b> <http://example.org/p> "5"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> .
<http://example.org/c> <http://example.org/p> "5.0"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<http://example.org/d> <http://example.org/p> <http://example.org/e> .
NT
"$tmp/env/bin/python" - "$tmp/in.nt" <<'PY'
import sys

import nmo_python as nemo

rules = f'''
@import t :- ntriples {{ resource = "file://{sys.argv[1]}" }} .
kind(?value, ?datatype) :- t(?s, ?p, ?value), ?datatype = DATATYPE(?value) .
@output kind .
'''
engine = nemo.NemoEngine(nemo.load_string(rules))
engine.reason()
seen = sorted((str(value), datatype.rpartition("#")[2].strip(">")) for value, datatype in engine.result("kind"))
print("seen:    ", seen)
print("expected: integer, nonNegativeInteger and decimal, three values; none for the IRI")
sys.exit(seen != [("5", "int"), ("<http://example.org/e>", "anyURI")])
PY
