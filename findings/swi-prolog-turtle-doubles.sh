#!/bin/sh
# SWI-Prolog writes the double 1.0 into Turtle as 1.0, which is a decimal
#
# Expected: In Turtle a number with a point and no exponent is an xsd:decimal (RDF 1.1 Turtle, 2.5.2);
#   a double needs an exponent or its datatype.
# Seen: rdf_save_turtle/2 writes 1.0 for "1.0"^^xsd:double and for "1.0E0"^^xsd:double; read again by
#   any parser both are decimals.
# Versions: swi-prolog-nox 9.0.4+dfsg-2, swi-prolog-core 9.0.4+dfsg-2, swi-prolog-core-packages
#   9.0.4+dfsg-2 (all Debian), rdflib 7.6.0
# Why it matters: A score or confidence given as a double changes its datatype on the way through;
#   patterns that name the literal, and shapes with sh:datatype xsd:double, no longer match.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='swi-prolog-nox=9.0.4+dfsg-2 swi-prolog-core=9.0.4+dfsg-2 swi-prolog-core-packages=9.0.4+dfsg-2'
libraries='libtcmalloc-minimal4'
pip='rdflib==7.6.0'
echo "packages: $deb $pip"
(cd "$tmp" && apt-get download -qq $deb $libraries) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/in.nt" <<'NT'
<http://example.org/a> <http://example.org/p> "1.0"^^<http://www.w3.org/2001/XMLSchema#double> .
<http://example.org/b> <http://example.org/p> "1.0E0"^^<http://www.w3.org/2001/XMLSchema#double> .
NT
cat >"$tmp/run.pl" <<'PL'
:- use_module(library(semweb/rdf11)).
:- use_module(library(semweb/turtle)).
:- use_module(library(semweb/rdf_ntriples)).
:- initialization(main, main).
main :- rdf_load('in.nt', [format(ntriples), silent(true)]), rdf_save_turtle('out.ttl', [silent(true)]).
PL
home=$tmp/deb/usr/lib/swi-prolog
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
"$tmp/deb/usr/bin/swipl" "--home=$home" -g "make_library_index('$home/library')" -t halt 2>/dev/null
(cd "$tmp" && deb/usr/bin/swipl "--home=$home" run.pl)
unset LD_LIBRARY_PATH
"$tmp/env/bin/python" - "$tmp/out.ttl" <<'PY'
import sys

import rdflib

rows = rdflib.Graph().parse(sys.argv[1], format="turtle")
seen = {str(subject)[-1]: str(value.datatype).rpartition("#")[2] for subject, _, value in rows}
print("seen:    ", dict(sorted(seen.items())))
print("expected: both double")
sys.exit(seen != {"a": "decimal", "b": "decimal"})
PY
