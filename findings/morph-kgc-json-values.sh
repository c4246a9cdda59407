#!/bin/sh
# morph-kgc reads true in JSON as "True" and 2 as "2.0"
#
# Expected: A JSON value without rr:datatype keeps its JSON text, true and 2 (RML, JSONPath;
#   RML-Core, natural mapping of JSON: xsd:boolean true, xsd:integer 2).
# Seen: true and false become "True" and "False"; the integer 2 becomes "2.0" when another record
#   has a number with a fraction there.
# Versions: morph-kgc 2.10.0
# Why it matters: "True"^^xsd:boolean is ill-typed as soon as a datatype is added, and a code 2
#   becomes 2.0 because of another record.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='morph-kgc==2.10.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.py" <<'PY'
import json
import logging
import os
import sys
from pathlib import Path

import morph_kgc

logging.disable()
os.chdir(sys.argv[1])
Path("in.json").write_text(json.dumps([{"id": "a", "done": True, "rank": 2}, {"id": "b", "done": False, "rank": 1.5}]))
maps = " ; ".join(
    f'rr:predicateObjectMap [ rr:predicate :{name} ; rr:objectMap [ rml:reference "{name}" ] ]' for name in ("done", "rank")
)
Path("map.ttl").write_text(f"""@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix : <http://example.org/> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> . @prefix ql: <http://semweb.mmlab.be/ns/ql#> .
:M rml:logicalSource [ rml:source "in.json" ; rml:referenceFormulation ql:JSONPath ; rml:iterator "$[*]" ] ;
  rr:subjectMap [ rr:template "http://example.org/{{id}}" ] ; {maps} .""")
seen = sorted(str(value) for value in morph_kgc.materialize("[D]\nmappings=map.ttl\n").objects())
print("seen:    ", seen)
print("expected:", ["1.5", "2", "false", "true"])
sys.exit(seen != ["1.5", "2.0", "False", "True"])
PY
"$tmp/env/bin/python" "$tmp/run.py" "$tmp"
