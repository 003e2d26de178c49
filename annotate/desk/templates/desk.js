"use strict";
// Copies what a button offers, shows the page anew while it is open, and locks a button that was pressed.
const told = document.getElementById("told");
const tell = (words) => { if (told) told.textContent = words; };

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    tell("Copied");
  } catch {
    const field = button.parentElement.querySelector("input");
    if (field) field.select();
    tell("The browser does not allow copying; the text is selected");
  }
  setTimeout(() => { button.textContent = words; }, 2000);
});

document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("button");
  button.disabled = true;
  button.textContent = "Working …";
  tell("Working");
});

const SECONDS = 10;
const busy = () => document.hidden || !getSelection().isCollapsed
  || (document.activeElement && document.activeElement.closest("main > section, main details, .buttons"));
setInterval(async () => {
  if (busy() || document.body.dataset.page === "files") return;
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
    const open = [...document.querySelectorAll("details[open]")].length > 0;
    if (fresh && !open && !busy()) document.getElementById("main").replaceChildren(...fresh.childNodes);
  } catch {
    const seen = document.getElementById("seen");
    if (seen && !seen.dataset.lost) { seen.dataset.lost = "1"; seen.append("; the desk does not answer any more"); }
  }
}, SECONDS * 1000);
