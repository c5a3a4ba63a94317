/* The framework switch of a page. sphinx-design syncs the tab sets and remembers the choice;
   this adds the switch at the top, the address, and a steady scroll position. */
(() => {
  "use strict";

  const root = document.documentElement;
  const switches = () => [...document.querySelectorAll(".tab-switch input")];
  const tabInputs = () => [...document.querySelectorAll(".sd-tab-set > input")];
  const isSwitch = (input) => input.closest(".tab-switch") !== null;
  const tabOf = (input) => isSwitch(input) ? input.value : input.nextElementSibling?.dataset.syncId;
  const handleOf = (input) => input.closest(".tab-switch") ?? input.nextElementSibling;

  /** What the reader has just touched, and where it was: it must stay there. */
  let touched = null;

  /** Switch the page to a tab, as if the reader had clicked on one of its labels. */
  function choose(tab) {
    const input = tabInputs().find((one) => tabOf(one) === tab);
    if (!input) return;
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function showChoice(tab) {
    root.dataset.tab = tab;
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
    root.style.overflowAnchor = "none";
    touched = { target, top: handleOf(target).getBoundingClientRect().top };
  }

  function afterChange({ target }) {
    const tab = tabOf(target);
    if (!tab || touched?.target !== target) return;
    if (isSwitch(target)) choose(tab);
    showChoice(tab);
    writeAddress(tab);
    const moved = handleOf(target).getBoundingClientRect().top - touched.top;
    window.scrollBy({ top: moved, behavior: "instant" });
    touched = null;
    requestAnimationFrame(() => {
      root.style.overflowAnchor = "";
      reachScrollers();
    });
  }

  /** Show the tab that holds what the address points at. */
  function revealTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const tab = target?.closest(".sd-tab-content")?.previousElementSibling.dataset.syncId;
    if (!tab || tab === root.dataset.tab) return;
    choose(tab);
    target.scrollIntoView();
  }

  function start() {
    const known = switches().map((one) => one.value);
    if (known.length) showChoice(known.includes(root.dataset.tab) ? root.dataset.tab : known[0]);
    reachScrollers();
    // Capture comes before sphinx-design's own listeners, bubbling after them.
    document.addEventListener("change", beforeChange, { capture: true });
    document.addEventListener("change", afterChange);
    window.addEventListener("hashchange", revealTarget);
    revealTarget();
  }

  document.addEventListener("DOMContentLoaded", start);
})();
