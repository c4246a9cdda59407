#!/bin/sh
# datacatalogtordf links catalog records and nested catalogs and leaves out what they say; no size of 0 bytes
#
# Expected: A dcat:CatalogRecord holds when an entry was listed and changed (DCAT 3, 6.5), so a catalog written
#   with one has these statements, as it has those of its data sets and services; dcat:byteSize is a
#   non-negative integer, 0 included (DCAT 3, 6.8, byte size).
# Seen: to_rdf() writes dcat:record and dcat:catalog and not one statement about the record or the nested catalog:
#   its title and data sets, the listing date and the primary topic are not in the file. 5120 bytes are
#   written as the decimal 5120.0, 0 bytes not at all. No warning, and there is no option for it.
# Versions: datacatalogtordf 4.0.1, rdflib 7.6.0
# Why it matters: dct:issued of the record is how harvesters see what is new; a catalog of catalogs loses all.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='datacatalogtordf==4.0.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import rdflib
from datacatalogtordf import Catalog, CatalogRecord, Dataset, Distribution

BASE = "http://example.org/"


def create(kind, name, **values):
    thing = kind(f"{BASE}{name}")
    for key, value in values.items():
        setattr(thing, key, value)
    return thing


files = [create(Distribution, f"file{size}", byte_size=size) for size in (5120, 0)]
dataset = create(Dataset, "dataset", title={"en": "Controls"}, distributions=files)
record = create(CatalogRecord, "record", listing_date="2024-01-02", primary_topic=dataset)
inner = create(Catalog, "inner", title={"en": "Inner"}, datasets=[create(Dataset, "other", title={"en": "Other"})])
catalog = create(Catalog, "catalog", datasets=[dataset], catalogrecords=[record], catalogs=[inner])
graph = rdflib.Graph().parse(data=catalog.to_rdf())
sizes = [value.n3() for value in graph.objects(predicate=rdflib.DCAT.byteSize)]
seen = {name: len(list(graph.predicate_objects(rdflib.URIRef(BASE + name)))) for name in ("dataset", "record", "inner", "other")}
print("seen:     statements about", seen, "sizes", sizes, "own text of the record:", len(list(rdflib.Graph().parse(data=record.to_rdf()))))
print("expected: none of them without statements, sizes 5120 and 0 as integers")
sys.exit(seen != {"dataset": 4, "record": 0, "inner": 0, "other": 0} or sizes != [f'"5120.0"^^<{rdflib.XSD.decimal}>'])
PY
