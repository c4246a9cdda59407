#!/bin/sh
# datacite checks the classification code of a subject and leaves it out of the XML
#
# Expected: a subject has classificationCode beside subjectScheme, schemeURI and valueURI in version 4.5 of the DataCite
#   Metadata Schema (property Subject), in JSON and in XML.
# Seen: a record with classificationCode is valid for schema45 of datacite, and one with a number in its place is not; the
#   XML of the record has the scheme and the address of the value, and no code.
# Versions: datacite 1.4.1
# Why it matters: the code is what a subject of a taxonomy is found by; the registered record has a word and the name of
#   a scheme.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='datacite==1.4.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

from datacite import schema45

SUBJECT = {"subject": "Audit", "subjectScheme": "Codes", "valueUri": "https://example.org/1.10", "classificationCode": "1.10"}
RECORD = {
    "doi": "10.1234/x",
    "creators": [{"name": "Smith, Ann"}],
    "titles": [{"title": "Title"}],
    "publisher": {"name": "Publisher"},
    "publicationYear": "2020",
    "types": {"resourceTypeGeneral": "Report", "resourceType": "Report"},
    "schemaVersion": "http://datacite.org/schema/kernel-4",
    "subjects": [SUBJECT],
}
number = dict(RECORD, subjects=[dict(SUBJECT, classificationCode=1.1)])
text = schema45.tostring(RECORD)
seen = {
    "valid": [schema45.validator.is_valid(record) for record in (RECORD, number)],
    "in the XML": [f"{name}=" in text for name in ("subjectScheme", "valueURI", "classificationCode")],
}
print("seen:    ", seen)
print("expected: True and False; True three times")
sys.exit(seen != {"valid": [True, False], "in the XML": [True, True, False]})
PY
