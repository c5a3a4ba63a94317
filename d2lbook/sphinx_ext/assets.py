"""The site's own style sheet, script and fonts, on every page."""

from __future__ import annotations

from importlib import resources
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

STATIC = resources.files("d2lbook") / "static"
TEXT_FONTS = ("fonts/STIXTwoText.woff2", "fonts/STIXTwoText-Italic.woff2")
MATH_FONT = "fonts/STIXTwoMath.woff2"


def setup(app: Sphinx) -> None:
    """Serve `d2lbook/static` and link it."""
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(STATIC)))
    app.connect("html-page-context", fill_head)
    app.add_css_file("d2lbook.css", priority=900)
    app.add_js_file("d2lbook.js", priority=900)


def fill_head(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put into the head the script that works before the first paint, with the page's fonts."""
    fonts = [*TEXT_FONTS, *([MATH_FONT] if context.get("has_maths_elements") else [])]
    urls = " ".join(context["pathto"](f"_static/{font}", True) for font in fonts)
    script = (STATIC / "head.js").read_text(encoding="utf-8")
    context["metatags"] = (
        context.get("metatags", "") + f'<script data-fonts="{urls}">{script}</script>'
    )
