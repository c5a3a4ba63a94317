"""A deck as a notebook: its cells say on which slide they are, as RISE and nbconvert read it."""

from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode

from d2lbook.markup.myst import one_line
from d2lbook.notebooks.ipynb import METADATA
from d2lbook.notebooks.text import Reading, TextWriter
from d2lbook.slides.deck import Deck, Slide


def slide_notebook(deck: Deck, reading: Reading) -> bytes:
    """Return the notebook file of a deck: what its slides say, and all code of the page.

    Args:
        deck: the deck.
        reading: what all decks of the book share.
    """
    title = nbformat.v4.new_markdown_cell(f"# {deck.title}", metadata=slideshow("slide"))
    writer = TextWriter(deck.page, deck.tab, reading)
    cells = [title, *(cell for slide in deck.slides for cell in cells_of(slide, deck, writer))]
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{number}"
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    return nbformat.writes(notebook).encode("utf-8", "surrogatepass")


def cells_of(slide: Slide, deck: Deck, writer: TextWriter) -> Iterator[NotebookNode]:
    """Yield the cells of a slide; the first one begins it."""
    for number, part in enumerate(slide.parts):
        metadata = slideshow("-" if number else "slide")
        if part.kind == "cell":
            outputs = map(nbformat.from_dict, deck.outputs.get(part.line, ()))
            yield nbformat.v4.new_code_cell(part.source, outputs=list(outputs), metadata=metadata)
        else:
            text = writer.text([part])
            text = text if number or "\n\n" in text else f"## {one_line(text)}"
            yield nbformat.v4.new_markdown_cell(text, metadata=metadata)


def slideshow(kind: str) -> dict[str, dict[str, str]]:
    """Return the metadata of a cell that begins a slide, or with "-" goes on with one."""
    return {"slideshow": {"slide_type": kind}}
