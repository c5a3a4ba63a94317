"""A chapter file as the rest of the tool sees it: a page of frozen blocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a chapter file; only blank lines and marks lie between two of them."""

    kind: str
    """heading, prose, figure, table, equation, cell, setup, listing, toc, rst or bibliography."""
    source: str
    """Markdown as written (prose); text of a heading; what lies between the fences or `$$`; the
    rows of a table; the image of a figure; the file name of a bibliography."""
    line: int
    """1-based line of the file where `source` starts; every error message quotes it."""
    tabs: frozenset[str] = frozenset()
    """Tabs that show this block; empty means all of them."""
    name: str = ""
    """Id of a cell."""
    label: str = ""
    """Cross-reference name of a heading, figure, table or equation."""
    caption: str = ""
    """Markdown caption of a figure or table."""
    target: str = ""
    """File of a figure, relative to the page, as written."""
    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Size of a figure; `maxdepth` and the like of a toc, "true" for a flag; `language` and `info`
    of a listing."""
    level: int = 0
    """Depth of a heading, 1 to 6."""
    entries: tuple[str, ...] = ()
    """Paths of a toc, relative to the page, without the suffix `.md`; `Title <path>` too."""
    marks: frozenset[str] = frozenset()
    """What a cell's comments ask for: save, hide_code, hide_output."""
    indent: str = ""
    """What the lines of the list item or quotation that holds the block begin with; `source` is
    without it."""

    def shown_in(self, tab: str) -> bool:
        """Whether readers of the tab see the block."""
        return not self.tabs or tab in self.tabs


@dataclass(frozen=True)
class Page:
    """A chapter file: its blocks, in order."""

    path: str
    """Relative to the book's `source_dir`, with forward slashes."""
    blocks: tuple[Block, ...]
    digest: str = field(default="", compare=False)
    """Hash of the file that it was read from; empty where it is from none."""

    @property
    def title(self) -> str:
        """Text of the first top heading, or of the first one; "" if there is none."""
        headings = [block for block in self.blocks if block.kind == "heading"]
        return min(headings, key=lambda heading: heading.level).source if headings else ""

    @property
    def docname(self) -> str:
        """The path without its suffix: how tables of contents name the page."""
        return self.path.removesuffix(".md")

    @property
    def cells(self) -> tuple[Block, ...]:
        """The code cells of every tab."""
        return tuple(block for block in self.blocks if block.kind == "cell")

    @property
    def has_cells(self) -> bool:
        """Whether there is code to run, in any tab."""
        return bool(self.cells)

    def in_tab(self, tab: str) -> bool:
        """Whether the page exists in the tab: it has a cell for it, or none at all."""
        cells = self.cells
        return not cells or any(cell.shown_in(tab) for cell in cells)

    def with_blocks(self, blocks: tuple[Block, ...]) -> "Page":
        """The same page with other blocks."""
        return replace(self, blocks=blocks)
