#!/bin/sh
# Kùzu exports a database to CSV with six digits of each number and without the quotes of a list
#
# Expected: IMPORT DATABASE reads what EXPORT DATABASE wrote, in CSV as in Parquet, and gives the same database.
# Seen: in CSV 1e-9 is 0.000000 and 1/3 is 0.333333, and a list of two texts, of which one holds a comma, comes back as three
#   texts; no message. Parquet keeps all.
# Versions: kuzu 0.11.3
# Why it matters: the copy made before an upgrade has small probabilities that are zero and keywords that never
#   were.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='kuzu==0.11.3'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp" <<'PY'
import sys

import kuzu

folder = sys.argv[1]
ROWS = [("a", 1e-9, ["risk, residual", "plan"]), ("b", 1 / 3, ["plan"])]


def read(connection):
    result = connection.execute("MATCH (c:Concept) RETURN c.id, c.weight, c.words ORDER BY c.id")
    return [tuple(result.get_next()) for _ in range(result.get_num_tuples())]


source = kuzu.Connection(kuzu.Database(f"{folder}/source"))
source.execute("CREATE NODE TABLE Concept(id STRING, weight DOUBLE, words STRING[], PRIMARY KEY(id))")
for identifier, weight, words in ROWS:
    source.execute("CREATE (:Concept {id: $i, weight: $w, words: $t})", {"i": identifier, "w": weight, "t": words})
seen = {"before": read(source)}
for name in ("parquet", "csv"):
    source.execute(f"EXPORT DATABASE '{folder}/{name}' (format='{name}'{', header=true' if name == 'csv' else ''})")
    target = kuzu.Connection(kuzu.Database(f"{folder}/from-{name}"))
    target.execute(f"IMPORT DATABASE '{folder}/{name}'")
    seen[name] = read(target)
print("seen:    ", seen)
print("expected: the same three times")
csv = [("a", 0.0, ["risk", "residual", "plan"]), ("b", 0.333333, ["plan"])]
sys.exit(seen != {"before": ROWS, "parquet": ROWS, "csv": csv})
PY
