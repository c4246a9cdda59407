#!/bin/sh
# sh:languageIn and sh:uniqueLang in two JavaScript validators: case counts, and "eng" passes for "en"
#
# Expected: With sh:languageIn ("en") the tag EN conforms and eng does not; with sh:uniqueLang true,
#   "a"@en and "b"@EN are two values of one language (SHACL, 4.4.4 and 4.4.5, langMatches of SPARQL;
#   RDF 1.1 Concepts, 3.3: the value space of tags is in lower case).
# Seen: rdf-validate-shacl and shacl-engine report EN, let eng pass and report nothing for
#   sh:uniqueLang. pyshacl and pyrudof report eng and the double language.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12,
#   rdf-ext 2.6.0
# Why it matters: the same vocabulary passes in the editor (JavaScript) and fails in the pipeline
#   (Python), or the other way round.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0'
npm='rdf-validate-shacl@0.6.5 shacl-engine@1.1.2 n3@2.13.12 rdf-ext@2.6.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
export SHAPES='@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://example.org/> .
:In a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :label ; sh:languageIn ("en") ] .
:Unique a sh:NodeShape ; sh:targetNode :b ; sh:property [ sh:path :label ; sh:uniqueLang true ] .'
export DATA='@prefix : <http://example.org/> . :a :label "one"@EN , "two"@eng . :b :label "a"@en , "b"@EN .'
cat >"$tmp/run.mjs" <<'JS'
import { Parser } from "n3";
import rdf from "rdf-ext";
import Validator from "rdf-validate-shacl";
import { Validator as Engine } from "shacl-engine";

const read = (text) => rdf.dataset(new Parser({ factory: rdf }).parse(text));
const name = (term) => term?.value.split(/[#/]/).pop() ?? "";
const show = (rows) => rows.map(([part, value]) => `${name(part)} ${value?.value ?? ""}`.trim()).sort().join(", ");
const [shapes, dataset] = [read(process.env.SHAPES), read(process.env.DATA)];
const first = await new Validator(shapes).validate(dataset);
console.log(show(first.results.map((row) => [row.sourceConstraintComponent, row.value])));
const second = await new Engine(shapes, { factory: rdf }).validate({ dataset });
console.log(show(second.results.map((row) => [row.constraintComponent, row.value?.term ?? row.value])));
JS
javascript=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyshacl
import rdflib

graphs = [rdflib.Graph().parse(data=os.environ[name], format="turtle") for name in ("DATA", "SHAPES")]
report = pyshacl.validate(graphs[0], shacl_graph=graphs[1])[1]
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
rows = sorted(
    f"{report.value(row, SH.sourceConstraintComponent).split('#')[1]} {report.value(row, SH.value) or ''}".strip()
    for row in report.objects(None, SH.result)
)
first, second = os.environ["javascript"].split("\n")
seen = {"pyshacl": ", ".join(rows), "rdf-validate-shacl": first, "shacl-engine": second}
wrong = "LanguageInConstraintComponent one"
recorded = {
    "pyshacl": "LanguageInConstraintComponent two, UniqueLangConstraintComponent",
    "rdf-validate-shacl": wrong,
    "shacl-engine": wrong,
}
print("seen:    ", seen)
print("expected: results of pyshacl from all")
sys.exit(seen != recorded)
PY
