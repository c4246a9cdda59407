#!/bin/sh
# Virtuoso divides integers without a rest, gives no sum of nothing, and casts any text to an integer
#
# Expected: 10 / 4 is the decimal 2.5 (SPARQL 1.1 Query, 17.3: op:numeric-divide of two integers is a decimal); SUM
#   and AVG of no solution are 0 (18.5.1.3 and 18.5.1.4); xsd:integer("1.10") and xsd:integer("") are errors (17.5).
# Seen: 2; no value for SUM and AVG, while COUNT is 0; 1 and 0. 1.0 / 4 is 0.25.
# Versions: virtuoso-opensource-7-bin 7.2.5.1+dfsg1-0.3 (Debian)
# Why it matters: A share of mitigations, ?covered / ?all, is 0 or 1; a code that is a text becomes a number
#   instead of a row without one.
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
ask 'INSERT DATA { GRAPH <urn:g> { :a :code "1.10" . :b :code "" . :c :covered 10 ; :all 4 } }' >"$tmp/log"
divided=$(ask 'SELECT (?x / ?y AS ?n) (1.0 / 4 AS ?m) FROM <urn:g> { :c :covered ?x ; :all ?y }')
nothing=$(ask 'SELECT (COUNT(?o) AS ?c) (SUM(?o) AS ?n) (AVG(?o) AS ?m) FROM <urn:g> { ?s :none ?o }')
cast=$(ask 'SELECT (xsd:integer(?c) AS ?n) FROM <urn:g> { ?s :code ?c } ORDER BY ?s')
seen="divided: ${divided}of nothing: ${nothing}cast: $cast"
echo "seen:     $seen"
echo "expected: divided: 2.5;0.25 of nothing: 0;0;0 cast: two rows without a value"
[ "$seen" = "divided: 2;0.25 of nothing: 0;; cast: 1 0 " ]
