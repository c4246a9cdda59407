#!/bin/sh
# jsonld-context-parser shortens IRIs with terms that are no prefixes: jsonld-streaming-serializer writes other IRIs
#
# Expected: A term is a prefix where its IRI ends in one of : / ? # [ ] @ and it is a plain text in the context, or
#   where it says "@prefix": true (JSON-LD 1.1 API, prefix flag in Create Term Definition, and IRI Compaction); what
#   compaction makes is read again as what it was.
# Seen: With "GO": "http://purl.org/GO_" the IRI http://purl.org/GO_1 is shortened to GO:1, and with "ex": {"@id":
#   "http://example.org/"} http://example.org/x to ex:x, with "@prefix": false, too; expandTerm of the same package
#   and jsonld.js read GO:1 and ex:x as absolute IRIs of the schemes GO and ex. No error, no warning.
# Versions: jsonld-context-parser 3.1.1, jsonld-streaming-serializer 4.0.0, jsonld 9.0.0, n3 2.13.12
# Why it matters: Identifiers that end in an underscore are those of the OBO ontologies; a graph written with such
#   terms is about other things when it is read again.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='jsonld-context-parser@3.1.1 jsonld-streaming-serializer@4.0.0 jsonld@9.0.0 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import jsonld from "jsonld";
import { ContextParser } from "jsonld-context-parser";
import { JsonLdSerializer } from "jsonld-streaming-serializer";
import { Parser } from "n3";

const context = {
  GO: "http://purl.org/GO_",
  ex: { "@id": "http://example.org/" },
  off: { "@id": "http://example.com/", "@prefix": false },
  on: { "@id": "http://example.net/on-", "@prefix": true },
  dct: "http://purl.org/dc/terms/",
};
const parsed = await new ContextParser().parse(context);
const iris = ["http://purl.org/GO_1", "http://example.org/x", "http://example.com/x", "http://example.net/on-1", "http://purl.org/dc/terms/title"];
const seen = {};
for (const iri of iris) {
  const short = parsed.compactIri(iri, true);
  const serializer = new JsonLdSerializer({ context });
  let written = "";
  serializer.on("data", (part) => (written += part));
  const ended = new Promise((resolve) => serializer.on("end", resolve));
  for (const quad of new Parser().parse(`<${iri}> <urn:p> <urn:o> .`)) serializer.write(quad);
  serializer.end();
  await ended;
  const [{ "@id": read }] = await jsonld.expand(JSON.parse(written));
  seen[iri] = [short, parsed.expandTerm(short, true), read];
}
console.log("seen:     shortened, expanded again, and written and read by jsonld.js", seen);
console.log("expected: the last two are the IRI");
const wrong = { "http://purl.org/GO_1": "GO:1", "http://example.org/x": "ex:x", "http://example.com/x": "off:x" };
const right = { "http://example.net/on-1": "on:1", "http://purl.org/dc/terms/title": "dct:title" };
const same = iris.every((iri) => {
  const [short, ...again] = seen[iri];
  return iri in wrong ? short === wrong[iri] && again.every((x) => x === short) : short === right[iri] && again.every((x) => x === iri);
});
process.exit(same ? 0 : 1);
JS
node "$tmp/run.mjs"
