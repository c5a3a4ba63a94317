"""What a page says of itself to search engines and to those who show links to it."""

from __future__ import annotations

import html
import posixpath
import textwrap
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from d2lbook.sphinx_ext.site.search import plain

LENGTH = 200
"""Characters of a description, at most."""
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
"""What is shown elsewhere; SVG is not."""


def setup(app: Sphinx) -> None:
    """Ask to be asked about the head of each page."""
    app.connect("html-page-context", describe)


def describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add a page's description, and what the Open Graph protocol wants to know."""
    if doctree is None:
        return
    description = first_words(doctree)
    named = {"description": description, "twitter:card": "summary"}
    facts = {
        "og:title": plain(app.env.longtitles[page]),
        "og:type": "website" if page == app.config.root_doc else "article",
        "og:site_name": app.config.project,
        "og:locale": app.config.language,
        "og:description": description,
        "og:url": context.get("pageurl") or "",
        "og:image": picture(app, doctree),
    }
    tags = [meta("name", name, value) for name, value in named.items() if value]
    tags += [meta("property", name, value) for name, value in facts.items() if value]
    context["metatags"] = context.get("metatags", "") + "".join(tags)


def first_words(document: nodes.document) -> str:
    """Return the first paragraph that all readers see, cut at a word."""
    own = (
        one for one in document.findall(nodes.paragraph) if isinstance(one.parent, nodes.section)
    )
    text = next(filter(None, map(plain, own)), "")
    return textwrap.shorten(text, LENGTH, placeholder=" …")


def picture(app: Sphinx, document: nodes.document) -> str:
    """Return the address of the page's first picture, or else of the logo; "" where there is none.

    It must be known where the site is published.
    """
    site = app.config.html_baseurl
    pictures = (posixpath.basename(one["uri"]) for one in document.findall(nodes.image))
    names = [f"_images/{name}" for name in pictures if name in app.builder.images.values()]
    names += [f"_static/{posixpath.basename(app.config.html_logo or '')}"]
    return next((site + name for name in names if site and name.endswith(PICTURES)), "")


def meta(key: str, name: str, value: str) -> str:
    """Return an element that states a fact."""
    return f'<meta {key}="{name}" content="{html.escape(value)}">'
