// Shows one thing with its neighbours, as a list and as a picture; the address holds which. Places come from the build.
"use strict";

(function () {
  const { graph: address, pages, library } = document.currentScript.dataset;
  const [PATH, KIND, NAME, X, Y] = [0, 1, 2, 3, 4];
  const MOST = 120, OFFERED = 50, FEW = 10, BEHIND = 12;
  const UNNAMED = { mitigation: "Mitigation without a known name" };
  let data = null, neighbours = null, numbers = null, picture = null, drawing = null;

  // Nothing of the data becomes markup: all of it is text of elements.
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const find = (id) => document.getElementById(id);
  const name = (number) => data.nodes[number][NAME] || UNNAMED[data.nodes[number][KIND]] || data.nodes[number][PATH];
  const colour = (variable) => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();

  function read(found) {
    data = found;
    numbers = new Map(data.nodes.map(([path], number) => [path, number]));
    neighbours = data.nodes.map(() => []);
    for (const [start, end, relation] of data.edges) {
      neighbours[start].push([data.relations[relation][0], end]);
      neighbours[end].push([data.relations[relation][1], start]);
    }
  }

  function choose(number, { focus = true, keep = true } = {}) {
    if (keep) history.pushState(null, "", `?thing=${encodeURIComponent(data.nodes[number][PATH])}`);
    find("thing").value = name(number);
    list(number, focus);
    draw(number);
  }

  function list(number, focus) {
    const groups = new Map();
    for (const [title, other] of neighbours[number]) groups.set(title, [...(groups.get(title) || []), other]);
    const heading = make("h2", { id: "list", tabindex: "-1" }, name(number));
    const page = make("p", {}, make("a", { href: pages.replace("{}", () => data.nodes[number][PATH]) }, "Its page"), ` · ${data.nodes[number][KIND]} · ${neighbours[number].length.toLocaleString("en")} connections`);
    const sections = [...groups].map(([title, others], position) => {
      const items = others.sort((a, b) => (name(a) < name(b) ? -1 : 1)).map((other) => {
        const button = make("button", { type: "button", class: "link" }, name(other));
        button.addEventListener("click", () => choose(other));
        return make("li", {}, button, " ", make("a", { href: pages.replace("{}", () => data.nodes[other][PATH]), class: "meta", "aria-label": `Page of ${name(other)}` }, "page"));
      });
      return make("details", position < 6 || others.length < 30 ? { open: "" } : {}, make("summary", {}, `${title} (${others.length.toLocaleString("en")})`), make("ul", { class: "plain" }, ...items));
    });
    for (const [other, behind] of findBehind(number)) {
      const button = make("button", { type: "button", class: "link" }, name(other));
      button.addEventListener("click", () => choose(other));
      sections.push(make("p", { class: "meta" }, "Beside it, connected to ", button, `: ${behind.map(name).join("; ")}${neighbours[other].length - 1 > behind.length ? " and others" : ""}`));
    }
    find("neighbours").replaceChildren(heading, page, ...(sections.length ? sections : [make("p", {}, "It is connected to nothing in this data.")]));
    find("neighbours").hidden = false;
    find("neighbourhood-status").textContent = neighbours[number].length > MOST ? `The picture shows the first ${MOST} of ${neighbours[number].length.toLocaleString("en")} connections; the list has all.` : "";
    if (focus) heading.focus();
  }

  // What is behind codes and things above, where little is right beside: the first of it.
  function findBehind(number) {
    if (neighbours[number].length > FEW) return new Map();
    const seen = new Set([number, ...neighbours[number].map(([, other]) => other)]), found = new Map();
    for (const [, other] of neighbours[number]) {
      if (data.nodes[other][KIND] !== "code" && data.nodes[other][KIND] !== "mitigation") continue;
      const behind = neighbours[other].map(([, one]) => one).filter((one) => !seen.has(one) && seen.add(one)).slice(0, BEHIND);
      if (behind.length) found.set(other, behind);
    }
    return found;
  }

  // Around the middle, in the directions of the places that the build found, spread so that none hides another.
  function arrange(number, shown, behind) {
    const [, , , x, y] = data.nodes[number];
    const angle = (other) => Math.atan2(data.nodes[other][Y] - y, data.nodes[other][X] - x);
    const ordered = [...shown].sort((a, b) => angle(a) - angle(b) || a - b), rings = Math.ceil(ordered.length / 18), width = shape();
    const at = (turn, radius) => ({ x: width * radius * Math.cos(turn), y: radius * Math.sin(turn) });
    const places = new Map(ordered.map((other, position) => [other, at((2 * Math.PI * position) / ordered.length, 240 + 150 * (position % rings))]));
    for (const [other, ones] of behind) {
      const middle = (2 * Math.PI * ordered.indexOf(other)) / ordered.length, spread = Math.min(Math.PI, 5 / ordered.length);
      ones.forEach((one, position) => places.set(one, at(middle + spread * ((position + 0.5) / ones.length - 0.5), 460 + 130 * (position % 2))));
    }
    return places;
  }

  const shape = () => Math.min(1.6, Math.max(0.6, find("canvas").clientWidth / (find("canvas").clientHeight || 1)));

  function load() {
    picture ||= new Promise((done, fail) => {
      // With this in the page the library writes no style into it, which the policy of a server refuses; site.css has that style.
      document.head.append(make("meta", { id: "__________cytoscape_stylesheet" }));
      const script = make("script", { src: library });
      script.onload = done;
      script.onerror = () => fail(new Error("the library of pictures cannot be fetched"));
      document.head.append(script);
    });
    return picture;
  }

  function style() {
    const text = { color: colour("--text"), "text-outline-color": colour("--ground"), "text-outline-width": 2, "font-size": 14, "text-wrap": "wrap", "text-max-width": 150, "text-valign": "bottom", "text-margin-y": 4 };
    // Kinds differ in shape as well as in shade, so that the picture reads without colours.
    const shapes = { mitigation: "ellipse", code: "diamond", source: "rectangle", actor: "triangle", lifecycle: "hexagon", function: "star" };
    return [
      { selector: "node", style: { label: "data(name)", width: 18, height: 18, "background-color": colour("--link"), ...text } },
      ...Object.entries(shapes).map(([kind, shape]) => ({ selector: `node.${kind}`, style: { shape } })),
      { selector: "node.middle", style: { width: 34, height: 34, "background-color": colour("--focus"), "font-weight": "bold", "font-size": 17 } },
      { selector: "edge", style: { width: 1.5, "line-color": colour("--soft"), "curve-style": "straight" } },
    ];
  }

  async function draw(number) {
    if (!library) return;
    await load();
    find("picture").hidden = false;
    const shown = new Set(neighbours[number].slice(0, MOST).map(([, other]) => other)), behind = findBehind(number), places = arrange(number, shown, behind);
    const nodes = [number, ...places.keys()].map((one) => ({ data: { id: String(one), name: name(one) }, classes: one === number ? `middle ${data.nodes[one][KIND]}` : data.nodes[one][KIND], position: places.get(one) || { x: 0, y: 0 } }));
    const edges = [[number, [...shown]], ...behind].flatMap(([one, others]) => others.map((other) => ({ data: { source: String(one), target: String(other) } })));
    if (drawing) drawing.destroy();
    drawing = window.cytoscape({ container: find("canvas"), elements: { nodes, edges }, layout: { name: "preset", fit: true, padding: 40 }, style: style(), autoungrabify: true, minZoom: 0.1, maxZoom: 4 });
    drawing.on("tap", "node", (event) => choose(Number(event.target.id()), { focus: false }));
    document.documentElement.dataset.neighbourhood = String(number);
  }

  function press(event) {
    const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (!drawing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) drawing.panBy({ x: moves[event.key][0], y: moves[event.key][1] });
    else if (event.key === "+" || event.key === "=") drawing.zoom({ level: drawing.zoom() * 1.25, renderedPosition: { x: drawing.width() / 2, y: drawing.height() / 2 } });
    else if (event.key === "-") drawing.zoom({ level: drawing.zoom() / 1.25, renderedPosition: { x: drawing.width() / 2, y: drawing.height() / 2 } });
    else if (event.key === "0") drawing.fit(undefined, 40);
    else return;
    event.preventDefault();
  }

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  function offer(folded) {
    const wanted = fold(find("thing").value), options = [];
    if (wanted) for (let number = 0; number < folded.length && options.length < OFFERED; number += 1) if (folded[number].includes(wanted)) options.push(make("option", { value: name(number) }));
    find("things").replaceChildren(...options);
  }

  function show({ focus = false } = {}) {
    const wanted = new URLSearchParams(location.search).get("thing") || "";
    const number = numbers.has(wanted) ? numbers.get(wanted) : data.nodes.findIndex(([, kind], one) => kind === "code" && neighbours[one].length);
    if (number >= 0) choose(number, { focus, keep: false });
    else find("neighbourhood-status").textContent = "There is nothing here in this data.";
  }

  async function start() {
    read(await (await airmUnpack(new URL(address, location.href))).json());
    const folded = data.nodes.map((_, number) => fold(name(number)));
    find("thing").addEventListener("input", () => offer(folded));
    find("thing").addEventListener("change", () => {
      const number = folded.indexOf(fold(find("thing").value));
      if (number >= 0) choose(number);
    });
    find("canvas").addEventListener("keydown", press);
    window.addEventListener("popstate", () => show());
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawing && drawing.style(style()));
    show();
  }

  // From a disk nothing can be fetched: then the page stays as it is.
  start().catch(() => {});
})();
