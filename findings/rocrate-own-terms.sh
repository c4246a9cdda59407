#!/bin/sh
# ro-crate-py forgets the terms that a crate defines for itself: read and written again, their IRIs are gone
#
# Expected: The terms of other vocabularies stand in the @context beside the context of RO-Crate, and an ad
#   hoc term must stand there (RO-Crate 1.1, appendix "RO-Crate JSON-LD", "Extending RO-Crate" and "Adding
#   new or ad hoc vocabulary terms"); a crate that is read and written keeps them.
# Seen: The written @context is the IRI of RO-Crate's context alone. "code" is still used and has no meaning,
#   so JSON-LD drops it; ex:severity becomes an IRI of the scheme ex. extra_terms, the place for them in
#   the library, is empty after reading. No warning.
# Versions: rocrate 0.16.0
# Why it matters: Opening a crate to add one file takes the codes of the controls in it out of the RDF.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rocrate==0.16.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

from rocrate.rocrate import ROCrate

RO_CRATE = "https://w3id.org/ro/crate/1.1"
OWN = {"ex": "http://example.org/", "code": "http://example.org/code"}
crate = ROCrate(
    {
        "@context": [f"{RO_CRATE}/context", OWN],
        "@graph": [
            {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": RO_CRATE}},
            {"@id": "./", "@type": "Dataset", "name": "Controls", "datePublished": "2024-01-02", "code": "1.10", "ex:severity": "high"},
        ],
    }
)
written = crate.metadata.generate()
root = next(node for node in written["@graph"] if node["@id"] == "./")
seen = {"context": written["@context"], "code": root["code"], "ex:severity": root["ex:severity"]}
print("seen:    ", seen)
print("expected: the context", [f"{RO_CRATE}/context", OWN])
sys.exit(seen != {"context": f"{RO_CRATE}/context", "code": "1.10", "ex:severity": "high"})
PY
