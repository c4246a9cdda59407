// Starts the editor on its page. It asks this server only: no proxy, no foreign prefixes or terms, no sharing service.
"use strict";

(function () {
  const place = document.getElementById("yasgui");
  const endpoint = new URL(place.dataset.endpoint, location.href).href;
  const { Yasqe } = Yasgui;
  Yasqe.defaults.prefixCcApi = new URL(place.dataset.prefixes, location.href).href;
  Yasqe.defaults.autocompleters = ["prefixes", "variables"];
  Yasqe.defaults.collapsePrefixesOnLoad = false;
  // A site has its queries in the address; a server's editor keeps none.
  const shared = place.dataset.shared === "yes";
  const linked = shared && location.hash.startsWith("#query=") ? new URLSearchParams(location.hash.slice(1)).get("query") : "";
  Yasqe.defaults.createShareableLink = shared ? (yasqe) => ({ query: yasqe.getValue() }) : null;
  Yasqe.defaults.viewportMargin = Infinity;
  Yasqe.defaults.value = place.dataset.query;
  Yasgui.defaults.yasqe.value = place.dataset.query;

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
  if (tab) tab.setQuery(linked || place.dataset.query);
  nameAll();
  new MutationObserver(nameAll).observe(place, { childList: true, subtree: true });
  place.dataset.ready = "yes";

  // Escape leaves the editor, so that Tab moves on instead of writing a tab.
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest(".CodeMirror")) {
      const next = place.querySelector(".yasqe_queryButton");
      if (next) next.focus();
    }
  });
})();
