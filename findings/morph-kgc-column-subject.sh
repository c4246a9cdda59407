#!/bin/sh
# morph-kgc replaces columns named subject, predicate and object by its own terms
#
# Expected: rml:reference "subject" gives the value of the column "subject" of the source; column
#   names are free (RML, reference formulation CSV; R2RML, 7.2).
# Seen: The columns subject and predicate come out as the texts of the triple's own subject and
#   predicate in angle brackets, the column object as an empty string. No message; other columns are
#   right.
# Versions: morph-kgc 2.10.0
# Why it matters: tables of mappings have exactly these headers.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='morph-kgc==2.10.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.py" <<'PY'
import logging
import os
import sys
from pathlib import Path

import morph_kgc

logging.disable()
os.chdir(sys.argv[1])
Path("in.csv").write_text("id,subject,predicate,object\n1,s,p,o\n")
columns = ["subject", "predicate", "object"]
maps = " ; ".join(
    f'rr:predicateObjectMap [ rr:predicate :{name} ; rr:objectMap [ rml:reference "{name}" ] ]' for name in columns
)
Path("map.ttl").write_text(f"""@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix : <http://example.org/> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> . @prefix ql: <http://semweb.mmlab.be/ns/ql#> .
:M rml:logicalSource [ rml:source "in.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://example.org/{{id}}" ] ; {maps} .""")
graph = morph_kgc.materialize("[D]\nmappings=map.ttl\n")
seen = {str(predicate).rsplit("/", 1)[1]: str(value) for _, predicate, value in graph}
print("seen:    ", seen)
print("expected:", {"subject": "s", "predicate": "p", "object": "o"})
recorded = {"subject": "<http://example.org/1>", "predicate": "<http://example.org/predicate>", "object": ""}
sys.exit(seen != recorded)
PY
"$tmp/env/bin/python" "$tmp/run.py" "$tmp"
