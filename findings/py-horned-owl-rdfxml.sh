#!/bin/sh
# py-horned-owl writes three disjoint classes into RDF/XML as two pairs, and reads one blank node as two
#
# Expected: DisjointClasses with more than two classes is owl:AllDisjointClasses with all members (OWL 2
#   Mapping to RDF Graphs, 2.1, Table 1), and an anonymous individual is the same blank node in all its
#   axioms (OWL 2 Structural Specification, 5.6.2).
# Seen: DisjointClasses(:A :B :C) is written as :A against :B and :A against :C, so :B and :C are no longer
#   disjoint. _:note, the value of one annotation and the subject of another one, is written rightly
#   and read back as two nodes. OWL/XML and functional syntax keep both.
# Versions: py-horned-owl 2.0.0, rdflib 7.6.0
# Why it matters: RDF/XML is the format that is published; a reasoner finds no contradiction in an individual
#   of two disjoint classes, and a note loses its text.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='py-horned-owl==2.0.0 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import pyhornedowl
import rdflib

ONTOLOGY = """Prefix(:=<http://example.org/>)
Prefix(owl:=<http://www.w3.org/2002/07/owl#>)
Ontology(<http://example.org/ontology>
Declaration(Class(:A)) Declaration(Class(:B)) Declaration(Class(:C))
Declaration(AnnotationProperty(:note)) Declaration(AnnotationProperty(:text))
DisjointClasses(:A :B :C)
AnnotationAssertion(:note :A _:note)
AnnotationAssertion(:text _:note "why")
)"""
EX = rdflib.Namespace("http://example.org/")
seen = {}
for name in ("ofn", "owx", "owl"):
    text = pyhornedowl.open_ontology_from_string(ONTOLOGY, "ofn").save_to_string(name)
    axioms = [str(axiom.component) for axiom in pyhornedowl.open_ontology_from_string(text, name).get_axioms()]
    disjoint = sorted(axiom.replace("http://example.org/", ":") for axiom in axioms if axiom.startswith("DisjointClasses"))
    nodes = {word for axiom in axioms if axiom.startswith("AnnotationAssertion") for word in axiom.replace(")", " ").split() if word.startswith("_:")}
    seen[name] = disjoint, len(nodes)
graph = rdflib.Graph().parse(data=text, format="xml")
node = graph.value(EX.A, EX.note)
seen["rdflib"] = len(list(graph.subjects(rdflib.RDF.type, rdflib.OWL.AllDisjointClasses))), str(graph.value(node, EX.text))
for name, found in seen.items():
    print(name, found)
print("expected: one axiom of three classes and one node; in RDF one owl:AllDisjointClasses and the text why")
whole = ["DisjointClasses(<:A> <:B> <:C>)"]
recorded = {"ofn": (whole, 1), "owx": (whole, 1), "owl": (["DisjointClasses(<:A> <:B>)", "DisjointClasses(<:A> <:C>)"], 2), "rdflib": (0, "why")}
sys.exit(seen != recorded)
PY
