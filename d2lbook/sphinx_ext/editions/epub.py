"""EPUB 3 as Sphinx builds it, of one edition: no script, math declared, a cover, a plain style."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from docutils import nodes
from lxml import etree
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx.util import logging

from d2lbook.sphinx_ext.editions.figures import inert_svg

logger = logging.getLogger(__name__)

STYLE = "book.css"
COVER = "cover.svg"
PROPERTIES = {"mathml": "{http://www.w3.org/1998/Math/MathML}math"}
"""What a page must be declared to hold, each with the element that it is."""
OPF = {"opf": "http://www.idpf.org/2007/opf"}


def setup(app: Sphinx) -> None:
    """Stand in for Sphinx's builder."""
    app.add_config_value("d2l_epub", {}, "", types=[dict])
    app.add_builder(BookEpubBuilder, override=True)
    app.connect("html-page-context", clear_head, priority=1000)


def clear_head(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Leave out of an EPUB what pages of the site have in their head."""
    if isinstance(app.builder, BookEpubBuilder):
        context["metatags"] = ""


class BookEpubBuilder(Epub3Builder):
    """Builds the EPUB of one tab."""

    def get_outdated_docs(self) -> Iterator[str]:
        """Return all pages: what was written for another edition is of no use."""
        return iter(sorted(self.env.found_docs))

    def init_css_files(self) -> None:
        """Use the one style sheet."""
        self._css_files = []
        super().add_css_file(STYLE)

    def init_js_files(self) -> None:
        """Use no script."""
        self._js_files = []

    def add_css_file(self, filename: str, **kwargs: Any) -> None:
        """Leave out what extensions bring for the site."""

    add_js_file = add_css_file

    def copy_static_files(self) -> None:
        """Copy the style sheet and write the cover; drop what extensions have put beside them."""
        folder = Path(self.outdir, "_static")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copyfile(self.config.d2l_epub["style"], folder / STYLE)
        (folder / COVER).write_text(self.config.d2l_epub["cover"], encoding="utf-8")

    def copy_image_files(self) -> None:
        """Copy the figures; without scripts in them, and what readers would have to fetch."""
        super().copy_image_files()
        for path in Path(self.outdir, self.imagedir).glob("*.svg"):
            path.write_bytes(inert_svg(path))

    def toc_metadata(self, level: int, navpoints: list[Any]) -> dict[str, Any]:
        """Return what the table of contents for old e-readers is made of."""
        own = {"uid": self.config.epub_identifier}
        return {**super().toc_metadata(level, navpoints), **own}

    def write_documents(self, docnames: Set[str]) -> None:
        """Write the pages of the edition."""
        super().write_documents(set(docnames) - set(self.config.d2l_left_out))

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write a page, without links to pages that the edition lacks."""
        for link in list(doctree.findall(nodes.reference)):
            if self.leads_out(docname, link.get("refuri", "")):
                item = link.parent.parent
                in_contents = isinstance(item, nodes.list_item) and "toctree" in str(
                    item["classes"]
                )
                item.parent.remove(item) if in_contents else link.replace_self(link.children)
        super().write_doc(docname, doctree)

    def leads_out(self, docname: str, uri: str) -> bool:
        """Whether a link on a page leads to one that the edition lacks."""
        here = posixpath.dirname(docname)
        path = posixpath.normpath(posixpath.join(here, unquote(uri.partition("#")[0])))
        return path.removesuffix(self.out_suffix) in self.config.d2l_left_out

    def get_toc(self) -> None:
        """Collect the table of contents."""
        doctree = self.env.get_and_resolve_doctree(
            self.config.root_doc, self, tags=self.tags, prune_toctrees=False, includehidden=True
        )
        self.refnodes = self.get_refnodes(doctree, [])
        self.toc_add_files(self.refnodes)

    def get_refnodes(self, doctree: nodes.Node, result: list[dict[str, Any]]) -> Any:
        """Collect the entries of the table of contents: with their numbers, seen from the top."""
        if not isinstance(doctree, nodes.reference):
            return super().get_refnodes(doctree, result)
        if self.leads_out(self.config.root_doc, doctree.get("refuri", "")):
            return result
        before = len(result)
        super().get_refnodes(doctree, result)
        for entry in result[before:]:
            number = ".".join(map(str, doctree.get("secnumber") or ()))
            entry["text"] = f"{number} {entry['text']}".strip()
            path, mark, anchor = entry["refuri"].partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(self.config.root_doc), path))
            entry["refuri"] = f"{path}{mark}{anchor}"
        return result

    def handle_finish(self) -> None:
        """Pack everything; only now is the cover named, which would have all pages read again."""
        self.config.epub_cover = (f"_static/{COVER}", "epub-cover.html")
        super().handle_finish()

    def build_content(self) -> None:
        """List the files, each with what it must be declared to hold."""
        links = self.refnodes
        self.refnodes = [{**link, "refuri": unquote(link["refuri"])} for link in links]
        super().build_content()  # which takes what links say for the names of files
        self.refnodes = links
        path = Path(self.outdir, "content.opf")
        package = etree.parse(path)
        for item in package.iterfind(".//opf:manifest/opf:item", OPF):
            if properties := self.properties(item.get("href")):
                item.set("properties", properties)
        package.write(path, encoding="utf-8", xml_declaration=True)

    def properties(self, name: str) -> str:
        """Return what a file must be declared to hold; "" for nothing."""
        if name == "nav.xhtml":
            return "nav"
        if name.endswith(COVER):
            return "cover-image"
        if not name.endswith(self.out_suffix):
            return ""
        try:
            page = etree.parse(Path(self.outdir, unquote(name)))
        except etree.XMLSyntaxError as error:
            page_name = name.removesuffix(self.out_suffix)
            logger.warning("the EPUB's page isn't XML: %s", error, location=page_name)
            return ""
        return " ".join(p for p, tag in PROPERTIES.items() if page.find(f".//{tag}") is not None)
