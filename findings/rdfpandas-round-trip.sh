#!/bin/sh
# rdfpandas: en-GB and en-US come back from the table as en, and a blank node as a literal subject
#
# Expected: A column name holds the kind, type and language "to allow for round trip conversion" (documentation
#   of to_dataframe); "Colour"@en-GB is another literal than "Colour"@en, and no literal is a subject (RDF 1.1
#   Concepts, 3.3 and 3.1).
# Seen: The columns are named @en-GB and @en-US, and to_graph reads their names up to the hyphen: two labels
#   @en, where there was one for each region. The row of a blank node becomes a statement whose subject is the
#   literal with the node's name, cut off from the node that links to it; written as Turtle it is no RDF.
# Versions: rdfpandas 1.1.7, rdflib 7.6.0, pandas 3.1.1
# Why it matters: two skos:prefLabel in one language break SKOS (S14) after a round trip in which nothing was
#   edited; nested contact points, periods and derivations lose what they say.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdfpandas==1.1.7 rdflib==7.6.0 pandas==3.1.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import rdflib
from rdflib.namespace import SKOS
from rdfpandas.graph import to_dataframe, to_graph

TURTLE = """@prefix ex: <http://example.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
ex:a skos:prefLabel "Colour"@en-GB, "Color"@en-US ; ex:period [ ex:start "2024" ] ."""


def describe(graph):
    labels = sorted(value.n3() for value in graph.objects(predicate=SKOS.prefLabel))
    (period,) = graph.objects(predicate=rdflib.URIRef("http://example.org/period"))
    return labels, len(list(graph.predicate_objects(period))), sum(isinstance(node, rdflib.Literal) for node in graph.subjects())


before = rdflib.Graph().parse(data=TURTLE)
table = to_dataframe(before)
seen = describe(to_graph(table, before.namespace_manager))
print("columns: ", [name for name in table.columns if "prefLabel" in name])
print("seen:     labels, statements about the period, literal subjects", seen)
print("expected:                                                      ", describe(before))
sys.exit(seen != (['"Color"@en', '"Colour"@en'], 0, 1))
PY
