#!/bin/sh
# Labels in two languages in an RO-Crate: ro-crate-py drops the languages, ro-crate-js drops the labels
#
# Expected: {"@value": "Audit", "@language": "en"} is a text with its language, and "@type" beside "@value"
#   is a datatype (JSON-LD 1.1, 4.2.1 Typed Values and 4.2.4 String Internationalization); neither is an
#   entity, so flattening leaves it where it is (JSON-LD 1.1 API, Node Map Generation).
# Seen: ro-crate-py keeps the bare texts: two labels without a language, a date without a datatype.
#   ro-crate-js takes each of them, and a list, for an entity without an @id, gives it one (entity-1) and
#   writes a link to it; the texts are nowhere in the file. Neither warns.
# Versions: rocrate 0.16.0 (PyPI), ro-crate 3.7.2 (npm)
# Why it matters: definitions in several languages are lost by opening and saving a crate, and the second
#   library writes links that lead to nothing.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rocrate==0.16.0'
npm='ro-crate@3.7.2'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/crate.json" <<'JSON'
{
  "@context": "https://w3id.org/ro/crate/1.1/context",
  "@graph": [
    {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
    {"@id": "./", "@type": "Dataset",
     "name": [{"@value": "Audit", "@language": "en"}, {"@value": "Prüfung", "@language": "de"}],
     "datePublished": {"@value": "2024-01-02", "@type": "http://www.w3.org/2001/XMLSchema#date"}}
  ]
}
JSON
cat >"$tmp/run.py" <<'PY'
import json
import sys

from rocrate.rocrate import ROCrate

crate = ROCrate(json.loads(open(sys.argv[1]).read()))
root = next(node for node in crate.metadata.generate()["@graph"] if node["@id"] == "./")
print(json.dumps([root["name"], root["datePublished"]], ensure_ascii=False))
PY
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "fs";
import { ROCrate } from "ro-crate";

const crate = new ROCrate(JSON.parse(readFileSync(process.argv[2], "utf8")));
const text = JSON.stringify(crate.toJSON());
const root = JSON.parse(text)["@graph"].find((node) => node["@id"] === "./");
console.log(JSON.stringify([root.name, root.datePublished]), text.includes("Audit") ? "" : "(no text in the file)");
JS
python=$("$tmp/env/bin/python" "$tmp/run.py" "$tmp/crate.json")
javascript=$(node "$tmp/run.mjs" "$tmp/crate.json")
echo "seen:     ro-crate-py $python"
echo "          ro-crate-js $javascript"
echo "expected: the name and the datePublished of the crate that was read"
[ "$python" = '[["Audit", "Prüfung"], "2024-01-02"]' ] &&
  [ "$javascript" = '[[{"@id":"entity-1"},{"@id":"entity-2"}],{"@id":"entity-3"}] (no text in the file)' ]
