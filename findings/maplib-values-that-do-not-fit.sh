#!/bin/sh
# maplib drops a statement whose value its column type cannot hold: true written as 1, an integer of 20 digits
#
# Expected: "1" is a valid lexical form of xsd:boolean, and xsd:integer has no largest value (XML Schema
#   1.1 Datatypes, 3.3.2 and 3.4.13); a triple is data whatever its value (RDF 1.1 Concepts, 3.3).
# Seen: Reading N-Triples, the two triples are gone, with no error; three of five are left. A value of an
#   unknown datatype stays.
# Versions: maplib 0.20.26
# Why it matters: Counts after loading are too small and nothing says which statement is missing; a flag
#   that is written 1 by a database is the commonest form of a boolean.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='maplib==0.20.26'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/in.nt" <<'NT'
<http://example.org/a> <http://example.org/p> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<http://example.org/b> <http://example.org/p> "1"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<http://example.org/c> <http://example.org/p> "9223372036854775807"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://example.org/d> <http://example.org/p> "9223372036854775808"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://example.org/e> <http://example.org/p> "x"^^<http://example.org/own> .
NT
"$tmp/env/bin/python" - "$tmp" <<'PY'
import sys
from pathlib import Path

import maplib

folder = Path(sys.argv[1])
model = maplib.Model()
model.read(str(folder / "in.nt"))
model.write(str(folder / "out.nt"), format="ntriples")
seen = sorted(line.split(">")[0][-1] for line in (folder / "out.nt").read_text().splitlines() if line)
print("seen:    ", seen)
print("expected: a b c d e")
sys.exit(seen != ["a", "c", "e"])
PY
