// The map and the list beside it: one selection, keys, zoom. Without a script both are links.
const ZOOM_MAX = 10, STEP = 1.5;
const editing = (target) => target.closest?.("input, select, textarea, [contenteditable], dialog");

// ── Map ──────────────────────────────────────────────────────────────────────
class CityMap {
  constructor(pane) {
    this.pane = pane;
    this.pointers = new Map();
    this.read();
    const tools = pane.querySelector("[data-map-tools]");
    if (tools) {
      tools.hidden = false;
      tools.addEventListener("click", (event) => this.press(event.target.closest("[data-zoom]")?.dataset.zoom));
    }
    pane.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    pane.addEventListener("keydown", (event) => this.key(event));
    pane.addEventListener("pointerdown", (event) => this.down(event));
    pane.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) pane.addEventListener(name, (event) => this.up(event));
    // A drag that began on a mark must not open it.
    pane.addEventListener("click", (event) => { if (this.dragged) { event.preventDefault(); event.stopPropagation(); } }, true);
    document.addEventListener("cityloop:refreshed", (event) => { if (event.target.contains(pane) || pane.contains(event.target)) { this.read(); } });
    new ResizeObserver(() => this.draw()).observe(pane);
  }
  read() {
    this.svg = this.pane.querySelector("svg.map[data-home]");
    if (!this.svg) return;
    if (!this.svg.hasAttribute("tabindex")) this.svg.setAttribute("tabindex", "0");
    const [x, y, w, h] = this.svg.dataset.home.split(" ").map(Number);
    this.home = { x, y, w, h };
    this.view ??= { ...this.home };
    this.draw();
  }
  get zoom() { return this.home.w / this.view.w; }
  get unitsPerPx() {
    const box = this.svg.getBoundingClientRect();
    return Math.max(this.view.w / (box.width || 1), this.view.h / (box.height || 1));
  }
  draw() {
    if (!this.svg || this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const { x, y, w, h } = this.view, zoomed = this.zoom > 1.001;
      if (zoomed) this.svg.dataset.zoomed = "1"; else delete this.svg.dataset.zoomed;
      this.svg.setAttribute("viewBox", `${x} ${y} ${w} ${h}`);
      const scale = Math.min(1.5, this.unitsPerPx);
      this.svg.style.setProperty("--k", scale.toFixed(3));
      for (const mark of this.svg.querySelectorAll("[data-x]")) {
        mark.setAttribute("transform", `translate(${mark.dataset.x} ${mark.dataset.y}) scale(${scale.toFixed(3)})`);
      }
      for (const cluster of this.svg.querySelectorAll(".cluster")) {
        const open = this.zoom >= Number(cluster.dataset.split);
        cluster.querySelector(".kids").setAttribute("display", open ? "inline" : "none");
        cluster.querySelector(".sum").setAttribute("display", open ? "none" : "inline");
      }
    });
  }
  place(clientX, clientY) {
    const matrix = this.svg.getScreenCTM();
    return matrix ? new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse()) : { x: 0, y: 0 };
  }
  scaleBy(factor, around) {
    const zoom = Math.min(ZOOM_MAX, Math.max(1, this.zoom * factor)), w = this.home.w / zoom, h = this.home.h / zoom;
    const at = around || { x: this.view.x + this.view.w / 2, y: this.view.y + this.view.h / 2 };
    const share = { x: (at.x - this.view.x) / this.view.w, y: (at.y - this.view.y) / this.view.h };
    this.view = { x: at.x - share.x * w, y: at.y - share.y * h, w, h };
    this.keepInside();
  }
  keepInside() {
    const { view, home } = this;
    view.x = Math.min(home.x + home.w - view.w / 2, Math.max(home.x - view.w / 2, view.x));
    view.y = Math.min(home.y + home.h - view.h / 2, Math.max(home.y - view.h / 2, view.y));
    if (this.zoom <= 1.001) this.view = { ...home };
    this.draw();
  }
  shift(dx, dy) { this.view.x += dx; this.view.y += dy; this.keepInside(); }
  press(what) {
    if (what === "in") this.scaleBy(STEP);
    if (what === "out") this.scaleBy(1 / STEP);
    if (what === "home") { this.view = { ...this.home }; this.draw(); }
  }
  wheel(event) {
    if (!this.svg || !event.target.closest("svg.map")) return;
    event.preventDefault();
    this.scaleBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), this.place(event.clientX, event.clientY));
  }
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.closest("svg.map, [data-map-tools]")) return;
    const step = this.view.w / 8;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const presses = { "+": "in", "=": "in", "-": "out", "0": "home" };
    if (moves[event.key]) this.shift(...moves[event.key]);
    else if (presses[event.key]) this.press(presses[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  down(event) {
    if (!this.svg || event.button || !event.target.closest("svg.map")) return;
    this.pointers.set(event.pointerId, event);
    this.dragged = false;
  }
  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const others = [...this.pointers.values()].filter((pointer) => pointer.pointerId !== event.pointerId);
    if (others.length) {
      const was = Math.hypot(before.clientX - others[0].clientX, before.clientY - others[0].clientY);
      const now = Math.hypot(event.clientX - others[0].clientX, event.clientY - others[0].clientY);
      const middle = this.place((event.clientX + others[0].clientX) / 2, (event.clientY + others[0].clientY) / 2);
      if (was > 0) this.scaleBy(now / was, middle);
      this.dragged = true;
    } else {
      const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
      if (!this.dragged && Math.hypot(dx, dy) < 5) return;
      this.dragged = true;
      this.svg.classList.add("panning");
      this.shift(-dx * this.unitsPerPx, -dy * this.unitsPerPx);
    }
    this.pointers.set(event.pointerId, event);
  }
  up(event) {
    this.pointers.delete(event.pointerId);
    this.svg?.classList.remove("panning");
    if (!this.pointers.size) setTimeout(() => { this.dragged = false; });
  }
  show(id) {
    const mark = this.svg?.querySelector(`.marker[data-id="${CSS.escape(id)}"]`);
    if (!mark || this.zoom <= 1.001) return;
    const x = Number(mark.dataset.x), y = Number(mark.dataset.y), { view } = this;
    if (x < view.x || x > view.x + view.w || y < view.y || y > view.y + view.h) this.shift(x - view.x - view.w / 2, y - view.y - view.h / 2);
  }
}
// On a small screen the legend would hide the map.
if (innerWidth < 768) for (const legend of document.querySelectorAll("[data-map] details.over")) legend.open = false;

