#!/bin/sh
# Virtuoso keeps one of 1, 1.0 and 1e0
#
# Expected: Literals with other datatypes or other lexical forms are other terms, and each is a statement of its own
#   (RDF 1.1 Concepts, 3.3); a pattern with 1.0 does not match 1 (SPARQL 1.1 Query, 2.3 and 18.1.5).
# Seen: After :a :value 1 is stored, :a :value 01, 1.0, 1e0 are taken without an error, and there is one statement,
#   with the integer; { ?s :order 1.0 } finds :b :order 1.
# Versions: virtuoso-opensource-7-bin 7.2.5.1+dfsg1-0.3 (Debian)
# Why it matters: A dump differs from what was loaded, by the order of loading; a check for a number that is stated
#   with two datatypes finds none.
set -eu
tmp=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$tmp"' EXIT
server=
deb='virtuoso-opensource-7-bin=7.2.5.1+dfsg1-0.3'
libraries='libminizip1 libldap-2.5-0 libsasl2-2 libpcre3'
echo "packages: $deb"
(cd "$tmp" && apt-get download -qq $deb $libraries) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$tmp/virtuoso.ini" <<INI
[Database]
DatabaseFile = $tmp/v.db
ErrorLogFile = $tmp/v.log
LockFile = $tmp/v.lck
TransactionFile = $tmp/v.trx
xa_persistent_file = $tmp/v.pxa
[TempDatabase]
DatabaseFile = $tmp/t.db
TransactionFile = $tmp/t.trx
[Parameters]
ServerPort = 127.0.0.1:$port
ServerThreads = 5
NumberOfBuffers = 5000
MaxDirtyBuffers = 3000
SchedulerInterval = 0
INI
"$tmp/deb/usr/bin/virtuoso-t" +foreground +configfile "$tmp/virtuoso.ini" >"$tmp/log" 2>&1 &
server=$!
ask() {
  echo "sparql PREFIX : <http://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> $1;" |
    "$tmp/deb/usr/bin/isql-vt" "127.0.0.1:$port" dba dba VERBOSE=OFF BANNER=OFF PROMPT=OFF CSV=ON 2>>"$tmp/log" | tr '\n' ' ' | tr -d '"'
}
for _ in $(seq 60); do [ "$(ask 'SELECT (1 AS ?x) {}' | tr -d ' ')" = 1 ] && break; sleep 1; done
ask 'INSERT DATA { GRAPH <urn:g> { :a :value 1 } }' >"$tmp/log"
datatypes() { ask 'SELECT (STRAFTER(STR(DATATYPE(?v)), "#") AS ?d) FROM <urn:g> { :a :value ?v }'; }
count() { ask "SELECT (COUNT(*) AS ?n) FROM <urn:g> { $1 }"; }
first=$(datatypes)
ask 'INSERT DATA { GRAPH <urn:g> { :a :value 01 , 1.0 , 1e0 . :b :order 1 } }' >"$tmp/log"
seen="first: ${first}then: $(count ':a :value ?v')$(datatypes)found by 1.0: $(count '?s :order 1.0')"
echo "seen:     $seen"
echo "expected: first: integer then: 4, with integer among them; found by 1.0: 0"
[ "$seen" = "first: integer then: 1 integer found by 1.0: 1 " ]
