// Starts the editor on its page. It asks this page's own server only: no proxy, no foreign prefixes or terms, no sharing service.
"use strict";

window.airmEditor = (function () {
  const place = document.getElementById("yasgui");
  const resolve = (path) => new URL(path, location.href).href;
  // A site's page has a plain field until somebody enters it, for the editor is large; a server's has the editor at once.
  const plain = document.getElementById("plain"), field = document.getElementById("text");
  let files = null, loading = null, editor = null, isComposing = false;

  // What the editor draws without a name gets one, for those who hear the page; a box that scrolls has to be reached by keyboard.
  const NAMES = [
    [".yasqe .CodeMirror textarea", "SPARQL query; Escape, then Tab, leaves it"],
    [".yasr .CodeMirror textarea", "Answer as it was sent"],
    [".yasr input.tableFilter", "Filter results"],
    [".yasr select.tableSizer", "Rows on a page"],
    [".yasr th.dt-type-numeric:first-child", "Row"],
  ];

  function nameAll() {
    for (const [selector, name] of NAMES) {
      for (const element of place.querySelectorAll(selector)) {
        if (!element.hasAttribute("aria-label")) element.setAttribute("aria-label", name);
      }
    }
    for (const box of place.querySelectorAll(".yasr .CodeMirror-scroll")) box.tabIndex = 0;
  }

  function start(text) {
    const endpoint = resolve(place.dataset.endpoint);
    const { Yasqe } = Yasgui;
    Yasqe.defaults.prefixCcApi = resolve(place.dataset.prefixes);
    Yasqe.defaults.autocompleters = ["prefixes", "variables"];
    Yasqe.defaults.collapsePrefixesOnLoad = false;
    // A site has its queries in the address; a server's editor keeps none.
    Yasqe.defaults.createShareableLink = place.dataset.shared === "yes" ? (yasqe) => ({ query: yasqe.getValue() }) : null;
    Yasqe.defaults.viewportMargin = Infinity;
    Yasqe.defaults.value = Yasgui.defaults.yasqe.value = text;
    const yasgui = new Yasgui(place, {
      requestConfig: { endpoint: endpoint, method: "POST", acceptHeaderGraph: "text/turtle", acceptHeaderSelect: "application/sparql-results+json" },
      copyEndpointOnNewTab: true,
      corsProxy: undefined,
      endpointCatalogueOptions: { getData: () => [{ endpoint: endpoint }], keys: [] },
      persistenceId: null,
      populateFromUrl: false,
      tabName: "Query",
    });
    const tab = yasgui.getTab();
    if (tab) tab.setQuery(text);
    nameAll();
    new MutationObserver(nameAll).observe(place, { childList: true, subtree: true });
    // Escape leaves the editor, so that Tab moves on instead of writing a tab.
    place.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.target.closest(".CodeMirror")) {
        const next = place.querySelector(".yasqe_queryButton");
        if (next) next.focus();
      }
    });
    editor = place.querySelector(".yasqe .CodeMirror").CodeMirror;
    place.dataset.ready = "yes";
  }

  function fetchFiles() {
    const read = async (address) => (await airmUnpack(resolve(address))).text();
    files ||= Promise.all([read(place.dataset.style), read(place.dataset.script)]);
    files.catch(() => (files = null));
    return files;
  }

  // Puts the editor in the place of the field, with what was typed in the meantime, the caret and the focus.
  async function replace() {
    const [style, script] = await fetchFiles();
    if (isComposing) await new Promise((done) => field.addEventListener("compositionend", () => setTimeout(done), { once: true }));
    const add = (before, tag, text) => before(Object.assign(document.createElement(tag), { textContent: text }));
    const ours = document.getElementById("editor-style"), { value, selectionStart, selectionEnd } = field, focused = document.activeElement;
    add((element) => ours.before(element), "style", style);
    add((element) => document.head.append(element), "script", script);
    start(value);
    plain.remove();
    editor.refresh();
    editor.setSelection(editor.posFromIndex(selectionStart), editor.posFromIndex(selectionEnd));
    if (focused === field) editor.focus();
    else if (plain.contains(focused)) place.querySelector(".yasqe_queryButton").focus();
  }

  function load() {
    loading ||= replace().catch((error) => {
      loading = null;
      const said = place.querySelector(".error") || Object.assign(document.createElement("p"), { className: "error" });
      said.setAttribute("role", "alert");
      said.textContent = `The editor cannot be loaded: ${error.message}`;
      plain.append(said);
      throw error;
    });
    return loading;
  }

  const run = () => load().then(() => place.querySelector(".yasqe_queryButton").click(), () => {});

  function watch() {
    if (location.hash.startsWith("#query=")) field.value = new URLSearchParams(location.hash.slice(1)).get("query");
    field.addEventListener("focus", () => load().catch(() => {}));
    field.addEventListener("compositionstart", () => (isComposing = true));
    field.addEventListener("compositionend", () => (isComposing = false));
    field.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && run());
    plain.querySelector("button").addEventListener("click", run);
    if (document.activeElement === field) load().catch(() => {});
  }

  if (plain) watch();
  else start(place.dataset.query);
  return { fetchFiles, setText: (text) => (editor ? editor.setValue(text) : (field.value = text)) };
})();
