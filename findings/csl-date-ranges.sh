#!/bin/sh
# Date ranges in CSL: citeproc-py puts the days before the year, citeproc-js loses a hyphen
#
# Expected: of a range the parts that are the same are written once, the others on both sides of the delimiter, in the order
#   of the style's date parts with their prefixes: 2020-03-04–06, March 4–6, 2020 (CSL 1.0.2 Specification, "Date Ranges").
# Seen: citeproc-py writes what differs first, whatever the order, and the rest behind it: -04–-062020-03 and 4,–6, March 2020;
#   months alike. citeproc-js writes days and months well, and 2020-03-04–202105-06 for two years.
# Versions: citeproc-py 0.11.1, citeproc 2.4.63 (npm)
# Why it matters: the dates of conferences, hearings and periods of a report are ranges; the citation is wrong and no
#   message says so.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='citeproc-py==0.11.1'
npm='citeproc@2.4.63'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/make.py" <<'PY'
import json
import sys
import warnings
from pathlib import Path

import citeproc
from citeproc.source.json import CiteProcJSON

warnings.simplefilter("ignore")
STYLE = """<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text">
<info><title>t</title><id>t</id><updated>2020-01-01T00:00:00Z</updated></info>
<citation><layout><text variable="title"/></layout></citation>
<bibliography><layout><date variable="issued">{}</date></layout></bibliography></style>"""
DASH = '<date-part name="{}" prefix="-" form="numeric-leading-zeros"/>'
STYLES = {
    "ISO": '<date-part name="year"/>' + DASH.format("month") + DASH.format("day"),
    "US": '<date-part name="month" suffix=" "/><date-part name="day" suffix=", "/><date-part name="year"/>',
    "UK": '<date-part name="day" suffix=" "/><date-part name="month" suffix=" "/><date-part name="year"/>',
}
RANGES = {"days": [[2020, 3, 4], [2020, 3, 6]], "months": [[2020, 3, 4], [2020, 5, 6]], "years": [[2020, 3, 4], [2021, 5, 6]]}
cases = []
for kind, parts in STYLES.items():
    for name, dates in RANGES.items():
        item = {"id": "x", "type": "report", "title": "t", "issued": {"date-parts": dates}}
        path = Path(sys.argv[1], "style.csl")
        path.write_text(STYLE.format(parts))
        style = citeproc.CitationStylesStyle(str(path), validate=False, locale="en-US")
        bibliography = citeproc.CitationStylesBibliography(style, CiteProcJSON([item]), citeproc.formatter.plain)
        bibliography.register(citeproc.Citation([citeproc.CitationItem("x")]))
        cases.append([f"{kind} {name}", path.read_text(), item, str(bibliography.bibliography()[0])])
locale = Path(citeproc.__file__).parent.rglob("locales-en-US.xml")
Path(sys.argv[1], "cases.json").write_text(json.dumps([next(locale).read_text(), cases]))
PY
"$tmp/env/bin/python" "$tmp/make.py" "$tmp" 2>"$tmp/log"
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import CSL from "citeproc";

const [locale, cases] = JSON.parse(readFileSync(process.argv[2], "utf8"));
const seen = {};
for (const [name, style, item, python] of cases) {
  const engine = new CSL.Engine({ retrieveLocale: () => locale, retrieveItem: () => item }, style, "en-US");
  engine.setOutputFormat("text");
  engine.updateItems(["x"]);
  seen[name] = [python, engine.makeBibliography()[1][0].trim()];
}
const expected = {
  "ISO days": "2020-03-04–06",
  "ISO months": "2020-03-04–05-06",
  "ISO years": "2020-03-04–2021-05-06",
  "US days": "March 4–6, 2020",
  "US months": "March 4–May 6, 2020",
  "US years": "March 4, 2020–May 6, 2021",
  "UK days": "4–6 March 2020",
  "UK months": "4 March–6 May 2020",
  "UK years": "4 March 2020–6 May 2021",
};
const wrong = {
  "ISO days": ["-04–-062020-03", "2020-03-04–06"],
  "ISO months": ["-03-04–-05-062020", "2020-03-04–05-06"],
  "ISO years": ["2020-03-04–2021-05-06", "2020-03-04–202105-06"],
  "US days": ["4,–6, March 2020", "March 4–6, 2020"],
  "US months": ["March 4,–May 6, 2020", "March 4–May 6, 2020"],
};
console.log("seen:     what citeproc-py and citeproc-js write");
for (const [name, texts] of Object.entries(seen)) console.log("         ", name, JSON.stringify(texts), "expected:", expected[name]);
const recorded = Object.fromEntries(Object.entries(expected).map(([name, text]) => [name, wrong[name] ?? [text, text]]));
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs" "$tmp/cases.json"
