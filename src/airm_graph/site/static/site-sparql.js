// Answers SPARQL in this browser: a worker loads the graph once; the editor asks it as if it were an endpoint.
"use strict";

window.airmSparql = (function () {
  const { worker: address, engine, graph, graphs, triples, most, base } = document.currentScript.dataset;
  const resolve = (path) => new URL(path, location.href).href;
  const waiting = new Map();
  // Texts, IRIs and comments; and the words of SPARQL that name a graph, or an escape that may stand for any.
  const QUOTED = /"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|<[^<>"{}|^`\\\s]*>|#[^\n\r]*/g;
  const NAMED = /(?<![\w?$:-])(?:graph|from)(?![\w:.-])/i, ESCAPED = /\\u/i;
  let worker = null;
  let ready = null;
  let isNamed = false;
  let count = 0;

  function tell(text, kind) {
    const status = document.getElementById("sparql-status");
    if (!status) return;
    status.textContent = text;
    status.dataset.state = kind;
  }

  function post(message, signal) {
    return new Promise((done, fail) => {
      const id = (count += 1);
      waiting.set(id, { done, fail });
      worker.postMessage({ ...message, id });
      if (signal) signal.addEventListener("abort", () => waiting.has(id) && stop());
    });
  }

  function end(error) {
    if (worker) worker.terminate();
    worker = ready = null;
    isNamed = false;
    for (const { fail } of waiting.values()) fail(error);
    waiting.clear();
  }

  function begin() {
    try {
      worker = new Worker(resolve(address), { type: "module" });
    } catch (error) {
      tell("A browser starts no worker for pages opened from a disk: serve the folder, for example with python -m http.server.", "error");
      throw error;
    }
    worker.onmessage = ({ data }) => {
      const { done, fail } = waiting.get(data.id) || {};
      waiting.delete(data.id);
      if (done) data.error === undefined ? done(data) : fail(new Error(data.error));
    };
    worker.onerror = (event) => {
      tell("The SPARQL engine cannot be started. Pages opened from a disk cannot; serve the folder, for example with python -m http.server.", "error");
      end(new Error(event.message || "the SPARQL engine cannot be started"));
    };
  }

  async function load(named) {
    const begun = performance.now(), number = Number(triples).toLocaleString("en");
    tell(named ? "Loading the named graphs, which this query asks …" : "Loading the graph …", "loading");
    await post({ engine: resolve(engine), graph: resolve(named ? graphs : graph), isNamed: named });
    const what = named ? "statements in named graphs" : "statements", seconds = ((performance.now() - begun) / 1000).toFixed(1);
    tell(`Ready: ${number} ${what}, loaded in ${seconds} s. Queries never leave this browser.`, "ready");
  }

  // Loads the union of all graphs, or, once a query asks for them, the named graphs and their union.
  async function start(named = false) {
    if (ready && (isNamed || !named)) return ready;
    if (Number(triples) > Number(most)) {
      const text = `The graph has ${Number(triples).toLocaleString("en")} statements, more than a tab can hold (${Number(most).toLocaleString("en")}). Load a file of the dataset into a SPARQL store instead.`;
      tell(text, "error");
      throw new Error(text);
    }
    if (!worker) begin();
    isNamed = named;
    ready = (ready || Promise.resolve()).then(() => load(named)).catch((error) => {
      if (error.name !== "AbortError") {
        tell(`The graph cannot be loaded: ${error.message}`, "error");
        end(error);
      }
      throw error;
    });
    return ready;
  }

  function stop() {
    if (!worker) return;
    tell("Stopped. The graph is loaded again for the next query.", "stopped");
    end(new DOMException("The query was stopped.", "AbortError"));
  }

  const asksGraphs = (query) => ESCAPED.test(query) || NAMED.test(query.replace(QUOTED, " "));

  // Answers a query: rows as "json" or "tsv", statements as Turtle.
  async function run(query, { signal, form = "json" } = {}) {
    await start(asksGraphs(query));
    if (signal && signal.aborted) throw new DOMException("The query was stopped.", "AbortError");
    const button = document.getElementById("stop");
    button.hidden = false;
    button.onclick = stop;
    try {
      return await post({ query, base, form }, signal);
    } finally {
      button.hidden = true;
    }
  }

  // What the editor sends to this address is answered here.
  const endpoint = resolve("answered-here");
  const fetchOther = window.fetch.bind(window);
  window.fetch = async function (request, options) {
    const asked = request instanceof Request ? request : new Request(request, options);
    if (!asked.url.startsWith(endpoint)) return fetchOther(request, options);
    const text = asked.method === "GET" ? new URL(asked.url).search.slice(1) : await asked.text();
    const query = new URLSearchParams(text).get("query") || text;
    try {
      const { type, body } = await run(query, { signal: asked.signal });
      return new Response(body, { headers: { "Content-Type": type } });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      return new Response(error.message, { status: 400, headers: { "Content-Type": "text/plain" } });
    }
  };

  if ("serviceWorker" in navigator && document.currentScript.dataset.offline) {
    navigator.serviceWorker.register(resolve(document.currentScript.dataset.offline)).catch(() => {});
  }
  return { run, start, stop, endpoint };
})();

// On the page with the editor: start at once, and put a query of the library in its place.
document.addEventListener("DOMContentLoaded", async () => {
  const place = document.getElementById("yasgui");
  if (!place) return;
  // From the second visit on the editor is kept, too, so that all works without the network.
  const isKnown = navigator.serviceWorker && navigator.serviceWorker.controller, keep = () => isKnown && window.airmEditor.fetchFiles();
  window.airmSparql.start().then(keep).catch(() => {});
  const wanted = new URLSearchParams(location.search).get("query") || "";
  const select = document.getElementById("library");
  const show = async (name) => {
    if (![...select.options].some((option) => option.value === name)) return;
    select.value = name;
    const response = await fetch(new URL(`${select.dataset.folder}${name}.rq`, location.href));
    if (response.ok) window.airmEditor.setText(await response.text());
  };
  select.addEventListener("change", () => select.value && show(select.value));
  if (wanted && !location.hash.startsWith("#query=")) await show(wanted);
  place.dataset.library = "yes";
});
