// Search as you type over all resources, narrowed by facets; the address bar holds what is asked.
"use strict";

(function () {
  const { documents: address, pages } = document.currentScript.dataset;
  const TITLES = { kind: "Kind", edition: "Edition", code: "Code", actor: "Actor", lifecycle: "Lifecycle stage", function: "Function", source: "Source", statement: "Kind of statement", suggested: "Suggested kind of statement", original: "Taken from" };
  const PROPERTIES = { code: "code", actor: "actor", lifecycle: "lifecycleStage", function: "function", source: "source", statement: "statementKind", suggested: "suggestedStatementKind" };
  const CLASSES = { actor: "ActorRole", code: "Code", lifecycle: "LifecycleStage", mitigation: "Mitigation", function: "RiskFunction", source: "Source" };
  const STEP = 25, SHOWN = 8;
  const [PATH, KIND, NAME, DESCRIPTION, SOURCE, CODES, OTHER, VALUES] = [0, 1, 2, 3, 4, 5, 6, 7];
  const only = /\/browse\/mitigations(\/|$)/.test(location.pathname) ? "mitigation" : "";
  let data = null, state = { q: "", facets: [], shown: STEP }, opened = new Set();

  // Nothing of the data becomes markup: all of it is text of elements.
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function read() {
    const parameters = new URLSearchParams(location.search);
    state = { q: (parameters.get("q") || "").slice(0, 500), facets: [], shown: STEP };
    for (const [name, value] of parameters) {
      if (!(name in TITLES) || (only && name === "kind")) continue;
      // Codes of two editions can have one notation; then both are meant.
      const fits = ([facet, iri, label]) => facet === name && (iri === value || iri.endsWith("/" + value) || label.toLowerCase() === value.toLowerCase());
      state.facets.push({ name, values: [...data.values.keys()].filter((number) => fits(data.values[number])), iri: value });
    }
  }

  function write() {
    const parameters = new URLSearchParams();
    if (state.q) parameters.append("q", state.q);
    for (const { name, iri } of state.facets) parameters.append(name, iri);
    const query = parameters.toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
  }

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const split = (text) => fold(text).split(/[^\p{L}\p{N}.]+/u).filter(Boolean);

  function find() {
    const words = split(state.q), found = [];
    for (const entry of data.documents) {
      if (only && entry[KIND] !== only) continue;
      if (!state.facets.every(({ values }) => values.some((value) => entry[VALUES].includes(value)))) continue;
      let rank = 0;
      const fits = words.every((word) => {
        const name = ` ${entry.name}`.indexOf(` ${word}`), text = ` ${entry.text}`.indexOf(` ${word}`);
        rank += name >= 0 ? 10 : text >= 0 ? 1 : 0;
        return name >= 0 || text >= 0;
      });
      if (fits) found.push({ entry, rank });
    }
    // Stable: among equals the order of the list, which is that of the IRIs.
    return words.length ? found.sort((a, b) => b.rank - a.rank).map(({ entry }) => entry) : found.map(({ entry }) => entry).sort((a, b) => !a[NAME] - !b[NAME] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  // The text around the first word that was looked for, with all of them marked.
  function showText(text) {
    const words = split(state.q), parts = text.split(/([\p{L}\p{N}.]+)/u), fits = (part) => words.some((word) => fold(part).startsWith(word));
    const first = parts.findIndex(fits), start = parts.slice(0, first + 1).join("").length > 180 ? first - 20 : 0;
    let end = start, length = 0;
    while (end < parts.length && length + parts[end].length <= 200) length += parts[end++].length;
    return [start ? "…" : "", ...parts.slice(start, end).map((part) => (fits(part) ? make("mark", {}, part) : part)), end < parts.length ? "…" : ""];
  }

  function showHit(entry) {
    const meta = [];
    if (entry[KIND] === "code") meta.push(entry[PATH]);
    if (entry[CODES]) meta.push(entry[CODES]);
    if (entry[SOURCE]) meta.push(entry[SOURCE]);
    else if (entry[KIND] === "mitigation") meta.push("source unknown");
    const text = entry[DESCRIPTION];
    return make("li", {},
      make("p", { class: "name" }, make("a", { href: pages.replace("{}", () => entry[PATH]) }, entry[NAME] || (entry[KIND] === "mitigation" ? "Mitigation without a known name" : "Label unknown"))),
      make("p", { class: "meta" }, make("span", { class: "kind" }, entry[KIND]), ...meta.map((part) => ` · ${part}`)),
      ...(text ? [make("p", { class: "snippet" }, ...showText(text))] : []));
  }

  function choose(name, value) {
    state.facets.push({ name, values: [value], iri: data.values[value][1] });
    state.shown = STEP;
    show();
    document.getElementById("found").focus();
  }

  function showFacet(name, counts, total) {
    const chosen = new Set(state.facets.flatMap(({ values }) => values));
    const choices = [...counts].filter(([value]) => data.values[value][0] === name && !chosen.has(value)).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (!choices.length || (only && name === "kind") || (choices.length === 1 && choices[0][1] === total)) return [];
    const list = (part) => make("ul", {}, ...part.map(([value, count]) => {
      const button = make("button", { type: "button", class: "link" }, data.values[value][2]);
      button.addEventListener("click", () => choose(name, value));
      return make("li", {}, button, " ", make("span", { class: "number" }, count.toLocaleString("en")));
    }));
    const fold = (key, title, open, ...children) => {
      const details = make("details", opened.has(key) || open ? { open: "" } : {}, make("summary", {}, title), ...children);
      details.addEventListener("toggle", () => (details.open ? opened.add(key) : opened.delete(key)));
      return details;
    };
    const rest = choices.slice(SHOWN, 200);
    return [fold(name, make("h3", {}, TITLES[name]), !showFacet.done, list(choices.slice(0, SHOWN)), ...(rest.length ? [fold(`${name} rest`, `${rest.length} more`, false, list(rest))] : []))];
  }

  function showFilters() {
    return make("ul", { class: "filters", "aria-label": "Chosen" }, ...state.facets.map((facet) => {
      const label = facet.values.length === 1 ? data.values[facet.values[0]][2] : facet.iri.split("/").pop();
      const drop = make("button", { type: "button", class: "link", "aria-label": `Drop ${TITLES[facet.name]} ${label}` }, "×");
      drop.addEventListener("click", () => {
        state.facets = state.facets.filter((other) => other !== facet);
        show();
        document.getElementById("found").focus();
      });
      return make("li", {}, make("span", { class: "unseen" }, `${TITLES[facet.name]}: `), label, " ", drop);
    }));
  }

  function quote(text) {
    return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }

  function links(entry) {
    return entry[VALUES].map((value) => data.values[value]).filter(([facet]) => facet in PROPERTIES).map(([facet, iri]) => [PROPERTIES[facet], iri]);
  }

  // The list as data. Codes are those of a mitigation and all above them.
  const FORMATS = {
    CSV: ["csv", "text/csv", (found) => {
      // A cell that a spreadsheet would run begins with an apostrophe, as in the project's other files.
      const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? "'" : "") + text.replaceAll('"', '""')}"`;
      return [["iri", "kind", "name", "codes", "source"], ...found.map((entry) => [data.base + entry[PATH], entry[KIND], entry[NAME], entry[CODES], entry[SOURCE]])].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
    }],
    "JSON-LD": ["jsonld", "application/ld+json", (found) => JSON.stringify(found.map((entry) => {
      const node = { "@id": data.base + entry[PATH], "@type": [`${data.base}ontology#${CLASSES[entry[KIND]]}`], "http://www.w3.org/2000/01/rdf-schema#label": entry[NAME] };
      for (const [property, iri] of links(entry)) (node[`${data.base}ontology#${property === "code" ? "underCode" : property}`] ||= []).push({ "@id": iri });
      return node;
    }), null, 1)],
    Turtle: ["ttl", "text/turtle", (found) => `# ${data.notice}\n# ${location.href}\nPREFIX airm: <${data.base}ontology#>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n\n` + found.map((entry) =>
      `<${data.base}${entry[PATH]}> a airm:${CLASSES[entry[KIND]]} ;\n  rdfs:label ${quote(entry[NAME])}${links(entry).map(([property, iri]) => ` ;\n  airm:${property === "code" ? "underCode" : property} <${iri}>`).join("")} .\n`).join("\n")],
  };

  function showFormats(found) {
    return make("p", { class: "meta" }, "This list as ", ...Object.entries(FORMATS).flatMap(([label, [suffix, type, write]], number) => {
      const button = make("button", { type: "button", class: "link" }, label);
      button.addEventListener("click", () => {
        const link = make("a", { href: URL.createObjectURL(new Blob([write(found)], { type })), download: `mitigations.${suffix}` });
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      });
      return number ? [", ", button] : [button];
    }));
  }

  function writeQuery() {
    const path = (name) => (name === "original" ? "<http://www.w3.org/ns/prov#wasDerivedFrom>/airm:source" : `airm:${name === "code" ? "underCode" : PROPERTIES[name]}`);
    const object = (values) => values.map((value) => `<${data.values[value][1]}>`);
    const asked = state.facets.filter(({ name, values }) => (name in PROPERTIES || name === "original") && values.length);
    const lines = asked.map(({ name, values }, number) => (values.length === 1 ? `  ?thing ${path(name)} ${object(values)[0]} .` : `  VALUES ?value${number} { ${object(values).join(" ")} }\n  ?thing ${path(name)} ?value${number} .`));
    const words = state.q ? `\n# and the words: ${state.q.replace(/\s+/g, " ")}` : "";
    return `PREFIX airm: <${data.base}ontology#>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n\nSELECT DISTINCT ?thing ?label\nWHERE {\n  ?thing a airm:Mitigation .\n${lines.join("\n")}${lines.length ? "\n" : ""}  OPTIONAL { ?thing rdfs:label ?label }\n}\nORDER BY ?label ?thing${words}`;
  }

  function show() {
    write();
    const found = find(), shown = found.slice(0, state.shown), counts = new Map();
    for (const entry of found) for (const value of entry[VALUES]) counts.set(value, (counts.get(value) || 0) + 1);
    const heading = make("h2", { id: "found", tabindex: "-1" }, `${found.length.toLocaleString("en")} found${found.length > shown.length ? `, ${shown.length} shown` : ""}`);
    const list = make("section", { "aria-labelledby": "found", class: "found" }, heading, showFormats(found));
    if (shown.length) list.append(make("ul", { class: "hits" }, ...shown.map(showHit)));
    else list.append(make("p", {}, "Nothing has all of this. Try fewer words, or drop a choice."));
    if (found.length > shown.length) {
      const more = make("button", { type: "button" }, "Show more");
      more.addEventListener("click", () => {
        state.shown += STEP;
        show();
      });
      list.append(more);
    }
    list.append(make("details", {}, make("summary", {}, "This list as SPARQL"), make("pre", { class: "sparql", tabindex: "0" }, writeQuery())));
    const facets = make("section", { class: "facets", "aria-labelledby": "narrow" }, make("h2", { id: "narrow" }, "Narrow down"));
    let position = 0;
    for (const name of Object.keys(TITLES)) {
      showFacet.done = position > 2;
      const [facet] = showFacet(name, counts, found.length);
      if (facet) {
        facets.append(facet);
        position += 1;
      }
    }
    document.querySelector(".split").replaceChildren(list, ...(position ? [facets] : []));
    const old = document.querySelector(".filters");
    if (old) old.remove();
    if (state.facets.length) document.querySelector(".split").before(showFilters());
    document.documentElement.dataset.explorer = "ready";
  }

  async function start() {
    data = await (await airmUnpack(new URL(address, location.href))).json();
    for (const entry of data.documents) {
      entry.name = fold(`${entry[NAME]} ${entry[CODES]} ${entry[PATH].split("/").pop()}`).replace(/[^\p{L}\p{N}.]+/gu, " ");
      entry.text = fold(`${entry[DESCRIPTION]} ${entry[SOURCE]} ${entry[OTHER]}`).replace(/[^\p{L}\p{N}.]+/gu, " ");
    }
    const form = document.querySelector("form.search"), field = document.getElementById("q");
    read();
    // What was typed while the list was fetched stays.
    if (field.value !== field.defaultValue) state.q = field.value;
    else field.value = state.q;
    form.addEventListener("submit", (event) => event.preventDefault());
    field.addEventListener("input", () => {
      state.q = field.value;
      state.shown = STEP;
      show();
    });
    window.addEventListener("popstate", () => {
      read();
      field.value = state.q;
      show();
    });
    const inside = document.querySelector(".split").contains(document.activeElement);
    show();
    if (inside) document.getElementById("found").focus();
  }

  // From a disk nothing can be fetched: then the page stays as it is.
  start().catch(() => {});
})();
