// Every page: theme, ages and clock, forms. A page is complete without it.
import { tick } from "./clock.js";

const root = document.documentElement;

// ── Theme: remembered here and in a cookie, so that the server draws the next page right ──
const themeButtons = document.querySelectorAll("[data-toggle-theme]");
const setTheme = (theme) => {
  root.dataset.theme = theme;
  for (const button of themeButtons) {
    button.setAttribute("aria-pressed", String(theme === "dark"));
    button.value = theme === "dark" ? "light" : "dark";
  }
};
const remembered = () => { try { return localStorage.getItem("cityloop_theme"); } catch { return null; } };
const keepTheme = (theme) => {
  try { localStorage.setItem("cityloop_theme", theme); } catch { /* a private window keeps nothing */ }
  const secure = location.protocol === "https:" ? ";Secure" : "";
  document.cookie = `cityloop_theme=${theme};path=/;max-age=31536000;SameSite=Lax${secure}`;
};
const hasThemeCookie = /(^|;\s*)cityloop_theme=(light|dark)/.test(document.cookie);
const kept = remembered();
if (!hasThemeCookie && (kept === "light" || kept === "dark")) { keepTheme(kept); setTheme(kept); }
else setTheme(root.dataset.theme === "dark" ? "dark" : "light");
for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    setTheme(theme);
    keepTheme(theme);
  });
}

// ── Ages and the city's clock ──
tick();
setInterval(tick, 1000);

// ── Forms ──
const confirmDialog = document.getElementById("confirm-dialog");
const release = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-held]")) { button.removeAttribute("aria-disabled"); delete button.dataset.held; }
};
const hold = (form) => {
  for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
    button.setAttribute("aria-disabled", "true");
    button.dataset.held = "1";
  }
  setTimeout(() => release(form), 8000); // a download leaves the page standing
};
const ask = (form, submitter, question) => {
  confirmDialog.querySelector("h2").textContent = question;
  const yes = confirmDialog.querySelector("[data-confirm-yes]");
  const usual = yes.dataset.usual || (yes.dataset.usual = yes.textContent);
  yes.textContent = submitter?.dataset.confirmAction || form.dataset.confirmAction || submitter?.textContent.trim() || usual;
  yes.onclick = () => { confirmDialog.close(); form.dataset.confirmed = "1"; form.requestSubmit(submitter || undefined); };
  confirmDialog.querySelector("[data-confirm-no]").onclick = () => confirmDialog.close();
  confirmDialog.showModal();
};
document.addEventListener("submit", (event) => {
  const form = event.target, submitter = event.submitter;
  const question = submitter?.dataset.confirm || form.dataset.confirm;
  if (question && !form.dataset.confirmed && confirmDialog) { event.preventDefault(); ask(form, submitter, question); return; }
  delete form.dataset.confirmed;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => hold(form)); // after the form's data have been read
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form?.requestSubmit();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-locate]");
  if (button) { locate(button); return; }
  if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
  const back = event.target.closest?.("[data-back]");
  if (back && history.length > 1) { event.preventDefault(); history.back(); }
});

/** Put the device's position into the inputs that the button names: longitude, latitude, accuracy in metres. */
function locate(button) {
  const inputs = button.dataset.locate.split(/\s+/).map((id) => document.getElementById(id));
  const say = (state, text) => {
    button.dataset.located = state;
    const place = document.getElementById(`${button.id}-said`) || button.querySelector("small");
    if (place && text) place.textContent = text;
    button.dispatchEvent(new CustomEvent("cityloop:located", { bubbles: true, detail: { state, text } }));
  };
  if (!navigator.geolocation) { say("failed", button.dataset.failed); return; }
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const values = [coords.longitude.toFixed(6), coords.latitude.toFixed(6), String(Math.round(coords.accuracy))];
      inputs.forEach((input, index) => { if (input) { input.value = values[index]; input.dispatchEvent(new Event("change", { bubbles: true })); } });
      button.removeAttribute("aria-busy");
      say("found", (button.dataset.found || "").replace("#", values[2]));
    },
    () => { button.removeAttribute("aria-busy"); say("failed", button.dataset.failed); },
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 15000 },
  );
}

document.querySelector("[data-focus]")?.focus();
