#!/bin/sh
# rdflib takes the flags of REPLACE for the number of replacements
#
# Expected: REPLACE("aaaa", "a", "b", "i") is "bbbb" and REPLACE("AAAA", "a", "b", "i") is "bbbb":
#   the fourth argument holds flags of XPath fn:replace, "i" for any case (SPARQL 1.1 Query,
#   17.4.3.15; XPath Functions 3.1, 5.6.4).
# Seen: The number behind the flag is used as a limit: "i" replaces two matches, "m" eight, "s"
#   sixteen, and the case still counts.
# Versions: rdflib 7.6.0
# Why it matters: labels and codes are normalised with REPLACE(..., "i") in mapping queries; long
#   values come out half changed, without an error.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

import rdflib

query = """SELECT (REPLACE("aaaa", "a", "b", "i") AS ?i) (REPLACE("AAAA", "a", "b", "i") AS ?case)
  (REPLACE("aaaaaaaaaa", "a", "b", "m") AS ?m) (REPLACE("aaaa", "a", "b") AS ?none) {}"""
seen = [str(value) for value in next(iter(rdflib.Graph().query(query)))]
recorded = ["bbaa", "AAAA", "bbbbbbbbaa", "bbbb"]
print("seen:    ", seen)
print("expected:", ["bbbb", "bbbb", "bbbbbbbbbb", "bbbb"])
sys.exit(seen != recorded)
PY
