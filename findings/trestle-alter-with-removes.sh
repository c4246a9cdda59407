#!/bin/sh
# compliance-trestle leaves out what an alter adds when the alter also removes
#
# Expected: An alter first removes and then adds; the part is in the resolved catalog (OSCAL Profile
#   Resolution, "Modify: alter"), or resolving fails.
# Seen: "Alter not supported for removes" goes to the log, the resolved catalog is returned, and
#   neither the removal nor the addition of that alter is in it. Without removes the addition is
#   there.
# Versions: compliance-trestle 5.2.0
# Why it matters: a profile that replaces a statement by its own gives a catalog with the old one;
#   the exit code says success.
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
statement = {"id": "c-1_smt", "name": "statement", "prose": "old", "parts": [{"id": "c-1_smt.a", "name": "item", "prose": "a"}]}
controls = [{"id": "c-1", "title": "One", "parts": [statement]}]
catalog = {"catalog": {"uuid": str(uuid.uuid4()), "metadata": metadata, "controls": controls}}
Path("catalog.json").write_text(json.dumps(catalog))
imports = [{"href": str(Path("catalog.json").resolve()), "include-all": {}}]
add = {"position": "ending", "by-id": "c-1_smt", "parts": [{"id": "c-1_smt.b", "name": "item", "prose": "b"}]}
seen = {}
for name, removes in (("adds", {}), ("removes and adds", {"removes": [{"by-id": "c-1_smt.a"}]})):
    alters = [{"control-id": "c-1", "adds": [add], **removes}]
    profile = {"uuid": str(uuid.uuid4()), "metadata": metadata, "imports": imports, "modify": {"alters": alters}}
    Path("profile.json").write_text(json.dumps({"profile": profile}))
    resolved = ProfileResolver.get_resolved_profile_catalog(Path.cwd(), str(Path("profile.json").resolve()))
    seen[name] = [part.id for part in resolved.controls[0].parts[0].parts]
print("seen:    ", seen)
print("expected: ['c-1_smt.a', 'c-1_smt.b'] and ['c-1_smt.b']")
sys.exit(seen != {"adds": ["c-1_smt.a", "c-1_smt.b"], "removes and adds": ["c-1_smt.a"]})
PY
mkdir "$tmp/workspace" && (cd "$tmp/workspace" && "$tmp/env/bin/trestle" init >"$tmp/log" 2>&1)
"$tmp/env/bin/python" "$tmp/run.py" "$tmp/workspace" 2>"$tmp/log"
