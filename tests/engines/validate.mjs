// Validates each pair of files (data, shapes; N-Triples) named in a JSON file with rdf-validate-shacl, and prints results as JSON.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const require = createRequire(pathToFileURL(process.argv[2] + '/'))
const load = name => import(pathToFileURL(require.resolve(name)))
const { default: Validator } = await load('rdf-validate-shacl')
const { Parser } = await load('n3')
const { default: rdf } = await load('@zazuko/env-node')

const read = path => rdf.dataset(new Parser({ format: 'N-Triples' }).parse(readFileSync(path, 'utf8')))
const show = term => term ? { type: term.termType, value: term.value } : null
const found = []
for (const [data, shapes] of JSON.parse(readFileSync(process.argv[3], 'utf8'))) {
  const report = await new Validator(read(shapes), { factory: rdf }).validate(read(data))
  found.push(report.results.map(result => ({
    focus: show(result.focusNode),
    value: show(result.value),
    component: show(result.sourceConstraintComponent),
    shape: show(result.sourceShape),
    severity: show(result.severity)
  })))
}
console.log(JSON.stringify(found))
