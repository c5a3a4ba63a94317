"""A chapter file as a live notebook, with the cells of every tab, and a notebook as a chapter.

The notebook remembers, in its metadata, the text that it was made of. What wasn't edited can so be
written back as it was, and edits can be told from none. Outputs live in the notebook alone.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

from d2lbook.errors import BookError
from d2lbook.live.roundtrip import CODE, PROSE, Cell, Chapter, find_origins

KEY = "d2lbook"
"""The key of our own metadata, `{"chapter": text}`."""
HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, which JSON may hold and no text."""
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def to_live(text: str, kernel: Mapping[str, str] | None = None) -> NotebookNode:
    """Return the notebook of a chapter, without outputs.

    Args:
        text: what the chapter file holds.
        kernel: the kernel specification to run it with.
    """
    seen: Counter[str] = Counter()
    cells = []
    region = False
    for kind, source in Chapter.of(text).cells:
        region = _begins_region(source, region) if kind == PROSE else region
        make = nbformat.v4.new_code_cell if kind == CODE else nbformat.v4.new_markdown_cell
        name = hashlib.sha256(f"{kind}\n{source}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
        seen[name] += 1
        suffix = "-in-tab" if region else ""  # `d2lbook.tab` knows the others by their ids
        cells.append(make(source, id=f"{name}-{seen[name]}{suffix}"))
    metadata = {"kernelspec": dict(kernel or KERNEL), "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata | {KEY: {"chapter": text}})


def _begins_region(prose: str, before: bool) -> bool:
    """Whether what follows a text is in a `:begin_tab:`, given whether the text began in one."""
    begin, end = prose.rfind(":begin_tab:"), prose.rfind(":end_tab:")
    return before if begin == end else begin > end


def origin_of(notebook: NotebookNode) -> str | None:
    """Return the text that a notebook was made of; None if it wasn't made of a chapter."""
    own = notebook.get("metadata", {}).get(KEY)
    text = own.get("chapter") if isinstance(own, dict) else None
    return text if isinstance(text, str) and not HALF.search(text) else None


def to_text(notebook: NotebookNode, base: str = "") -> str:
    """Return the chapter that a notebook is, without outputs.

    Args:
        notebook: the notebook.
        base: the text to follow where the notebook wasn't made of a chapter.

    Raises:
        BookError: a cell holds a picture that was pasted into it, or half of a character.
    """
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.get("attachments"):
            raise BookError(
                f"cell {number} holds a picture, which a chapter can't: save it as a file, and "
                "write ![caption](file) in its place"
            )
        if half := HALF.search(_cell(cell).source):
            raise BookError(
                f"cell {number} holds {half[0]!r}, half of a character: write the whole one"
            )
    origin = origin_of(notebook)
    return Chapter.of(base if origin is None else origin).rewrite(map(_cell, notebook.cells))


def renewed(notebook: NotebookNode, text: str) -> NotebookNode:
    """Return the notebook of a text, with the outputs of another one for code that is the same."""
    fresh = to_live(text)
    origins = find_origins([_cell(cell) for cell in notebook.cells], Chapter.of(text).cells)
    for cell, origin in zip(fresh.cells, origins, strict=True):
        if origin is not None:
            _take_over(notebook.cells[origin], cell)
    own: dict[str, Any] = fresh.metadata[KEY]
    fresh.metadata = NotebookNode({**notebook.metadata, KEY: own})
    return fresh


def _take_over(old: NotebookNode, cell: NotebookNode) -> None:
    """Give a cell the id and metadata of the one that it comes from, and outputs that hold yet."""
    cell["id"] = old.get("id", cell["id"])
    cell["metadata"] = old.metadata
    if cell.cell_type == CODE and _cell(old) == _cell(cell):
        cell["outputs"] = old.get("outputs", [])
        cell["execution_count"] = old.get("execution_count")


def _cell(cell: NotebookNode) -> Cell:
    source: Any = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    return Cell(CODE if cell.get("cell_type") == CODE else PROSE, text)
