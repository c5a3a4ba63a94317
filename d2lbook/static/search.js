/* The search: in a window over any page, and on a page of its own. The index is loaded when it is
   first needed; it holds every section's texts, each with the tabs that show it. A result leads to
   the section, in the reader's tab where it is found there, and the words are marked on the page. */
const d2lSearch = (() => {
  "use strict";

  const SHOWN = 50; // results
  const AROUND = 70; // characters of a snippet before the first word found
  const root = document.documentElement;
  const BLOCKS = "p, li, pre, td, th, dt, dd, h1, h2, h3, h4, figcaption, summary, div, article";
  const home = root.dataset.content_root;
  const SAME = { "×": "x", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‑": "-", "–": "-", "−": "-" };
  const isWord = (character) => /[\p{L}\p{N}_]/u.test(character);

  /* The index. */

  let loading = null;
  let loaded = null;
  let tabTitles = {};

  /** Called by the index itself. */
  function load({ tabs: titles, pages }) {
    tabTitles = titles;
    loaded(pages.flatMap(([page, sections]) => sections.map(([id, title, texts]) => ({
      page, id, title,
      pageTitle: sections[0][1],
      texts: texts.map(([tabs, text]) => ({ tabs, text, folded: fold(text) })),
    }))));
  }

  /** Promise all sections of the book. */
  function index() {
    loading ??= new Promise((resolve, reject) => {
      loaded = resolve;
      const script = document.createElement("script");
      Object.assign(script, { src: `${home}searchindex.js`, onerror: reject });
      document.head.append(script);
    });
    return loading;
  }

  /** Small letters without accents, and the signs that keyboards have; places stay the same. */
  function fold(text) {
    return text.replace(/[^\x00-\x7f]/gu, (one) => SAME[one] ?? bare(one)).toLowerCase();
  }

  /** A Latin letter without its accents. */
  function bare(letter) {
    const isLatin = /\p{Script=Latin}/u.test(letter);
    return isLatin ? letter.normalize("NFD").replace(/\p{M}/gu, "") : letter;
  }

  /* Finding. */

  /** The words of a query; "several words" in quotes are one. */
  function termsOf(query) {
    const found = fold(query).matchAll(/"([^"]+)"|([^\s"]+)/g);
    return [...new Set([...found].map(([, phrase, word]) => phrase ?? word))];
  }

  /** How well a text has a term: a whole word counts more than a beginning, and that than a part. */
  function score(text, term) {
    let best = 0;
    let count = 0;
    for (let at = text.indexOf(term); at >= 0 && count < 5; at = text.indexOf(term, at + 1)) {
      const starts = at === 0 || !isWord(text[at - 1]) || !isWord(term[0]);
      const ends = !isWord(text[at + term.length] ?? " ");
      best = Math.max(best, starts ? (ends ? 4 : 2) : 1);
      count += 1;
    }
    return best && best + count / 5;
  }

  /** What a score counts in a title: more, but for parts of words. */
  function inTitle(points) {
    return points > 2 ? 4 * points : points;
  }

  /** The best way to see a section's hits: in one tab, the reader's own if that shows as many. */
  function hitIn(section, terms, query) {
    const head = terms.map((term) => inTitle(score(fold(section.title), term)));
    const rows = section.texts.map(({ folded }) => terms.map((term) => score(folded, term)));
    if (![head, ...rows].some((row) => row.some(Boolean))) return null;
    const tabs = new Set(section.texts.flatMap((text) => text.tabs));
    const order = ["", root.dataset.tab ?? "", ...tabs].filter((tab) => !tab || tabs.has(tab));
    let best = null;
    for (const tab of order) {
      const seen = rows.filter((_, n) => {
        const own = section.texts[n].tabs;
        return !own.length || own.includes(tab);
      });
      const points = terms.map((_, n) => Math.max(head[n], ...seen.map((row) => row[n])));
      const hit = { section, tab, matched: points.filter(Boolean).length };
      hit.points = points.reduce((sum, one) => sum + one, inARow(section, tab, query));
      if (!best || hit.matched > best.matched) best = hit;
    }
    return best;
  }

  /** What it counts that a section has the query word for word. */
  function inARow({ title, texts }, tab, query) {
    const seen = texts.filter(({ tabs }) => !tabs.length || tabs.includes(tab));
    return [fold(title), ...seen.map((text) => text.folded)].some((one) => one.includes(query)) ? 5 : 0;
  }

  /** The sections with the most of the terms, best first. */
  function find(sections, query) {
    const terms = termsOf(query);
    const folded = fold(query.trim());
    const hits = sections.map((section) => hitIn(section, terms, folded)).filter(Boolean);
    const most = Math.max(...hits.map((hit) => hit.matched));
    return hits.filter((hit) => hit.matched === most).sort((a, b) => b.points - a.points);
  }

  /* Showing. */

  /** A text in the book's language, with the values in place of its {}. */
  function say(text, ...values) {
    const { words } = document.querySelector("[data-words]")?.dataset ?? {};
    return (JSON.parse(words || "{}")[text] ?? text).replace(/\{\}/g, () => values.shift());
  }

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  /** A text with the terms in <mark>. */
  function marked(text, terms) {
    const parts = [];
    let done = 0;
    for (const [at, end] of places(fold(text), terms)) {
      parts.push(text.slice(done, at), element("mark", {}, text.slice(at, end)));
      done = end;
    }
    return [...parts, text.slice(done)];
  }

  /** Where the terms are in a text: beginnings and ends, in order, none within another. */
  function places(text, terms) {
    const found = [];
    for (const term of terms) {
      for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) {
        found.push([at, at + term.length]);
      }
    }
    found.sort(([a, aEnd], [b, bEnd]) => a - b || bEnd - aEnd);
    let end = 0;
    return found.filter((place) => place[0] >= end && (end = place[1]));
  }

  /** The part of a section's text that shows the most terms. */
  function snippet({ section, tab }, terms) {
    const seen = section.texts.filter(({ tabs }) => !tabs.length || tabs.includes(tab));
    const has = (text) => terms.filter((term) => text.folded.includes(term)).length;
    const best = seen.reduce((a, b) => (has(b) > has(a) ? b : a), seen[0]);
    if (!best) return "";
    const first = places(best.folded, terms)[0]?.[0] ?? 0;
    const cut = first > AROUND ? best.text.indexOf(" ", first - AROUND) + 1 || first : 0;
    const from = Math.min(cut, first);
    return (from ? "… " : "") + best.text.slice(from, from + 3 * AROUND);
  }

  function address({ section, tab }, query) {
    const parameters = new URLSearchParams(tab ? { tab, find: query } : { find: query });
    return `${home}${section.page}.html?${parameters}#${section.id}`;
  }

  function item(hit, query, terms) {
    const { section, tab } = hit;
    const title = element("span", { class: "search-title" }, ...marked(section.title, terms));
    const parts = [title];
    if (tab) parts.push(" ", element("span", { class: "search-tab" }, tabTitles[tab]));
    if (section.title !== section.pageTitle) {
      parts.push(" ", element("span", { class: "search-page" }, section.pageTitle));
    }
    const text = element("span", { class: "search-text" }, ...marked(snippet(hit, terms), terms));
    return element("li", {}, element("a", { href: address(hit, query) }, ...parts, text));
  }

  /** A field that shows what it finds below itself, as one types. */
  function field() {
    const input = element("input", {
      type: "search", name: "q", autocomplete: "off", spellcheck: "false",
      placeholder: say("Search"), "aria-label": say("Search"),
    });
    const status = element("p", { role: "status", class: "search-status" });
    const list = element("ol", { id: "search-results" });
    const form = element("form", { role: "search" }, input);
    input.addEventListener("input", () => show(input.value, status, list));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      list.querySelector("a")?.click();
    });
    return { input, parts: [form, status, list] };
  }

  let latest = "";

  async function show(query, status, list) {
    latest = query;
    const terms = termsOf(query);
    let hits = [];
    try {
      hits = terms.length ? find(await index(), query) : [];
    } catch {
      status.textContent = say("The index of the search can't be loaded.");
      return;
    }
    if (query !== latest) return; // typed on meanwhile
    status.textContent = terms.length ? summary(hits.length) : "";
    list.replaceChildren(...hits.slice(0, SHOWN).map((hit) => item(hit, query, terms)));
  }

  function summary(count) {
    if (!count) return say("Nothing found.");
    if (count > SHOWN) return say("{} sections; the best {} are shown.", count, SHOWN);
    return count === 1 ? say("1 section.") : say("{} sections.", count);
  }

  /* The window. */

  let opened = null;

  function open(query = "") {
    opened ??= makeWindow();
    if (!opened.dialog.open) opened.dialog.showModal();
    opened.input.value = query;
    opened.input.dispatchEvent(new Event("input"));
    opened.input.focus();
  }

  function makeWindow() {
    const { input, parts } = field();
    const close = element("button", { type: "button", class: "search-close" }, say("Close"));
    const dialog = element("dialog", { class: "search search-window", "aria-label": say("Search") });
    dialog.append(close, ...parts);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog || target.closest("a")) dialog.close();
    });
    dialog.addEventListener("keydown", (event) => step(event, dialog));
    document.body.append(dialog);
    return { dialog, input };
  }

  /** Up and down go through the results; Escape closes, whatever has been typed. */
  function step(event, dialog) {
    if (event.key === "Escape") dialog.close();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [...dialog.querySelectorAll("input, li a")];
    const next = stops[stops.indexOf(document.activeElement) + by];
    if (!by || !next) return;
    event.preventDefault();
    next.focus();
  }

  /* The words on the page that a result leads to. */

  function markPage() {
    const query = new URLSearchParams(location.search).get("find");
    const article = document.querySelector("article");
    if (!query || !article || !window.Highlight) return;
    const blocks = blocksOf(article, termsOf(query));
    CSS.highlights.set("found", new Highlight(...blocks.flatMap(({ ranges }) => ranges)));
    const section = document.getElementById(decodeURIComponent(location.hash.slice(1))) ?? article;
    const seen = blocks.filter(({ block }) => section.contains(block) && isOfTab(block));
    if (!seen.length) return;
    const { block } = seen.reduce((a, b) => (b.terms > a.terms ? b : a));
    for (let box = block; (box = box.parentElement?.closest("details")); ) box.open = true;
    block.scrollIntoView({ block: "center", behavior: "instant" });
  }

  /** Whether readers of the chosen tab can see an element, once what is folded is open. */
  function isOfTab(one) {
    const content = one.closest(".sd-tab-content");
    return !content || content.previousElementSibling.dataset.syncId === root.dataset.tab;
  }

  /** The blocks that have terms, how many, and where; a term may go over several text nodes. */
  function blocksOf(article, terms) {
    const nodes = new Map();
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const block = walker.currentNode.parentElement.closest(BLOCKS);
      if (block.matches(".receipt *, .tab-switch *")) continue;
      nodes.set(block, [...(nodes.get(block) ?? []), walker.currentNode]);
    }
    return [...nodes].map(([block, own]) => {
      const text = fold(own.map((node) => node.data).join(""));
      const ranges = places(text, terms).map(([at, end]) => rangeIn(own, at, end));
      return { block, ranges, terms: terms.filter((term) => text.includes(term)).length };
    }).filter(({ ranges }) => ranges.length);
  }

  function rangeIn(nodes, at, end) {
    const range = new Range();
    let before = 0;
    for (const node of nodes) {
      const after = before + node.length;
      if (at >= before && at < after) range.setStart(node, at - before);
      if (end > before && end <= after) range.setEnd(node, end - before);
      before = after;
    }
    return range;
  }

  /** Take the marks away, and what asks for them out of the address. */
  function unmark() {
    const url = new URL(location.href);
    if (!url.searchParams.has("find")) return;
    CSS.highlights?.delete("found");
    url.searchParams.delete("find");
    try { history.replaceState(history.state, "", url); } catch { /* pages opened as files */ }
  }

  function start() {
    const box = document.querySelector(".sidebar-search");
    const page = document.getElementById("search");
    if (page) {
      const { input, parts } = field();
      page.append(...parts);
      input.value = new URLSearchParams(location.search).get("q") ?? "";
      input.dispatchEvent(new Event("input"));
    }
    box?.addEventListener("click", () => open(box.value));
    box?.addEventListener("input", ({ isComposing }) => isComposing || open(box.value));
    box?.addEventListener("compositionend", () => open(box.value));
    markPage();
  }

  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && unmark());
  return { load, open };
})();
