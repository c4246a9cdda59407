#!/bin/sh
# prov reads prov:hadPrimarySource and prov:wasQuotedFrom as attributes: these derivations are not found
#
# Expected: Primary source and quotation are kinds of derivation (PROV-DM, 5.2.2 to 5.2.4; in PROV-O both
#   are sub-properties of prov:wasDerivedFrom), so three statements are three derivations.
# Seen: get_records(ProvDerivation) holds the one of prov:wasDerivedFrom; the other two are attributes of
#   the entity, and drawn or written as PROV-N there is no edge to the source. A prov:Collection that is
#   not also called a prov:Entity loses its type, with a UserWarning.
# Versions: prov 3.2.3, rdflib 7.6.0
# Why it matters: "What was this taken from" is asked of derivations: the more exactly a graph states its
#   provenance, the less of it is found.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='prov==3.2.3 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys
import warnings

from prov.model import ProvDerivation, ProvDocument

TEXT = """@prefix prov: <http://www.w3.org/ns/prov#> . @prefix : <http://example.org/> .
:a a prov:Entity ; prov:wasDerivedFrom :source ; prov:hadPrimarySource :source ; prov:wasQuotedFrom :source .
:source a prov:Entity . :list a prov:Collection ; prov:hadMember :a ."""
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    document = ProvDocument.deserialize(content=TEXT, format="rdf", rdf_format="turtle")
told = any("not converted" in str(warning.message) for warning in caught)
seen = {
    "derivations": len(list(document.get_records(ProvDerivation))),
    "attributes": sum(document.get_provn().count(f"prov:{name}=") for name in ("hadPrimarySource", "wasQuotedFrom")),
    "collection": "prov:Collection" in document.get_provn(),
    "warned": told,
}
print("seen:    ", seen)
print("expected: 3 derivations, 0 attributes, the collection kept")
sys.exit(seen != {"derivations": 1, "attributes": 2, "collection": False, "warned": True})
PY
