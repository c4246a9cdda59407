#!/bin/sh
# The context of Croissant gives hashes, links and media types the language English
#
# Expected: A checksum, the address of a file and a media type are plain strings or IRIs: schema.org gives
#   contentUrl, license and url the type URL, and dataset descriptions of other tools say "..." or <...>.
# Seen: The context that the format prescribes (Croissant 1.0, appendix "JSON-LD context") and mlcroissant writes
#   has "@language": "en" and types none of these, so the same file read as RDF has "d.csv"@en, a SHA-256@en,
#   a licence that is the text "https://..."@en, and "1.10.0"@en. A search for the plain hash finds nothing.
# Versions: mlcroissant 1.1.1, PyLD 3.3.0, pyoxigraph 0.5.13
# Why it matters: joining a data set's Croissant with its DCAT record by checksum, licence or address gives no
#   row, in every RDF store, and both descriptions are right.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='mlcroissant==1.1.1 PyLD==3.3.0 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import json
import sys

import mlcroissant as mlc
import pyoxigraph
from pyld import jsonld

SHA256 = "6a496ecf4e90047e0d0e50a0604e4d4c2590889b141fef9730a78106ebac80ca"
metadata = mlc.Metadata(
    name="controls",
    description="Controls.",
    url="https://example.org/controls",
    version="1.10.0",
    license=["https://creativecommons.org/licenses/by/4.0/"],
    distribution=[
        mlc.FileObject(
            id="https://example.org/controls.csv",
            name="controls.csv",
            content_url="https://example.org/controls.csv",
            encoding_formats=["text/csv"],
            sha256=SHA256,
        )
    ],
)
document = json.loads(json.dumps(metadata.to_json(), default=str))
store = pyoxigraph.Store()
store.load(jsonld.to_rdf(document, {"format": "application/n-quads"}).encode(), format=pyoxigraph.RdfFormat.N_QUADS)
value = lambda name: str(next(store.quads_for_pattern(None, pyoxigraph.NamedNode(f"https://schema.org/{name}"), None)).object)
seen = {name: value(name) for name in ("sha256", "contentUrl", "encodingFormat", "license", "version")}
found = bool(store.query(f'ASK {{ ?file <https://schema.org/sha256> "{SHA256}" }}'))
print("seen:    ", seen, "found by its hash:", found)
print("expected: no languages, found by its hash: True")
sys.exit(found or document["@context"]["@language"] != "en" or not all(text.endswith('"@en') for text in seen.values()))
PY
