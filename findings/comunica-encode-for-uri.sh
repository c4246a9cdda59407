#!/bin/sh
# Comunica's ENCODE_FOR_URI leaves / ? # & and twelve other reserved characters as they are
#
# Expected: ENCODE_FOR_URI encodes every reserved character, as fn:encode-for-uri does (SPARQL 1.1 Query, 17.4.3.11),
#   since it makes one segment of an IRI out of a text: "R/D #1" is R%2FD%20%231.
# Seen: Comunica encodes the blank and letters that are not ASCII and nothing of ; / ? : @ & = + $ , # ! * ' ( ), as for
#   a whole IRI: R/D%20#1. pyoxigraph and rdflib encode all of them. No error.
# Versions: @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12, pyoxigraph 0.5.13, rdflib 7.6.0
# Why it matters: IRIs made in a CONSTRUCT from codes differ between engines, and in <http://example.org/R/D%20#1> what
#   stands behind # is no part of the document: all codes that agree up to there share one page.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@comunica/query-sparql-rdfjs@5.4.1 n3@2.13.12'
pip='pyoxigraph==0.5.13 rdflib==7.6.0'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
cat >query.rq <<'RQ'
SELECT ?encoded {
  VALUES ?text { "R/D #1" ";/?:@&=+$,#!*'()" "50% ü" }
  BIND(ENCODE_FOR_URI(?text) AS ?encoded)
}
RQ
cat >run.mjs <<'JS'
import { readFileSync } from "node:fs";
import { QueryEngine } from "@comunica/query-sparql-rdfjs";
import { Store } from "n3";

const rows = await new QueryEngine().queryBindings(readFileSync("query.rq", "utf8"), { sources: [new Store()] });
console.log(JSON.stringify((await rows.toArray()).map((row) => row.get("encoded").value)));
JS
node run.mjs >javascript
env/bin/python - <<'PY'
import json
import sys
from pathlib import Path

import pyoxigraph
import rdflib

query = Path("query.rq").read_text()
seen = {
    "Comunica": json.loads(Path("javascript").read_text()),
    "pyoxigraph": [row["encoded"].value for row in pyoxigraph.Store().query(query)],
    "rdflib": [str(row.encoded) for row in rdflib.Graph().query(query)],
}
for answers in seen.values():
    answers.sort()
print("seen:    ", seen)
print("expected:", seen["pyoxigraph"])
right = sorted(["R%2FD%20%231", "%3B%2F%3F%3A%40%26%3D%2B%24%2C%23%21%2A%27%28%29", "50%25%20%C3%BC"])
wrong = sorted(["R/D%20#1", ";/?:@&=+$,#!*'()", "50%25%20%C3%BC"])
sys.exit(seen != {"Comunica": wrong, "pyoxigraph": right, "rdflib": right})
PY
