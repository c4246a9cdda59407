#!/bin/sh
# jsonld.js turns the double "INF" into NaN, and any text with the type xsd:double into a number
#
# Expected: A string value with a type is the lexical form of its literal; only JSON numbers are converted
#   to the canonical form (JSON-LD 1.1 API, 8.2, Object to RDF Conversion). "INF", "-INF" and ill-typed text
#   such as "n/a" stay what they are.
# Seen: toRDF answers "NaN"^^xsd:double for all three, and "1.5E0" for "1.5"; with xsd:float all texts stay.
#   RDF -> fromRDF -> toRDF therefore changes INF into NaN. PyLD and pyoxigraph keep "INF".
# Versions: jsonld 9.0.0, PyLD 3.3.0, pyoxigraph 0.5.13
# Why it matters: NaN is neither smaller nor greater than anything: a bound "no upper limit" (INF) becomes
#   one that no number meets, and "n/a" looks like a measurement.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='jsonld@9.0.0'
pip='PyLD==3.3.0 pyoxigraph==0.5.13'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/in.json" <<'JSON'
[
  {"@value": "INF", "@type": "http://www.w3.org/2001/XMLSchema#double"},
  {"@value": "-INF", "@type": "http://www.w3.org/2001/XMLSchema#double"},
  {"@value": "n/a", "@type": "http://www.w3.org/2001/XMLSchema#double"},
  {"@value": "INF", "@type": "http://www.w3.org/2001/XMLSchema#float"}
]
JSON
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import jsonld from "jsonld";

const format = { format: "application/n-quads" };
const lexical = (text) => text.split('"')[1];
const seen = [];
for (const value of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  seen.push(lexical(await jsonld.toRDF({ "@id": "http://example.org/a", "http://example.org/p": value }, format)));
}
const given = '<http://example.org/a> <http://example.org/p> "INF"^^<http://www.w3.org/2001/XMLSchema#double> .\n';
seen.push(lexical(await jsonld.toRDF(await jsonld.fromRDF(given, format), format)));
console.log(seen.join(" "));
JS
cat >"$tmp/run.py" <<'PY'
import json
import sys

import pyoxigraph
from pyld import jsonld

documents = [{"@id": "http://example.org/a", "http://example.org/p": value} for value in json.load(open(sys.argv[1]))]
print(*[jsonld.to_rdf(document, {"format": "application/n-quads"}).split('"')[1] for document in documents])
print(*[next(iter(pyoxigraph.parse(json.dumps(document), format=pyoxigraph.RdfFormat.JSON_LD))).object.value for document in documents])
PY
seen=$(node "$tmp/run.mjs" "$tmp/in.json")
others=$("$tmp/env/bin/python" "$tmp/run.py" "$tmp/in.json")
echo "seen:     jsonld.js: $seen (the last one there and back)"
echo "expected: PyLD, then pyoxigraph:
$others"
[ "$seen" = "NaN NaN NaN INF NaN" ] && [ "$others" = "INF -INF n/a INF
INF -INF n/a INF" ]
