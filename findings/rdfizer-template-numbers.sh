#!/bin/sh
# SDM-RDFizer makes a number of "1.10" in a template: the concepts 1.1, 1.10 and 1.100 become one
#
# Expected: A cell of a CSV file is a text, and a template puts it into the IRI as it is, percent-encoded where needed
#   (RML, reference formulation CSV; R2RML, rr:template).
# Seen: With the template http://example.org/{code} the rows 1.1, 1.10 and 1.100 are all <http://example.org/1.1>, with
#   three labels, and rml:reference "code" of the same rows says "1.1", too. A version of twenty digits becomes
#   1.2345678901234567e+19. A code that is no number (1.10a) and a whole one (007) stay. No error, no warning.
# Versions: rdfizer 4.7.5.15.4.1, libodbc2 2.3.11-2+deb12u1, libltdl7 2.4.7-7~deb12u1 (Debian)
# Why it matters: Codes of taxonomies and versions of documents are written this way; different concepts are merged,
#   and nothing says which statement was about which.
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
1.1,Boards
1.10,Audit
1.100,Reports
12345678901234567890.5,Release
1.10a,Annex
007,Plan
CSV
cat >mapping.ttl <<'TTL'
@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix : <http://example.org/> .
:map a rr:TriplesMap ;
  rml:logicalSource [ rml:source "codes.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://example.org/{code}" ] ;
  rr:predicateObjectMap [ rr:predicate :code ; rr:objectMap [ rml:reference "code" ] ] ;
  rr:predicateObjectMap [ rr:predicate :label ; rr:objectMap [ rml:reference "label" ] ] .
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

seen = sorted(f"{s.rsplit('/', 1)[1]} {p.rsplit('/', 1)[1]} {o}" for s, p, o in rdflib.Graph().parse(sys.argv[1], format="nt"))
print("seen:    ", seen)
print("expected: the codes 1.1, 1.10, 1.100, 12345678901234567890.5, 1.10a and 007, each with its own label")
one, long = "1.1", "1.2345678901234567e+19"
merged = [f"{one} code {one}", f"{one} label Boards", f"{one} label Audit", f"{one} label Reports"]
kept = ["1.10a code 1.10a", "1.10a label Annex", "007 code 007", "007 label Plan"]
sys.exit(seen != sorted([*merged, *kept, f"{long} code {long}", f"{long} label Release"]))
PY
