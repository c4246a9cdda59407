#!/bin/sh
# sh:pattern in three validators: none reads XPath's regular expressions
#
# Expected: "A" conforms to ^\p{Lu}$ and "I" does not conform to ^[A-Z-[IO]]$ while "A" does; with
#   sh:flags "q" the pattern 1.1 is taken literally, so "101" does not conform (SHACL, 4.4.3, REGEX
#   of SPARQL; XPath Functions 3.1, 5.6.1 and 5.6.2, where q came with version 3.0; XML Schema 2,
#   appendix on regular expressions).
# Seen: \p{Lu}: pyshacl raises re.error, the two JavaScript validators report the valid "A".
#   Subtraction: all three report both values. "q": pyshacl lets "101" pass, the JavaScript
#   validators throw.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12,
#   rdf-ext 2.6.0
# Why it matters: patterns of codes and labels are written once and run in several validators; \p
#   and subtraction are what XML Schema offers.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0'
npm='rdf-validate-shacl@0.6.5 shacl-engine@1.1.2 n3@2.13.12 rdf-ext@2.6.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { Parser } from "n3";
import rdf from "rdf-ext";
import Validator from "rdf-validate-shacl";
import { Validator as Engine } from "shacl-engine";

const read = (text) => rdf.dataset(new Parser({ factory: rdf }).parse(text));
const values = (rows) => rows.map((row) => (row.value?.term ?? row.value).value).sort().join(" ");
const out = [];
for (const [shapes, data] of JSON.parse(process.env.CASES)) {
  const dataset = read(data);
  const show = (report) => values(report.results);
  out.push([
    await new Validator(read(shapes)).validate(dataset).then(show, (error) => error.name),
    await new Engine(read(shapes), { factory: rdf }).validate({ dataset }).then(show, (error) => error.name),
  ]);
}
console.log(JSON.stringify(out));
JS
cat >"$tmp/run.py" <<'PY'
import json
import os
import subprocess
import sys

import pyshacl
import rdflib

PREFIX = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://example.org/> . "
SHAPE = PREFIX + ":S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :code ; %s ] ."
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
cases = [
    (SHAPE % r'sh:pattern "^\\p{Lu}$"', PREFIX + ':a :code "A" , "b" .'),
    (SHAPE % 'sh:pattern "^[A-Z-[IO]]$"', PREFIX + ':a :code "A" , "I" .'),
    (SHAPE % 'sh:pattern "1.1" ; sh:flags "q"', PREFIX + ':a :code "1.1" , "101" .'),
]


def validate(shapes: str, data: str) -> str:
    graphs = [rdflib.Graph().parse(data=text, format="turtle") for text in (data, shapes)]
    try:
        report = pyshacl.validate(graphs[0], shacl_graph=graphs[1])[1]
    except Exception as error:  # whatever the validator raises
        return type(error).__name__
    return " ".join(sorted(report.objects(None, SH.value)))


node = subprocess.run(
    ["node", sys.argv[1]], env={**os.environ, "CASES": json.dumps(cases)}, capture_output=True, text=True, check=True
)
seen = [[validate(*case), *row] for case, row in zip(cases, json.loads(node.stdout), strict=True)]
recorded = [["error", "A b", "A b"], ["A I", "A I", "A I"], ["", "SyntaxError", "SyntaxError"]]
print("seen:     values reported by pyshacl, rdf-validate-shacl, shacl-engine", seen)
print("expected: b, I and 101 from all")
sys.exit(seen != recorded)
PY
"$tmp/env/bin/python" "$tmp/run.py" "$tmp/run.mjs"
