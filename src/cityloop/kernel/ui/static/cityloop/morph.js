// Make one element look like another while keeping the nodes that stand: focus, scroll, selection and typed text stay.

// What the reader or another script has set; the server's answer must not undo it.
const mine = (element, name) =>
  (name === "open" && (element.localName === "details" || element.localName === "dialog")) ||
  (name === "viewBox" && element.dataset.zoomed) || name === "data-zoomed" || name === "style" ||
  (name === "hidden" && "mapTools" in element.dataset) || name === "data-held" || name === "aria-disabled" && element.dataset.held;

const attributes = (from, to) => {
  for (const { name, value } of to.attributes) {
    if (!mine(from, name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && !mine(from, name)) from.removeAttribute(name);
};

const key = (node) => node.nodeType === 1 && (node.id || node.dataset?.id || "");
const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && key(a) === key(b);

const children = (from, to) => {
  const keyed = new Map([...from.childNodes].filter(key).map((node) => [`${node.nodeName} ${key(node)}`, node]));
  let here = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const known = key(wanted) ? keyed.get(`${wanted.nodeName} ${key(wanted)}`) : null;
    if (known) {
      if (known === here) here = here.nextSibling; else from.insertBefore(known, here);
      morph(known, wanted);
    } else if (here && !key(here) && alike(here, wanted)) {
      const same = here;
      here = here.nextSibling;
      morph(same, wanted);
    } else {
      from.insertBefore(document.importNode(wanted, true), here);
    }
  }
  while (here) { const next = here.nextSibling; here.remove(); here = next; }
};

/** @param {Node} from stays in the page  @param {Node} to what it shall look like */
export function morph(from, to) {
  if (from.nodeType !== 1) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (from.isEqualNode(to)) return;
  if (from.localName === "dialog" && from.open) return;
  attributes(from, to);
  if (from.localName === "textarea" && from.value !== from.defaultValue) return;
  if (from.localName === "select" && document.activeElement === from) return;
  children(from, to);
}
