#!/bin/sh
# csvwlib swaps day and month: 01.02.2024 with the format dd.MM.yyyy becomes the 2nd of January
#
# Expected: The format of a date says what its digits are (Model for Tabular Data, "Formats for dates and times"), so
#   01.02.2024 with dd.MM.yyyy is 2024-02-01; a cell that does not fit its format is an error and no date.
# Seen: csvwlib guesses: 01.02.2024, 01/02/2024 and 01-02-2024 become 2024-01-02, and 31.12.2024 of the same column
#   2024-12-31; with MM/dd/yyyy the date 31/12/2024, which it does not fit, is one. csvw reads the first four as
#   expected. No warning.
# Versions: csvwlib 0.3.2, rdflib 5.0.0, setuptools 65.5.0, csvw 4.1.1
# Why it matters: In each column the days up to the 12th are wrong and the others right, so no sample shows it.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='csvwlib==0.3.2 rdflib==5.0.0 setuptools==65.5.0'
other='csvw==4.1.1'
echo "packages: $pip $other"
python3 -m venv "$tmp/env"
python3 -m venv "$tmp/other"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/other/bin/pip" install -qq --disable-pip-version-check $other || exit 2
cd "$tmp"
cat >days.csv <<'CSV'
code,dots,slashes,dashes,american
a,01.02.2024,01/02/2024,01-02-2024,02/01/2024
b,31.12.2024,31/12/2024,31-12-2024,31/12/2024
CSV
cat >days.json <<'JSON'
{"@context": "http://www.w3.org/ns/csvw", "url": "days.csv", "tableSchema": {"aboutUrl": "http://example.org/{code}", "columns": [
  {"titles": "code", "name": "code", "suppressOutput": true},
  {"titles": "dots", "name": "dots", "datatype": {"base": "date", "format": "dd.MM.yyyy"}},
  {"titles": "slashes", "name": "slashes", "datatype": {"base": "date", "format": "dd/MM/yyyy"}},
  {"titles": "dashes", "name": "dashes", "datatype": {"base": "date", "format": "dd-MM-yyyy"}},
  {"titles": "american", "name": "american", "datatype": {"base": "date", "format": "MM/dd/yyyy"}}]}}
JSON
cat >run.py <<'PY'
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from csvwlib import CSVWConverter


class Quiet(SimpleHTTPRequestHandler):
    """Serves the folder."""

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/days"
graph = CSVWConverter.to_rdf(address + ".csv", metadata_url=address + ".json", mode="minimal")
print(" ".join(sorted(f"{s.rsplit('/', 1)[1]}:{p.rsplit('#', 1)[1]}:{o}" for s, p, o in graph)))
PY
seen=$(env/bin/python run.py 2>log)
expected=$(other/bin/python -c "
import csvw
rows = csvw.CSVW('days.json').tables[0].iterdicts(log=None, strict=False)
row = next(iter(rows))
print(' '.join(sorted(f'a:{key}:{value:%Y-%m-%d}' for key, value in row.items() if key != 'code')))" 2>log)
echo "seen:     $seen"
echo "expected: $expected (csvw)"
[ "$seen" = "a:american:2024-02-01 a:dashes:2024-01-02 a:dots:2024-01-02 a:slashes:2024-01-02 b:american:2024-12-31 b:dashes:2024-12-31 b:dots:2024-12-31 b:slashes:2024-12-31" ] &&
  [ "$expected" = "a:american:2024-02-01 a:dashes:2024-02-01 a:dots:2024-02-01 a:slashes:2024-02-01" ]
