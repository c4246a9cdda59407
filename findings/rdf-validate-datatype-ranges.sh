#!/bin/sh
# In rdf-validate-datatype the bounds of xsd:int are one off, ---31 is no day and 30 February is a date
#
# Expected: xsd:int goes from -2147483648 to 2147483647 (XML Schema 1.1 Datatypes, 3.4.17); ---31 is a gDay and
#   --02-29 a gMonthDay (3.3.13, 3.3.12); 30 February, a month 13 and a minute 60 are in no lexical space (3.3.7 to
#   3.3.9); a literal that is ill-typed violates sh:datatype (SHACL, 4.1.2).
# Seen: -2147483648, ---31 and --02-29 are refused; 2147483648, 2024-02-30, 2024-13-01 and 12:60:00 are accepted, and
#   rdf-validate-shacl, which is built on it, reports the same. pyshacl answers as expected.
# Versions: rdf-validate-datatype 0.2.2, rdf-validate-shacl 0.6.5, n3 2.13.12, rdf-ext 2.6.0, pyshacl 0.40.1, rdflib
#   7.6.0
# Why it matters: sh:datatype xsd:date is the check that a date of issue is one; it passes "2024-02-30" in the
#   browser, and a store that reads dates drops the value or the file.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='rdf-validate-datatype@0.2.2 rdf-validate-shacl@0.6.5 n3@2.13.12 rdf-ext@2.6.0'
pip='pyshacl==0.40.1 rdflib==7.6.0'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/values" <<'TXT'
int -2147483648
int 2147483647
int 2147483648
gDay ---31
gMonthDay --02-29
date 2024-02-29
date 2024-02-30
date 2024-13-01
time 12:60:00
TXT
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import { Parser } from "n3";
import rdf from "rdf-ext";
import { validateTerm } from "rdf-validate-datatype";
import Validator from "rdf-validate-shacl";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const read = (text) => rdf.dataset(new Parser({ factory: rdf }).parse(text));
for (const line of readFileSync(process.argv[2], "utf8").trim().split("\n")) {
  const [type, value] = line.split(" ");
  const shapes = read(`PREFIX sh: <http://www.w3.org/ns/shacl#> <urn:S> a sh:NodeShape ; sh:targetNode <urn:a> ;
    sh:property [ sh:path <urn:p> ; sh:datatype <${XSD}${type}> ] .`);
  const report = await new Validator(shapes).validate(read(`<urn:a> <urn:p> "${value}"^^<${XSD}${type}> .`));
  console.log(line, validateTerm(rdf.literal(value, rdf.namedNode(XSD + type))), report.conforms);
}
JS
node "$tmp/run.mjs" "$tmp/values" >"$tmp/javascript"
"$tmp/env/bin/python" - "$tmp/javascript" 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import pyshacl
import rdflib

XSD = "http://www.w3.org/2001/XMLSchema#"
seen = {}
for line in Path(sys.argv[1]).read_text().splitlines():
    datatype, value, term, shape = line.split()
    shapes = rdflib.Graph().parse(
        format="turtle",
        data=f"""PREFIX sh: <http://www.w3.org/ns/shacl#> <urn:S> a sh:NodeShape ; sh:targetNode <urn:a> ;
        sh:property [ sh:path <urn:p> ; sh:datatype <{XSD}{datatype}> ] .""",
    )
    data = rdflib.Graph().parse(data=f'<urn:a> <urn:p> "{value}"^^<{XSD}{datatype}> .', format="turtle")
    seen[f"{datatype} {value}"] = [term == "true", shape == "true", pyshacl.validate(data, shacl_graph=shapes)[0]]
print("seen:     valid for rdf-validate-datatype, rdf-validate-shacl and pyshacl", seen)
right = dict(zip(seen, [True, True, False, True, True, True, False, False, False]))
print("expected:", right)
wrong = dict(zip(seen, [False, True, True, False, False, True, True, True, True]))
sys.exit(seen != {name: [wrong[name], wrong[name], right[name]] for name in right})
PY
