#!/bin/sh
# pyshex accepts "abc"^^xsd:integer as an integer, "yes" as a boolean and 30 February as a dateTime
#
# Expected: A literal satisfies a datatype if it has that datatype and, for the datatypes of SPARQL's operators, a
#   lexical form that is valid for it (ShEx 2.1, 5.4.3).
# Seen: { :p xsd:integer } conforms with "abc"^^xsd:integer and "1.0"^^xsd:integer, xsd:boolean with "yes",
#   xsd:dateTime with 2024-02-30T00:00:00. pyrudof refuses all four. Both refuse a literal of another datatype.
# Versions: pyshex 0.9.0, rdflib 7.6.0, pyrudof 0.3.35
# Why it matters: Checking values that were typed by a mapping ("abc" of a column that is said to hold integers) is
#   what the datatypes of a schema are for; here all of them pass.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshex==0.9.0 rdflib==7.6.0 pyrudof==0.3.35'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import pyrudof
import pyshex
import rdflib

PREFIXES = "PREFIX : <http://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
NODE, SHAPE = "http://example.org/a", "http://example.org/S"
CASES = [
    ("1", "integer", "integer"),
    ("1", "string", "integer"),
    ("abc", "integer", "integer"),
    ("1.0", "integer", "integer"),
    ("yes", "boolean", "boolean"),
    ("2024-02-30T00:00:00", "dateTime", "dateTime"),
]


def ask_pyshex(data, schema):
    graph = rdflib.Graph().parse(data=data, format="turtle")
    (answer,) = pyshex.ShExEvaluator(graph, schema, NODE, SHAPE).evaluate()
    return answer.result


def ask_pyrudof(data, schema):
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(data)
    rudof.read_shex(schema)
    rudof.read_shapemap(f"<{NODE}>@<{SHAPE}>")
    rudof.validate_shex()
    report = rudof.serialize_shex_validation_results(pyrudof.ResultShexValidationFormat.Json)
    return "nonconformant" not in report


seen, expected = {}, {}
for value, datatype, wanted in CASES:
    data = f'{PREFIXES}:a :p "{value}"^^xsd:{datatype} .'
    schema = f"{PREFIXES}:S {{ :p xsd:{wanted} }}"
    name = f"{value} {datatype} as {wanted}"
    seen[name], expected[name] = ask_pyshex(data, schema), ask_pyrudof(data, schema)
print("seen:     pyshex", seen)
print("expected: as pyrudof", expected)
right = [True, False, False, False, False, False]
sys.exit(list(expected.values()) != right or list(seen.values()) != [True, False, True, True, True, True])
PY
