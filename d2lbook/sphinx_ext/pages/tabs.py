"""Tab sets: what differs by framework, side by side.

A woven page marks a node that belongs to tabs with the attribute `d2l`: the group (the place in
the page) and the tabs. Renderers choose; for HTML, neighbors of one group become one tab set of
sphinx-design, which syncs all sets of a page.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx_design.shared import create_component

from d2lbook.sphinx_ext.pages.labels import note_html, raw_html, receipt_html

SYNC_GROUP = "tab"
"""Names the query parameter, `?tab=`, and the reader's remembered choice."""


def setup(app: Sphinx) -> None:
    """Register the directive, the transforms and the configuration value."""
    app.add_config_value("d2l_tabs", [], "env", types=[list])
    app.add_directive("tab-prose", TabProse)
    app.add_post_transform(LabelRuns)
    app.add_post_transform(GroupTabs)


class TabProse(SphinxDirective):
    """Markdown for some tabs only: `{tab-prose} GROUP TAB,TAB`."""

    required_arguments = 2
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Parse the content into one marked container."""
        group, tabs = self.arguments
        container = nodes.container(d2l={"group": int(group), "tabs": tabs.split(",")})
        container += self.parse_content_to_nodes()
        return [container]


class LabelRuns(SphinxPostTransform):
    """Append to each cell the label of the run that its outputs come from."""

    default_priority = 140
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Label every cell of the page."""
        for cell in list(self.document.findall(is_cell)):
            cell["d2l"] = cell["cell_metadata"].get("d2l", {})
            cell += self.labels(cell["d2l"].get("runs", []))
            cell += [raw_html(note_html(note)) for note in cell["d2l"].get("notes", [])]

    def labels(self, runs: list[dict[str, Any]]) -> list[nodes.Element]:
        """Return the label of a run; of several with one output, a tab set without a bar."""
        receipts = {run["tab"]: raw_html(receipt_html(run)) for run in runs}
        if len(receipts) < 2:
            return list(receipts.values())
        items = [
            tab_item(tab, title, [receipts[tab]])
            for tab, title in self.config.d2l_tabs
            if tab in receipts
        ]
        return [create_component("tab-set", classes=["sd-tab-set", "quiet"], children=items)]


class GroupTabs(SphinxPostTransform):
    """Gather the neighbors of one group in a tab set; put the page's switch below its title."""

    default_priority = 150  # before sphinx-design writes tab sets
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Group all of the page's tabs."""
        parents = {id(node.parent): node.parent for node in self.document.findall(in_tabs)}
        for parent in parents.values():
            parent.children = list(self.grouped(parent.children))
            for child in parent.children:
                child.parent = parent
        title = next(iter(self.document.findall(nodes.title)), None)
        tabs = self.tabs_of_page()
        if title is not None and len(tabs) > 1:
            title.parent.insert(title.parent.index(title) + 1, switch(tabs))

    def tabs_of_page(self) -> list[tuple[str, str]]:
        """Return the tabs that some tab set of the page has, with their titles."""
        found = {label["sync_id"] for label in self.document.findall(is_tab_label)}
        return [(tab, title) for tab, title in self.config.d2l_tabs if tab in found]

    def grouped(self, children: Iterable[nodes.Node]) -> Iterable[nodes.Node]:
        """Yield the children, each run of one group replaced by its tab set."""
        for group, run in itertools.groupby(children, key=group_of):
            members = list(run)
            yield from members if group is None else [self.tab_set(members)]

    def tab_set(self, members: list[nodes.Element]) -> nodes.Element:
        """Return a tab set with one item for each tab that a member belongs to."""
        items = []
        for tab, title in self.config.d2l_tabs:
            own = [own_copy(node, tab) for node in members if tab in node["d2l"]["tabs"]]
            if own:
                items.append(tab_item(tab, title, own))
        return create_component("tab-set", classes=["sd-tab-set"], children=items)


def switch(tabs: list[tuple[str, str]]) -> nodes.raw:
    """Return the page's framework switch: a radio group that the script brings to life."""
    options = "".join(
        f'<label><input type="radio" name="tab-switch" value="{html.escape(tab)}"'
        f"{' checked' if place == 0 else ''}><span>{html.escape(title)}</span></label>"
        for place, (tab, title) in enumerate(tabs)
    )
    return raw_html(
        f'<div class="tab-switch" role="radiogroup" aria-label="{_("Framework of the code")}">'
        f'<span class="tab-switch-title" aria-hidden="true">{_("Framework")}</span>{options}</div>'
    )


def is_tab_label(node: nodes.Node) -> bool:
    """Whether a node is the label of a tab in a synced set."""
    return isinstance(node, nodes.rubric) and node.get("sync_group") == SYNC_GROUP


def is_cell(node: nodes.Node) -> bool:
    """Whether a node is a code cell of myst-nb."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def in_tabs(node: nodes.Node) -> bool:
    """Whether a node belongs to some tabs only."""
    return group_of(node) is not None


def group_of(node: nodes.Node) -> int | None:
    """Return the group of a node that belongs to some tabs only."""
    mark: dict[str, Any] = node.get("d2l", {}) if isinstance(node, nodes.Element) else {}
    return mark["group"] if mark.get("tabs") else None


def own_copy(node: nodes.Element, tab: str) -> nodes.Element:
    """Return a member of a group for one tab: itself for its first tab, a copy for the others."""
    return node if node["d2l"]["tabs"][0] == tab else copy_of(node)


def tab_item(tab: str, title: str, children: list[nodes.Element]) -> nodes.Element:
    """Return one tab: its label and its content."""
    label = nodes.rubric(title, title, classes=["sd-tab-label"])
    label["sync_id"], label["sync_group"] = tab, SYNC_GROUP
    content = create_component("tab-content", classes=["sd-tab-content"], children=children)
    content["d2l_tab"] = tab
    return create_component("tab-item", classes=["sd-tab-item"], children=[label, content])


def copy_of(node: nodes.Element) -> nodes.Element:
    """Return a copy without anchors, but for those that numbers are found by."""
    copy = node.deepcopy()
    for element in copy.findall(nodes.Element):
        if not isinstance(element, nodes.figure | nodes.table | nodes.math_block):
            element["ids"] = []
    return copy
