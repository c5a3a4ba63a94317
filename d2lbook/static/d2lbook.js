/* The framework switch of a page. sphinx-design syncs the tab sets and remembers the choice;
   this adds the switch at the top, the address, and a steady scroll position. */
(() => {
  "use strict";

  const switches = () => [...document.querySelectorAll(".tab-switch input")];
  const tabInputs = () => [...document.querySelectorAll(".sd-tab-set > input")];
  const tabOf = (input) =>
    input.closest(".tab-switch") ? input.value : input.nextElementSibling?.dataset.syncId;
  const handleOf = (input) =>
    input.closest(".tab-switch") ?? input.nextElementSibling;

  /** What the reader has just touched, and where it was: it must stay there. */
  let touched = null;

  function choose(tab) {
    const input = tabInputs().find((one) => tabOf(one) === tab);
    if (!input) return;
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function showChoice(tab) {
    const option = switches().find((one) => one.value === tab);
    if (option) option.checked = true;
  }

  function writeAddress(tab) {
    const url = new URL(location.href);
    url.searchParams.set("tab", tab);
    try { history.replaceState(history.state, "", url); } catch { /* pages opened as files */ }
  }

  /** Let the keyboard reach what scrolls sideways. */
  function reachScrollers() {
    for (const box of document.querySelectorAll("article :is(pre, .formula, .table-wrapper)")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  }

  function beforeChange({ target }) {
    if (touched || !tabOf(target)) return;
    document.documentElement.style.overflowAnchor = "none";
    touched = { target, top: handleOf(target).getBoundingClientRect().top };
  }

  function afterChange({ target }) {
    const tab = tabOf(target);
    if (!tab || touched?.target !== target) return;
    if (target.closest(".tab-switch")) choose(tab);
    else showChoice(tab);
    writeAddress(tab);
    const moved = handleOf(target).getBoundingClientRect().top - touched.top;
    window.scrollBy({ top: moved, behavior: "instant" });
    touched = null;
    requestAnimationFrame(() => {
      document.documentElement.style.overflowAnchor = "";
      reachScrollers();
    });
  }

  function start() {
    document.getElementById("chosen-tab")?.remove();
    const tabs = new Set(switches().map((one) => one.value));
    const wanted = new URLSearchParams(location.search).get("tab");
    const first = tabInputs().find((one) => one.checked);
    showChoice(tabs.has(wanted) ? wanted : first && tabOf(first));
    reachScrollers();
    // Capture comes before sphinx-design's own listeners, bubbling after them.
    document.addEventListener("change", beforeChange, { capture: true });
    document.addEventListener("change", afterChange);
  }

  document.addEventListener("DOMContentLoaded", start);
})();
