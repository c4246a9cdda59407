// Answers SPARQL away from the page, so that a query that runs on stops with this worker and not with the tab.
import "./unpack.js";
import init, { Store } from "./vendor/oxigraph.js";

const TYPES = { json: "application/sparql-results+json", tsv: "text/tab-separated-values" };
// A browser runs the engine's quick code only in calls that begin after it was made, so a graph of one call takes three times as long.
const LEAST = 1 << 18, NEWLINE = 10;
// The engine names blank nodes anew in each call: the file has the lines with any above this one.
const MARK = "# no blank node below\n";

let started = null;
let store = null;

function join(parts) {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((start, part) => (joined.set(part, start), start + part.length), 0);
  return joined;
}

// Yields whole lines, some hundred KB at a time, so that the text is never held as a whole.
async function* readLines(stream) {
  const reader = stream.getReader();
  let parts = [], size = 0, isMarked = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (value) size += parts.push(value) && value.length;
    if (!done && size < LEAST) continue;
    const joined = join(parts);
    isMarked ||= done || new TextDecoder().decode(joined).includes(MARK);
    const end = done ? joined.length : isMarked ? joined.lastIndexOf(NEWLINE) + 1 : 0;
    if (end) yield joined.subarray(0, end);
    if (done) return;
    parts = [joined.slice(end)];
    size = parts[0].length;
  }
}

async function start(engine) {
  // Compiled while it is fetched.
  await init({ module_or_path: await airmUnpack(engine, "application/wasm") });
}

async function load({ engine, graph, isNamed }) {
  started ||= start(engine);
  const [lines] = await Promise.all([airmUnpack(graph), started]);
  store?.free();
  store = null;
  const loaded = new Store(), format = isNamed ? "application/n-quads" : "application/n-triples";
  // The build wrote and checked what is loaded. A call is a transaction: without any the engine takes five times the memory.
  for await (const text of readLines(lines.body)) loaded.load(text, { format, lenient: true });
  // The default graph of a query is the union of all graphs, each statement once.
  if (isNamed) loaded.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }");
  store = loaded;
  return { size: store.size };
}

// What a term sorts by, after its kind; null where text alone does not tell.
function readKey(term) {
  if (term[0] === "<") return ["<", term.slice(1, -1)];
  if (/^\d{1,15}$/.test(term)) return ["0", term.padStart(15, "0")];
  const end = term.lastIndexOf('"'), text = term.slice(1, end);
  if (term[0] !== '"' || term[end + 1] === "^") return null;
  const meant = text.includes("\\") ? text.replace(/\\(.)/g, (_, char) => ({ t: "\t", n: "\n", r: "\r" })[char] || char) : text;
  return [term.slice(end), meant];
}

// Sorts rows of TSV as SPARQL orders them; null where a column has terms of several kinds, or of one that text does not sort.
function sortRows(body, names) {
  const lines = body.slice(0, -1).split("\n"), head = lines.shift(), columns = names.map((name) => head.split("\t").indexOf(name));
  // Characters that JavaScript sorts in another way, and those that stand between columns.
  if (columns.includes(-1) || (/[\ud800-\udfff]/.test(body) && /[\ue000-\uffff]/.test(body)) || /[\0\x01]/.test(body)) return null;
  const kinds = [], keyed = [];
  for (const line of lines) {
    const terms = line.split("\t");
    let sorted = "";
    for (const column of columns) {
      const found = terms[column] ? readKey(terms[column]) : ["", ""];
      if (!found || (found[0] && (kinds[column] ||= found[0]) !== found[0])) return null;
      // What is not bound comes first.
      sorted += `${found[0] && "\x01"}${found[1]}\0`;
    }
    keyed.push([sorted, line]);
  }
  keyed.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return [head, ...keyed.map(([, line]) => line), ""].join("\n");
}

const ORDERED = /\bORDER BY((?:\s+\?\w+)+)\s*$/;

// Sorting takes the engine, which reads both terms again for each comparison, as long as finding the rows.
function answerRows(query, options) {
  const order = ORDERED.exec(query), names = order ? order[1].trim().split(/\s+/) : [];
  const selected = (/\bSELECT\b([^{]*)/.exec(query) || ["", ""])[1].split(/\s+/);
  const isSorted = order && names.every((name) => selected.includes(name));
  return (isSorted && sortRows(store.query(query.slice(0, order.index), options), names)) || store.query(query, options);
}

function answer({ query, base, form }) {
  const options = { base_iri: base };
  try {
    const rows = { ...options, results_format: form };
    return { type: TYPES[form], body: form === "tsv" ? answerRows(query, rows) : store.query(query, rows) };
  } catch (refused) {
    try {
      return { type: "text/turtle", body: store.query(query, { ...options, results_format: "ttl" }) };
    } catch {
      throw refused;
    }
  }
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ id: data.id, ...(data.query === undefined ? await load(data) : answer(data)) });
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error && error.message ? error.message : error) });
  }
};
