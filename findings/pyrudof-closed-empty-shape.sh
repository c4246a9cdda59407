#!/bin/sh
# pyrudof's ShEx: CLOSED { }, "no properties at all", accepts a node with any properties
#
# Expected: a closed shape allows the properties of its triple expression only; without an expression that is none (Shape
#   Expressions Language 2.1, "Triple Expressions Semantics": a closed shape has no unmatched arcs out).
# Seen: pyrudof reports a node with a property as conformant to CLOSED { }, and as nonconformant to CLOSED { :other . ? }. pyshex
#   reports both as failures.
# Versions: pyrudof 0.3.35, pyshex 0.9.0, rdflib 7.6.0
# Why it matters: "a retired code says nothing any more" is written so, and whatever it says is accepted.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyrudof==0.3.35 pyshex==0.9.0 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" -W ignore - 2>"$tmp/log" <<'PY'
import sys

import pyrudof
from pyshex import ShExEvaluator

PREFIX = "PREFIX : <http://example.org/>\n"
NODE, SHAPE = "http://example.org/a", "http://example.org/S"


def rudof(schema, data):
    validator = pyrudof.Rudof(pyrudof.RudofConfig())
    validator.read_data(PREFIX + data)
    validator.read_shex(PREFIX + schema)
    validator.read_shapemap(f"<{NODE}>@<{SHAPE}>")
    validator.validate_shex()
    return "nonconformant" not in validator.serialize_shex_validation_results(pyrudof.ResultShexValidationFormat.Json)


def pyshex(schema, data):
    return ShExEvaluator(rdf=PREFIX + data, schema=PREFIX + schema, focus=NODE, start=SHAPE).evaluate()[0].result


seen = {}
for schema in (":S { }", ":S CLOSED { }", ":S CLOSED { :other . ? }"):
    for data in (":a :label 1 .", ":b :broader :a ."):
        seen[f"{schema} for {data}"] = [rudof(schema, data), pyshex(schema, data)]
print("seen:     pyrudof and pyshex", seen)
print("expected: True, True, False, True, False, True from both")
sys.exit(list(seen.values()) != [[True, True], [True, True], [True, False], [True, True], [False, False], [True, True]])
PY
