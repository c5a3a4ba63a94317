/* Runs before the first paint, so that nothing jumps later: asks for the fonts, and names the chosen
   tab in the root element, where the style sheet finds it. */
(() => {
  const root = document.documentElement;
  const { fonts, tab } = document.currentScript.dataset;
  root.classList.add("has-js");
  for (const href of location.protocol === "file:" ? [] : fonts.split(" ")) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href });
    document.head.append(link);
  }
  let remembered;
  try { remembered = localStorage.getItem("sphinx-design-tab-id-tab"); } catch { /* not allowed */ }
  root.dataset.tab = new URLSearchParams(location.search).get("tab") || remembered || tab;
})();
