#!/bin/sh
# rdflib writes the double INF into JSON-LD as no JSON at all or, where orjson is installed, as null
#
# Expected: INF, -INF and NaN are values of xsd:double (XML Schema 1.1 Datatypes, 3.3.5); JSON has no
#   number for them, so JSON-LD keeps them as strings with their datatype (JSON-LD 1.1 API, 8.5: only a
#   literal that is a JSON number is made one).
# Seen: Without orjson the file holds Infinity and NaN, which no JSON parser has to take (RFC 8259, 6);
#   with orjson it holds {"@value": null}, which every reader drops: of three statements one comes back.
#   pyoxigraph and PyLD write the strings.
# Versions: rdflib 7.6.0, orjson 3.11.9, pyoxigraph 0.5.13, PyLD 3.3.0
# Why it matters: "No upper limit" and "could not be computed" are results of measures; a file that goes
#   through rdflib is refused or loses them, by a package that something else brought in.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 orjson==3.11.9 pyoxigraph==0.5.13 PyLD==3.3.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/data.nt" <<'NT'
<http://example.org/a> <http://example.org/p> "INF"^^<http://www.w3.org/2001/XMLSchema#double> .
<http://example.org/a> <http://example.org/p> "NaN"^^<http://www.w3.org/2001/XMLSchema#double> .
<http://example.org/a> <http://example.org/p> "1.5"^^<http://www.w3.org/2001/XMLSchema#double> .
NT
cat >"$tmp/write.py" <<'PY'
import sys

if sys.argv[2] == "without":
    sys.modules["orjson"] = None  # as if it were not installed
import rdflib

text = rdflib.Graph().parse(sys.argv[1], format="nt").serialize(format="json-ld")
left = len(rdflib.Graph().parse(data=text, format="json-ld"))
print("Infinity" if "Infinity" in text else "null" if "null" in text else "text", left)
PY
with=$("$tmp/env/bin/python" "$tmp/write.py" "$tmp/data.nt" with)
without=$("$tmp/env/bin/python" "$tmp/write.py" "$tmp/data.nt" without)
others=$("$tmp/env/bin/python" - "$tmp/data.nt" <<'PY'
import json
import sys
from pathlib import Path

import pyoxigraph
from pyld import jsonld

text = Path(sys.argv[1]).read_text()
quads = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES)
written = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.JSON_LD).decode(), json.dumps(jsonld.from_rdf(text, {"useNativeTypes": True}))
print(*("text" if '"INF"' in one and '"NaN"' in one else "other" for one in written))
PY
)
echo "seen:     rdflib with orjson: $with; without: $without; pyoxigraph and PyLD: $others"
echo "expected: text 3; text 3; text text"
[ "$with|$without|$others" = "null 1|Infinity 3|text text" ]
