"""A chapter as cells, and back: nothing changes but what was edited."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from d2lbook.live.roundtrip import Cell, Chapter

ROOT = Path(__file__).parents[2]
PAGES = sorted(path for path in ROOT.rglob("*.md") if not {".envs", "_build"} & {*path.parts})
LINES = [
    "```{.python .input}", "```{.python .input  n=7}", "````{.python .input #some-id n=2}",
    "~~~~{.python .input }", "   ```{.python .input}", "> ```{.python .input}", "```python", "```",
    "````", "~~~~", "   ```", "> ```", "%%tab jax", "#@tab pytorch, jax", "x = 1", "   y = 2", "",
    "", " \t", "# Title", "Title", "===", "1. one", "> quoted", ":begin_tab:`jax`", ":end_tab:",
    "<!--", "-->", "$$", "words", ":label:`sec_x`", "%load_ext d2lbook.tab", "\u2028", "\x0c",
]  # fmt: skip
TEXTS = st.builds(
    lambda lines, mark, last: mark + "".join(map("".join, lines)) + last,
    st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(["\n", "\n", "\r\n", "\r"]))),
    st.sampled_from(["", "\ufeff"]),
    st.sampled_from(["", *LINES]),
)
CELLS = st.builds(
    Cell, st.sampled_from(["code", "markdown"]), st.lists(st.sampled_from(LINES)).map("\n".join)
)
CHAPTER = """\ufeff
```{.python .input}
%load_ext d2lbook.tab
tab.interact_select(['pytorch', 'jax'])
```

# Tides
:label:`sec_tides`

The sea rises.
And falls.

```{.python .input  n=7}
%%tab pytorch
import torch
```


