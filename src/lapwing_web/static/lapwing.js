/* Makes pages quicker with a keyboard. Nothing needs it: every list, form and link works without. */
import { initAll } from "./govuk/govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
initAll();

const rows = () => [...document.querySelectorAll("[data-lw-row]")];
const link = (row) => row.querySelector("[data-lw-open]");
const current = () => rows().find((row) => row.contains(document.activeElement));
const keys = document.querySelector("dialog.lw-keys");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  link(next)?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function open() {
  const row = current();
  if (row) link(row)?.click();
}

function decide() {
  const row = current();
  const address = row && link(row)?.dataset.lwDecide;
  if (address) {
    location.assign(address);
    return;
  }
  const decision = document.querySelector("[data-lw-decide-here]");
  if (decision) {
    decision.scrollIntoView({ block: "start" });
    (decision.matches("a, button") ? decision : decision.querySelector("a, button, input:not([type=hidden]), select, textarea"))?.focus();
  }
}

function search() {
  const box = document.querySelector("[data-lw-search]");
  box?.focus();
  box?.select();
}

function help() {
  if (!keys) return;
  if (keys.open) keys.close();
  else keys.showModal();
}

const ACTIONS = { j: () => move(1), k: () => move(-1), o: open, d: decide, "/": search, "?": help };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (keys?.open && event.key !== "?") return;
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

if (matchMedia("(max-width: 48.0525em)").matches) {
  for (const details of document.querySelectorAll("details[data-lw-shut-when-narrow]")) details.open = false;
}
for (const hint of document.querySelectorAll(".lw-keys-hint")) hint.hidden = false;

/* A form is sent once, however often its button is pressed. A page brought back by "back" can be sent again, and
   one that is answered by a file stays where it is: it can be sent again when nobody means the same press. */
const SAME_PRESS = 3000; // milliseconds
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.lwSent) event.preventDefault();
  else if ("lwFile" in form.dataset) setTimeout(() => delete form.dataset.lwSent, SAME_PRESS);
  form.dataset.lwSent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.lwSent;
});
