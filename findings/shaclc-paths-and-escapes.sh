#!/bin/sh
# shaclc drops +, *, ? and ^ at a path in brackets and leaves escapes in texts: no value matches "^\\d+$"
#
# Expected: A path in brackets may have a modifier or ^ like any other path, and an escape in a text is what it stands
#   for (SHACL Compact Syntax, grammar: pathElt, pathEltOrInverse, pathPrimary, ECHAR).
# Seen: (ex:p/ex:q)+ becomes the sequence of ex:p and ex:q alone, (ex:p|ex:q)* the alternative, ^(ex:p) is ex:p; ex:p+
#   and ^ex:p* are right. pattern="^\\d+$" becomes a pattern that asks for a backslash, and say \"x\" a value with two
#   backslashes. No error, no warning. shaclc-parse (npm) reads the paths as expected.
# Versions: shaclc 0.1.1, rdflib 7.6.0, pyshacl 0.40.1, shaclc-parse 2.0.0
# Why it matters: A shape for all that lies above a concept checks the first step only; a shape with a pattern refuses
#   every value.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='shaclc==0.1.1 rdflib==7.6.0 pyshacl==0.40.1'
npm='shaclc-parse@2.0.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cd "$tmp"
cat >paths <<'TXT'
(ex:p/ex:q)+
(ex:p|ex:q)*
^(ex:p)
ex:p+
^ex:p*
TXT
cat >run.mjs <<'JS'
import { readFileSync } from "node:fs";
import { parse } from "shaclc-parse";

for (const path of readFileSync("paths", "utf8").trim().split("\n")) {
  const quads = parse(`PREFIX ex: <http://example.org/>\nshape ex:S { ${path} ex:C . }`);
  const found = quads.map((quad) => quad.predicate.value.split("#")[1]).filter((name) => /^(zeroOr|oneOr|inverse|alternative)/.test(name));
  console.log(found.sort().join(" ") || "none");
}
JS
node run.mjs >javascript
env/bin/python - 2>log <<'PY'
import sys
from pathlib import Path

import pyshacl
import rdflib
import shaclc

SH = rdflib.SH
HEAD = "PREFIX ex: <http://example.org/>\n"
PARTS = [SH.alternativePath, SH.inversePath, SH.oneOrMorePath, SH.zeroOrMorePath, SH.zeroOrOnePath]
paths = Path("paths").read_text().split()
expected = dict(zip(paths, Path("javascript").read_text().splitlines()))
seen = {}
for path in paths:
    graph = shaclc.shaclc_to_graph(HEAD + f"shape ex:S {{ {path} ex:C . }}")
    seen[path] = " ".join(part.rsplit("#", 1)[1] for part in PARTS if (None, part, None) in graph) or "none"
shapes = shaclc.shaclc_to_graph(HEAD + r'shape ex:S { targetNode=ex:a . ex:p pattern="^\\d+$" . }')
data = rdflib.Graph().parse(data='@prefix ex: <http://example.org/> . ex:a ex:p "12" .')
texts = shaclc.shaclc_to_graph(HEAD + r'shape ex:S { ex:p hasValue="say \"x\"" . }')
seen["12 matches"], expected["12 matches"] = pyshacl.validate(data, shacl_graph=shapes)[0], True
seen["text"], expected["text"] = str(next(texts.objects(None, SH.hasValue))), 'say "x"'
print("seen:    ", seen)
print("expected:", expected)
found = ["none", "alternativePath", "none", "oneOrMorePath", "inversePath zeroOrMorePath", False, r"say \"x\""]
right = ["oneOrMorePath", "alternativePath zeroOrMorePath", "inversePath", *found[3:5], True, 'say "x"']
sys.exit(list(seen.values()) != found or list(expected.values()) != right)
PY
