#!/bin/sh
# sheXer writes sh:dataType, which no validator knows, into the SHACL it infers, and strings for tagged labels
#
# Expected: The shapes say sh:datatype (SHACL, 4.1.2), so data with a text where all the numbers were does not
#   conform. The datatype of "Audit"@en is rdf:langString (RDF 1.1 Concepts, 3.3), and the data that the
#   shapes were inferred from conforms to them.
# Seen: sh:dataType, with a capital T: pyshacl conforms with any value. Written as sh:datatype the shapes refuse
#   the data they were made of, since the label is said to be an xsd:string. The ShEx says xsd:string, too.
# Versions: shexer 2.7.3.1, pyshacl 0.40.1, rdflib 7.6.0
# Why it matters: Inferred shapes are the first draft of a profile; they pass everything but counts.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='shexer==2.7.3.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
pip='pyshacl==0.40.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/check"
"$tmp/check/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/data.ttl" <<'TTL'
@prefix : <http://example.org/> .
:a a :Mitigation ; :label "Audit"@en ; :order 1 ; :code "1.10" ; :source :s .
:b a :Mitigation ; :label "Board"@en ; :order 2 ; :code "1.1" ; :source :s .
TTL
sed 's/:order 2/:order "second"/' "$tmp/data.ttl" >"$tmp/changed.ttl"
"$tmp/env/bin/python" - "$tmp" 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

from shexer.shaper import Shaper

folder = Path(sys.argv[1])
shaper = Shaper(target_classes=["http://example.org/Mitigation"], graph_file_input=str(folder / "data.ttl"), input_format="turtle")
(folder / "shapes.ttl").write_text(shaper.shex_graph(string_output=True, output_format="Shacl"))
PY
"$tmp/check/bin/python" - "$tmp" 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import pyshacl
import rdflib

folder = Path(sys.argv[1])
text = (folder / "shapes.ttl").read_text()
SH, EX = rdflib.SH, rdflib.Namespace("http://example.org/")


def validate(name, shapes):
    conforms, report, _ = pyshacl.validate(rdflib.Graph().parse(folder / name), shacl_graph=rdflib.Graph().parse(data=shapes))
    return conforms, sorted({str(path).rsplit("/", 1)[-1] for path in report.objects(None, SH.resultPath)})


seen = {
    "terms": [term for term in ("sh:dataType ", "sh:datatype ") if term in text],
    "changed data": validate("changed.ttl", text),
    "own data, spelling corrected": validate("data.ttl", text.replace("sh:dataType", "sh:datatype")),
}
for name, found in seen.items():
    print("seen:    ", name, found)
print("expected: sh:datatype; a violation of order; no violation")
recorded = {
    "terms": ["sh:dataType "],
    "changed data": (True, []),
    "own data, spelling corrected": (False, ["label"]),
}
sys.exit(seen != recorded)
PY
