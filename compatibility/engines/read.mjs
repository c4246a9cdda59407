// Reads one file with one library in JavaScript, and prints what was read: node read.mjs PACKAGES NAME FILE. Files of RDF are printed as
// N-Triples or N-Quads, the column of codes as a JSON list, networks as a JSON object.
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { load, require } from './packages.mjs'

const [, , , name, path] = process.argv
const ending = extname(path)
const text = () => readFileSync(path, 'utf8')
const types = {
  '.ttl': 'text/turtle', '.nt': 'application/n-triples', '.nq': 'application/n-quads', '.rdf': 'application/rdf+xml',
  '.jsonld': 'application/ld+json'
}
const codesOf = rows => JSON.stringify(rows.slice(1).map(row => row[rows[0].indexOf('notation')]).map(one => typeof one === 'string' ? one : String(one)))

async function writeQuads (quads) {
  const { Writer } = await load('n3')
  return new Promise((resolve, reject) => {
    const writer = new Writer({ format: 'N-Quads' })
    writer.addQuads(quads)
    writer.end((error, made) => error ? reject(error) : resolve(made))
  })
}

async function readRdflib (type = types[ending]) {
  const rdf = require('rdflib')
  const store = rdf.graph()
  await new Promise((resolve, reject) =>
    rdf.parse(text(), store, 'https://example.org/', type, error => error ? reject(error) : resolve()))
  return new Promise((resolve, reject) =>
    rdf.serialize(null, store, 'https://example.org/', 'application/n-quads', (error, made) => error ? reject(error) : resolve(made)))
}

async function readNetwork (parse) {
  const graph = parse(require('graphology').MultiDirectedGraph, text())
  const values = key => graph.mapNodes((node, attributes) => attributes[key]).filter(Boolean)
  const codes = [...new Set(values('skos_notation').map(String))].sort()
  return JSON.stringify({ nodes: graph.order, edges: graph.size, labels: values('rdfs_label').length, codes })
}

const readers = {
  n3: async () => writeQuads(new (await load('n3')).Parser({ format: types[ending] }).parse(text())),
  'rdflib.js': () => readRdflib(),
  'rdflib.js as Turtle': () => readRdflib('text/turtle'),
  'jsonld.js': async () => require('jsonld').toRDF(JSON.parse(text()), { format: 'application/n-quads' }),
  oxigraph: async () => {
    const { Store } = require('oxigraph')
    const store = new Store()
    store.load(text(), { format: types[ending] })
    return store.dump({ format: 'application/n-quads' })
  },
  SheetJS: async () => {
    const { readFile, utils } = require('xlsx')
    const book = readFile(path)
    return codesOf(utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 }))
  },
  'SheetJS raw': async () => {
    const { readFile, utils } = require('xlsx')
    const book = readFile(path, { raw: true })
    return codesOf(utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 }))
  },
  'graphology GraphML': () => readNetwork(require('graphology-graphml').parse),
  'graphology GEXF': () => readNetwork(require('graphology-gexf').parse)
}

console.log(await readers[name]())
