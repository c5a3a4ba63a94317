"""Chapter files become blocks; mistakes become errors with their line."""

from pathlib import Path

import pytest

from d2lbook.config import BookConfig
from d2lbook.errors import BookErrors
from d2lbook.markdown import parse_page, scan_inline

CONFIG = BookConfig(Path(), tabs=("pytorch", "tensorflow", "jax", "mxnet"))
WITHOUT_TABS = BookConfig(Path())


def outline(page):
    """Every block: a line with its kind and what is known of it, then its source after bars."""
    return "\n".join(line for block in page.blocks for line in [_head(block), *_body(block)])


def _head(block):
    notes = [f"{name}={value!r}" for name, value in _notes(block) if value]
    return " ".join([f"{block.line} {block.kind}", *notes])


def _notes(block):
    yield "level", block.level
    yield "tabs", " ".join(sorted(block.tabs))
    yield "marks", " ".join(sorted(block.marks))
    yield from ((name, getattr(block, name)) for name in ("name", "label", "caption", "target"))
    yield from sorted(block.options.items())
    yield "entries", " ".join(block.entries)


def _body(block):
    return [f"| {line}".rstrip() for line in block.source.split("\n")]


@pytest.mark.cases("blocks.md")
def test_blocks(given, expected):
    assert outline(parse_page("x.md", given, CONFIG)) == expected


@pytest.mark.cases("mistakes.md")
def test_mistakes(given, expected):
    with pytest.raises(BookErrors) as caught:
        parse_page("x.md", given, CONFIG)
    assert str(caught.value) == expected


@pytest.mark.cases("inline.md")
def test_inline(given, expected):
    """Roles are shown as <name: argument>, slide marks where they are asked for too."""

    def show(piece):
        return piece if isinstance(piece, str) else f"<{piece.name}@{piece.line}: {piece.argument}>"

    plain = "".join(map(show, scan_inline(given)))
    with_slides = "".join(map(show, scan_inline(given, slides=True)))
    assert plain + (f"\n---\n{with_slides}" if with_slides != plain else "") == expected
