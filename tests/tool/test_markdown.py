"""Chapter files become blocks; mistakes become errors with their line."""

from pathlib import Path

import pytest

from d2lbook.config import BookConfig
from d2lbook.errors import BookErrors
from d2lbook.source.markdown import parse_page, render_inline, scan_inline

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
    yield "indent", block.indent


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


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    text = "# A\n:label:`a`\n\n```{.python .input}\n%%tab jax\nx = 1\n```\n\n$$y$$\n:eqlabel:`b`\n"
    windows = "\ufeff" + text.replace("\n", "\r\n")
    assert parse_page("x.md", windows, CONFIG) == parse_page("x.md", text, CONFIG)


def test_the_title_is_the_first_of_the_highest_headings():
    def title(text):
        return parse_page("x.md", text, CONFIG).title

    assert title("## Sub\n\n# Top $x$ :label:`a`\n\n# Other") == "Top $x$"
    assert title("text") == ""


def test_a_book_without_tabs_shows_everything():
    text = ":begin_tab:`any`\ntext\n:end_tab:\n```{.python .input}\n#@tab other\n1\n```\n"
    assert [block.tabs for block in parse_page("x.md", text, WITHOUT_TABS).blocks] == [set(), set()]


def test_rendering_leaves_roles_without_a_handler_and_drops_slide_marks():
    text = "[**See :ref:`a`**], :numref:`b` and `:ref:`.(~~ :cite:`c`~~)"
    handlers = {"ref": lambda role: f"<{role.argument}>"}
    assert render_inline(text, handlers) == "See <a>, :numref:`b` and `:ref:`."


def test_keys_and_titles_of_roles():
    roles = [piece for piece in scan_inline(":cite:`a, b.c`:ref:`x, y <z-1>`") if piece]
    assert [role.keys for role in roles] == [("a", "b.c"), ("z-1",)]
    assert [role.title for role in roles] == ["", "x, y"]
