#!/bin/sh
# SDM-RDFizer writes \' for both kinds of quotation marks in a text, and drops the labels None and NULL
#
# Expected: The literal of a rml:reference is the text of the cell (RML, reference formulation CSV), so its quotation
#   marks stay what they are; only an empty cell or one that the mapping declares so is no value.
# Seen: the "open" part comes out as the \'open\' part, with two backslashes that are part of the text, and people's as
#   people\'s; in a text put together with rr:template both are right. None and NULL have no label. No warning.
# Versions: rdfizer 4.7.5.15.4.1, libodbc2 2.3.11-2+deb12u1, libltdl7 2.4.7-7~deb12u1 (Debian)
# Why it matters: Every label or definition with an apostrophe is changed, and what was a quotation mark and what an
#   apostrophe cannot be told any more; "None" is the usual label of the lowest level of a scale.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdfizer==4.7.5.15.4.1'
deb='libodbc2=2.3.11-2+deb12u1 libltdl7=2.4.7-7~deb12u1'
echo "packages: $pip $deb"
(cd "$tmp" && apt-get download -qq $deb) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
cat >codes.csv <<'CSV'
code,label
a,"The ""open"" part"
b,people's work
c,None
d,NULL
e,Plan
CSV
cat >mapping.ttl <<'TTL'
@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix : <http://example.org/> .
:map a rr:TriplesMap ;
  rml:logicalSource [ rml:source "codes.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://example.org/{code}" ] ;
  rr:predicateObjectMap [ rr:predicate :label ; rr:objectMap [ rml:reference "label" ] ] ;
  rr:predicateObjectMap [ rr:predicate :text ; rr:objectMap [ rr:template "{code}: {label}" ; rr:termType rr:Literal ] ] .
TTL
cat >config.ini <<'INI'
[default]
main_directory: .
[datasets]
number_of_datasets: 1
output_folder: out
all_in_one_file: no
remove_duplicate: yes
enrichment: yes
name: codes
ordered: yes
large_file: false
output_format: n-triples
[dataset1]
name: codes
mapping: mapping.ttl
INI
LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu" "$tmp/env/bin/python" -m rdfizer -c config.ini >log 2>&1
"$tmp/env/bin/python" - out/codes.nt <<'PY'
import sys

import rdflib

seen = {"label": {}, "text": {}}
for subject, predicate, value in rdflib.Graph().parse(sys.argv[1], format="nt"):
    seen[predicate.rsplit("/", 1)[1]][subject.rsplit("/", 1)[1]] = str(value)
expected = {"a": 'The "open" part', "b": "people's work", "c": "None", "d": "NULL", "e": "Plan"}
print("seen:    ", {name: dict(sorted(values.items())) for name, values in seen.items()})
print("expected:", expected, "and the same as text")
labels = {"a": r"The \'open\' part", "b": r"people\'s work", "e": "Plan"}
sys.exit(seen != {"label": labels, "text": {key: f"{key}: {expected[key]}" for key in labels}})
PY
