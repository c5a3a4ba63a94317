"""What a site has for those who come from outside: a front door, a sitemap, a page for wrong turns.

Where the site is published is `html_baseurl`; without it there is no sitemap.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from sphinx.application import Sphinx

from d2lbook.files import write_atomically
from d2lbook.sphinx_ext.site.search import is_site, reading_order

FRONT = "index"
MISSING = "404"
SITEMAP = """<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{pages}
</urlset>
"""
ROBOTS = """User-agent: *
Allow: /
Sitemap: {site}sitemap.xml
"""
HOME = """<base href="ROOT"><script>{
const base = document.querySelector("base");
if (!location.pathname.startsWith(new URL(base.href).pathname)) base.href = "/";
}</script>"""
"""Where the links of the page for wrong turns start from: servers show it at any depth.

A site that is looked at elsewhere than where it is published is taken to be at the top.
"""


def setup(app: Sphinx) -> None:
    """Add the page, and the files once all else is done."""
    app.connect("html-collect-pages", front_page)
    app.connect("html-collect-pages", missing_page)
    app.connect("html-page-context", start_from_home)
    app.connect("build-finished", write_sitemap)


def front_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page that hosts show for the site's address, where no page of the book is it."""
    if is_site(app) and FRONT not in app.env.found_docs:
        yield FRONT, {}, "front.html"


def missing_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page that is shown in place of one that isn't there, unless the book has it."""
    if is_site(app) and MISSING not in app.env.found_docs:
        yield MISSING, {}, "404.html"


def start_from_home(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Let the links of that page start from the site's root."""
    if page == MISSING:
        root = html.escape(urlsplit(app.config.html_baseurl).path or "/")
        context["metatags"] = HOME.replace("ROOT", root) + context.get("metatags", "")
        context["pageurl"] = None


def write_sitemap(app: Sphinx, error: Exception | None) -> None:
    """Write `sitemap.xml`, and the `robots.txt` that names it."""
    site = app.config.html_baseurl
    if error or not site or not is_site(app):
        return
    names = (page for page in reading_order(app.env) if page != MISSING)
    addresses = (f"{site}{quote(app.builder.get_target_uri(name))}" for name in names)
    pages = "\n".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    files = {"sitemap.xml": SITEMAP.format(pages=pages), "robots.txt": ROBOTS.format(site=site)}
    for name, text in files.items():
        write_atomically(Path(app.outdir, name), text.encode())
