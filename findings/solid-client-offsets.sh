#!/bin/sh
# @inrupt/solid-client adds the offset of a time zone: midnight in India is read as 05:30 UTC, eleven hours late
#
# Expected: 2024-01-01T00:00:00+05:30 is 2023-12-31T18:30:00Z; the offset is subtracted to get UTC (XML Schema 1.1
#   Datatypes, 3.3.7 and D.2.1, timezoneOffset).
# Seen: getDatetime gives 2024-01-01T05:30:00Z for it, and 2023-12-31T19:00:00Z for 00:00:00-05:00, which is
#   05:00:00Z; times with Z are right, and what setDatetime writes is in Z. rdflib reads all as they are.
# Versions: @inrupt/solid-client 3.0.0, n3 2.13.12, rdflib 7.6.0
# Why it matters: Dates of data of others carry offsets (prov:endedAtTime, dcterms:issued); sorted and compared in a
#   client of Solid they are up to 28 hours off, and saved again they are wrong for everyone.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@inrupt/solid-client@3.0.0 n3@2.13.12'
pip='rdflib==7.6.0'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { fromRdfJsDataset, getDatetime, getThing } from "@inrupt/solid-client";
import { Parser, Store } from "n3";

const answers = process.argv.slice(2).map((time) => {
  const text = `<urn:a> <urn:at> "${time}"^^<http://www.w3.org/2001/XMLSchema#dateTime> .`;
  return getDatetime(getThing(fromRdfJsDataset(new Store(new Parser().parse(text))), "urn:a"), "urn:at").toISOString();
});
console.log(answers.join(" "));
JS
times='2024-01-01T00:00:00Z 2024-01-01T00:00:00+05:30 2024-01-01T00:00:00-05:00 2024-01-01T12:00:00+01:00'
seen=$(node "$tmp/run.mjs" $times | sed 's/\.000Z/Z/g')
expected=$("$tmp/env/bin/python" - $times <<'PY'
import datetime
import sys

import rdflib

values = [rdflib.Literal(text, datatype=rdflib.XSD.dateTime).value for text in sys.argv[1:]]
print(*(value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for value in values))
PY
)
echo "seen:     $seen"
echo "expected: $expected"
[ "$seen" = '2024-01-01T00:00:00Z 2024-01-01T05:30:00Z 2023-12-31T19:00:00Z 2024-01-01T13:00:00Z' ] &&
  [ "$expected" = '2024-01-01T00:00:00Z 2023-12-31T18:30:00Z 2024-01-01T05:00:00Z 2024-01-01T11:00:00Z' ]
