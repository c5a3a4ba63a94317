"""Checks of the sources by themselves: `tabcheck` and `outputcheck`."""

import json
from collections.abc import Iterator

from d2lbook.book import read_pages
from d2lbook.config import BookConfig
from d2lbook.errors import BookError, BookErrors


def tabcheck(config: BookConfig) -> None:
    """Check that every page can be read and names only known tabs; raises BookErrors."""
    _, errors = read_pages(config)
    if errors:
        raise BookErrors(errors)


def outputcheck(config: BookConfig) -> None:
    """Check that no source, `.md` or `.ipynb`, holds outputs; raises BookErrors."""
    errors = [*_listed_outputs(config), *_notebook_outputs(config)]
    if errors:
        raise BookErrors(errors)


def _listed_outputs(config: BookConfig) -> Iterator[BookError]:
    for page in read_pages(config)[0]:
        for block in page.blocks:
            if block.kind == "listing" and ".output" in block.options["info"].strip("{}").split():
                message = "the source holds an output: remove the block"
                yield BookError(message, page.path, block.line)


def _notebook_outputs(config: BookConfig) -> Iterator[BookError]:
    found = config.matching((*config.notebooks, *config.non_notebooks, "**/*.ipynb"))
    for path in (path for path in found if path.suffix == ".ipynb"):
        try:
            cells = json.loads((config.source_dir / path).read_bytes())["cells"]
            dirty = [n for n, cell in enumerate(cells, 1) if cell.get("outputs")]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            yield BookError(f"is not a notebook: {error}", path)
            continue
        for number in dirty:
            yield BookError(f"cell {number} holds outputs: clear them", path)
