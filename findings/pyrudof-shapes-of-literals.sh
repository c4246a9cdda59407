#!/bin/sh
# pyrudof lets a literal pass every property shape: where a value must have a title, a text is good enough
#
# Expected: a property shape is validated at a literal as at any node; a literal has no properties, so sh:minCount 1 and
#   sh:hasValue fail there (SHACL, 2.1.2, focus nodes are any RDF terms; 4.2.1, 4.7.1, 4.7.2, 4.8.2).
# Seen: "text" as the value passes sh:property, sh:node, sh:or, sh:and and sh:qualifiedMinCount with such a shape, and as a
#   target itself, too; only sh:class and inverse paths are judged. pyshacl reports all of them.
# Versions: pyrudof 0.3.35, pyshacl 0.40.1, rdflib 7.6.0
# Why it matters: a name typed where a link belongs is the most common error in data, and the shape written against it
#   says that the data conforms.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyrudof==0.3.35 pyshacl==0.40.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

import pyrudof
import pyshacl
import rdflib

PREFIX = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://example.org/> . "
RESULT = rdflib.URIRef("http://www.w3.org/ns/shacl#result")
TITLE = "[ sh:path :title ; sh:minCount 1 ]"
VALUES = {
    "sh:property": f"sh:property {TITLE}",
    "sh:hasValue": 'sh:property [ sh:path :title ; sh:hasValue "A" ]',
    "sh:node": f"sh:node [ sh:property {TITLE} ]",
    "sh:or": f"sh:or ( {TITLE} )",
    "sh:and": f"sh:and ( {TITLE} )",
    "sh:qualifiedMinCount": f"sh:qualifiedValueShape {TITLE} ; sh:qualifiedMinCount 1",
    "sh:class": "sh:class :Document",
}


def count(shapes, value):
    data = f"{PREFIX}:a :source {value} ."
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(data)
    rudof.read_shacl(PREFIX + shapes)
    rudof.validate_shacl()
    text = rudof.serialize_shacl_validation_results(pyrudof.ResultShaclValidationFormat.Turtle)
    graphs = [rdflib.Graph().parse(data=part, format="turtle") for part in (data, PREFIX + shapes)]
    reports = [rdflib.Graph().parse(data=text, format="turtle"), pyshacl.validate(graphs[0], shacl_graph=graphs[1])[1]]
    return [len(list(report.objects(None, RESULT))) for report in reports]


shapes = {name: f":S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :source ; {part} ] ." for name, part in VALUES.items()}
shapes["target"] = f":S a sh:NodeShape ; sh:targetObjectsOf :source ; sh:property {TITLE} ."
seen = {name: [count(text, ":b"), count(text, '"text"')] for name, text in shapes.items()}
print("seen:     results of pyrudof and pyshacl for an IRI and for a text", seen)
print("expected: 1 everywhere")
both = [[1, 1], [1, 1]]
sys.exit(seen != {name: both if name == "sh:class" else [[1, 1], [0, 1]] for name in shapes})
PY
