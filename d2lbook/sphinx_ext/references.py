"""Cross-references as authors of the ecosystem expect them."""

from __future__ import annotations

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.transforms.post_transforms import SphinxPostTransform


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(NameUnnumberedSections)


class NameUnnumberedSections(SphinxPostTransform):
    """Let a reference by number to a section that has none show the section's title."""

    default_priority = 5  # before Sphinx resolves references

    def run(self, **kwargs: object) -> None:
        """Turn such references into references by title."""
        domain = self.env.domains.standard_domain
        for node in self.document.findall(addnodes.pending_xref):
            if node["reftype"] == "numref" and self.is_unnumbered_section(domain, node):
                node["reftype"] = "ref"
                node["refexplicit"] = False

    def is_unnumbered_section(self, domain: StandardDomain, node: addnodes.pending_xref) -> bool:
        """Whether the target is a section outside any numbered table of contents."""
        page, anchor, _ = domain.labels.get(node["reftarget"], ("", "", ""))
        numbers = self.env.toc_secnumbers.get(page, {})
        is_figure = any(
            anchor in figures for figures in self.env.toc_fignumbers.get(page, {}).values()
        )
        return bool(page) and not is_figure and f"#{anchor}" not in numbers and "" not in numbers
