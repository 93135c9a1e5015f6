// Live pages: hear what kinds of things changed, fetch the page again, and mend only the elements that show such things.
import { ageText, setCityNow, tick } from "./clock.js";
import { morph } from "./morph.js";

const FETCH_GAP_MS = 500, RETRY_MS = [1000, 2000, 5000, 10000, 30000];
const state = document.querySelector("[data-live-state]");
const due = new Set();
let busy = false, lastFetch = 0, timer = 0, tries = 0, source = null, lastAt = "";

const live = () => [...document.querySelectorAll("[data-live]")].filter((element) => element.id);
const concerns = (element, kinds) => {
  const wanted = element.dataset.live.split(/[\s,]+/).filter(Boolean);
  return kinds.some((kind) => wanted.some((want) => kind === want || kind.startsWith(`${want}.`)));
};
const address = (element) => new URL(element.dataset.liveSrc || location.href, location.href).href;

function showState(on) {
  if (!state) return;
  state.hidden = false;
  state.classList.toggle("off", !on);
  state.textContent = on ? state.dataset.on : state.dataset.off;
  if (!lastAt) return;
  const age = document.createElement("time");
  age.className = "muted";
  age.dateTime = lastAt;
  age.dataset.age = "";
  age.textContent = ageText(lastAt);
  state.append(" ", age);
}

// A reader who marks text in an element is not disturbed; it is mended when the mark is gone.
const marked = (element) => {
  const selection = getSelection();
  return selection && !selection.isCollapsed && element.contains(selection.anchorNode);
};

function schedule() {
  if (busy || timer || !due.size || document.hidden) return;
  timer = setTimeout(run, Math.max(0, lastFetch + FETCH_GAP_MS - performance.now()));
}

async function run() {
  timer = 0;
  const ready = [...due].filter((element) => element.isConnected && !marked(element));
  for (const element of [...due]) if (!element.isConnected) due.delete(element);
  if (!ready.length) { if (due.size) setTimeout(schedule, 1000); return; }
  const url = address(ready[0]), group = ready.filter((element) => address(element) === url);
  group.forEach((element) => due.delete(element));
  busy = true;
  lastFetch = performance.now();
  try { await refetch(url, group); } catch { showState(false); } finally { busy = false; schedule(); }
}

async function refetch(url, elements) {
  const answer = await fetch(url, {
    headers: { "X-Fragment": elements.map((element) => element.id).join(","), Accept: "text/html" },
    credentials: "same-origin", signal: AbortSignal.timeout(15000),
  });
  if (!answer.ok || answer.redirected) throw new Error(`refresh answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.documentElement.dataset.now) setCityNow(page.documentElement.dataset.now);
  for (const element of elements) {
    const found = page.getElementById(element.id);
    if (!found) continue;
    morph(element, found);
    element.dispatchEvent(new CustomEvent("cityloop:refreshed", { bubbles: true }));
  }
  tick();
}

/** Fetch an element anew, from its own address or another. */
export function refresh(element, url = "") {
  if (url) element.dataset.liveSrc = url;
  due.add(element);
  schedule();
}
document.addEventListener("cityloop:refresh", (event) => refresh(event.detail.element, event.detail.url));

function connect() {
  source = new EventSource("/events");
  source.onopen = () => {
    if (tries) live().forEach((element) => due.add(element)); // what was missed meanwhile
    tries = 0;
    showState(true);
    schedule();
  };
  source.onmessage = (event) => {
    let said;
    try { said = JSON.parse(event.data); } catch { return; }
    lastAt = said.at || lastAt;
    showState(true);
    for (const element of live()) if (concerns(element, said.kinds || [])) due.add(element);
    schedule();
  };
  source.onerror = () => {
    showState(false);
    source.close();
    setTimeout(connect, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] * (0.75 + Math.random() / 2));
    tries += 1;
  };
}

if (live().length) {
  connect();
  document.addEventListener("visibilitychange", schedule);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  for (const element of live()) {
    const every = Number(element.dataset.liveEvery);
    if (every) setInterval(() => { due.add(element); schedule(); }, Math.max(2, every) * 1000);
  }
}
