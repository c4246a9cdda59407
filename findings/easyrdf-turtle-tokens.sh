#!/bin/sh
# EasyRdf refuses or changes Turtle that every other parser reads: true, then a comma; a dot in a name; \u
#
# Expected: "true," is a boolean and a comma, a local name may hold a dot inside (ex:v2.1), and \u00e9
#   in a string is the letter it names (RDF 1.1 Turtle, 6.4 and 6.5, BooleanLiteral, PN_LOCAL, UCHAR).
# Seen: The first two end in "Turtle Parse Error"; the escape stays as six characters in the text. The
#   same file with a blank before the comma, without the dot and without the escape is read rightly.
# Versions: EasyRdf 1.0.0 (Debian php-easyrdf 1.0.0-3), @php-wasm/node 3.1.54 (PHP 8.2),
#   @php-wasm/universal 3.1.54
# Why it matters: Names made of codes hold dots, and a writer that keeps to ASCII escapes every accent
#   in the names of people: a site in PHP shows them as escapes, or nothing at all.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='php-easyrdf=1.0.0-3'
npm='@php-wasm/node@3.1.54 @php-wasm/universal@3.1.54'
echo "packages: $deb $npm"
(cd "$tmp" && apt-get download -qq $deb) 2>/dev/null || exit 2
dpkg -x "$tmp"/php-easyrdf_*.deb "$tmp/deb"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.php" <<'PHP'
<?php
set_include_path('/lib');
error_reporting(E_ALL & ~E_DEPRECATED);
require_once 'EasyRdf/autoload.php';
foreach ([':a :p true, 1 .', ':v2.1 :p :b .', ':a :p "\\u00e9" .'] as $text) {
    $graph = new \EasyRdf\Graph();
    try {
        $graph->parse("@prefix : <http://example.org/> .\n$text", 'turtle');
        print trim($graph->serialise('ntriples')) . ' | ';
    } catch (\EasyRdf\Parser\Exception $error) {
        print preg_replace('/:.*/', '', $error->getMessage()) . ' | ';
    }
}
PHP
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import { createNodeFsMountHandler, loadNodeRuntime } from "@php-wasm/node";
import { PHP } from "@php-wasm/universal";

const php = new PHP(await loadNodeRuntime("8.2", { emscriptenOptions: { processId: 1 } }));
await php.mount("/lib", createNodeFsMountHandler(process.argv[2]));
const answer = await php.run({ code: readFileSync(process.argv[3], "utf8") });
console.log(answer.text.trim());
process.exit(0);
JS
seen=$(node "$tmp/run.mjs" "$tmp/deb/usr/share/php" "$tmp/run.php")
echo "seen:     $seen"
echo "expected: two triples | one triple | one triple with the letter"
[ "$seen" = 'Turtle Parse Error | Turtle Parse Error | <http://example.org/a> <http://example.org/p> "\\u00e9" . |' ]
