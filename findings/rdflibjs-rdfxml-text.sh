#!/bin/sh
# rdflib.js drops a statement of RDF/XML whose text holds a comment or a CDATA section
#
# Expected: Comments are no part of the text and CDATA is text, so the values are "xy" and "a < b" (XML, 2.5
#   and 2.7; RDF/XML, 6.1: a text event holds the characters of the content).
# Seen: Neither statement is there. Plain text beside them is, and so is text all of which is one CDATA
#   section. No message.
# Versions: rdflib 2.4.0
# Why it matters: Writers put CDATA around the < and & of a definition, people put comments into files; the
#   concept comes without its definition. (rdfxml-streaming-parser keeps a part of such a text:
#   rdfxml-comment-in-text.)
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='rdflib@2.4.0'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { graph, parse } from "rdflib";

const XML = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">
  <rdf:Description rdf:about="http://example.org/a">
    <e:plain>text</e:plain>
    <e:comment>x<!-- a note -->y</e:comment>
    <e:cdata>a <![CDATA[< b]]></e:cdata>
    <e:onlyCdata><![CDATA[a < b]]></e:onlyCdata>
  </rdf:Description>
</rdf:RDF>`;
const store = graph();
parse(XML, store, "http://example.org/document", "application/rdf+xml");
const seen = Object.fromEntries(store.statements.map(({ predicate, object }) => [predicate.value.split("/").pop(), object.value]));
console.log("seen:    ", JSON.stringify(seen));
console.log('expected: {"plain":"text","comment":"xy","cdata":"a < b","onlyCdata":"a < b"}');
process.exit(JSON.stringify(seen) === process.env.RECORDED ? 0 : 1);
JS
RECORDED='{"plain":"text","onlyCdata":"a < b"}' node "$tmp/run.mjs"
