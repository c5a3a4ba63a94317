"""The site's own style sheet, script and fonts, on every page."""

from __future__ import annotations

from importlib import resources
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

STATIC = resources.files("d2lbook") / "static"
TEXT_FONTS = ("fonts/STIXTwoText.woff2", "fonts/STIXTwoText-Italic.woff2")
MATH_FONT = "fonts/STIXTwoMath.woff2"

SUFFIXES = {".ipynb": ".md", ".rst": ".rst"}
"""Of what Sphinx reads, and of what authors edit."""

TAB_STYLE = """
html[data-tab="TAB"] .sd-tab-set:has(> [data-sync-id="TAB"]) > label + .sd-tab-content {
  display: none; }
html[data-tab="TAB"] .sd-tab-set > label[data-sync-id="TAB"] + .sd-tab-content.sd-tab-content {
  display: block; }
html[data-tab="TAB"]:has(.tab-switch [value="TAB"]) .sd-tab-set:not(:has(> [data-sync-id="TAB"])) {
  display: none; }
"""
"""With TAB chosen: a set shows that tab; a set without it is not for this reader."""


def setup(app: Sphinx) -> None:
    """Serve `d2lbook/static` and link it."""
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(STATIC)))
    app.connect("html-page-context", fill_head)
    app.add_css_file("d2lbook.css", priority=900)
    app.add_css_file("tools.css", priority=900)
    app.add_css_file("print.css", priority=900, media="print")
    app.add_js_file("d2lbook.js", priority=900)
    for name in ("reading.js", "previews.js", "search.js"):
        app.add_js_file(name, priority=900, loading_method="defer")


def fill_head(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put into the head what must be known before the first paint: fonts, tab, tab styles."""
    context["page_source_suffix"] = SUFFIXES.get(context.get("page_source_suffix", ""))
    fonts = [*TEXT_FONTS, *([MATH_FONT] if context.get("has_maths_elements") else [])]
    urls = " ".join(context["pathto"](f"_static/{font}", True) for font in fonts)
    tabs = [tab for tab, _ in app.config.d2l_tabs]
    script = (STATIC / "head.js").read_text(encoding="utf-8")
    context["metatags"] = (
        context.get("metatags", "")
        + f"<style>{''.join(TAB_STYLE.replace('TAB', tab) for tab in tabs)}</style>"
        + f'<script data-fonts="{urls}" data-tab="{tabs[0] if tabs else ""}">{script}</script>'
    )
