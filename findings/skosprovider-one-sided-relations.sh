#!/bin/sh
# skosprovider_rdf takes skos:broader and skos:related in the direction they are written in only
#
# Expected: skos:narrower is the inverse of skos:broader and skos:related is symmetric (SKOS Reference, 8.3,
#   S25 and S23), so the narrower concepts of :1 are both :1.1 and :1.10, and :1.10 is related to :1.1.
# Seen: A scheme that states skos:broader has no narrower concepts: narrower, expand and the children for
#   display are empty. With one skos:narrower stated, expand answers that one and leaves out the others.
# Versions: skosprovider 1.5.1, skosprovider_rdf 1.4.0, rdflib 6.3.2
# Why it matters: Most taxonomies state skos:broader only; "everything below this code" is answered with
#   the code alone, without a warning.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='skosprovider==1.5.1 skosprovider_rdf==1.4.0 rdflib==6.3.2'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import rdflib
from skosprovider_rdf.providers import RDFProvider

TURTLE = """@prefix : <http://example.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
:s a skos:ConceptScheme ; dct:identifier "S" ; skos:prefLabel "Scheme"@en .
:c1 a skos:Concept ; skos:inScheme :s ; dct:identifier "1" ; skos:prefLabel "Governance"@en .
:c11 a skos:Concept ; skos:inScheme :s ; dct:identifier "1.1" ; skos:prefLabel "Boards"@en ; skos:broader :c1 ; skos:related :c110 .
:c110 a skos:Concept ; skos:inScheme :s ; dct:identifier "1.10" ; skos:prefLabel "Audit"@en ; skos:broader :c1 .
"""
seen = {}
for name, more in (("broader only", ""), ("one narrower, too", ":c1 skos:narrower :c11 .")):
    provider = RDFProvider({"id": "S"}, rdflib.Graph().parse(data=TURTLE + more, format="turtle"))
    seen[name] = {
        "narrower of 1": sorted(provider.get_by_id("1").narrower),
        "expand 1": sorted(provider.expand("1")),
        "broader of 1.10": provider.get_by_id("1.10").broader,
        "related to 1.1": provider.get_by_id("1.1").related,
        "related to 1.10": provider.get_by_id("1.10").related,
    }
for name, found in seen.items():
    print(f"seen:     {name}: {found}")
print("expected: narrower ['1.1', '1.10'], expand ['1', '1.1', '1.10'], broader ['1'], related ['1.10'] and ['1.1']")
same = {"broader of 1.10": ["1"], "related to 1.1": ["1.10"], "related to 1.10": []}
recorded = {
    "broader only": {"narrower of 1": [], "expand 1": ["1"], **same},
    "one narrower, too": {"narrower of 1": ["1.1"], "expand 1": ["1", "1.1"], **same},
}
sys.exit(seen != recorded)
PY
