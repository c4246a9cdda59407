#!/bin/sh
# rdf-validate-datatype: 2024-02-30 is a date, 2147483648 an int, "---31" no day; SHACL reports follow it
#
# Expected: Day and month of a date lie within the calendar (XSD 1.1 Datatypes, 3.3.9 and the constraint
#   "Day-of-month Values"), xsd:int reaches from -2147483648 to 2147483647 (3.4.17), "---31" is a gDay
#   (3.3.13), "--12-31" a gMonthDay (3.3.12). An ill-typed literal violates sh:datatype (SHACL, 4.1.2).
# Seen: 2024-02-30, 2024-13-01 and 25:00:00 are valid; the bounds of xsd:int are one too high; the right forms
#   of gDay and gMonthDay are invalid, "31" and "12-31" valid; "+-1" is a decimal. rdf-validate-shacl, which
#   uses it, says that data with these conforms, and reports a right gDay.
# Versions: rdf-validate-datatype 0.2.2, rdf-validate-shacl 0.6.5, n3 2.13.12, @rdfjs/data-model 2.1.2,
#   @rdfjs/dataset 2.0.3; beside them pyshacl 0.40.1 and rdflib 7.6.0
# Why it matters: sh:datatype xsd:date is the check of dates in most shapes for DCAT and PROV.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0'
npm='rdf-validate-datatype@0.2.2 rdf-validate-shacl@0.6.5 n3@2.13.12 @rdfjs/data-model@2.1.2 @rdfjs/dataset@2.0.3'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/shapes.ttl" <<'TTL'
@prefix : <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:dates a sh:NodeShape ; sh:targetSubjectsOf :issued ; sh:property [ sh:path :issued ; sh:datatype xsd:date ] .
:days a sh:NodeShape ; sh:targetSubjectsOf :day ; sh:property [ sh:path :day ; sh:datatype xsd:gDay ] .
TTL
cat >"$tmp/data.ttl" <<'TTL'
@prefix : <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:wrong :issued "2024-02-30"^^xsd:date . :right :day "---31"^^xsd:gDay .
TTL
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "fs";
import rdf from "@rdfjs/data-model";
import rdfDataset from "@rdfjs/dataset";
import { Parser } from "n3";
import { validateTerm } from "rdf-validate-datatype";
import SHACLValidator from "rdf-validate-shacl";

const values = {
  date: ["2024-02-30", "2024-13-01"], time: ["25:00:00"], int: ["2147483648", "-2147483648"], decimal: ["+-1"],
  gDay: ["---31", "31"], gMonthDay: ["--12-31", "12-31"],
};
const seen = Object.entries(values).map(([type, texts]) => {
  const datatype = rdf.namedNode(`http://www.w3.org/2001/XMLSchema#${type}`);
  return `${type} ${texts.map((text) => validateTerm(rdf.literal(text, datatype)))}`;
});
const load = (name) => rdfDataset.dataset(new Parser().parse(readFileSync(name, "utf8")));
const report = await new SHACLValidator(load(process.argv[2])).validate(load(process.argv[3]));
const focus = report.results.map((result) => result.focusNode.value.split("/").pop());
console.log(`${seen.join("; ")}; violations: ${focus}`);
JS
javascript=$(node "$tmp/run.mjs" "$tmp/shapes.ttl" "$tmp/data.ttl")
python=$("$tmp/env/bin/python" - "$tmp/shapes.ttl" "$tmp/data.ttl" 2>"$tmp/log" <<'PY'
import sys

import pyshacl
import rdflib

shapes, data = (rdflib.Graph().parse(name) for name in sys.argv[1:])
_, report, _ = pyshacl.validate(data, shacl_graph=shapes)
focus = report.objects(predicate=rdflib.URIRef("http://www.w3.org/ns/shacl#focusNode"))
print(",".join(str(node).rsplit("/", 1)[1] for node in focus))
PY
)
echo "seen:     $javascript (pyshacl: $python)"
echo "expected: date false,false; time false; int false,true; decimal false; gDay true,false; gMonthDay true,false; violations: wrong"
[ "$javascript" = "date true,true; time true; int true,false; decimal true; gDay false,true; gMonthDay false,true; violations: right" ] &&
  [ "$python" = "wrong" ]
