"""Links below a page's title that open its notebook on a host, in the framework that is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.shared import create_component

from d2lbook.records.receipts import tab_title
from d2lbook.sphinx_ext.pages.labels import raw_html
from d2lbook.sphinx_ext.pages.tabs import is_cell, tab_item
from d2lbook.values import glob_matcher


def setup(app: Sphinx) -> None:
    """Register the transform, its style sheet, and a value that holds what `launches` yields."""
    app.add_config_value("d2l_launches", [], "html", types=[list])
    app.add_post_transform(LaunchLinks)
    app.add_css_file("launch.css", priority=900)


class LaunchLinks(SphinxPostTransform):
    """Puts the links to hosts below the page's switch, in a tab set without a bar."""

    default_priority = 160  # after the switch is there, before sphinx-design writes tab sets

    def is_supported(self) -> bool:
        """Whether readers are on the web."""
        return self.app.builder.format == "html" and self.app.builder.name != "epub"

    def run(self, **kwargs: object) -> None:
        """Link the notebooks of every tab that the page has cells for."""
        title = next(iter(self.document.findall(nodes.title)), None)
        rows = {tab: row for tab in self.tabs_of_page() if (row := self.row(tab))}
        if title is None or not rows:
            return
        links: nodes.Node = raw_html(rows.get("", ""))
        if "" not in rows:
            items = [tab_item(tab, tab_title(tab), [raw_html(row)]) for tab, row in rows.items()]
            classes = ["sd-tab-set", "quiet", "launch-set"]
            links = create_component("tab-set", classes=classes, children=items)
        place = title.parent.index(title) + 1
        if is_switch(title.next_node(siblings=True, descend=False)):
            place += 1
        title.parent.insert(place, links)

    def tabs_of_page(self) -> Sequence[str]:
        """Return the tabs that have a notebook of the page with code in it."""
        all_tabs = [tab for tab, _ in self.config.d2l_tabs] or [""]
        found: set[str] = set()
        for cell in self.document.findall(is_cell):
            found.update(cell["cell_metadata"].get("d2l", {}).get("tabs", all_tabs))
        return [tab for tab in all_tabs if tab in found]

    def row(self, tab: str) -> str:
        """Return the links for the readers of a tab."""
        page = self.env.docname
        links = [
            link(tab, host, url.replace("{page}", quote(page)))
            for own, host, url, exclusions in self.config.d2l_launches
            if own == tab and not glob_matcher(tuple(exclusions))(f"{page}.md")
        ]
        return f'<p class="launch">{_("Run it on")} {" ".join(links)}</p>' if links else ""


def is_switch(node: nodes.Node | None) -> bool:
    """Whether a node is the page's framework switch."""
    return isinstance(node, nodes.raw) and "tab-switch" in node.astext()


def link(tab: str, host: str, url: str) -> str:
    """Return the link to a notebook on a host."""
    title = _("Open the notebook of this page on {}").format(host)
    if tab:
        title = _("Open the {} notebook of this page on {}").format(tab_title(tab), host)
    return f'<a class="launch-link" href="{escape(url)}" title="{escape(title)}">{escape(host)}</a>'
