#!/bin/sh
# Rasqal: VALUES before a pattern puts its value into another variable; COUNT over nothing gives no row
#
# Expected: VALUES with one variable and two numbers is a table of two rows, joined with the patterns
#   beside it (SPARQL 1.1 Query, 10.2); COUNT(*) without GROUP BY over no solution is one row, 0 (11.1
#   and 18.5.1.1).
# Seen: Alone, VALUES gives its first row only; before a pattern ?s, a subject, is answered as 1.2, the
#   last value of ?v; behind the WHERE clause VALUES works. COUNT over no solution gives no row.
# Versions: rasqal-utils 0.9.33-2, librasqal3 0.9.33-2 (Debian)
# Why it matters: Queries of this field start with VALUES ("these codes"): a code is answered where a
#   mitigation was asked for, with exit code 0; a check "COUNT must be 0" finds nothing to compare.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='rasqal-utils=0.9.33-2 librasqal3=0.9.33-2'
libraries='libraptor2-0 libyajl2 libmhash2 libxslt1.1'
echo "packages: $deb"
(cd "$tmp" && apt-get download -qq $deb $libraries) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
cat >"$tmp/data.ttl" <<'TTL'
@prefix : <http://example.org/> .
:a :code "1.1" . :b :code "1.2" .
TTL
ask() {
  "$tmp/deb/usr/bin/roqet" -q -r csv -D "$tmp/data.ttl" -e "PREFIX : <http://example.org/> $1" | tr -d '\r' | tr '\n' ' '
}
seen="$(ask 'SELECT ?v { VALUES ?v { 1 2 } }')| $(ask 'SELECT ?s { VALUES ?v { "1.1" "1.2" } ?s :code ?v }')| $(ask 'SELECT ?s { ?s :code ?v } VALUES ?v { "1.1" }')| $(ask 'SELECT (COUNT(*) AS ?n) { ?s :none ?o }')"
echo "seen:     $seen"
echo "expected: v 1 2 | s and two rows | s and one row | n 0"
[ "$seen" = "v 1 | s 1.2 | s http://example.org/a |  " ]
