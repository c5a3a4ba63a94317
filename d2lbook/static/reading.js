/* Small comforts: keys, folded parts that stay as the reader left them, and paper. */
(() => {
  "use strict";

  /* Keys: "/" searches, left and right turn the page, Escape closes. Whatever has a use for a key keeps it. */

  const TAKES_TEXT = "textarea, select, [contenteditable], " +
    "input:not([type=radio], [type=checkbox], [type=button], [type=submit])";
  const TAKES_ARROWS = `${TAKES_TEXT}, input, button, math, audio, video, dialog, [tabindex], [role=slider]`;

  function onKey(event) {
    const { key, target, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (event.defaultPrevented || altKey || ctrlKey || metaKey) return;
    if (key === "/" && !target.closest(TAKES_TEXT)) {
      event.preventDefault();
      d2lSearch.open();
    }
    if (key === "Escape") closeDrawers();
    const way = { ArrowLeft: "prev", ArrowRight: "next" }[key];
    if (way && !shiftKey && !target.closest(TAKES_ARROWS)) {
      const link = document.querySelector(`link[rel=${way}]`);
      if (link) location.href = link.href;
    }
  }

  /** On a phone the contents of the book and of the page are drawers. */
  function closeDrawers() {
    for (const toggle of document.querySelectorAll(".sidebar-toggle")) toggle.checked = false;
  }

  /* Folded parts, but for receipts: which are open is kept for each page. */

  const folded = () => [...document.querySelectorAll("article details:not(.receipt)")];
  const key = `d2lbook-open:${location.pathname}`;

  function unfoldRemembered() {
    let open = "";
    try { open = localStorage.getItem(key) ?? ""; } catch { /* not allowed */ }
    const numbers = open.split(" ").filter(Boolean).map(Number);
    folded().forEach((details, number) => { details.open ||= numbers.includes(number); });
    // The event doesn't bubble, but can be caught on its way down.
    document.addEventListener("toggle", remember, { capture: true });
  }

  function remember({ target }) {
    if (printing || !target.matches("article details:not(.receipt)")) return;
    const numbers = folded().flatMap((details, number) => (details.open ? [number] : []));
    try {
      if (numbers.length) localStorage.setItem(key, numbers.join(" "));
      else localStorage.removeItem(key);
    } catch { /* not allowed */ }
  }

  /* On paper, nothing can be unfolded. */

  let printing = null;

  function beforePrint() {
    printing = folded().filter((details) => !details.open);
    for (const details of printing) details.open = true;
  }

  function afterPrint() {
    for (const details of printing ?? []) details.open = false;
    setTimeout(() => { printing = null; }); // after the events of folding
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("DOMContentLoaded", unfoldRemembered);
  window.addEventListener("beforeprint", beforePrint);
  window.addEventListener("afterprint", afterPrint);
})();
