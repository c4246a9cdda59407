#!/bin/sh
# sempyro writes the date "2024-01-02" of a data set as an xsd:gYearMonth
#
# Expected: dct:issued "2024-01-02" is an xsd:date, one with a time an xsd:dateTime (DCAT 3, 6.4,
#   release date: xsd:gYear, xsd:gYearMonth, xsd:date or xsd:dateTime); YYYY-MM is the only form of an
#   xsd:gYearMonth (XSD 1.1 Datatypes, 3.3.10).
# Seen: Dates and times given as text, as they stand in JSON and YAML, are all xsd:gYearMonth, so an ill-typed
#   literal, dcterms:modified too; only a Python date or datetime gets its own type. Validation passes.
# Versions: sempyro 2.2.0, pydantic 2.10.6, rdflib 7.6.0
# Why it matters: filters by date skip every data set of the catalogue, and a shape that asks for xsd:date refuses it.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='sempyro==2.2.0 pydantic==2.10.6 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import datetime
import sys

import rdflib
from sempyro.dcat import DCATDataset

IRI = rdflib.URIRef("http://example.org/dataset")


def find_type(value):
    dataset = DCATDataset(title=["Controls"], description=["Controls."], release_date=value)
    (issued,) = dataset.to_graph(IRI).objects(IRI, rdflib.DCTERMS.issued)
    return issued.datatype.split("#")[1]


values = ["2024", "2024-01", "2024-01-02", "2024-01-02T03:04:05Z", datetime.date(2024, 1, 2)]
seen = {str(value) if isinstance(value, str) else repr(value): find_type(value) for value in values}
print("seen:    ", seen)
print("expected: gYear, gYearMonth, date, dateTime, date")
sys.exit(list(seen.values()) != ["gYear", "gYearMonth", "gYearMonth", "gYearMonth", "date"])
PY
