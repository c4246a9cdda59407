// Asks an endpoint each form of query with each client in JavaScript, and prints what came as JSON: client -> query -> answer. The first
// word of the name of a query is its form. The answer of a SELECT is a list of values, of an ASK true or false, of CONSTRUCT and DESCRIBE the number of statements; an error is a text.
import { load } from './packages.mjs'

const [, , , url, names, texts] = process.argv
const queries = JSON.parse(texts)
const graphs = new Set(['CONSTRUCT', 'DESCRIBE'])

async function collect (stream, read = one => one) {
  const found = []
  for await (const one of stream) found.push(read(one))
  return found
}

const label = row => row.label.value

async function askSparqlHttpClient (Client, operation, form, text) {
  const client = new Client({ endpointUrl: url })
  const { query } = client
  if (form === 'ASK') return query.ask(text, { operation })
  const answer = await (graphs.has(form) ? query.construct(text, { operation }) : query.select(text, { operation }))
  if (Array.isArray(answer)) return answer.map(label)
  if (answer.size !== undefined) return answer.size
  const rows = await collect(answer)
  return graphs.has(form) ? rows.length : rows.map(label)
}

async function askFetcher (method, form, text) {
  const { SparqlEndpointFetcher } = await load('fetch-sparql-endpoint')
  const client = new SparqlEndpointFetcher({ method })
  if (form === 'ASK') return client.fetchAsk(url, text)
  if (graphs.has(form)) return (await collect(await client.fetchTriples(url, text))).length
  return collect(await client.fetchBindings(url, text), label)
}

async function askComunica (type, form, text) {
  const { QueryEngine } = await load('@comunica/query-sparql')
  const engine = new QueryEngine()
  const context = { sources: [type ? { type, value: url } : url] }
  if (form === 'ASK') return engine.queryBoolean(text, context)
  if (graphs.has(form)) return (await collect(await engine.queryQuads(text, context))).length
  return collect(await engine.queryBindings(text, context), row => row.get('label').value)
}

const clients = {
  'sparql-http-client': async () => {
    const streams = (await load('sparql-http-client')).default
    const { ParsingClient } = await load('sparql-http-client')
    const made = []
    for (const [name, Client] of [['streams', streams], ['parsing', ParsingClient]]) {
      for (const operation of ['get', 'postUrlencoded', 'postDirect']) {
        made.push([`sparql-http-client ${name} ${operation}`, (form, text) => askSparqlHttpClient(Client, operation, form, text)])
      }
    }
    return made
  },
  'fetch-sparql-endpoint': async () => ['POST', 'GET'].map(method =>
    [`fetch-sparql-endpoint ${method}`, (form, text) => askFetcher(method, form, text)]),
  Comunica: async () => ['', 'sparql'].map(type => [`Comunica ${type || 'found out'}`, (form, text) => askComunica(type, form, text)])
}

const found = {}
for (const client of names.split(',')) {
  for (const [settings, ask] of await clients[client]()) {
    found[settings] = {}
    for (const [name, text] of Object.entries(queries)) {
      try {
        found[settings][name] = await ask(name.split(' ')[0], text)
      } catch (error) {
        found[settings][name] = `${error.name}: ${error.message}`.slice(0, 150)
      }
    }
  }
}
console.log(JSON.stringify(found))
