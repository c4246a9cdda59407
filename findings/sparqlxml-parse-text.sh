#!/bin/sh
# sparqlxml-parse loses CDATA and the text before a comment, and reads an indented true as false
#
# Expected: The literal is "a < b" and the answer of the ASK true: comments are no text and CDATA is (XML,
#   2.5 and 2.7), and <boolean> holds an xsd:boolean, whose blanks do not count (SPARQL Query Results XML
#   Format, 2.3.2 and its schemas; XML Schema 1.1 Part 2, 3.3.2 and 4.3.6). A namespace prefix is as
#   good as a default namespace (Namespaces in XML, 6).
# Seen: "a " and "y" instead of "a < b" and "xy"; <boolean> true </boolean> is false; with a prefix it
#   finds no results. rdflib reads all of them.
# Versions: sparqlxml-parse 3.3.0, rdflib 7.6.0
# Why it matters: Comunica and fetch-sparql-endpoint read answers in XML with it; "is there a concept
#   without a label?" is answered no by an endpoint that indents its XML.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='sparqlxml-parse@3.3.0'
pip='rdflib==7.6.0'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/answers.json" <<'JSON'
{
  "select": "<sparql xmlns='http://www.w3.org/2005/sparql-results#'><head><variable name='l'/></head><results><result><binding name='l'><literal>a <![CDATA[< b]]></literal></binding></result><result><binding name='l'><literal>x<!-- a note -->y</literal></binding></result></results></sparql>",
  "prefixed": "<r:sparql xmlns:r='http://www.w3.org/2005/sparql-results#'><r:head><r:variable name='l'/></r:head><r:results><r:result><r:binding name='l'><r:literal>v</r:literal></r:binding></r:result></r:results></r:sparql>",
  "ask": "<sparql xmlns='http://www.w3.org/2005/sparql-results#'><head/><boolean>true</boolean></sparql>",
  "indented": "<sparql xmlns='http://www.w3.org/2005/sparql-results#'>\n <head/>\n <boolean>\n  true\n </boolean>\n</sparql>"
}
JSON
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { SparqlXmlParser } from "sparqlxml-parse";

const answers = JSON.parse(readFileSync(process.argv[2], "utf8"));
const parser = new SparqlXmlParser();
const rows = (text) =>
  new Promise((done) => {
    const values = [];
    parser.parseXmlResultsStream(Readable.from([text])).on("data", (row) => values.push(row.l.value)).on("error", () => done("no results")).on("end", () => done(values));
  });
const boolean = (text) => parser.parseXmlBooleanStream(Readable.from([text]));
console.log(JSON.stringify([await rows(answers.select), await rows(answers.prefixed), await boolean(answers.ask), await boolean(answers.indented)]));
JS
cat >"$tmp/run.py" <<'PY'
import io
import json
import sys

from rdflib.query import Result

answers = json.load(open(sys.argv[1]))
read = {name: Result.parse(io.BytesIO(text.encode()), format="xml") for name, text in answers.items()}
rows = [[str(row.l) for row in read[name]] for name in ("select", "prefixed")]
expected = [*rows, read["ask"].askAnswer, read["indented"].askAnswer]
seen = json.load(sys.stdin)
print("seen:     sparqlxml-parse", seen)
print("expected: rdflib         ", expected)
sys.exit(seen != [["a ", "y"], "no results", True, False] or expected != [["a < b", "xy"], ["v"], True, True])
PY
node "$tmp/run.mjs" "$tmp/answers.json" | "$tmp/env/bin/python" "$tmp/run.py" "$tmp/answers.json"
