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

  const MOST_SHOWN = 200;

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // A term as it stands in TSV: what is not bound is empty, numbers and blank nodes are as they are.
  function readTerm(text) {
    if (text.startsWith("<")) return { value: text.slice(1, -1), isIri: true };
    if (!text.startsWith('"')) return { value: text };
    const end = text.lastIndexOf('"');
    const value = text.slice(1, end).replace(/\\(.)/g, (_, char) => ({ t: "\t", n: "\n", r: "\r" })[char] || char);
    return { value, language: text[end + 1] === "@" ? text.slice(end + 2) : "" };
  }

  function showTerm({ value, isIri, language }) {
    if (!isIri) return value ? make("span", language ? { lang: language } : {}, value) : "";
    const path = value.startsWith(base) ? value.slice(base.length) : null;
    const href = path === null ? (/^https?:/.test(value) ? value : "") : SLUG.test(path.split("#")[0]) ? `${home}${path.replace(/(#|$)/, "/index.html$1")}` : "";
    const text = path === null ? value : path;
    return href ? make("a", { href, ...(path === null ? { rel: "noopener noreferrer nofollow" } : {}) }, text) : text;
  }

  function save(label, suffix, type, write) {
    const button = make("button", { type: "button", class: "link" }, label);
    button.addEventListener("click", async () => {
      const link = make("a", { href: URL.createObjectURL(new Blob([await write()], { type })), download: `${query.name}.${suffix}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    return button;
  }

  // Rows come as one text of lines, of which only those that are shown are taken apart.
  function findEnd(body, rows) {
    let end = body.indexOf("\n");
    for (let row = 0; row < rows && end >= 0; row += 1) end = body.indexOf("\n", end + 1);
    return end < 0 ? body.length : end;
  }

  const readRows = (text) => text.split("\n").slice(1).map((line) => line.split("\t").map(readTerm));

  function writeCsv(body, columns) {
    const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? "'" : "") + text.replaceAll('"', '""')}"`;
    return [columns, ...readRows(body.slice(0, -1)).map((row) => row.map(({ value }) => value))].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  function show(asked, body) {
    const columns = body.slice(0, findEnd(body, 0)).split("\t").map((name) => name.slice(1));
    const count = body.split("\n").length - 2, rows = count ? readRows(body.slice(0, findEnd(body, Math.min(count, MOST_SHOWN)))) : [];
    const section = make("section", { "aria-labelledby": "rows", id: "answer" },
      make("h2", { id: "rows", tabindex: "-1" }, `${count.toLocaleString("en")} row${count === 1 ? "" : "s"}`),
      make("p", {}, "Download: ",
        save("CSV", "csv", "text/csv", () => writeCsv(body, columns)), ", ",
        save("TSV", "tsv", "text/tab-separated-values", () => body), ", ",
        save("JSON", "json", "application/sparql-results+json", async () => (await window.airmSparql.run(asked)).body)));
    if (rows.length < count) section.append(make("p", {}, `The first ${rows.length} are shown; the files have all.`));
    if (rows.length) section.append(make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of results" }, make("table", {},
      make("thead", {}, make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((term) => make("td", {}, showTerm(term)))))))));
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
      show(text, (await window.airmSparql.run(text, { form: "tsv" })).body);
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
