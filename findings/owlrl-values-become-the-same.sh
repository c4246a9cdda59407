#!/bin/sh
# owlrl makes two values of a functional property the same in the whole graph, and reports nothing
#
# Expected: OWL 2 RL says that literals with different values are different (rule dt-diff) and that a literal outside
#   of a datatype is not of that type (dt-not-type); with a functional property, or a range, that is an inconsistency
#   (eq-diff1; OWL 2 Profiles, 4.3, tables 8 and 4), which owlrl states as an error triple for individuals that are
#   different.
# Seen: :a :level 1, 2 with a functional :level gives 1 owl:sameAs 2, and every statement of the graph with 1 or 2 is
#   doubled: :b :page 1 becomes 1 and 2. A text in the range xsd:integer gets this type. No error triple for either.
# Versions: owlrl 7.6.2, rdflib 7.6.0
# Why it matters: One concept with two values of a functional property, and all numbers of the graph that are one of
#   the two are both; the errors that owlrl is asked for are none.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='owlrl==7.6.2 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import owlrl
import rdflib

PREFIXES = """@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:b :page 1 . :c :page 2 .
"""
GRAPHS = {
    "one value": ":level a owl:FunctionalProperty, owl:DatatypeProperty . :a :level 1 .",
    "two values": ":level a owl:FunctionalProperty, owl:DatatypeProperty . :a :level 1, 2 .",
    "two different individuals": ":level a owl:FunctionalProperty . :a :level :low, :high . :low owl:differentFrom :high .",
    "text in the range of integers": ':level rdfs:range xsd:integer . :a :level "low" .',
}
PAGE = rdflib.URIRef("http://example.org/page")
seen = {}
for name, text in GRAPHS.items():
    graph = rdflib.Graph().parse(data=PREFIXES + text, format="turtle")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    pages = sorted(f"{subject.rsplit('/', 1)[-1]} {value}" for subject, value in graph.subject_objects(PAGE))
    errors = any(str(predicate).endswith("#error") for predicate in graph.predicates())
    seen[name] = {"pages": ", ".join(pages), "error": errors}
for name, found in seen.items():
    print(f"seen:     {name}: {found}")
print("expected: pages b 1, c 2, and an error for the last three")
plain = "b 1, c 2"
recorded = {
    "one value": {"pages": plain, "error": False},
    "two values": {"pages": "b 1, b 2, c 1, c 2", "error": False},
    "two different individuals": {"pages": plain, "error": True},
    "text in the range of integers": {"pages": plain, "error": False},
}
sys.exit(seen != recorded)
PY
