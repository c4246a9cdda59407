// Asks each query named on the lines of a file with Comunica, and prints each answer as one line of SPARQL JSON: the triples of the first
// file are the default graph, the quads of the second the named ones. The first argument is the folder with node_modules.
import { readFileSync } from 'node:fs'
import { load, parseQuads, readAll } from './packages.mjs'

const [, , , triples, quads, list] = process.argv
const { QueryEngine } = await load('@comunica/query-sparql-rdfjs')
const { Store } = await load('n3')

const store = new Store([...await parseQuads(triples), ...await parseQuads(quads)])
const engine = new QueryEngine()
for (const path of readFileSync(list, 'utf8').split('\n').filter(Boolean)) {
  const answer = await engine.query(readFileSync(path, 'utf8'), { sources: [store] })
  const { data } = await engine.resultToString(answer, 'application/sparql-results+json')
  console.log((await readAll(data)).replace(/\r?\n/g, ' '))
}
