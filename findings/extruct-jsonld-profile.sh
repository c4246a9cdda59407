#!/bin/sh
# extruct skips JSON-LD in HTML whose script has a profile or an upper case letter in its type
#
# Expected: type="application/ld+json;profile=http://www.w3.org/ns/json-ld#flattened" is JSON-LD: the profile
#   is a parameter of the media type (JSON-LD 1.1, 7 "Embedding JSON-LD in HTML Documents" and appendix C
#   "IANA Considerations"); names of media types do not depend on case (RFC 6838, 4.2).
# Seen: Both scripts are skipped without a word, as is one with charset=utf-8; PyLD reads the two with
#   parameters, and skips the one in upper case, too.
# Versions: extruct 0.18.0, PyLD 3.3.0
# Why it matters: a catalogue that harvests DCAT or schema.org from pages finds no dataset where the page
#   says more exactly what it holds.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='extruct==0.18.0 PyLD==3.3.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import extruct
from pyld import jsonld

TYPES = {
    "plain": "application/ld+json",
    "profile": "application/ld+json;profile=http://www.w3.org/ns/json-ld#flattened",
    "charset": "application/ld+json; charset=utf-8",
    "case": "application/LD+JSON",
}
script = '<script type="{}">{{"@id": "http://example.org/{}", "http://www.w3.org/ns/dcat#keyword": "audit"}}</script>'
page = "<html><head>" + "".join(script.format(media, name) for name, media in TYPES.items()) + "</head></html>"
found = extruct.extract(page, base_url="http://example.org/", syntaxes=["json-ld"])["json-ld"]
document = {"contentType": "text/html", "contextUrl": None, "documentUrl": "http://example.org/", "document": page}
quads = jsonld.to_rdf("http://example.org/", {"documentLoader": lambda *_: document, "extractAllScripts": True})["@default"]
seen = {
    "extruct": sorted(node["@id"].rsplit("/", 1)[1] for node in found),
    "PyLD": sorted(quad["subject"]["value"].rsplit("/", 1)[1] for quad in quads),
}
print("seen:    ", seen)
print("expected:", sorted(TYPES), "from both")
sys.exit(seen != {"extruct": ["plain"], "PyLD": ["charset", "plain", "profile"]})
PY
