// The city's clock on a page: where it stood when the page was made, and how fast it runs.
const root = document.documentElement;
let base = Date.parse(root.dataset.now) || Date.now();
let since = performance.now();
const speed = Number(root.dataset.speed) || 1;

/** City time now, in milliseconds since 1970. */
export const cityNow = () => base + (performance.now() - since) * speed;

/** Set the clock by a page that came later. */
export const setCityNow = (iso) => {
  const at = Date.parse(iso);
  if (at) { base = at; since = performance.now(); }
};

/** How long ago, in the reader's language: the words come from the server, with # for the number. */
export const ageText = (iso) => {
  const seconds = Math.max(0, Math.floor((cityNow() - Date.parse(iso)) / 1000));
  const [unit, size] = [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]].find(([, s]) => seconds >= s) || ["s", 1];
  const words = root.dataset[`age${unit.toUpperCase()}`] || "#";
  return words.replace("#", String(Math.floor(seconds / size)));
};

const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: root.dataset.zone || "UTC", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
  hourCycle: "h23",
});
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Day and time to the second on the city's clock. */
export const cityClockText = (ms) => {
  const at = Object.fromEntries(parts.formatToParts(ms).map((part) => [part.type, part.value]));
  const day = root.lang.startsWith("zh") ? `${+at.month} 月 ${+at.day} 日` : `${+at.day} ${months[at.month - 1]}`;
  return `${day} ${at.hour}:${at.minute}:${at.second}`;
};

const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };

/** Write every age and clock on the page anew. */
export const tick = () => {
  for (const element of document.querySelectorAll("time[data-age]")) put(element, ageText(element.dateTime));
  for (const element of document.querySelectorAll("time[data-city-clock]")) put(element, cityClockText(cityNow()));
};
