#!/bin/sh
# maplib makes a time without a time zone a time in UTC, and forgets the offset of the others
#
# Expected: A dateTime without a time zone stays one: it is a local time, and neither earlier nor later
#   than one in UTC that is near to it (XML Schema 1.1 Datatypes, 3.3.7.3); a triple that is read and
#   written keeps its lexical form (RDF 1.1 Concepts, 3.3).
# Seen: "2024-01-02T03:04:05" is written as "2024-01-02T03:04:05+00:00", and "…T03:04:05+02:00" as
#   "…T01:04:05+00:00"; a date with an offset loses it.
# Versions: maplib 0.20.26
# Why it matters: "When was this captured" gets a time zone that nobody stated; files that went through it
#   differ from their source in every such line, and a digest of the graph changes.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='maplib==0.20.26'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/in.nt" <<'NT'
<http://example.org/a> <http://example.org/p> "2024-01-02T03:04:05"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
<http://example.org/b> <http://example.org/p> "2024-01-02T03:04:05+02:00"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
<http://example.org/c> <http://example.org/p> "2024-01-02+02:00"^^<http://www.w3.org/2001/XMLSchema#date> .
NT
"$tmp/env/bin/python" - "$tmp" <<'PY'
import sys
from pathlib import Path

import maplib

folder = Path(sys.argv[1])
model = maplib.Model()
model.read(str(folder / "in.nt"))
model.write(str(folder / "out.nt"), format="ntriples")
seen = [line.split('"')[1] for line in sorted((folder / "out.nt").read_text().splitlines()) if line]
print("seen:    ", seen)
print("expected: as they were read")
sys.exit(seen != ["2024-01-02T03:04:05+00:00", "2024-01-02T01:04:05+00:00", "2024-01-02"])
PY
