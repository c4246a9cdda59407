#!/bin/sh
# JSON-LD written by sssom-py says literals where its Turtle says IRIs
#
# Expected: Both files are the same mapping set, so owl:annotatedSource is <https://example.org/a>
#   in both (SSSOM specification, RDF and JSON serialisations; JSON-LD 1.1, type coercion: only @id
#   and @vocab make an IRI of a string).
# Seen: write_json types subject, predicate, object and creators as rdfs:Resource, so any JSON-LD
#   reader makes the literal "EX:a"^^rdfs:Resource of them; write_rdf writes IRIs.
# Versions: sssom 0.4.21, PyLD 3.3.0, rdflib 7.6.0
# Why it matters: a store loaded from the JSON-LD holds mappings that no query for the concept
#   finds.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='sssom==0.4.21 PyLD==3.3.0 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp" 2>"$tmp/log" <<'PY'
import json
import sys
from pathlib import Path

import rdflib
from pyld import jsonld
from sssom.parsers import parse_sssom_table
from sssom.writers import write_json, write_rdf

TEXT = """# mapping_set_id: https://example.org/set
# license: https://creativecommons.org/licenses/by/4.0/
# curie_map:
#   EX: https://example.org/
subject_id\tpredicate_id\tobject_id\tmapping_justification
EX:a\tskos:exactMatch\tEX:b\tsemapv:ManualMappingCuration
"""
folder = Path(sys.argv[1])
(folder / "in.sssom.tsv").write_text(TEXT)
table = parse_sssom_table(str(folder / "in.sssom.tsv"))
for name, write in (("set.json", write_json), ("set.ttl", write_rdf)):
    with (folder / name).open("w") as file:
        write(table, file)
source = rdflib.OWL.annotatedSource
quads = jsonld.to_rdf(json.loads((folder / "set.json").read_text()), {"format": "application/n-quads"})
seen = {
    "JSON-LD": next(line.split(" ", 2)[2] for line in quads.split("\n") if str(source) in line),
    "Turtle": next(rdflib.Graph().parse(folder / "set.ttl").objects(None, source)).n3(),
}
print("seen:    ", seen)
print("expected: <https://example.org/a> in both")
recorded = {
    "JSON-LD": '"EX:a"^^<http://www.w3.org/2000/01/rdf-schema#Resource> .',
    "Turtle": "<https://example.org/a>",
}
sys.exit(seen != recorded)
PY
