"""A page as the readers of one tab see it: branches, aliases and marks in its cells."""

from pathlib import Path

import pytest

from d2lbook.config import BookConfig, load_config
from d2lbook.errors import BookErrors
from d2lbook.source.aliases import rewrite_aliases
from d2lbook.source.markdown import parse_page
from d2lbook.source.pycode import Code
from d2lbook.source.tabs import choose_tab

CONFIG = BookConfig(Path(), tabs=("pytorch", "jax", "mxnet"))
LIBRARY = """\
[build]
tabs = pytorch
[library-pytorch]
lib_name = torch
simple_alias = ones, exp, float32,
    concat -> cat
fluent_alias = reshape, numpy -> detach().numpy, reduce_sum -> sum
reverse_alias = d2l.size\\(([\\w]+)\\) -> \\1.numel()
"""


def chosen(text, tab, config=CONFIG):
    """The sources of a chapter's cells in a tab."""
    return [cell.source for cell in choose_tab(parse_page("x.md", text, config), tab, config).cells]


def cell(*lines):
    return "\n".join(["```{.python .input}", *lines, "```"])


@pytest.mark.cases("branches.md")
def test_branches(given, expected):
    """What the cell is in two tabs; each is valid Python."""
    found = [chosen(cell("%%tab all", given), tab) for tab in ("pytorch", "jax")]
    texts = ["".join(sources) for sources in found]
    assert "\n---\n".join(texts) == expected


@pytest.mark.cases("aliases.md")
def test_aliases(given, expected, tmp_path):
    (tmp_path / "config.ini").write_text(LIBRARY)
    library = load_config(tmp_path).libraries["pytorch"]
    assert rewrite_aliases(Code(given, "x.md", 1), library) == expected


def test_only_the_blocks_of_the_tab_stay():
    page = parse_page(
        "x.md",
        "\n".join(
            [
                "# Title",
                cell("%load_ext d2lbook.tab", "tab.interact_select(['pytorch', 'jax'])"),
                ":begin_tab:`jax`",
                "For JAX.",
                ":end_tab:",
                cell("%%tab jax, mxnet", "1"),
                cell("2"),
                cell("%%tab all", "if tab.selected('jax'):", "    3"),
            ]
        ),
        CONFIG,
    )
    kinds = {
        tab: [f"{block.kind}: {block.source}" for block in choose_tab(page, tab, CONFIG).blocks]
        for tab in CONFIG.tabs
    }
    assert kinds == {
        "pytorch": ["heading: Title", "cell: 2"],
        "jax": ["heading: Title", "prose: For JAX.", "cell: 1", "cell: 3"],
        "mxnet": ["heading: Title", "cell: 1"],
    }


def test_a_page_is_in_the_tabs_that_its_cells_are_for():
    page = parse_page("x.md", cell("%%tab jax", "1"), CONFIG)
    assert [page.in_tab(tab) for tab in CONFIG.tabs] == [False, True, False]
    setup = parse_page("x.md", cell("tab.interact_select('jax')"), CONFIG)
    assert all(setup.in_tab(tab) for tab in CONFIG.tabs)
    assert not setup.has_cells


def test_a_book_without_tabs_has_one_that_holds_every_cell():
    config = BookConfig(Path())
    text = "\n".join([cell("1"), cell("%%tab all", "2"), cell("#@tab pytorch", "3")])
    assert chosen(text, config.default_tab, config) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("#@save\nclass Net:  #@save\n    '#@save'", "class Net:\n    '#@save'"),
        ("x = 1\n# Hide outputs\ny = 2", "x = 1\ny = 2"),
        ("#@hide_all\n\nx = 1\n", "x = 1"),
        ("x = 1  # see #@save", "x = 1  # see #@save"),
        ("#@save", None),
        ("%%bash\n#@save", "%%bash\n#@save"),
        ("this is (no Python  #@save", "this is (no Python"),
    ],
)
def test_marks_in_comments_are_gone(source, seen):
    assert chosen(cell(source), "pytorch") == ([] if seen is None else [seen])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\nif tab.selected('pytroch'):\n    1", "x.md:3: tab 'pytroch' is not listed"),
        ("if tab.selected(name): 1", "x.md:2: tab.selected takes the names of tabs"),
        ("if tab.selected(): 1", "x.md:2: tab.selected takes the names of tabs"),
        ("y\nif tab.selected('jax')\n    1", "x.md:3: the cell is not valid Python: expected ':'"),
        ("x = f'{tab.selected(\"jax\")}'", "x.md:2: tab.selected can't be resolved inside"),
        (
            "if tab.selected('jax'): " + "+".join("1" * 9999),
            "x.md:2: the cell is not valid Python: ",
        ),
    ],
)
def test_branches_that_make_no_sense_are_errors(source, message):
    with pytest.raises(BookErrors) as caught:
        chosen(cell(source), "pytorch")
    assert str(caught.value).startswith(message)
