// Asks each query named on the lines of a file with Oxigraph in JavaScript, and prints each answer as one line of SPARQL JSON: the triples
// of the first file are the default graph, the quads of the second the named ones. The first argument is the folder with node_modules.
import { readFileSync } from 'node:fs'
import { require } from './packages.mjs'

const [, , , triples, quads, list] = process.argv
const { Store } = require('oxigraph')

const store = new Store()
store.load(readFileSync(triples, 'utf8'), { format: 'application/n-triples' })
store.load(readFileSync(quads, 'utf8'), { format: 'application/n-quads' })
for (const path of readFileSync(list, 'utf8').split('\n').filter(Boolean)) {
  console.log(store.query(readFileSync(path, 'utf8'), { results_format: 'json' }).replace(/\r?\n/g, ' '))
}
