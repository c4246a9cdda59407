#!/bin/sh
# One NaN in the data ends pyshacl's validation when a bound is a decimal
#
# Expected: NaN compared with sh:minInclusive 1.0 is not at least 1.0, so it is one more result in
#   the report (SHACL, 4.3: a comparison that is not true is a violation).
# Seen: decimal.InvalidOperation leaves pyshacl.validate; there is no report for the other values.
#   With the bound 1 (an integer) or 1e0 the value is reported as it should be.
# Versions: pyshacl 0.40.1, rdflib 7.6.0
# Why it matters: scores computed elsewhere hold NaN for "not rated"; one such value hides every
#   other problem of the dataset.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

import pyshacl
import rdflib

PREFIX = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <http://example.org/> . """
data = rdflib.Graph().parse(data=PREFIX + ':a :score "NaN"^^xsd:double , 0 .', format="turtle")
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
seen = {}
for bound in ("1", "1e0", "1.0"):
    shape = f":S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :score ; sh:minInclusive {bound} ] ."
    try:
        report = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(data=PREFIX + shape, format="turtle"))[1]
        seen[bound] = len(list(report.objects(None, SH.result)))
    except Exception as error:  # whatever the validator raises
        seen[bound] = type(error).__name__
print("seen:     results", seen)
print("expected: 2 results for each bound")
sys.exit(seen != {"1": 2, "1e0": 2, "1.0": "InvalidOperation"})
PY
