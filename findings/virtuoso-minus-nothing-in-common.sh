#!/bin/sh
# Virtuoso's MINUS takes everything away when the two sides share no variable
#
# Expected: MINUS takes away a solution only if it has a variable in common with one of the right side (SPARQL 1.1
#   Query, 8.3.2 and 18.5); with none in common nothing is taken away.
# Seen: { ?s :code ?c MINUS { ?t :withdrawn true } } gives no row, as FILTER NOT EXISTS does; with ?s on both sides it
#   is right.
# Versions: virtuoso-opensource-7-bin 7.2.5.1+dfsg1-0.3 (Debian)
# Why it matters: One variable renamed on one side makes a list of gaps empty here and full elsewhere; neither
#   reports anything.
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
ask 'INSERT DATA { GRAPH <urn:g> { :a :code "1.1" . :b :code "1.2" ; :withdrawn true } }' >"$tmp/log"
minus() { ask "SELECT (COUNT(*) AS ?n) FROM <urn:g> { ?s :code ?c MINUS { $1 :withdrawn true } }"; }
seen="same variable: $(minus '?s')other variable: $(minus '?t')"
echo "seen:     $seen"
echo "expected: same variable: 1 other variable: 2"
[ "$seen" = "same variable: 1 other variable: 0 " ]
