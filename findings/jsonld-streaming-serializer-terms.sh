#!/bin/sh
# jsonld-streaming-serializer uses reverse, list, graph and JSON terms for plain values
#
# Expected: A term is chosen for a value only if its mapping fits: a reverse property for the other
#   direction, a list container for a list, a graph container for a graph, @json for JSON (JSON-LD 1.1 API,
#   4.3, Inverse Context Creation, and 6.2, IRI Compaction); otherwise the full IRI is written.
# Seen: The term is chosen by its IRI alone: :a :p :b becomes :b :p :a with a reverse term, a list of one
#   with a list term, nothing with a graph term, and JSON text with a JSON term. jsonld.js compacts the
#   same statement with the same contexts and keeps it.
# Versions: jsonld-streaming-serializer 4.0.0, jsonld 9.0.0, n3 2.13.12
# Why it matters: contexts with "narrower": {"@reverse": "skos:broader"} exist to make JSON easy to read;
#   written with one, the hierarchy is upside down.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='jsonld-streaming-serializer@4.0.0 jsonld@9.0.0 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import jsonld from "jsonld";
import { JsonLdSerializer } from "jsonld-streaming-serializer";
import { Parser } from "n3";

const p = "http://example.org/p";
const terms = {
  plain: { "@id": p },
  reverse: { "@reverse": p },
  list: { "@id": p, "@container": "@list" },
  graph: { "@id": p, "@container": "@graph" },
  json: { "@id": p, "@type": "@json" },
};
const serialize = (quads, context) =>
  new Promise((done, fail) => {
    let text = "";
    const serializer = new JsonLdSerializer({ context });
    serializer.on("data", (part) => (text += part)).on("error", fail).on("end", () => done(JSON.parse(text)));
    for (const quad of quads) serializer.write(quad);
    serializer.end();
  });
const short = (term) => (term.termType === "BlankNode" ? "_" : term.value.split("/").pop().slice(0, 20));
const describe = async (document) => {
  const quads = new Parser({ format: "N-Quads" }).parse(await jsonld.toRDF(document, { format: "application/n-quads" }));
  return quads.map((quad) => [quad.subject, quad.predicate, quad.object].map(short).join(" ")).filter((text) => text.includes(" p ")).join(", ");
};
const statement = "<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n";
const seen = {};
const expected = {};
for (const [name, definition] of Object.entries(terms)) {
  const context = { "@version": 1.1, p: definition };
  seen[name] = await describe(await serialize(new Parser().parse(statement), context));
  expected[name] = await describe(await jsonld.compact(await jsonld.fromRDF(statement, { format: "application/n-quads" }), context));
}
console.log("seen:     jsonld-streaming-serializer", JSON.stringify(seen));
console.log("expected: jsonld                     ", JSON.stringify(expected));
const recorded = { plain: "a p b", reverse: "b p a", list: "a p _", graph: "", json: seen.json };
const right = Object.values(expected).every((text) => text === "a p b");
process.exit(right && seen.json !== "a p b" && JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
