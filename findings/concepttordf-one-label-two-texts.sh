#!/bin/sh
# concepttordf makes one skosxl:Label of the texts in all languages, and one of all alternative terms
#
# Expected: A skosxl:Label has exactly one skosxl:literalForm (SKOS Reference, B.2): two texts are two labels, and SKOS
#   has one skos:prefLabel for each by the property chain of B.3.
# Seen: A concept with a term in English and Norwegian and two alternative terms: one skosxl:prefLabel with two literal
#   forms, and one skosxl:altLabel with two. Two different literals as the value of a property with the cardinality 1
#   make the graph inconsistent. No error, no warning.
# Versions: concepttordf 3.0.1, rdflib 7.6.0
# Why it matters: What is said about a label, a source or a date, is said about all texts; a reasoner that knows SKOS-XL
#   finds the vocabulary contradictory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='concepttordf==3.0.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import contextlib
import io
import sys

import rdflib
from concepttordf import Concept

concept = Concept()
concept.identifier = "http://example.org/plan"
concept.term = {"name": {"en": "plan", "nb": "planlegging"}}
concept.alternativeterm = {"name": {"en": ["design", "draft"]}}
with contextlib.redirect_stdout(io.StringIO()):
    turtle = concept.to_rdf()
graph = rdflib.Graph().parse(data=turtle, format="turtle")
XL = rdflib.Namespace("http://www.w3.org/2008/05/skos-xl#")
seen = {
    name: [sorted(map(str, graph.objects(label, XL.literalForm))) for label in graph.objects(None, XL[name])]
    for name in ("prefLabel", "altLabel")
}
print("seen:     texts of each label", seen)
print("expected: one text in each")
sys.exit(seen != {"prefLabel": [["plan", "planlegging"]], "altLabel": [["design", "draft"]]})
PY
