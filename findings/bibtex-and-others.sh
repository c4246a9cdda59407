#!/bin/sh
# "and others" in BibTeX becomes an author called others in citeproc-py and citation-js
#
# Expected: "and others" at the end of a list of names says that there are more; BibTeX's own styles compare the last name
#   with "others" and write "et al." (format.names in plain.bst).
# Seen: citeproc-py and citation-js make a person with the family name "others", so a bibliography reads "Smith & others" as
#   two authors; citation-js writes it as {others}, which is a name for every other tool, and into RIS as
#   "AU  - others". pybtex keeps it as it is and counts it as more authors.
# Versions: citeproc-py 0.11.1, pybtex 0.26.1, @citation-js/core 0.8.2, @citation-js/plugin-bibtex 0.8.2,
#   @citation-js/plugin-ris 0.8.2
# Why it matters: an author nobody has heard of gets papers, in catalogues and in graphs of who wrote what, and it
#   cannot be told from a person afterwards.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='citeproc-py==0.11.1 pybtex==0.26.1'
npm='@citation-js/core@0.8.2 @citation-js/plugin-bibtex@0.8.2 @citation-js/plugin-ris@0.8.2'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cd "$tmp"
echo '@article{k, author = {Smith, Ann and others}, title = {Title}, journal = {Journal}, year = {2020}}' >k.bib
cat >run.mjs <<'JS'
import { readFileSync } from "node:fs";
import { Cite } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import "@citation-js/plugin-ris";

const cite = new Cite(readFileSync("k.bib", "utf8"));
const lines = (format) => cite.format(format).split("\n").filter((line) => /^\s*author|^AU/.test(line)).map((line) => line.trim());
console.log(JSON.stringify([cite.data[0].author.map((name) => name.family), ...lines("bibtex"), ...lines("ris")]));
JS
javascript=$(node run.mjs) env/bin/python - 2>log <<'PY'
import json
import os
import sys
import warnings

import pybtex.database
from citeproc.source.bibtex import BibTeX
from pybtex.plugin import find_plugin

warnings.simplefilter("ignore")
style = find_plugin("pybtex.style.formatting", "alpha")()
entries = list(style.format_bibliography(pybtex.database.parse_file("k.bib")))
seen = {
    "pybtex": entries[0].label,
    "citeproc-py": [name["family"] for name in BibTeX("k.bib", encoding="utf-8")["k"]["author"]],
    "citation-js": json.loads(os.environ["javascript"]),
}
people = ["Smith", "others"]
lines = ["author = {Smith, Ann and {others}},", "AU  - Smith, Ann", "AU  - others"]
print("seen:    ", seen)
print("expected: a label for more than one author, and no author called others")
sys.exit(seen != {"pybtex": "S+20", "citeproc-py": people, "citation-js": [people, *lines]})
PY
