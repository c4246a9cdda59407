#!/bin/sh
# ttl2jsonld writes prefixes that JSON-LD 1.1 does not take for prefixes: GO:0008150 becomes an IRI of the scheme GO
#
# Expected: A term with a plain IRI in a context is used as a prefix only if that IRI ends in one of : / ? # [ ] @
#   (JSON-LD 1.1, 4.1.5, and API, 4.2.2); for another one the context needs "@prefix": true. The triples of a Turtle
#   document are the same in any format.
# Seen: @prefix GO: <http://example.org/obo/GO_> becomes "GO": "http://example.org/obo/GO_", and GO:0008150 is read
#   as that IRI itself, with the scheme GO, by jsonld.js, PyLD and pyoxigraph.
# Versions: @frogcat/ttl2jsonld 0.0.10, jsonld 9.0.0, PyLD 3.3.0, pyoxigraph 0.5.13
# Why it matters: The ontologies of biology and many code lists have prefixes that end in _ or -; no IRI of
#   the JSON-LD then meets one of the Turtle.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@frogcat/ttl2jsonld@0.0.10 jsonld@9.0.0'
pip='PyLD==3.3.0 pyoxigraph==0.5.13'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.mjs" <<'JS'
import ttl2jsonld from "@frogcat/ttl2jsonld";
import jsonld from "jsonld";

const document = ttl2jsonld.parse(`@prefix GO: <http://example.org/obo/GO_> . @prefix : <http://example.org/> .
:a :about GO:0008150 .`);
const nquads = await jsonld.toRDF(document, { format: "application/n-quads" });
console.log(JSON.stringify({ document, nquads }));
JS
cat >"$tmp/run.py" <<'PY'
import json
import sys

import pyoxigraph
from pyld import jsonld

given = json.load(sys.stdin)
text = json.dumps(given["document"])
seen = {
    "jsonld.js": given["nquads"].split()[2],
    "PyLD": jsonld.to_rdf(given["document"], {"format": "application/n-quads"}).split()[2],
    "pyoxigraph": str(next(iter(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.JSON_LD))).object),
}
print("seen:    ", seen)
print("expected: <http://example.org/obo/GO_0008150>")
sys.exit(seen != dict.fromkeys(seen, "<GO:0008150>"))
PY
node "$tmp/run.mjs" | "$tmp/env/bin/python" "$tmp/run.py"
