#!/bin/sh
# Virtuoso's ENCODE_FOR_URI puts %00 behind a text that is not ASCII, and leaves accents as they are
#
# Expected: Every octet of the UTF-8 form but letters, digits and - _ . ~ becomes %XX, and nothing is added (SPARQL 1.1
#   Query, 17.4.3.11, refers to fn:encode-for-uri; XPath and XQuery Functions 3.1, 6.2).
# Seen: "audit plan" is right; an e with an accent stays and is followed by %00; two Japanese letters are
#   encoded and followed by %00.
# Versions: virtuoso-opensource-7-bin 7.2.5.1+dfsg1-0.3 (Debian)
# Why it matters: IRIs are minted from labels with it; those in French or Japanese end in a character that no IRI
#   of the same label elsewhere has.
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
encode() { ask "SELECT (STRLEN(ENCODE_FOR_URI(\"$1\")) AS ?n) (STRENDS(ENCODE_FOR_URI(\"$1\"), \"%00\") AS ?e) {}"; }
seen="$(encode 'audit plan')$(encode 'caf\u00E9')$(encode '\u65E5\u672C')"
echo "seen:     length, ends in %00: $seen"
echo "expected: length, ends in %00: 12;0 9;0 18;0"
[ "$seen" = "12;0 7;1 21;1 " ]
