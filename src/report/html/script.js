"use strict";
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const reveal = () => {
    let name;
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = name && document.getElementById(name);
    if (!target) return;
    show("", true);
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  };
  const buttons = all("[data-show]");
  const show = (standing, silent) => {
    let count = 0;
    for (const criterion of all("#criteria .criterion")) {
      criterion.hidden = standing !== "" && criterion.dataset.standing !== standing;
      if (!criterion.hidden) count += 1;
    }
    for (const group of all("#criteria .group")) group.hidden = !group.querySelector(".criterion:not([hidden])");
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.show === standing));
    if (!silent) document.getElementById("shown").textContent = count === 1 ? "1 criterion shown." : count + " criteria shown.";
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.show, false));
  const expand = document.getElementById("expand");
  expand.addEventListener("click", () => {
    const open = expand.getAttribute("aria-pressed") !== "true";
    expand.setAttribute("aria-pressed", String(open));
    for (const details of all("#criteria details")) details.open = open;
  });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of closed) details.open = false; });
  addEventListener("hashchange", reveal);
  document.getElementById("tools").hidden = false;
  reveal();
})();
