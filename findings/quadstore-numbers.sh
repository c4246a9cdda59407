#!/bin/sh
# quadstore finds 1.0 where 1 is asked for, removes both, and never finds an xsd:float
#
# Expected: match and removeMatches take terms (RDF/JS Stream interfaces; two literals are equal if value, language
#   and datatype are, RDF/JS Data Model, Term.equals), and a SPARQL pattern matches terms (SPARQL 1.1 Query, 18.3).
# Seen: A pattern with 1 finds the subjects of 1 and 1.0, and removeMatches(null, null, 1) removes both.
#   "INF"^^xsd:double is found with "abc"^^xsd:integer. "0.1"^^xsd:float is stored, and found by no pattern with that
#   term. n3 is right in all.
# Versions: quadstore 15.4.1, memory-level 3.1.0, n3 2.13.12
# Why it matters: One number of a version or a level is withdrawn, and another statement with the same number in
#   another type is gone.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='quadstore@15.4.1 memory-level@3.1.0 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { MemoryLevel } from "memory-level";
import { DataFactory, Parser, Store } from "n3";
import { Quadstore } from "quadstore";

const TURTLE = `@prefix : <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a :p 1 . :b :p 1.0 . :c :p "0.1"^^xsd:float . :d :p "INF"^^xsd:double . :e :p "abc"^^xsd:integer .`;
const literal = (value, type) => DataFactory.literal(value, DataFactory.namedNode(`http://www.w3.org/2001/XMLSchema#${type}`));
const questions = { 1: literal("1", "integer"), float: literal("0.1", "float"), INF: literal("INF", "double") };
const done = (stream) => new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject));
const find = (store, term) =>
  new Promise((resolve, reject) => {
    const found = [];
    const stream = store.match(null, null, term);
    stream.on("data", (quad) => found.push(quad.subject.value.slice(-1))).on("error", reject);
    stream.on("end", () => resolve(found.sort().join("") || "none"));
  });
const ask = async (store) => {
  const answers = {};
  for (const [name, term] of Object.entries(questions)) answers[name] = await find(store, term);
  await done(store.removeMatches(null, null, questions[1]));
  answers["left when 1 is removed"] = await find(store);
  return answers;
};
const quads = new Parser().parse(TURTLE);
const store = new Quadstore({ backend: new MemoryLevel(), dataFactory: DataFactory });
await store.open();
await store.multiPut(quads);
const seen = await ask(store);
const expected = await ask(new Store(quads));
console.log("seen:     quadstore", seen);
console.log("expected: as in n3 ", expected);
const right = { 1: "a", float: "c", INF: "d", "left when 1 is removed": "bcde" };
const recorded = { 1: "ab", float: "none", INF: "de", "left when 1 is removed": "cde" };
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
process.exit(same(seen, recorded) && same(expected, right) ? 0 : 1);
JS
node "$tmp/run.mjs"
