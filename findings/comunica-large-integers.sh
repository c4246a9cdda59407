#!/bin/sh
# Comunica calculates with integers as with doubles: 9007199254740993 + 0 is 9007199254740992
#
# Expected: xsd:integer has no bounds (XML Schema 1.1 Datatypes, 3.4.13), and an overflow is an error (XPath Functions,
#   FOAR0002), so no value, and no other number.
# Seen: In Comunica 9007199254740993 + 0 is 9007199254740992, = says that the two are one number, and
#   12345678901234567890 + 1 is 12345678901234567168, each an xsd:integer that looks exact. pyoxigraph is right up to
#   64 bits and gives no value beyond, rdflib is right in all. No error.
# Versions: @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12, pyoxigraph 0.5.13, rdflib 7.6.0
# Why it matters: Identifiers written as numbers and counts of operations have this size; a filter for one finds its
#   neighbour, too.
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
SELECT ?plus ?equal ?long {
  VALUES ?n { 9007199254740993 }
  BIND(?n + 0 AS ?plus)
  BIND(?n = 9007199254740992 AS ?equal)
  BIND(12345678901234567890 + 1 AS ?long)
}
RQ
cat >run.mjs <<'JS'
import { readFileSync } from "node:fs";
import { QueryEngine } from "@comunica/query-sparql-rdfjs";
import { Store } from "n3";

const rows = await new QueryEngine().queryBindings(readFileSync("query.rq", "utf8"), { sources: [new Store()] });
const [row] = await rows.toArray();
console.log(JSON.stringify(Object.fromEntries([...row].map(([name, term]) => [name.value, term.value]))));
JS
node run.mjs >javascript
env/bin/python - <<'PY'
import json
import sys
from pathlib import Path

import pyoxigraph
import rdflib

query = Path("query.rq").read_text()
names = ("plus", "equal", "long")
(row,) = pyoxigraph.Store().query(query)
(exact,) = rdflib.Graph().query(query)
seen = {
    "Comunica": json.loads(Path("javascript").read_text()),
    "pyoxigraph": {name: row[name].value for name in names if row[name] is not None},
    "rdflib": {name: str(exact[name]) for name in names},
}
right = {"plus": "9007199254740993", "equal": "false", "long": "12345678901234567891"}
print("seen:    ", seen)
print("expected:", right)
wrong = {"plus": "9007199254740992", "equal": "true", "long": "12345678901234567168"}
sys.exit(seen != {"Comunica": wrong, "pyoxigraph": {name: right[name] for name in names[:2]}, "rdflib": right})
PY
