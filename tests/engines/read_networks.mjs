// Reads one network in GEXF and GraphML with graphology, in Cytoscape JSON with cytoscape and in DOT with Graphviz (as WebAssembly),
// and prints nodes, edges and what is said of the whole as each has them.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const require = createRequire(pathToFileURL(process.argv[2] + '/'))
const read = name => readFileSync(`${process.argv[3]}.${name}`, 'utf8')
const found = {}

const Graph = require('graphology')
for (const name of ['gexf', 'graphml']) {
  const graph = require('graphology-' + name).parse(Graph, read(name))
  found[name] = {
    nodes: graph.mapNodes((id, about) => ({ id, ...about })),
    edges: graph.mapEdges((_, about, source, target) => ({ source, target, ...about })),
    whole: graph.getAttributes()
  }
}

const cytoscape = require('cytoscape')({ ...JSON.parse(read('cytoscape')), headless: true })
found.cytoscape = {
  nodes: cytoscape.nodes().map(node => node.data()),
  edges: cytoscape.edges().map(edge => edge.data()),
  whole: cytoscape.data()
}

const viz = await require('@viz-js/viz').instance()
const { objects, edges, ...whole } = viz.renderJSON(read('dot'), { engine: 'neato', graphAttributes: { start: '1' } })
found.dot = {
  // Graphviz keeps the escape of a backslash until it draws.
  nodes: objects.map(({ name, ...about }) => ({ ...about, id: name, label: about.label.replaceAll('\\\\', '\\') })),
  edges: edges.map(({ tail, head, ...about }) => ({ source: objects[tail].name, target: objects[head].name, ...about })),
  whole
}
console.log(JSON.stringify(found))
