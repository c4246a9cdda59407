#!/bin/sh
# OAK writes the is_a links of an OBO file into OWL as restrictions on rdfs:subClassOf: the hierarchy is gone
#
# Expected: is_a: EX:2 is SubClassOf(EX:1 EX:2) in OWL, def and synonym are annotations (OBO Flat File Format
#   1.4 Syntax and Semantics, the mapping to OWL 2).
# Seen: EX:1 is a subclass of "something that has rdfs:subClassOf some EX:2"; nothing is a subclass of EX:2, for
#   SPARQL or for a reasoner, and in OWL 2 DL rdfs:subClassOf is no object property. Definition and synonym
#   are dropped, in OBO Graphs JSON as well. By way of pronto: the same command writes the subclass, without
#   definition and synonym, too. Exit code 0, no warning.
# Versions: oaklib 0.7.4, pronto 2.7.4, rdflib 7.6.0
# Why it matters: simpleobo is OAK's own reader of OBO; a search below "control" finds nothing.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='oaklib==0.7.4 pronto==2.7.4 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import rdflib
from oaklib import get_adapter
from rdflib.namespace import OWL, RDFS

Path("in.obo").write_text("""format-version: 1.4
ontology: ex
idspace: EX http://example.org/ "example"

[Term]
id: EX:1
name: audit
def: "Checks by others." []
synonym: "inspection" EXACT []
is_a: EX:2

[Term]
id: EX:2
name: control
""")
seen = {}
for reader in ("simpleobo", "pronto"):
    adapter = get_adapter(f"{reader}:in.obo")
    adapter.dump(f"{reader}.ttl", "owl")
    adapter.dump(f"{reader}.json", "obojson")
    graph = rdflib.Graph().parse(f"{reader}.ttl")
    text = Path(f"{reader}.ttl").read_text() + Path(f"{reader}.json").read_text()
    seen[reader] = {
        "subclasses of EX:2": len(list(graph.subjects(RDFS.subClassOf, rdflib.URIRef("http://example.org/2")))),
        "restrictions on rdfs:subClassOf": len(list(graph.subjects(OWL.onProperty, RDFS.subClassOf))),
        "definition or synonym": "Checks" in text or "inspection" in text,
    }
print("seen:    ", seen)
print("expected: 1 subclass, 0 restrictions, definition or synonym True from both")
names = list(seen["pronto"])
sys.exit(seen != {"simpleobo": dict(zip(names, (0, 1, False))), "pronto": dict(zip(names, (1, 0, False)))})
PY
