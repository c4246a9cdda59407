#!/bin/sh
# The same rows through a table and through a query: morph-kgc changes 1 to 1.0 and NULL to None
#
# Expected: rr:sqlQuery "SELECT * FROM t" and rr:tableName "t" give the same triples: an integer 1
#   is "1", a NULL gives no triple (R2RML, 5, logical tables, and 11, generated terms).
# Seen: Through rr:tableName rank is 1 and note has one value. Through rr:sqlQuery rank is 1.0 and
#   the missing note is the text None.
# Versions: morph-kgc 2.10.0, SQLAlchemy 2.1.9
# Why it matters: a view is the first thing to reach for when two columns must be joined; codes and
#   years then change their text.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='morph-kgc==2.10.0 SQLAlchemy==2.1.9'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.py" <<'PY'
import logging
import os
import sqlite3
import sys
from pathlib import Path

import morph_kgc

logging.disable()
os.chdir(sys.argv[1])
base = sqlite3.connect("in.db")
base.execute("CREATE TABLE t (id TEXT, rank INTEGER, note TEXT)")
base.executemany("INSERT INTO t VALUES (?, ?, ?)", [("a", 1, None), ("b", None, "x")])
base.commit()
base.close()
seen = {}
for source in ('rr:tableName "t"', 'rr:sqlQuery "SELECT * FROM t"'):
    maps = " ; ".join(
        f'rr:predicateObjectMap [ rr:predicate :{name} ; rr:objectMap [ rr:column "{name}" ] ]' for name in ("rank", "note")
    )
    Path("map.ttl").write_text(f"""@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix : <http://example.org/> .
    :M rr:logicalTable [ {source} ] ; rr:subjectMap [ rr:template "http://example.org/{{id}}" ] ; {maps} .""")
    graph = morph_kgc.materialize("[D]\nmappings=map.ttl\ndb_url=sqlite:///in.db\n")
    seen[source.split()[0]] = sorted(str(value) for value in graph.objects())
print("seen:    ", seen)
print("expected: ['1', 'x'] from both")
sys.exit(seen != {"rr:tableName": ["1", "x"], "rr:sqlQuery": ["1.0", "None", "x"]})
PY
"$tmp/env/bin/python" "$tmp/run.py" "$tmp"
