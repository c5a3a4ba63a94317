// A JupyterLab extension without a build step: on a double click, chapters open as notebooks.
// The server lists in its page configuration the Markdown files that are none (READMEs, say).

const settings = JSON.parse(document.getElementById("jupyter-config-data").textContent);
const escaped = (settings.d2lbookOthers ?? []).map((name) =>
  name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
);
const others = escaped.length ? `(?!(?:${escaped.join("|")})$)` : "";

const chapters = {
  id: "d2lbook:chapters",
  autoStart: true,
  activate: (app) => {
    const type = {
      name: "d2lbook-chapter",
      displayName: "Chapter",
      contentType: "notebook",
      fileFormat: "json",
      extensions: [],
      mimeTypes: ["text/markdown"],
      pattern: `^${others}.*\\.md$`,
      iconClass: "jp-MaterialIcon jp-NotebookIcon",
    };
    app.docRegistry.addFileType(type, ["Notebook"]);
  },
};

globalThis._JUPYTERLAB ??= {};
globalThis._JUPYTERLAB.d2lbook = {
  init: () => {},
  get: async () => () => ({ __esModule: true, default: [chapters] }),
};
