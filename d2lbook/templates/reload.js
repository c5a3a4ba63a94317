/* Keeps a page that `d2lbook serve` has sent up to date, and shows what is wrong with the book.
   The site itself has no part of this. */
(() => {
  "use strict";

  const { news, version } = document.currentScript.dataset;
  const STYLE = `
    :host { color-scheme: light dark; }
    details {
      position: fixed; inset: auto 0 0; z-index: 2147483647;
      max-height: 50vh; overflow: auto;
      font: 15px/1.5 system-ui, sans-serif;
      color: var(--color-foreground-primary, CanvasText);
      background: var(--color-background-primary, Canvas);
      border-top: 3px solid #b42318; box-shadow: 0 -4px 24px rgb(0 0 0 / 0.3);
    }
    summary { position: sticky; top: 0; padding: 0.4rem 1rem; background: #b42318; color: #fff; cursor: pointer; }
    summary b { margin-right: 1em; }
    ul { list-style: none; margin: 0; padding: 0.3rem 1rem 0.6rem; }
    li { margin: 0.5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
    li b { display: block; }`;

  function element(name, text, ...children) {
    const made = document.createElement(name);
    made.textContent = text;
    made.append(...children);
    return made;
  }

  const host = document.createElement("d2lbook-errors");
  const shadow = host.attachShadow({ mode: "open" });

  function show({ summary, mistakes }) {
    const items = mistakes.map(({ place, message }) => element("li", "", element("b", place), message));
    const head = element("summary", "", element("b", summary), "The page is as it was before.");
    const box = element("details", "", head, element("ul", "", ...items));
    box.open = true;
    box.setAttribute("role", "alert");
    shadow.replaceChildren(element("style", STYLE), ...(mistakes.length ? [box] : []));
    document.body.append(host);
  }

  let stream = null;

  /** Listen while the page is seen: a browser has few connections to a site, and many pages. */
  function listen() {
    stream?.close();
    stream = document.hidden ? null : new EventSource(news);
    stream?.addEventListener("message", ({ data }) => {
      const told = JSON.parse(data);
      if (told.version === version) show(told);
      else location.reload();
    });
  }

  document.addEventListener("visibilitychange", listen);
  listen();
})();
