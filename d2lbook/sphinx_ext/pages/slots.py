"""Code cells in list items and quotations.

A notebook can't hold a cell there; a woven page holds a slot in its place, and the cell after the
text, with the slot's number in its metadata.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

from d2lbook.sphinx_ext.pages.tabs import is_cell


def setup(app: Sphinx) -> None:
    """Register the directive and the transform."""
    app.add_directive("cell-slot", CellSlot)
    app.add_transform(FillSlots)


class CellSlot(SphinxDirective):
    """The place of a code cell: `{cell-slot} NUMBER`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return an empty container with the number."""
        return [nodes.container(cell_slot=int(self.arguments[0]))]


class FillSlots(SphinxTransform):
    """Moves cells to their slots."""

    default_priority = 200

    def apply(self, **kwargs: object) -> None:
        """Fill every slot of the page; a slot whose cell shows nothing goes.

        A cell stays where it is if its slot isn't there: the text around that was no Markdown.
        """
        slots = list(self.document.findall(is_slot))
        cells: dict[int, list[nodes.Node]] = {slot["cell_slot"]: [] for slot in slots}
        for cell in list(self.document.findall(is_cell)):
            slot = cell["cell_metadata"].get("d2l", {}).get("slot")
            if slot in cells:
                cell.parent.remove(cell)
                cells[slot].append(cell)
        for container in slots:
            container.parent.replace(container, cells[container["cell_slot"]])


def is_slot(node: nodes.Node) -> bool:
    """Whether a node is the place of a cell."""
    return isinstance(node, nodes.container) and "cell_slot" in node
