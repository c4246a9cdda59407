#!/bin/sh
# citation-js drops dates of biblatex: those of an open range, uncertain ones and years that are no number
#
# Expected: biblatex reads dates of EDTF: 2021-05-06/ is a range without an end, 2021~ is "about 2021", 2021-21 is
#   spring 2021 (biblatex manual, "Date and Time Specifications"); what is read is written again.
# Seen: with 2021-05-06/, and with year = {1999/2000}, the entry has no date at all in BibTeX, biblatex and RIS; of
#   "about" and the season only 2021 is left; a range of days is the month "may 6" in BibTeX. No message.
# Versions: @citation-js/core 0.8.2, @citation-js/plugin-bibtex 0.8.2, @citation-js/plugin-ris 0.8.2
# Why it matters: a living document is dated by an open range; converted, it has no year, and what was a guess
#   is a fact.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@citation-js/core@0.8.2 @citation-js/plugin-bibtex@0.8.2 @citation-js/plugin-ris@0.8.2'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { Cite } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import "@citation-js/plugin-ris";

const values = ["2021-05-06", "2021-05-06/", "2021~", "2021-21", "2021-05-06/2021-05-08"];
const dates = ["year = {1999/2000}", ...values.map((value) => `date = {${value}}`)];
const seen = {};
for (const date of dates) {
  const cite = new Cite(`@misc{k, author = {Smith, Ann}, title = {Title}, ${date}}`);
  const lines = (format) => cite.format(format).split("\n").filter((line) => /^\s*(date|year|month) =|^(DA|PY)  -/.test(line));
  seen[date] = ["biblatex", "bibtex", "ris"].map((format) => lines(format).map((line) => line.trim()).join(" "));
}
console.log("seen:     dates in biblatex, BibTeX and RIS");
for (const [date, texts] of Object.entries(seen)) console.log("         ", date, JSON.stringify(texts));
console.log("expected: a date everywhere, and the date that was read in biblatex");
const recorded = {
  "year = {1999/2000}": ["", "", ""],
  "date = {2021-05-06}": ["date = {2021-05-06},", "year = {2021}, month = {may 6},", "DA  - 2021/5/6/ PY  - 2021"],
  "date = {2021-05-06/}": ["", "", ""],
  "date = {2021~}": ["date = {2021},", "year = {2021},", "DA  - 2021/// PY  - 2021"],
  "date = {2021-21}": ["date = {2021},", "year = {2021},", "DA  - 2021/// PY  - 2021"],
  "date = {2021-05-06/2021-05-08}": ["date = {2021-05-06/2021-05-08},", "year = {2021}, month = {may 6},", "DA  - 2021/5/6/ PY  - 2021"],
};
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
