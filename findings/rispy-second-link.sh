#!/bin/sh
# rispy keeps the first of several links to full texts in RIS and drops the others
#
# Expected: addresses in UR, L1 and L2 are given one for each tag, or several on one line with semicolons between them
#   (RIS format specifications, tags UR, L1 and L2).
# Seen: of two lines L1, L2 or L4 rispy reads the first, without a warning, and writes a file with that one; two in one line
#   are one text. Of UR both are read in both forms, and of L3, which it does not know, both lines are kept.
# Versions: rispy 0.10.0
# Why it matters: reading and writing a reference list once loses the annexes of each report.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rispy==0.10.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys
import warnings

import rispy

A, B = "https://example.org/a.pdf", "https://example.org/b.pdf"
seen = {}
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for tag in ("UR", "L1", "L2", "L4", "L3"):
        entries = rispy.loads(f"TY  - RPRT\n{tag}  - {A}\n{tag}  - {B}\nER  - \n")
        seen[tag] = [A in rispy.dumps(entries), B in rispy.dumps(entries)]
one = rispy.loads(f"TY  - RPRT\nL1  - {A}; {B}\nER  - \n")[0]["file_attachments1"]
print("seen:     both addresses written again", seen, "warnings", len(caught), "one line", repr(one))
print("expected: both, always, and two addresses of one line")
both, first = [True, True], [True, False]
recorded = {"UR": both, "L1": first, "L2": first, "L4": first, "L3": both}
sys.exit((seen, len(caught), one) != (recorded, 0, f"{A}; {B}"))
PY
