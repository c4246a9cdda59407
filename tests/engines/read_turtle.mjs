// Reads a Turtle file with rdflib.js and prints its statements as N-Triples.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const rdf = createRequire(pathToFileURL(process.argv[2] + '/'))('rdflib')
const store = rdf.graph()
rdf.parse(readFileSync(process.argv[3], 'utf8'), store, 'https://example.org/', 'text/turtle')
for (const statement of store.statements) console.log(statement.toNT())
