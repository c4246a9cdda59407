#!/bin/sh
# rdflib reads a JSON-LD document with "@vocab": "" as no statements at all
#
# Expected: An empty @vocab stands for the base IRI, so "code" becomes the property
#   http://example.org/data#code with that base (JSON-LD 1.1, 4.1.2.1, using the document base for
#   the default vocabulary).
# Seen: rdflib returns an empty graph and no error. pyoxigraph and PyLD return the statement.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, PyLD 3.3.0
# Why it matters: tables converted on the fly use this form, properties named after their own page;
#   the import succeeds with nothing in it.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13 PyLD==3.3.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import json
import sys

import pyoxigraph
import rdflib
from pyld import jsonld

text = '{"@context": {"@vocab": ""}, "@id": "http://example.org/a", "code": "1.1"}'
base = "http://example.org/data#"
seen = {
    "rdflib": len(rdflib.Graph().parse(data=text, format="json-ld", publicID=base)),
    "pyoxigraph": len(list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.JSON_LD, base_iri=base))),
    "PyLD": len(jsonld.to_rdf(json.loads(text), {"base": base})["@default"]),
}
print("seen:     statements", seen)
print("expected: 1 from each")
sys.exit(seen != {"rdflib": 0, "pyoxigraph": 1, "PyLD": 1})
PY
