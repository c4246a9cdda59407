#!/bin/sh
# rdf-literal writes INF for Infinity and refuses to read it
#
# Expected: INF, -INF and NaN are lexical forms of xsd:double (XML Schema 2, 3.2.5.1); what toRdf
#   writes, fromRdf reads.
# Seen: toRdf(Infinity) is "INF"^^xsd:double; fromRdf of it, of "-INF" and of "NaN" raises "Invalid
#   RDF ... value" with validation, and gives NaN for all three without.
# Versions: rdf-literal 2.0.0
# Why it matters: clients turn query results into numbers with it; an unbounded limit becomes "not a
#   number".
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
console.log("expected: Infinity, -Infinity, NaN and 1.5, either way");
const refused = ["Invalid RDF", "NaN"];
const recorded = { INF: refused, "-INF": refused, NaN: refused, "1.5E0": ["1.5", "1.5"] };
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
