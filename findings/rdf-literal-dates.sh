#!/bin/sh
# rdf-literal reads the date -0044-03-15 as one of the year 2044, and a date with a time zone as no date
#
# Expected: A year may be negative, a date may have a time zone, and --05-06 and ---15 are a gMonthDay and a gDay (XML
#   Schema 1.1 Datatypes, 3.3.9, 3.3.12, 3.3.13).
# Seen: fromRdf: -0044-03-15 is a Date in March 2044, -0753-01-01 one of the year 753; 2024-01-02+05:30 as xsd:date,
#   --05-06 and ---15 are an invalid Date, which toRdf cannot write. No error, no warning. With the check of literals
#   switched on all these are refused as invalid values of their datatypes. 2024-01-02 is right.
# Versions: rdf-literal 2.0.0, rdf-data-factory 2.1.0
# Why it matters: Dates of issue with a time zone are what exports of many catalogues write; those of old sources end
#   up in the future.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='rdf-literal@2.0.0 rdf-data-factory@2.1.0'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { DataFactory } from "rdf-data-factory";
import { fromRdf } from "rdf-literal";

const factory = new DataFactory();
const values = {
  "2024-01-02": "date",
  "-0044-03-15": "date",
  "-0753-01-01": "date",
  "2024-01-02+05:30": "date",
  "2024-01-02Z": "date",
  "--05-06": "gMonthDay",
  "---15": "gDay",
};
const seen = {};
for (const [value, type] of Object.entries(values)) {
  const literal = factory.literal(value, factory.namedNode("http://www.w3.org/2001/XMLSchema#" + type));
  const found = fromRdf(literal);
  let checked = "";
  try {
    fromRdf(literal, true);
  } catch {
    checked = ", refused";
  }
  seen[`${value} ${type}`] = (isNaN(found) ? "invalid Date" : `year ${found.getUTCFullYear()}`) + checked;
}
console.log("seen:    ", seen);
console.log("expected: the years 2024, -44, -753, 2024 and 2024, no invalid Date, nothing refused");
const recorded = ["year 2024", "year 2044, refused", "year 753, refused", "invalid Date, refused", "year 2024", "invalid Date, refused", "invalid Date, refused"];
process.exit(JSON.stringify(Object.values(seen)) === JSON.stringify(recorded) ? 0 : 1);
JS
TZ=UTC node "$tmp/run.mjs"
