#!/bin/sh
# rdf-literal writes INF for Infinity and refuses to read it
#
# Expected: INF, -INF and NaN are lexical forms of xsd:double (XML Schema 2, 3.2.5.1); what toRdf
#   writes, fromRdf reads.
# Seen: toRdf(Infinity) is "INF"^^xsd:double; fromRdf of it with validation raises "Invalid RDF ...
#   value", without validation it is NaN or Infinity by chance of the text.
# Versions: rdf-literal 2.0.0
# Why it matters: the library turns query results into JavaScript numbers in several clients.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='rdf-literal@2.0.0'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { fromRdf, toRdf } from "rdf-literal";

const seen = {};
for (const number of [Infinity, -Infinity, NaN, 1.5]) {
  const literal = toRdf(number);
  let strict;
  try {
    strict = String(fromRdf(literal, true));
  } catch (error) {
    strict = error.message.slice(0, 11);
  }
  seen[literal.value] = [strict, String(fromRdf(literal))];
}
console.log("seen:     with and without validation", JSON.stringify(seen));
JS
node "$tmp/run.mjs"
