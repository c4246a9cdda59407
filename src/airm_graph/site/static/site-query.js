// Answers a query of the library in this browser, with the arguments of its form; without any, the page has the answer already.
"use strict";

(function () {
  const { query: described, home, base } = document.currentScript.dataset;
  const query = JSON.parse(described);
  const FOLDERS = { edition: "taxonomy/", mitigation: "mitigation/", source: "source/" };
  const IRI = /^https?:\/\/[^\s<>"{}|\\^`\u0000-\u0020]+$/, SLUG = /^[0-9A-Za-z_~-][0-9A-Za-z._~\/-]*$/;

  const quote = (text) => `"${text.replace(/["\\\n\r\t\b\f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;

  function makeTerm({ kind, scheme, allowed }, value) {
    if (kind === "integer") return /^[+-]?\d{1,18}$/.test(value) ? `"${value}"^^<http://www.w3.org/2001/XMLSchema#integer>` : null;
    if (kind === "notation") return /^\d{1,3}(\.\d{1,3}){0,4}$/.test(value) ? `"${value}"` : null;
    if (kind === "text") return value.length <= 2000 ? quote(value) : null;
    if (kind === "choice") return allowed.includes(value) ? quote(value) : null;
    if (IRI.test(value)) return `<${value}>`;
    const folder = kind === "concept" ? `${scheme}/` : FOLDERS[kind] || "";
    return SLUG.test(value) && kind !== "iri" ? `<${base}${folder}${value.startsWith(folder) ? value.slice(folder.length) : value}>` : null;
  }

  // One pass over the text: nothing that an argument brings is looked at again.
  function bind(given) {
    return query.text.replaceAll("https://w3id.org/airm-graph/", () => base).replace(/^[ \t]*VALUES \?(\w+) \{ UNDEF \}\n/gm, (line, name) => {
      const parameter = query.parameters.find((one) => one.name === name);
      const value = given.get(name) || (parameter && parameter.default) || "";
      if (!parameter || !value) return "";
      const term = makeTerm(parameter, value);
      if (term === null) throw new Error(`${name} cannot be ${value.slice(0, 80)}`);
      return line.replace("UNDEF", () => term);
    });
  }

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function showTerm(term, labels) {
    if (!term) return "";
    if (term.type !== "uri") return make("span", term["xml:lang"] ? { lang: term["xml:lang"] } : {}, term.value);
    const path = term.value.startsWith(base) ? term.value.slice(base.length) : null;
    const href = path === null ? (/^https?:/.test(term.value) ? term.value : "") : SLUG.test(path.split("#")[0]) ? `${home}${path.replace(/(#|$)/, "/index.html$1")}` : "";
    const text = path === null ? term.value : path;
    return href ? make("a", { href, ...(path === null ? { rel: "noopener noreferrer nofollow" } : {}) }, text) : text;
  }

  function save(label, suffix, type, write) {
    const button = make("button", { type: "button", class: "link" }, label);
    button.addEventListener("click", () => {
      const link = make("a", { href: URL.createObjectURL(new Blob([write()], { type })), download: `${query.name}.${suffix}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    return button;
  }

  function show(body) {
    const { head, results } = JSON.parse(body), columns = head.vars, rows = results.bindings, shown = rows.slice(0, 200);
    const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? "'" : "") + text.replaceAll('"', '""')}"`;
    const csv = () => [columns, ...rows.map((row) => columns.map((name) => (row[name] ? row[name].value : "")))].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
    const section = make("section", { "aria-labelledby": "rows", id: "answer" },
      make("h2", { id: "rows", tabindex: "-1" }, `${rows.length.toLocaleString("en")} row${rows.length === 1 ? "" : "s"}`),
      make("p", {}, "Download: ", save("CSV", "csv", "text/csv", csv), ", ", save("JSON", "json", "application/sparql-results+json", () => body)));
    if (shown.length < rows.length) section.append(make("p", {}, `The first ${shown.length} are shown; the files have all.`));
    if (rows.length) section.append(make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of results" }, make("table", {},
      make("thead", {}, make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, ...shown.map((row) => make("tr", {}, ...columns.map((name) => make("td", {}, showTerm(row[name])))))))));
    place(section);
  }

  function place(section) {
    const old = document.getElementById("answer");
    if (old) old.replaceWith(section);
    else document.getElementById("behind").parentElement.before(section);
  }

  async function answer(given) {
    try {
      const text = bind(given);
      document.querySelector("pre.sparql").textContent = text;
      show((await window.airmSparql.run(text)).body);
    } catch (error) {
      if (error.name !== "AbortError") place(make("section", { id: "answer" }, make("p", { class: "error", role: "alert" }, error.message)));
    }
  }

  const form = document.querySelector("form.fields"), given = new URLSearchParams(location.search);
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const filled = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", `?${filled}`);
    answer(filled);
  });
  if ([...given].length) {
    for (const [name, value] of given) if (form.elements[name]) form.elements[name].value = value;
    answer(given);
  }
})();
