#!/bin/sh
# pyrudof cannot compare the integer types derived from xsd:integer
#
# Expected: "2"^^xsd:byte and "2"^^xsd:nonNegativeInteger are at least 1: sh:minInclusive compares
#   with <= of SPARQL, which takes every type derived from xsd:integer (SHACL, 4.3; SPARQL 1.1
#   Query, 17.1).
# Seen: pyrudof reports both as violations; 2 and "2"^^xsd:float pass. pyshacl reports nothing.
# Versions: pyrudof 0.3.35, pyshacl 0.40.1, rdflib 7.6.0
# Why it matters: years, counts and ranks are declared nonNegativeInteger or positiveInteger in many
#   vocabularies; every row fails.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyrudof==0.3.35 pyshacl==0.40.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.py" <<'PY'
import sys

import pyrudof
import pyshacl
import rdflib

PREFIX = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <http://example.org/> . """
shapes = PREFIX + ":S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :rank ; sh:minInclusive 1 ] ."
data = PREFIX + ':a :rank "2"^^xsd:byte , "2"^^xsd:nonNegativeInteger , 2 , "2"^^xsd:float .'
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


def kinds(report: rdflib.Graph) -> list[str]:
    return sorted(value.datatype.split("#")[1] for value in report.objects(None, SH.value))


graphs = [rdflib.Graph().parse(data=text, format="turtle") for text in (data, shapes)]
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(data, format=pyrudof.RDFFormat.Turtle)
rudof.read_shacl(shapes)
rudof.validate_shacl()
text = rudof.serialize_shacl_validation_results(format=pyrudof.ResultShaclValidationFormat.Turtle)
seen = {
    "pyshacl": kinds(pyshacl.validate(graphs[0], shacl_graph=graphs[1])[1]),
    "pyrudof": kinds(rdflib.Graph().parse(data=text, format="turtle")),
}
print("seen:     reported", seen)
print("expected: nothing from both")
sys.exit(seen != {"pyshacl": [], "pyrudof": ["byte", "nonNegativeInteger"]})
PY
"$tmp/env/bin/python" "$tmp/run.py"
