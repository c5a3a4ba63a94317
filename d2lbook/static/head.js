/* Runs before the first paint, so that nothing jumps later: asks for the fonts, and shows the
   chosen tab at once. */
(() => {
  const root = document.documentElement;
  root.classList.add("has-js");
  const fonts = document.currentScript.dataset.fonts.split(" ");
  for (const href of location.protocol === "file:" ? [] : fonts) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href });
    document.head.append(link);
  }
  let tab = new URLSearchParams(location.search).get("tab");
  try { tab ||= localStorage.getItem("sphinx-design-tab-id-tab"); } catch { /* storage is off */ }
  if (!/^[\w-]+$/.test(tab ?? "")) return;
  const sets = `.sd-tab-set:has(> [data-sync-id="${tab}"])`;
  const style = document.createElement("style");
  style.id = "chosen-tab";
  style.textContent = `
    ${sets} > label[data-sync-id="${tab}"] + .sd-tab-content { display: block !important; }
    ${sets} > label:not([data-sync-id="${tab}"]) + .sd-tab-content { display: none !important; }`;
  document.head.append(style);
})();
