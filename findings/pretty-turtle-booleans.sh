#!/bin/sh
# @jeswr/pretty-turtle writes the booleans "1" and "0" as the integers 1 and 0
#
# Expected: In Turtle only the words true and false are booleans without a datatype, and digits are an
#   xsd:integer (RDF 1.1 Turtle, 2.5.2 and 2.5.3); "1" and "0" are valid forms of xsd:boolean (XML Schema 1.1
#   Datatypes, 3.3.2.2) and need ^^xsd:boolean.
# Seen: "1"^^xsd:boolean is written as 1, and any parser reads an xsd:integer. n3 writes the datatype.
# Versions: @jeswr/pretty-turtle 1.8.2, n3 2.13.12
# Why it matters: Databases and tables give booleans as 1 and 0; after the file was written nicely, shapes with
#   sh:datatype xsd:boolean fail and FILTER(?flag = true) finds nothing.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@jeswr/pretty-turtle@1.8.2 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { write } from "@jeswr/pretty-turtle";
import { Parser, Writer } from "n3";

const quads = new Parser().parse(`PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX : <http://example.org/>
:a :p "1"^^xsd:boolean . :b :p "0"^^xsd:boolean . :c :p true . :d :p 1 .`);
const describe = (text) => new Parser().parse(text).map(({ object }) => `${object.value} ${object.datatype.value.split("#")[1]}`);
const seen = { "pretty-turtle": describe(await write(quads)), n3: describe(new Writer().quadsToString(quads)) };
const right = ["1 boolean", "0 boolean", "true boolean", "1 integer"];
console.log("seen:    ", JSON.stringify(seen));
console.log("expected:", JSON.stringify(right));
const recorded = { "pretty-turtle": ["1 integer", "0 integer", "true boolean", "1 integer"], n3: right };
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
