#!/bin/sh
# rdf-parser-csvw makes an IRI of an empty cell, and leaves out separator, two null values and number formats
#
# Expected: A cell is null when it is empty or one of the null values, a separator makes several values of it,
#   and the format says how a boolean or a number is written (Model for Tabular Data, 6.4 "Parsing Cells",
#   6.4.2, 6.4.3); nothing is written for a null cell (CSV2RDF, 4.2), and the value of a boolean is true.
# Seen: An empty parent with a valueUrl links to http://example.org/, the IRI that all concepts without a parent
#   now share; "a;b" stays one word; of two null values none is one; "yes" is written as xsd:boolean and
#   "1,000.50" as xsd:decimal, which they are not. csvw reads the same cells as expected. No warning.
# Versions: @zazuko/rdf-parser-csvw 0.17.0, n3 2.13.12, @rdfjs/dataset 2.0.3, csvw 4.1.1
# Why it matters: the top concepts of a table get a broader concept that does not exist.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='csvw==4.1.1'
npm='@zazuko/rdf-parser-csvw@0.17.0 n3@2.13.12 @rdfjs/dataset@2.0.3'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
printf 'code,parent,words,cost,active,note\n1.10,,a;b,"1,000.50",yes,n/a\n' >"$tmp/controls.csv"
cat >"$tmp/metadata.json" <<'JSON'
{"@context": "http://www.w3.org/ns/csvw", "url": "controls.csv", "tableSchema": {"aboutUrl": "http://example.org/{code}", "columns": [
  {"titles": "code", "name": "code"},
  {"titles": "parent", "name": "parent", "valueUrl": "http://example.org/{parent}"},
  {"titles": "words", "name": "words", "separator": ";"},
  {"titles": "cost", "name": "cost", "datatype": {"base": "decimal", "format": "#,##0.00"}},
  {"titles": "active", "name": "active", "datatype": {"base": "boolean", "format": "yes|no"}},
  {"titles": "note", "name": "note", "null": ["-", "n/a"]}]}}
JSON
cat >"$tmp/run.mjs" <<'JS'
import { createReadStream } from "fs";
import rdfDataset from "@rdfjs/dataset";
import CsvwParser from "@zazuko/rdf-parser-csvw";
import { Parser } from "n3";

const metadata = `@prefix csvw: <http://www.w3.org/ns/csvw#> .
[] csvw:url "controls.csv" ; csvw:tableSchema [ csvw:aboutUrl "http://example.org/{code}" ; csvw:column (
  [ csvw:title "code" ; csvw:name "code" ]
  [ csvw:title "parent" ; csvw:name "parent" ; csvw:valueUrl "http://example.org/{parent}" ]
  [ csvw:title "words" ; csvw:name "words" ; csvw:separator ";" ]
  [ csvw:title "cost" ; csvw:name "cost" ; csvw:datatype [ csvw:base "decimal" ; csvw:format "#,##0.00" ] ]
  [ csvw:title "active" ; csvw:name "active" ; csvw:datatype [ csvw:base "boolean" ; csvw:format "yes|no" ] ]
  [ csvw:title "note" ; csvw:name "note" ; csvw:null "-", "n/a" ] ) ] .`;
const parser = new CsvwParser({ metadata: rdfDataset.dataset(new Parser().parse(metadata)), baseIRI: "http://example.org/controls.csv" });
const seen = [];
for await (const { subject, predicate, object } of parser.import(createReadStream(process.argv[2]))) {
  if (subject.value !== "http://example.org/1.10") continue;
  const type = object.termType === "Literal" ? object.datatype.value.split("#")[1] : "IRI";
  seen.push(`${predicate.value.split("#")[1]} ${object.value} (${type})`);
}
console.log(seen.join(" | "));
JS
javascript=$(node "$tmp/run.mjs" "$tmp/controls.csv")
python=$("$tmp/env/bin/python" -c "
import sys, csvw
(row,) = csvw.CSVW(sys.argv[1]).to_json(minimal=True)
print(*(f'{key} {value}' for key, value in row.items() if key != '@id'), sep=' | ')" "$tmp/metadata.json" 2>"$tmp/log")
echo "seen:     $javascript"
echo "expected: $python (csvw)"
[ "$javascript" = "code 1.10 (string) | parent http://example.org/ (IRI) | words a;b (string) | cost 1,000.50 (decimal) | active yes (boolean) | note n/a (string)" ] &&
  [ "$python" = "code 1.10 | words ['a', 'b'] | cost 1000.5 | active True" ]
