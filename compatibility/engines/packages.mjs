// What the scripts in JavaScript share: packages from the folder that the first argument names, and reading.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

export const require = createRequire(pathToFileURL(process.argv[2] + '/'))
export const load = async name => import(pathToFileURL(require.resolve(name)))

export async function parseQuads (path) {
  const { Parser } = await load('n3')
  return new Parser({ format: path.endsWith('.nq') ? 'N-Quads' : 'N-Triples' }).parse(readFileSync(path, 'utf8'))
}

export async function readAll (stream) {
  let text = ''
  for await (const part of stream) text += part
  return text
}
