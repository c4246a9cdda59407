#!/bin/sh
# Redland writes N-Quads with the names of graphs and reads them without: every statement is in the default graph
#
# Expected: The fourth term of a line of N-Quads is the graph that the statement is in (RDF 1.1 N-Quads, 2), and so is
#   the name before { in TriG (RDF 1.1 TriG, 2); a store with contexts (rdfproc -c) keeps them.
# Seen: rdfproc -c writes two graphs into N-Quads rightly; parsing that file, or TriG, into a new store with contexts
#   gives the statements without any, no contexts are listed, and what stood in two graphs stands there once, with no
#   name either. GRAPH ?g finds nothing. No error, no warning.
# Versions: redland-utils 1.0.17-3, librdf0 1.0.17-3, librasqal3 0.9.33-2, libraptor2-0 2.0.15-4+deb12u1 (all Debian)
# Why it matters: A dump that is loaded again has lost which edition says what, and the first query that asks for it
#   answers with nothing.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='redland-utils=1.0.17-3 librdf0=1.0.17-3 librasqal3=0.9.33-2 libraptor2-0=2.0.15-4+deb12u1'
libraries='libdb5.3 libltdl7 libyajl2 libmhash2 libxslt1.1 libxml2 libicu72'
echo "packages: $deb"
(cd "$tmp" && apt-get download -qq $deb $libraries) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
cd "$tmp"
proc() { deb/usr/bin/rdfproc -q -c "$@" 2>>log; }
for graph in old new; do
  echo "@prefix : <http://example.org/> . :a :code \"$graph\" . :a :kind \"plan\" ." >$graph.ttl
done
proc -n first parse old.ttl turtle http://example.org/ http://example.org/old
proc first parse new.ttl turtle http://example.org/ http://example.org/new
proc first serialize nquads >dump.nq
proc -n second parse dump.nq nquads
echo '@prefix : <http://example.org/> . :old { :a :code "old" . :a :kind "plan" . } :new { :a :code "new" . :a :kind "plan" . }' >dump.trig
proc -n third parse dump.trig trig
seen=$(for store in first second third; do
  proc $store serialize nquads >$store.nq
  proc $store contexts >contexts || true
  proc $store -r json query sparql - 'SELECT ?g { GRAPH ?g { ?s ?p ?o } }' >found
  echo "$store: $(wc -l <$store.nq) statements, $(grep -c '/\(old\|new\)> \.$' $store.nq) in graphs, $(grep -c Context contexts) contexts, $(grep -c '"type": "uri"' found) found;"
done)
echo "seen:     " $seen
echo "expected: second and third the same as first"
[ "$(echo $seen)" = "first: 4 statements, 4 in graphs, 2 contexts, 4 found; second: 3 statements, 0 in graphs, 0 contexts, 0 found; third: 3 statements, 0 in graphs, 0 contexts, 0 found;" ]