const maps = [...document.querySelectorAll("[data-map]")].map((pane) => new CityMap(pane));

// ── Selection: one for the map and the list ──────────────────────────────────
const list = () => document.querySelector("[data-list]");
const items = () => [...(list()?.querySelectorAll("[data-id]") || [])];
const current = () => items().find((item) => item.getAttribute("aria-current"));

function mark(id) {
  for (const element of document.querySelectorAll("[data-list] [data-id], .marker[data-id]")) {
    if (element.dataset.id === id) element.setAttribute("aria-current", "true"); else element.removeAttribute("aria-current");
  }
}
document.addEventListener("cityloop:refreshed", () => {
  const chosen = new URL(location.href).searchParams.get("selected");
  if (chosen && items().some((item) => item.dataset.id === chosen)) mark(chosen);
});

function select(id, { focus = false } = {}) {
  mark(id);
  const url = new URL(location.href);
  url.searchParams.set("selected", id);
  history.replaceState(history.state, "", url);
  const item = items().find((one) => one.dataset.id === id);
  item?.scrollIntoView({ block: "nearest" });
  if (focus) item?.querySelector("a")?.focus({ preventScroll: true });
  maps.forEach((map) => map.show(id));
  const ask = (element, address = "") =>
    document.dispatchEvent(new CustomEvent("cityloop:refresh", { detail: { element, url: address } }));
  for (const panel of document.querySelectorAll("[data-panel-src]")) {
    if (panel.id) ask(panel, panel.dataset.panelSrc.replace("{id}", encodeURIComponent(id)));
  }
  for (const map of maps) { const part = map.pane.closest("[data-live]"); if (part?.id) ask(part); }
  document.dispatchEvent(new CustomEvent("cityloop:select", { detail: { id } }));
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const chosen = event.target.closest?.("[data-map] .marker, [data-map] .sum, a[data-select]");
  if (chosen && (list() || document.querySelector("[data-panel-src]"))) {
    const { dataset } = chosen, id = dataset.id || dataset.first || dataset.select;
    event.preventDefault();
    const map = chosen.classList.contains("sum") && maps.find((one) => one.pane.contains(chosen));
    if (map) map.scaleBy(Math.max(STEP, Number(chosen.parentNode.dataset.split) / map.zoom), { x: +dataset.x, y: +dataset.y });
    else select(id);
    return;
  }
  const item = event.target.closest?.("[data-list] [data-id]");
  if (item && !event.target.closest("a, button, input, label, summary")) select(item.dataset.id);
});

// ── Keys ─────────────────────────────────────────────────────────────────────
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || editing(event.target)) return;
  const help = document.getElementById("keys-dialog");
  if (event.key === "?" && help && (list() || maps.length)) { event.preventDefault(); help.showModal(); return; }
  if (event.key === "/") {
    const search = document.querySelector("main input[type=search], form input[type=search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
    return;
  }
  if (!list()) return;
  const inList = event.target === document.body || list().contains(event.target);
  const step = { j: 1, k: -1, ...(inList ? { ArrowDown: 1, ArrowUp: -1 } : {}) }[event.key];
  if (step) {
    const all = items(), at = all.indexOf(current());
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    if (next) { event.preventDefault(); select(next.dataset.id, { focus: true }); }
  } else if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
    current()?.querySelector("a")?.click();
  } else if (["+", "=", "-", "0"].includes(event.key)) {
    maps[0]?.press({ "+": "in", "=": "in", "-": "out", 0: "home" }[event.key]);
  }
});
