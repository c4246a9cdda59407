#!/bin/sh
# rdfa-streaming-parser gives a literal with datatype="" the vocabulary as its datatype
#
# Expected: An empty datatype attribute means a plain literal, with the language in scope (RDFa Core 1.1,
#   7.5, step 11), so the value is "Board"@en.
# Seen: Below a vocab attribute the datatype is the IRI of the vocabulary itself and the language is gone;
#   without vocab it is "Board"@en. pyRdfa3 answers "Board"@en in both cases.
# Versions: rdfa-streaming-parser 3.0.2, pyRdfa3 3.6.5
# Why it matters: datatype="" is the way to mark up text that contains elements, from RDFa 1.0 on; such a
#   label has no language and an unknown datatype, so no query finds it.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='rdfa-streaming-parser@3.0.2'
pip='pyRdfa3==3.6.5'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/vocab.html" <<'HTML'
<!DOCTYPE html><html lang="en"><head><title>t</title></head><body vocab="http://example.org/terms#">
<p about="http://example.org/a"><span property="label" datatype="">Board</span></p></body></html>
HTML
sed 's|vocab="http://example.org/terms#"|prefix="e: http://example.org/terms#"|; s|property="label"|property="e:label"|' "$tmp/vocab.html" >"$tmp/prefix.html"
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import { RdfaParser } from "rdfa-streaming-parser";

const read = (path) =>
  new Promise((done, fail) => {
    const found = [];
    const parser = new RdfaParser({ baseIRI: "http://example.org/page", contentType: "text/html" });
    parser.on("data", (quad) => quad.predicate.value.endsWith("#label") && found.push(`${quad.object.value}@${quad.object.language} ${quad.object.datatype.value.split("/").pop()}`));
    parser.on("error", fail).on("end", () => done(found.join()));
    parser.end(readFileSync(path, "utf8"));
  });
console.log(`${await read(process.argv[2])}; ${await read(process.argv[3])}`);
JS
cat >"$tmp/run.py" <<'PY'
import sys

import rdflib
from pyRdfa import pyRdfa

for path in sys.argv[1:]:
    graph = pyRdfa(media_type="text/html").graph_from_source(path, rdflib.Graph())
    print(next(graph.objects(None, rdflib.URIRef("http://example.org/terms#label"))).n3(), end=" ")
PY
seen="$(node "$tmp/run.mjs" "$tmp/vocab.html" "$tmp/prefix.html")"
expected="$("$tmp/env/bin/python" "$tmp/run.py" "$tmp/vocab.html" "$tmp/prefix.html" 2>"$tmp/log")" || { cat "$tmp/log"; exit 1; }
echo "seen:     $seen"
echo "expected: $expected"
[ "$seen" = "Board@ terms#; Board@en 22-rdf-syntax-ns#langString" ] && [ "$expected" = '"Board"@en "Board"@en ' ]
