/* Previews of what references and citations lead to: figures, tables, formulas, sections, works.
   They come with the mouse or the keyboard's focus, from pages of this site alone, and never under a
   finger. Escape closes one; the pointer may move onto it. */
(() => {
  "use strict";

  const LINKS = "article a:is(.reference.internal:not(.image-reference), .footnote-reference)";
  const PARTS = "figure, table, div.math, div.citation, aside.footnote, dt, p, li";
  const LEFT_OUT = ".headerlink, .backrefs, .copybtn, .label, button, script, style";
  const PATIENCE = 250; // milliseconds, before it comes and before it goes

  const pages = new Map(); // promises of documents, by address
  let shown = null; // the link whose preview is there
  let timer = 0;

  const box = document.createElement("div");
  Object.assign(box, { id: "preview", className: "preview", role: "tooltip", hidden: true });

  /** Promise the document at an address. */
  function pageAt(url) {
    if (url.origin + url.pathname === location.origin + location.pathname) return document;
    if (!pages.has(url.pathname)) pages.set(url.pathname, fetched(url));
    return pages.get(url.pathname);
  }

  async function fetched(url) {
    const answer = await fetch(url.pathname);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const base = page.createElement("base");
    base.href = url.pathname;
    page.head.prepend(base); // so that its pictures are found
    return page;
  }

  /** The elements to show of what a link leads to. */
  function partsOf(page, name) {
    const target = name ? page.getElementById(name) : page.querySelector("article section");
    if (!target?.closest("article")) return [];
    const section = target.matches("section") ? target : null;
    const part = section ? null : target.closest(PARTS);
    if (part) return [part];
    const own = section ?? target.closest("section");
    return own ? [...own.querySelectorAll(":scope > :is(h1, h2, h3, h4), :scope > p")].slice(0, 2) : [];
  }

  /** A copy to read: without names, links and pictures that are to come. */
  function copyOf(part) {
    const copy = part.cloneNode(true);
    const originals = part.querySelectorAll("img");
    copy.querySelectorAll("img").forEach((image, n) => {
      image.src = originals[n].src;
      image.loading = "eager";
    });
    for (const one of copy.querySelectorAll(LEFT_OUT)) one.remove();
    for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
    for (const one of [copy, ...copy.querySelectorAll("[id]")]) one.removeAttribute("id");
    return copy;
  }

  async function show(link) {
    const url = new URL(link.href);
    let parts = [];
    try {
      parts = partsOf(await pageAt(url), decodeURIComponent(url.hash.slice(1)));
    } catch { /* there is no preview of what can't be loaded */ }
    if (!parts.length || shown !== link) return;
    box.replaceChildren(...parts.map(copyOf));
    box.hidden = false;
    place(link);
    link.setAttribute("aria-describedby", box.id);
    for (const image of box.querySelectorAll("img")) image.onload = () => place(link);
  }

  /** Put the box below the link, or above it where there is more room. */
  function place(link) {
    const at = link.getClientRects()[0];
    const origin = box.offsetParent.getBoundingClientRect();
    const room = innerHeight - at.bottom;
    box.style.maxHeight = "";
    const below = room > Math.min(box.offsetHeight + 16, at.top);
    box.style.maxHeight = `${Math.min((below ? room : at.top) - 16, 0.6 * innerHeight)}px`;
    const left = Math.min(at.left, innerWidth - box.offsetWidth - 16);
    const top = below ? at.bottom + 4 : at.top - box.offsetHeight - 4;
    box.style.left = `${Math.max(left, 16) - origin.left}px`;
    box.style.top = `${top - origin.top}px`;
  }

  function hide() {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    box.hidden = true;
  }

  function soon(action) {
    clearTimeout(timer);
    timer = setTimeout(action, PATIENCE);
  }

  /** The pointer or the focus is on a link, or on the preview of one. */
  function enter({ target }) {
    const link = target.closest(LINKS);
    if (box.contains(target) || (link && link === shown)) clearTimeout(timer);
    else if (link) soon(() => { hide(); show(shown = link); });
  }

  function leave({ target }) {
    if (box.contains(target) || target.closest(LINKS)) soon(hide);
  }

  function start() {
    document.querySelector("article")?.append(box);
    document.addEventListener("pointerover", (event) => event.pointerType !== "touch" && enter(event));
    document.addEventListener("pointerout", leave);
    document.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && enter(event));
    document.addEventListener("focusout", leave);
    document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  }

  document.addEventListener("DOMContentLoaded", start);
})();
