#!/bin/sh
# EasyRdf loses a notation that is the same number as another one: "1.10" beside "1.1"
#
# Expected: Two literals are the same term only where their lexical forms are equal character by
#   character (RDF 1.1 Concepts, 3.3), so "1.1" and "1.10" are two objects of one subject.
# Seen: Of "1.1", "1.10", "1e3", "1000" and "abc" the graph keeps "1.1", "1e3" and "abc": a value is
#   left out where PHP finds it == to one that is there, and PHP compares numeric strings as numbers.
# Versions: EasyRdf 1.0.0 (Debian php-easyrdf 1.0.0-3), @php-wasm/node 3.1.54 (PHP 8.2),
#   @php-wasm/universal 3.1.54
# Why it matters: Codes of a taxonomy look like numbers, and pages of vocabularies are served by PHP;
#   a concept with two notations, or a list of codes as text, loses one without a word.
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
$graph = new \EasyRdf\Graph();
$lines = '';
foreach (['1.1', '1.10', '1e3', '1000', 'abc'] as $value) {
    $lines .= "<http://example.org/a> <http://example.org/p> \"$value\" .\n";
}
$graph->parse($lines, 'ntriples');
foreach ($graph->allLiterals('http://example.org/a', '<http://example.org/p>') as $literal) {
    print $literal->getValue() . ' ';
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
echo "expected: 1.1 1.10 1e3 1000 abc"
[ "$seen" = "1.1 1e3 abc" ]
