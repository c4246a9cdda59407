#!/bin/sh
# skosprovider_rdf reads a scheme and writes it again without notations, with "und" on plain labels
#
# Expected: "Audit" without a language stays a plain string (RDF 1.1 Concepts, 3.3: literal terms are equal
#   only with equal language tags), and skos:notation is kept: it is how SKOS holds a code (SKOS
#   Reference, 6). skos:OrderedCollection is a kind of skos:Collection (9.3, S29).
# Seen: "Audit"@und; no notation, and no notation in its own model either; the ordered collection and its
#   members are gone. RDF -> RDFProvider -> rdf_dumper, no warning.
# Versions: skosprovider 1.5.1, skosprovider_rdf 1.4.0, rdflib 6.3.2
# Why it matters: a query for the label "Audit" or for the code "1.10" finds nothing in the vocabulary that
#   such an editor or service publishes.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='skosprovider==1.5.1 skosprovider_rdf==1.4.0 rdflib==6.3.2'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import rdflib
from rdflib.namespace import RDF, SKOS
from skosprovider_rdf.providers import RDFProvider
from skosprovider_rdf.utils import rdf_dumper

TURTLE = """@prefix : <http://example.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
:s a skos:ConceptScheme ; dct:identifier "S" ; skos:prefLabel "Scheme"@en .
:c110 a skos:Concept ; skos:inScheme :s ; dct:identifier "c110" ; skos:prefLabel "Audit" ; skos:notation "1.10" .
:first a skos:OrderedCollection ; skos:inScheme :s ; dct:identifier "first" ; skos:prefLabel "First"@en ; skos:memberList ( :c110 ) .
"""


def describe(graph):
    concept = rdflib.URIRef("http://example.org/c110")
    collections = set(graph.subjects(RDF.type, SKOS.OrderedCollection)) | set(graph.subjects(RDF.type, SKOS.Collection))
    return [value.n3() for predicate in (SKOS.prefLabel, SKOS.notation) for value in graph.objects(concept, predicate)], len(collections)


graph = rdflib.Graph().parse(data=TURTLE, format="turtle")
before, after = describe(graph), describe(rdf_dumper(RDFProvider({"id": "S"}, graph)))
print("seen:     label, notation and number of collections", after)
print("expected:                                          ", before)
sys.exit((before, after) != ((['"Audit"', '"1.10"'], 1), (['"Audit"@und'], 0)))
PY
