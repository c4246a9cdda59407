#!/bin/sh
# cytoscape-graphml writes nodes outside GraphML's namespace: networkx and igraph read an empty graph
#
# Expected: node, edge and data are elements of http://graphml.graphdrawing.org/xmlns, a data element names a
#   key that the file declares, and a graph states edgedefault (GraphML Primer, "Graph", "Declaring
#   GraphML-Attributes"). A reader takes the name of an attribute from attr.name of its key.
# Seen: Every node and edge has xmlns="", no key is declared and edgedefault is missing; networkx finds no node and
#   igraph none, without an error. Read from a file of networkx, the label is an attribute "d0", the id of its
#   key, and 2.5 is the text "2.5". Only its own files come back, as text.
# Versions: cytoscape-graphml 1.0.6, cytoscape 3.34.4, jquery 3.7.1, jsdom 24.1.3, networkx 3.6.1, igraph 1.0.0
# Why it matters: GraphML is how a graph drawn in the browser is handed to people with other tools; they get a
#   file that opens and is empty.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='networkx==3.6.1 igraph==1.0.0'
npm='cytoscape-graphml@1.0.6 cytoscape@3.34.4 jquery@3.7.1 jsdom@24.1.3'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cd "$tmp"
"$tmp/env/bin/python" - <<'PY'
import networkx

graph = networkx.DiGraph()
graph.add_node("a", label="Audit", weight=2.5)
networkx.write_graphml(graph, "networkx.graphml")
PY
cat >run.cjs <<'JS'
const { readFileSync, writeFileSync } = require("fs");
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document, DOMParser: window.DOMParser, XMLSerializer: window.XMLSerializer });
const cytoscape = require("cytoscape");
require("cytoscape-graphml")(cytoscape, require("jquery"));

const create = (elements) => cytoscape({ headless: true, elements });
const nodes = [{ data: { id: "a", label: "Audit" } }, { data: { id: "b", label: "Log" } }];
writeFileSync("cytoscape.graphml", create([...nodes, { data: { source: "a", target: "b" } }]).graphml());
const read = create([]);
read.graphml(readFileSync("networkx.graphml", "utf8"));
console.log(JSON.stringify(read.nodes().map((node) => node.data())));
process.exit(0);
JS
javascript=$(timeout 60 node run.cjs 2>log)
python=$("$tmp/env/bin/python" - <<'PY'
import igraph
import networkx

text = open("cytoscape.graphml").read()
print(networkx.read_graphml("cytoscape.graphml").number_of_nodes(), igraph.Graph.Read_GraphML("cytoscape.graphml").vcount(), text.count("<node"), text.count("<key"))
PY
)
echo "seen:     nodes in networkx and in igraph, nodes and keys in the file: $python; from networkx: $javascript"
echo "expected: 2 2 2 1; [{\"id\":\"a\",\"label\":\"Audit\",\"weight\":2.5}]"
[ "$python" = "0 0 2 0" ] && [ "$javascript" = '[{"id":"a","d0":"Audit","d1":"2.5"}]' ]
