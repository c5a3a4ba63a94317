"""An edition: the book for the readers of one tab, as a PDF and an EPUB hold it.

The configuration value `d2l_tab` names the tab, and `d2l_left_out` the pages that aren't for its
readers. Where the tab is None, as it is for the site, pages keep all tabs.
"""

from __future__ import annotations

from types import NoneType
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from d2lbook.records.receipts import missing, tab_title
from d2lbook.words import Say


def setup(app: Sphinx) -> None:
    """Register the values, a change of which makes no page be read again, and the transform."""
    app.add_config_value("d2l_tab", None, "", types=[str, NoneType])
    app.add_config_value("d2l_left_out", [], "", types=[list])
    app.add_post_transform(ChooseTab)


class ChooseTab(SphinxPostTransform):
    """Leaves of a page what the readers of the edition's tab see."""

    default_priority = 2  # before anything is made of cells, outputs and references

    def is_supported(self) -> bool:
        """Whether the book is built for one tab."""
        return self.config.d2l_tab is not None

    def run(self, **kwargs: object) -> None:
        """Choose; what stays is marked as being for everybody."""
        for page in list(self.document.findall(addnodes.start_of_file)):
            if page["docname"] in self.config.d2l_left_out:
                page.parent.remove(page)
        for node in list(self.document.findall(is_marked)):
            mark = mark_of(node)
            if self.config.d2l_tab not in mark.get("tabs", [self.config.d2l_tab]):
                node.parent.remove(node)
            elif "cell_metadata" in node:
                say = Say(self.config.language)
                node["cell_metadata"] = {"d2l": for_tab(mark, self.config.d2l_tab, say)}
            else:
                del node["d2l"]


def is_marked(node: nodes.Node) -> bool:
    """Whether a node is a cell, or belongs to some tabs only."""
    return isinstance(node, nodes.Element) and bool(mark_of(node))


def mark_of(node: nodes.Element) -> dict[str, Any]:
    """Return what a woven page says of a cell or of a node for some tabs."""
    mark: dict[str, Any] = node.get("d2l") or node.get("cell_metadata", {}).get("d2l", {})
    return mark


def for_tab(mark: dict[str, Any], tab: str, say: Say) -> dict[str, Any]:
    """Return what is left of a mark once a tab is chosen: its run, or that there was none."""
    runs = [run for run in mark.get("runs", []) if run["tab"] == tab]
    notes = [missing([tab_title(tab)], say)] if tab in mark.get("missing", []) else []
    return {"runs": runs, "notes": notes}
