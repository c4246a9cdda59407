#!/bin/sh
# Comunica installs on Node.js 20, and then every query ends in "reading 'bind'"
#
# Expected: A package that installs can be used, or says which version of Node.js it needs (npm,
#   package.json, "engines"); Node.js 20 has zlib without Zstandard, which came with 22.15.
# Seen: @comunica/actor-http-fetch asks for undici ^8, which needs Node.js 22.19 and says so; Comunica's
#   own packages name no version, so npm warns of undici at most. On Node.js 20 each query ends with
#   "TypeError: Cannot read properties of undefined (reading 'bind')", over a server and over a text
#   in memory. With undici 7.30.2 in its place a server is asked and answers.
# Versions: @comunica/query-sparql 5.4.1, undici 8.13.1
# Why it matters: Node.js 20 is what many servers and long-lived distributions have; nothing in the
#   message speaks of Node.js, of undici or of HTTP.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@comunica/query-sparql@5.4.1 undici@8.13.1'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { createServer } from "node:http";
import { QueryEngine } from "@comunica/query-sparql";

const server = createServer((request, response) => {
  response.setHeader("Content-Type", "application/n-triples");
  response.end("<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}/data.nt`;
const text = { type: "serialized", value: "<urn:a> <urn:b> <urn:c> .", mediaType: "text/turtle" };
const seen = {};
for (const [name, source] of Object.entries({ memory: text, server: url })) {
  try {
    seen[name] = await new QueryEngine().queryBoolean("ASK { ?s ?p ?o }", { sources: [source] });
  } catch (error) {
    seen[name] = `${error.name}: ${error.message}`;
  }
}
server.close();
console.log("Node.js: ", process.version);
console.log("seen:    ", JSON.stringify(seen));
console.log("expected: true and true");
const recorded = {
  memory: "TypeError: Cannot read properties of undefined (reading 'bind')",
  server: "TypeError: Cannot read properties of undefined (reading 'bind')",
};
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