````{.python .input #ebb n=2}
%%tab jax
'''
```
'''
````
Twice a day.

## Summary
Done.

- item

  ```{.python .input}
  def f():

      return 1
  ```

  > ```{.python .input}
  > quoted
  > ```"""
SETUP, TIDES, TORCH, EBB, TWICE, SUMMARY, ITEM, QUOTE = range(8)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_page_comes_back_as_it_was(path):
    text = path.read_bytes().decode()
    for given_text in (text, text.replace("\n", "\r\n"), text.rstrip("\n")):
        chapter = Chapter.of(given_text)
        assert whole(chapter) == given_text
        assert chapter.rewrite(chapter.cells) == given_text


@settings(max_examples=300, deadline=None)
@given(st.one_of(TEXTS, st.text()))
@example(CHAPTER)
def test_every_text_comes_back_as_it_was(text):
    chapter = Chapter.of(text)
    assert whole(chapter) == text
    assert chapter.rewrite(chapter.cells) == text
    assert not any("\r" in source for _, source in chapter.cells)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.data())
@example(CHAPTER, None)
def test_an_edited_cell_changes_its_own_lines_alone(text, data):
    chapter = Chapter.of(text)
    cells = chapter.cells
    if not cells:
        return
    index = data.draw(st.integers(0, len(cells) - 1)) if data else TORCH
    before = chapter.head + "".join(map(with_gap, chapter.pieces[:index], chapter.gaps))
    after = "".join(map(with_gap, chapter.pieces[index + 1 :], chapter.gaps[index + 1 :]))
    start, end = text[: len(before)], chapter.gaps[index] + after
    kind, source = cells[index]
    result = chapter.rewrite([*cells[:index], Cell(kind, f"{source} more"), *cells[index + 1 :]])
    assert result.startswith(start)
    assert result.endswith(end)
    *lines, _ = chapter.pieces[index].text("").splitlines(keepends=True)
    kept = lines[:-1] if kind == "code" else lines
    assert result[len(start) : -len(end) or None].startswith("".join(kept))


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.data())
def test_no_text_is_lost_however_cells_are_moved_and_made(text, data):
    chapter = Chapter.of(text)
    own = st.sampled_from(chapter.cells) if chapter.cells else CELLS
    cells = data.draw(st.lists(st.one_of(own, CELLS)))
    result = chapter.rewrite(cells)
    rest = iter(result.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for _, source in cells:
        for line in source.split("\n"):
            assert not line.strip() or any(line.strip() in found for found in rest)
    again = Chapter.of(result)
    assert again.rewrite(again.cells) == result


def whole(chapter):
    return chapter.head + "".join(map(with_gap, chapter.pieces, chapter.gaps))


def with_gap(piece, gap):
    return piece.text("?") + gap


def test_code_and_prose_become_cells_and_prose_begins_anew_at_headings():
    cells = Chapter.of(CHAPTER).cells
    code = {index for index, (kind, _) in enumerate(cells) if kind == "code"}
    assert code == {SETUP, TORCH, EBB, ITEM}
    assert cells[TIDES].source == "# Tides\n:label:`sec_tides`\n\nThe sea rises.\nAnd falls."
    assert cells[EBB].source == "%%tab jax\n'''\n```\n'''"
    assert cells[TWICE].source == "Twice a day."
    assert cells[ITEM].source == "def f():\n\n    return 1"
    assert cells[QUOTE].source.startswith("  > ```{.python .input}")


@pytest.mark.parametrize(
    "text",
    [
        "```{.python .input}\nx",
        "```{.python .input}\nx\n```{.python .input}\n",
        "> ```{.python .input}\n> x\n> ```",
        "1. one\n\n   ```{.python .input}\n  uneven\n   ```",
        "```python\nx\n```",
    ],
)
def test_what_is_no_whole_cell_stays_prose(text):
    assert {kind for kind, _ in Chapter.of(text).cells} == {"markdown"}


def rewritten(*changes, text=CHAPTER):
    """The text after changes: each is the index of a cell and what takes its place, last first."""
    chapter = Chapter.of(text)
    cells = chapter.cells
    for index, new in changes:
        cells[index : index + 1] = new
    return chapter.rewrite(cells)


def replaced(*pairs, text=CHAPTER):
    """The text with some of its text replaced."""
    for old, new in pairs:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def test_edits_of_code_and_of_prose():
    item = Cell("code", "def f():\n\n    x = 2\n    return 1")
    torch = Cell("code", "%%tab pytorch\nimport torch as t")
    tides = Cell("markdown", "# Tides\n:label:`sec_tides`\n\nThe sea swells.\nAnd falls.\n\n")
    assert rewritten((ITEM, [item]), (TORCH, [torch]), (TIDES, [tides])) == replaced(
        ("rises", "swells"),
        ("import torch\n", "import torch as t\n"),
        ("      return 1\n", "      x = 2\n      return 1\n"),
    )


@pytest.mark.parametrize("text", [CHAPTER, CHAPTER.replace("\n", "\r\n")])
def test_a_new_cell_leaves_its_neighbors_alone(text):
    end = "\r\n" if "\r" in text else "\n"
    ebb = Chapter.of(text).cells[EBB]
    gap, new = f"```{end}{end}", end.join(["```{.python .input}", "1", "2", "```", end])
    assert rewritten((EBB, [Cell("code", "1\n2"), ebb]), text=text) == replaced(
        (f"{gap}{end}````", f"{gap}{new}{end}````"), text=text
    )


def test_a_new_cell_takes_no_fence_from_an_edited_one():
    edited = Cell("code", "%%tab pytorch\nimport torch  # again")
    result = rewritten((TORCH, [Cell("code", "x = 1"), edited, Cell("code", "import numpy")]))
    assert "```{.python .input  n=7}\n%%tab pytorch\nimport torch  # again\n```\n" in result
    assert "```{.python .input}\nx = 1\n```\n" in result
    assert "```{.python .input}\nimport numpy\n```\n" in result


def test_moved_and_deleted_cells_take_their_fences_along():
    ebb = "````{.python .input #ebb n=2}\n%%tab jax\n'''\n```\n'''\n````\n"
    assert rewritten((EBB, [])) == replaced((f"```\n\n\n{ebb}", "```\n\n"))
    cells = Chapter.of(CHAPTER).cells
    moved = rewritten((EBB, []), (SETUP, [cells[EBB], cells[SETUP]]))
    assert moved == replaced((f"```\n\n\n{ebb}", "```\n\n"), ("\ufeff\n", f"\ufeff\n{ebb}\n"))


def test_a_copied_cell_gets_a_fence_without_the_id():
    cells = Chapter.of(CHAPTER).cells
    assert rewritten((QUOTE, [cells[QUOTE], cells[EBB]])).count("#ebb") == 1


def test_split_and_merged_cells():
    halves = [Cell("code", "%%tab pytorch\nimport"), Cell("code", "torch")]
    assert rewritten((TORCH, halves)) == replaced(
        ("import torch\n", "import\n```\n\n```{.python .input}\ntorch\n")
    )
    cells = Chapter.of(CHAPTER).cells
    both = Cell("markdown", f"{cells[TWICE].source}\n\n{cells[SUMMARY].source}")
    assert rewritten((SUMMARY, []), (TWICE, [both])) == replaced(
        ("````\nTwice a day.", "````\n\nTwice a day.")
    )


def test_a_cell_may_change_its_kind():
    assert rewritten((TWICE, [Cell("code", "Twice a day.")])) == replaced(
        ("````\nTwice a day.\n", "````\n\n```{.python .input}\nTwice a day.\n```\n")
    )
    assert rewritten((TORCH, [Cell("markdown", "import torch")])) == replaced(
        ("```{.python .input  n=7}\n%%tab pytorch\nimport torch\n```\n", "import torch\n")
    )


def test_fences_in_code_make_its_own_longer():
    text = "~~~{.python .input #id}\nx\n~~~"
    cell = Cell("code", "'''\n~~~~\n```{.python .input}\n'''")
    assert Chapter.of(text).rewrite([cell]) == (
        "~~~~~{.python .input #id}\n'''\n~~~~\n```{.python .input}\n'''\n~~~~~"
    )
    assert Chapter.of("").rewrite([cell]).startswith("````{.python .input}\n'''\n~~~~\n")
    nested = Cell("code", '"""\n```python\n"""')
    assert Chapter.of("").rewrite([nested]).startswith("```{.python .input}\n")


def test_blank_cells_are_left_out_unless_the_chapter_has_them():
    text = "a\n\n```{.python .input n=1}\n```\n"
    chapter = Chapter.of(text)
    extra = [Cell("code", ""), *chapter.cells, Cell("markdown", " \n"), Cell("code", "\n")]
    assert chapter.rewrite(extra) == text


def test_paragraphs_that_were_apart_stay_apart():
    chapter = Chapter.of("words\n# Title\nmore\n")
    words, title = chapter.cells
    assert chapter.rewrite([words, Cell("markdown", "Title")]) == "words\n\nTitle\n"
    assert chapter.rewrite([Cell("markdown", "word"), title]) == "word\n# Title\nmore\n"


def test_an_empty_chapter_is_written_from_nothing():
    assert Chapter.of("").rewrite([]) == ""
    cells = [Cell("markdown", "# A\n"), Cell("code", "1")]
    assert Chapter.of("").rewrite(cells) == "# A\n\n```{.python .input}\n1\n```\n"
    assert Chapter.of("\n\n").rewrite(cells[:1]) == "# A\n"
