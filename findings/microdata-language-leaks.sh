#!/bin/sh
# microdata-rdf-streaming-parser gives the language of an element to all that follows it
#
# Expected: The language of an element is that of its own lang attribute or of the nearest ancestor that has
#   one (HTML, 3.2.6.2 "The lang and xml:lang attributes"); an element before it has no part in it.
# Seen: After <span lang="de"> the code "1.10" of the next element is "1.10"@de, and an English name on a
#   page with <html lang="en"> is "Audit"@de. A lang on an element without any data is enough.
# Versions: microdata-rdf-streaming-parser 3.0.0
# Why it matters: a page that gives a name in two languages changes every code and name after it; the parser
#   is the one that Comunica uses for HTML.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='microdata-rdf-streaming-parser@3.0.0'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { MicrodataRdfParser } from "microdata-rdf-streaming-parser";

const read = (html) =>
  new Promise((resolve, reject) => {
    const parser = new MicrodataRdfParser({ baseIRI: "http://example.org/" });
    const found = [];
    parser.on("data", ({ object }) => object.termType === "Literal" && found.push(object.value + "@" + object.language));
    parser.on("error", reject).on("end", () => resolve(found.join(" ")));
    parser.end(html);
  });
const page = (html, text) => `<html${html}><body><div itemscope itemid="http://example.org/a" itemtype="https://schema.org/Dataset">${text}</div></body></html>`;
const seen = [
  await read(page("", '<span itemprop="name" lang="de">Revision</span> <span itemprop="identifier">1.10</span>')),
  await read(page(' lang="en"', '<p lang="de">Notiz</p> <span itemprop="name">Audit</span>')),
];
console.log("seen:    ", seen);
console.log("expected:", ["Revision@de 1.10@", "Audit@en"]);
process.exit(seen.join() === "Revision@de 1.10@de,Audit@de" ? 0 : 1);
JS
node "$tmp/run.mjs"
