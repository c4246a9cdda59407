#!/bin/sh
# Two Turtle writers put what follows the prefix into a name as it is: # starts a comment, a comma a second value
#
# Expected: Behind the colon of a prefixed name the characters , ; ( ) / # and a dot at the end stand behind a
#   backslash, or the IRI is written in full (RDF 1.1 Turtle, 2.4 and the productions PN_LOCAL and PLX).
# Seen: With the prefix e: of http://example.org/, @rdfjs/serializer-turtle writes e:x#y, whose end is a comment, and
#   e:b/c; it and @jeswr/pretty-turtle write e:Audit,e:Board for one IRI with a comma in it (read again it is two),
#   e:1.1. and e:b(c). n3 writes IRIs in full there.
# Versions: @rdfjs/serializer-turtle 1.1.5, @jeswr/pretty-turtle 1.8.2, n3 2.13.12
# Why it matters: A prefix for the site and IRIs with a path or a fragment below it are usual; files cannot be
#   read, or say something else.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@rdfjs/serializer-turtle@1.1.5 @jeswr/pretty-turtle@1.8.2 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { write } from "@jeswr/pretty-turtle";
import Serializer from "@rdfjs/serializer-turtle";
import { DataFactory, Parser, Store, Writer } from "n3";

const { namedNode } = DataFactory;
const base = "http://example.org/";
const names = ["x#y", "b/c", "Audit,e:Board", "1.1.", "b(c)"];
const writers = {
  "serializer-turtle": (quads) => new Serializer({ prefixes: [["e", namedNode(base)]] }).transform(new Store(quads)),
  "pretty-turtle": (quads) => write(quads, { prefixes: { e: base } }),
  n3: (quads) => new Writer({ prefixes: { e: base } }).quadsToString(quads),
};
const read = (text) => {
  try {
    return new Parser().parse(text).map((quad) => quad.object.value.slice(base.length)).join(" ");
  } catch {
    return "unreadable";
  }
};
const seen = {};
for (const [name, writer] of Object.entries(writers)) {
  seen[name] = [];
  for (const local of names) {
    const text = await writer(new Parser().parse(`<${base}a> <${base}p> <${base}${local}> .`));
    seen[name].push(read(name === "n3" ? `@prefix e: <${base}> .\n${text}` : text));
  }
  console.log("seen:    ", name, JSON.stringify(seen[name]));
}
console.log("expected:", JSON.stringify(names));
const bad = "unreadable";
const recorded = {
  "serializer-turtle": [bad, bad, "Audit Board", bad, bad],
  "pretty-turtle": ["x#y", "b/c", "Audit Board", bad, bad],
  n3: names,
};
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
