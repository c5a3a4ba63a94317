"""What makes a site that is brought up to date the one that a fresh build makes."""

from __future__ import annotations

from pathlib import Path

from myst_nb.sphinx_ext import add_global_html_resources
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment


def setup(app: Sphinx) -> None:
    """Ask to be asked before anything is read, and after all pages are."""
    app.connect("builder-inited", copy_notebook_style)
    app.connect("env-get-updated", remove_unused, priority=900)


def copy_notebook_style(app: Sphinx) -> None:
    """Copy the style sheet of myst-nb, which does so once all pages have been linked to it."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        Path(app.outdir, "_static").mkdir(parents=True, exist_ok=True)
        add_global_html_resources(app, None)


def remove_unused(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Remove the pictures that the site's pages have lost; no page is to be written for that."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        all_shown = vars(env).setdefault("d2l_images", {})  # by builder
        before = all_shown.get(app.builder.name, set())
        now = all_shown[app.builder.name] = {name for _, name in env.images.values()}
        for name in before - now:
            Path(app.outdir, app.builder.imagedir, name).unlink(missing_ok=True)
    return []
