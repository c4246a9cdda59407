#!/bin/sh
# PyLD resolves relative IRIs against http://example.org/base/ where no base is given
#
# Expected: without a base IRI a relative reference stays relative when a document is expanded or compacted, and a statement
#   that has one is left out of the RDF (JSON-LD 1.1 API, "IRI Expansion" and 8.2, "Deserialize JSON-LD to RDF").
# Seen: PyLD makes "a" into <http://example.org/base/a> in expand, compact, flatten and to_rdf; with "@base": null in the
#   context it does not. jsonld.js keeps "a", and it and pyoxigraph leave the statement out.
# Versions: PyLD 3.3.0, jsonld 9.0.0, pyoxigraph 0.5.13
# Why it matters: two documents that both say "@id": "risk1" become one node of a graph with an IRI that nobody wrote, on
#   a domain that is kept for examples.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='PyLD==3.3.0 pyoxigraph==0.5.13'
npm='jsonld@9.0.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
export DOCUMENT='{"@id": "a", "http://example.com/p": {"@id": "#b"}}'
cat >"$tmp/run.mjs" <<'JS'
import jsonld from "jsonld";

const document = JSON.parse(process.env.DOCUMENT);
const ids = (node) => [node["@id"], [node["http://example.com/p"]].flat()[0]["@id"]];
const rdf = (await jsonld.toRDF(document)).length;
console.log(JSON.stringify([ids((await jsonld.expand(document))[0]), ids(await jsonld.compact(document, {})), rdf]));
JS
javascript=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import json
import os
import sys

import pyoxigraph
from pyld import jsonld

document = json.loads(os.environ["DOCUMENT"])
P = "http://example.com/p"


def ids(node):
    return [node["@id"], (node[P][0] if isinstance(node[P], list) else node[P])["@id"]]


without = {"@context": {"@base": None}, **document}
seen = {
    "PyLD": [ids(jsonld.expand(document)[0]), ids(jsonld.compact(document, {})), len(jsonld.to_rdf(document)["@default"])],
    "PyLD, base null": ids(jsonld.expand(without)[0]),
    "jsonld.js": json.loads(os.environ["javascript"]),
    "pyoxigraph": len(list(pyoxigraph.parse(json.dumps(document), format=pyoxigraph.RdfFormat.JSON_LD))),
}
print("seen:     expanded, compacted, statements", seen)
print("expected: a and #b, and no statement")
made = ["http://example.org/base/a", "http://example.org/base/#b"]
plain = ["a", "#b"]
recorded = {"PyLD": [made, made, 1], "PyLD, base null": plain, "jsonld.js": [plain, plain, 0], "pyoxigraph": 0}
sys.exit(seen != recorded)
PY
