#!/bin/sh
# Which JSON-LD terms may be used as prefixes: rdflib and pyoxigraph against PyLD and jsonld.js
#
# Expected: In JSON-LD 1.1 a term with an expanded definition is a prefix only with "@prefix": true,
#   so "nist:1" stays an absolute IRI of the scheme nist (JSON-LD 1.1, compact IRIs; JSON-LD 1.1
#   API, prefix flag in Create Term Definition and IRI Expansion).
# Seen: rdflib and pyoxigraph put the namespace in front, http://example.org/nist/1; PyLD, jsonld.js
#   and jsonld-streaming-parser keep nist:1.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, PyLD 3.3.0, jsonld 9.0.0, jsonld-streaming-parser 5.0.1
# Why it matters: one file gives two graphs that share no subject; neither reader reports anything.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13 PyLD==3.3.0'
npm='jsonld@9.0.0 jsonld-streaming-parser@5.0.1'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import jsonld from "jsonld";
import { JsonLdParser } from "jsonld-streaming-parser";

const [quad] = await jsonld.toRDF(JSON.parse(process.env.DOCUMENT));
const parser = new JsonLdParser();
parser.on("data", (data) => console.log(quad.subject.value, data.subject.value));
parser.end(process.env.DOCUMENT);
JS
export DOCUMENT='{"@context": {"nist": {"@id": "http://example.org/nist/"}, "code": "http://example.org/code"},
 "@id": "nist:1", "code": "1.1"}'
javascript=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import json
import os
import sys

import pyoxigraph
import rdflib
from pyld import jsonld

text = os.environ["DOCUMENT"]
seen = {
    "rdflib": str(next(iter(rdflib.Graph().parse(data=text, format="json-ld")))[0]),
    "pyoxigraph": next(iter(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.JSON_LD))).subject.value,
    "PyLD": jsonld.expand(json.loads(text))[0]["@id"],
    "jsonld.js, streaming": os.environ["javascript"],
}
full = "http://example.org/nist/1"
recorded = {"rdflib": full, "pyoxigraph": full, "PyLD": "nist:1", "jsonld.js, streaming": "nist:1 nist:1"}
print("seen:    ", seen)
print("expected: nist:1 from all")
sys.exit(seen != recorded)
PY
