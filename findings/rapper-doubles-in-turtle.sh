#!/bin/sh
# rapper writes the double 1.5 into Turtle as the decimal 1.5, and INF as no Turtle
#
# Expected: 1.5 without an exponent is an xsd:decimal in Turtle, and there is no short form of INF (Turtle,
#   2.5.2: the three notations of numbers): "1.5"^^xsd:double and "INF"^^xsd:double are written in full.
# Seen: 1.5 and INF stand bare; rapper itself reads the first one back as a decimal and refuses the second.
#   serdi writes both in full; N-Triples of rapper is right.
# Versions: raptor2-utils 2.0.15-4+deb12u1, libraptor2-0 2.0.15-4+deb12u1, serdi 0.30.16-1, libserd-0-0
#   0.30.16-1 (all Debian)
# Why it matters: sh:datatype xsd:double fails on data that was only converted. (SWI-Prolog does this with
#   the double 1.0: swi-prolog-turtle-doubles.)
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='raptor2-utils=2.0.15-4+deb12u1 libraptor2-0=2.0.15-4+deb12u1 serdi=0.30.16-1 libserd-0-0=0.30.16-1'
libraries='libyajl2 libxslt1.1'
echo "packages: $deb"
(cd "$tmp" && apt-get download -qq $deb $libraries) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
bin="$tmp/deb/usr/bin"
seen=''
for value in 1.5 1.5E0 INF; do
  echo "<http://example.org/a> <http://example.org/p> \"$value\"^^<http://www.w3.org/2001/XMLSchema#double> ." >"$tmp/in.nt"
  "$bin/rapper" -q -i ntriples -o turtle "$tmp/in.nt" >"$tmp/out.ttl"
  if "$bin/rapper" -q -i turtle -o ntriples "$tmp/out.ttl" >"$tmp/back.nt" 2>"$tmp/log"; then
    back=$(sed -n 's/.*#\(.*\)> \.$/\1/p' "$tmp/back.nt")
  else
    back=refused
  fi
  "$bin/serdi" -i ntriples -o turtle "$tmp/in.nt" >"$tmp/serd.ttl"
  seen="$seen$value $back $(grep -c XMLSchema#double "$tmp/serd.ttl"); "
done
echo "seen:     value, datatype read back, written in full by serdi: $seen"
echo "expected: 1.5 double 1; 1.5E0 double 1; INF double 1;"
[ "$seen" = "1.5 decimal 1; 1.5E0 double 1; INF refused 1; " ]
