/* The switch for code: as the page shows it, all of it, or none; the choice is remembered. */
"use strict";
(() => {
  const root = document.documentElement, KEY = "pr-code";
  const next = { some: "all", all: "none", none: "some" };
  const words = { some: "Show all code", all: "Hide all code", none: "Show the usual code" };
  const folded = () => document.querySelectorAll("div.cell details.hide");
  let state = "some";
  try { state = localStorage.getItem(KEY) || "some"; } catch { /* nothing is kept here */ }
  if (!(state in next)) state = "some";

  const button = document.querySelector(".pr-code-switch");
  const show = () => {
    root.dataset.prCode = state;
    folded().forEach((one) => { one.open = state === "all"; });
    button.textContent = words[state];
  };
  button.addEventListener("click", () => {
    state = next[state];
    try { localStorage.setItem(KEY, state); } catch { /* it holds for this page */ }
    const before = button.getBoundingClientRect().top;
    show();
    window.scrollBy(0, button.getBoundingClientRect().top - before);  // it stays under the finger
  });
  show();
})();
