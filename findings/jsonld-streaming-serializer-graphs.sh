#!/bin/sh
# jsonld-streaming-serializer moves statements about a named graph into that graph, or writes no JSON
#
# Expected: Each quad keeps its graph: a statement outside @graph is in the graph that the enclosing node
#   is in (JSON-LD 1.1, 4.9), so what JSON-LD holds is what was given.
# Seen: The default graph says something of :g after the graph :g said something of :g: the statement is
#   written inside @graph, so it is in :g now. The same for a statement in another graph :h. If :g held
#   only another subject, the statement in :h leaves brackets that do not match.
# Versions: jsonld-streaming-serializer 4.0.0, jsonld 9.0.0, n3 2.13.12
# Why it matters: a named graph with its own title or source in the default graph is how provenance is
#   published; after a conversion it is in the wrong graph.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='jsonld-streaming-serializer@4.0.0 jsonld@9.0.0 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import jsonld from "jsonld";
import { JsonLdSerializer } from "jsonld-streaming-serializer";
import { Parser } from "n3";

const inputs = {
  "default graph first": ':g :title "T" . :g { :a :code "1.1" }',
  "graph about another": ':g { :a :code "1.1" } :g :title "T" .',
  "graph about itself": ':g { :g :code "1.1" } :g :title "T" .',
  "another graph": ':g { :g :code "1.1" } :h { :g :title "T" }',
  "another subject and graph": ':g { :a :code "1.1" } :h { :g :title "T" }',
};
const serialize = (quads) =>
  new Promise((done, fail) => {
    let text = "";
    const serializer = new JsonLdSerializer();
    serializer.on("data", (part) => (text += part)).on("error", fail).on("end", () => done(text));
    for (const quad of quads) serializer.write(quad);
    serializer.end();
  });
const graphOfTitle = (quads) => quads.filter((quad) => quad.predicate.value.endsWith("title")).map((quad) => quad.graph.value.split("/").pop() || "default").join();
const seen = {};
for (const [name, text] of Object.entries(inputs)) {
  const quads = new Parser({ format: "TriG" }).parse(`@prefix : <http://example.org/> . ${text}`);
  const written = await serialize(quads);
  let after = "no JSON";
  try {
    after = graphOfTitle(new Parser({ format: "N-Quads" }).parse(await jsonld.toRDF(JSON.parse(written), { format: "application/n-quads" })));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  seen[name] = `${graphOfTitle(quads)} -> ${after}`;
}
console.log("seen:     graph of the title", JSON.stringify(seen, null, 1));
console.log("expected: the same before and after");
const recorded = {
  "default graph first": "default -> default",
  "graph about another": "default -> default",
  "graph about itself": "default -> g",
  "another graph": "h -> g",
  "another subject and graph": "h -> no JSON",
};
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
