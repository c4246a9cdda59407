#!/bin/sh
# jsonld-streaming-parser turns a long integer of JSON into plain text
#
# Expected: A JSON integer below 1e21 becomes an xsd:integer, a larger one an xsd:double (JSON-LD
#   1.1 API, Object to RDF Conversion).
# Seen: Integers that a double cannot hold exactly, from 9007199254740993 on, become plain strings;
#   the same size written 1e25 becomes an xsd:double. jsonld.js makes xsd:integer and xsd:double.
# Versions: jsonld 9.0.0, jsonld-streaming-parser 5.0.1
# Why it matters: estimates of operations in training runs of AI models are of this size; sums and
#   filters over them skip these rows.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='jsonld@9.0.0 jsonld-streaming-parser@5.0.1'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import jsonld from "jsonld";
import { JsonLdParser } from "jsonld-streaming-parser";

const type = (quad) => quad.object.datatype.value.split("#")[1];
const seen = {};
for (const number of ["9007199254740992", "9007199254740993", "10000000000000000000000000", "1e25"]) {
  const text = `{"@id": "http://example.org/a", "http://example.org/operations": ${number}}`;
  const [quad] = await jsonld.toRDF(JSON.parse(text));
  const parser = new JsonLdParser();
  const streamed = new Promise((resolve) => parser.on("data", resolve));
  parser.end(text);
  seen[number] = [type(quad), type(await streamed)];
}
console.log("seen:     jsonld.js and jsonld-streaming-parser", JSON.stringify(seen));
console.log("expected: integer, integer, double, double from both");
const recorded = {
  "9007199254740992": ["integer", "integer"],
  "9007199254740993": ["integer", "string"],
  "10000000000000000000000000": ["double", "string"],
  "1e25": ["double", "double"],
};
process.exit(Object.keys(recorded).every((key) => String(seen[key]) === String(recorded[key])) ? 0 : 1);
JS
node "$tmp/run.mjs"
