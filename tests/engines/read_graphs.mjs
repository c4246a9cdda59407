// Reads a GEXF and a GraphML file with graphology and prints, for each, its size, whether keys of edges differ, and its properties.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const require = createRequire(pathToFileURL(process.argv[2] + '/'))
const Graph = require('graphology')
const found = ['gexf', 'graphml'].map(name => {
  const graph = require('graphology-' + name).parse(Graph, readFileSync(`${process.argv[3]}.${name}`, 'utf8'))
  return {
    nodes: graph.nodes().sort(),
    edges: graph.size,
    keys: new Set(graph.edges()).size,
    labels: graph.mapNodes((_, attributes) => attributes.rdfs_label).filter(Boolean).sort(),
    properties: [...new Set(graph.mapEdges((_, attributes) => attributes.property))].sort()
  }
})
console.log(JSON.stringify(found))
