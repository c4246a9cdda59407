#!/bin/sh
# Four JavaScript libraries make "1e+21"^^xsd:integer (or xsd:long) of the number 1e21, which is no integer
#
# Expected: The lexical form of an xsd:integer is a sign and digits (XML Schema 1.1 Datatypes, 3.4.13), xsd:long ends at
#   9223372036854775807 (3.4.16), and infinity is INF as a double and no decimal (3.3.5, 3.3.3).
# Seen: clownface, graphy, rdf-literal and @tpluscode/rdf-string call every number without a fraction an integer and
#   take JavaScript's text of it: "1e+21", "1.5e+300" as xsd:integer or xsd:long; 1e20 as an xsd:long; infinity as
#   "Infinity"^^xsd:double in clownface and "Infinity"^^xsd:decimal in rdf-string. No error. rdf-validate-datatype
#   refuses them all.
# Versions: clownface 2.0.3, graphy 4.3.7, rdf-literal 2.0.0, @tpluscode/rdf-string 1.3.4, rdf-ext 2.6.0,
#   rdf-validate-datatype 0.2.2
# Why it matters: Costs and counts of operations are numbers of this size; a store drops such a value or keeps it as a
#   text, and no filter finds it.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='clownface@2.0.3 graphy@4.3.7 rdf-literal@2.0.0 @tpluscode/rdf-string@1.3.4 rdf-ext@2.6.0 rdf-validate-datatype@0.2.2'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { sparql } from "@tpluscode/rdf-string";
import clownface from "clownface";
import graphy from "graphy";
import rdf from "rdf-ext";
import { toRdf } from "rdf-literal";
import { validateTerm } from "rdf-validate-datatype";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const node = rdf.namedNode("http://example.org/a");
const libraries = {
  clownface: (number) => [...clownface({ dataset: rdf.dataset(), factory: rdf, term: node }).addOut(node, number).dataset][0].object,
  graphy: (number) => graphy.core.data.factory.number(number),
  "rdf-literal": (number) => toRdf(number),
  "rdf-string": (number) => {
    const [, value, type] = /"(.*)"\^\^xsd:(\w+)$/.exec(sparql`${number}`.toString()) ?? [null, String(number), "integer"];
    return rdf.literal(value, rdf.namedNode(XSD + type));
  },
};
const seen = {};
for (const [name, make] of Object.entries(libraries)) {
  seen[name] = [1000, 1e20, 1e21, 1.5e300, Infinity].map((number) => {
    const { value, datatype } = make(number);
    const valid = validateTerm(rdf.literal(value, rdf.namedNode(datatype.value)));
    return `${value} ${datatype.value.replace(XSD, "")}${valid ? "" : " (not valid)"}`;
  });
}
console.log("seen:    ", seen);
console.log("expected: each a value of its datatype");
const integers = ["1000 integer", "100000000000000000000 integer", "1e+21 integer (not valid)", "1.5e+300 integer (not valid)"];
const recorded = {
  clownface: [...integers, "Infinity double (not valid)"],
  graphy: [...integers, "INF double"],
  "rdf-literal": ["1000 integer", "100000000000000000000 long (not valid)", "1e+21 long (not valid)", "1.5e+300 long (not valid)", "INF double"],
  "rdf-string": [...integers, "Infinity decimal (not valid)"],
};
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
