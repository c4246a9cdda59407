#!/bin/sh
# RDFC-1.0 of one dataset has two hashes: pyoxigraph writes language tags in small letters, rdf-canonize does not
#
# Expected: Two implementations of RDFC-1.0 give the same canonical N-Quads for the same file (RDF
#   Dataset Canonicalization, introduction); the algorithm itself leaves tags alone, RDF 1.1
#   Concepts, 3.3, allows readers to lower them.
# Seen: "x"@en-GB becomes "x"@en-gb in pyoxigraph and stays in rdf-canonize, so the hashes differ;
#   with the tag en they agree.
# Versions: pyoxigraph 0.5.13, rdf-canonize 5.0.0
# Why it matters: signatures and checksums of datasets are taken over this form; a dataset with
#   en-GB or de-CH labels fails to verify elsewhere.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyoxigraph==0.5.13'
npm='rdf-canonize@5.0.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { canonize } from "rdf-canonize";

const options = { algorithm: "RDFC-1.0", inputFormat: "application/n-quads", format: "application/n-quads" };
for (const tag of ["en", "en-GB"]) process.stdout.write(await canonize(process.env.QUAD.replace("TAG", tag) + "\n", options));
JS
export QUAD='<http://example.org/a> <http://example.org/label> "x"@TAG .'
javascript=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyoxigraph

seen = {}
for tag, line in zip(("en", "en-GB"), os.environ["javascript"].split("\n"), strict=True):
    text = os.environ["QUAD"].replace("TAG", tag)
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    written = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS).decode().strip()
    seen[tag] = [written.split("@")[1], line.split("@")[1]]
print("seen:     tag in pyoxigraph and rdf-canonize", seen)
print("expected: the same from both")
sys.exit(seen != {"en": ["en .", "en ."], "en-GB": ["en-gb .", "en-GB ."]})
PY
