#!/bin/sh
# Blank nodes that point at each other are left out by rapper, sordi and rdflib.js when they write Turtle
#
# Expected: Writing does not lose statements: _:a :related _:b and back are two statements of the graph like
#   any others, and Turtle writes them with labels (RDF 1.1 Concepts, 3.1; Turtle, 2.6 and 6).
# Seen: rapper leaves them out of Turtle and abbreviated RDF/XML, sordi out of Turtle and of N-Triples,
#   rdflib.js out of Turtle, RDF/XML and JSON-LD: nobody but the circle itself points at them, so no writer
#   starts there. Exit code 0, no message. N-Triples of rapper and rdflib.js and all of serdi have the four
#   statements.
# Versions: raptor2-utils 2.0.15-4+deb12u1, libraptor2-0 2.0.15-4+deb12u1, sordi 0.16.14+git221008-1,
#   libsord-0-0 0.16.14+git221008-1, serdi 0.30.16-1, libserd-0-0 0.30.16-1 (all Debian), rdflib 2.4.0 (npm)
# Why it matters: skos:related and owl:inverseOf are stated both ways; between blank nodes they are gone,
#   with the labels that hang on them.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='raptor2-utils=2.0.15-4+deb12u1 libraptor2-0=2.0.15-4+deb12u1 sordi=0.16.14+git221008-1 libsord-0-0=0.16.14+git221008-1 serdi=0.30.16-1 libserd-0-0=0.30.16-1'
npm='rdflib@2.4.0'
libraries='libyajl2 libxslt1.1'
echo "packages: $deb $npm"
(cd "$tmp" && apt-get download -qq $deb $libraries) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
bin="$tmp/deb/usr/bin"
cat >"$tmp/in.ttl" <<'TTL'
@prefix : <http://example.org/> .
:x :related :y .
_:a :related _:b . _:b :related _:a ; :label "b" .
TTL
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import { graph, parse, serialize, sym } from "rdflib";

const document = sym("http://example.org/document");
const store = graph();
parse(readFileSync(process.argv[2], "utf8"), store, document.value, "text/turtle");
console.log(serialize(document, store, document.value, process.argv[3]));
JS
count() { grep -o -E 'related|label' | wc -l | tr -d ' '; }
seen="rapper: turtle $("$bin/rapper" -q -i turtle -o turtle "$tmp/in.ttl" | count) rdfxml-abbrev $("$bin/rapper" -q -i turtle -o rdfxml-abbrev "$tmp/in.ttl" | count) ntriples $("$bin/rapper" -q -i turtle -o ntriples "$tmp/in.ttl" | count)
sordi: turtle $("$bin/sordi" -i turtle -o turtle "$tmp/in.ttl" 2>"$tmp/log" | count) ntriples $("$bin/sordi" -i turtle -o ntriples "$tmp/in.ttl" 2>"$tmp/log" | count)
serdi: turtle $("$bin/serdi" -i turtle -o turtle "$tmp/in.ttl" | count)
rdflib.js: turtle $(node "$tmp/run.mjs" "$tmp/in.ttl" text/turtle | count) rdf/xml $(node "$tmp/run.mjs" "$tmp/in.ttl" application/rdf+xml | count) json-ld $(node "$tmp/run.mjs" "$tmp/in.ttl" application/ld+json | count) n-triples $(node "$tmp/run.mjs" "$tmp/in.ttl" application/n-triples | count)"
echo "$seen"
echo "expected: 4 statements everywhere"
recorded='rapper: turtle 1 rdfxml-abbrev 1 ntriples 4
sordi: turtle 1 ntriples 1
serdi: turtle 4
rdflib.js: turtle 1 rdf/xml 1 json-ld 1 n-triples 4'
[ "$seen" = "$recorded" ]
