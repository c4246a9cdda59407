#!/bin/sh
# compliance-trestle sorts the controls of a resolved catalog by the text of their ids
#
# Expected: merge as-is keeps groups and controls as they stand in the catalog: c-1, c-2, c-10
#   (OSCAL Profile Resolution, "Merge: as-is": the source's structure is preserved).
# Seen: The resolved catalog has c-1, c-10, c-2.
# Versions: compliance-trestle 5.2.0
# Why it matters: the order of a framework is part of its numbering; documents made from the
#   resolved catalog list 10 before 2.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='compliance-trestle==5.2.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.py" <<'PY'
import json
import os
import sys
import uuid
from pathlib import Path

from trestle.core.profile_resolver import ProfileResolver

os.chdir(sys.argv[1])
metadata = {"title": "T", "last-modified": "2024-01-02T03:04:05+00:00", "version": "1", "oscal-version": "1.1.2"}
controls = [{"id": f"c-{number}", "title": str(number)} for number in (1, 2, 10)]
groups = [{"id": "c", "title": "C", "controls": controls}]
catalog = {"catalog": {"uuid": str(uuid.uuid4()), "metadata": metadata, "groups": groups}}
Path("catalog.json").write_text(json.dumps(catalog))
imports = [{"href": str(Path("catalog.json").resolve()), "include-all": {}}]
profile = {"profile": {"uuid": str(uuid.uuid4()), "metadata": metadata, "imports": imports, "merge": {"as-is": True}}}
Path("profile.json").write_text(json.dumps(profile))
resolved = ProfileResolver.get_resolved_profile_catalog(Path.cwd(), str(Path("profile.json").resolve()))
seen = [control.id for control in resolved.groups[0].controls]
print("seen:    ", seen)
print("expected:", ["c-1", "c-2", "c-10"])
sys.exit(seen != ["c-1", "c-10", "c-2"])
PY
mkdir "$tmp/workspace" && (cd "$tmp/workspace" && "$tmp/env/bin/trestle" init >"$tmp/log" 2>&1)
"$tmp/env/bin/python" "$tmp/run.py" "$tmp/workspace" 2>"$tmp/log"
