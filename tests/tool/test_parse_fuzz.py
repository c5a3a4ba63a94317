"""Whatever a chapter file holds, reading it gives a page or errors with lines; no text is lost."""

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from d2lbook.book import Book
from d2lbook.config import BookConfig
from d2lbook.errors import BookErrors
from d2lbook.inline import render_inline, scan_inline
from d2lbook.markdown import parse_page
from d2lbook.notebooks import to_notebook
from d2lbook.references import all_roles
from d2lbook.tabs import choose_tab
from d2lbook.weave import weave

CONFIG = BookConfig(Path(), tabs=("pytorch", "jax"))
CHAPTER = """\
# w1 title
:label:`sec_w2`

w3 text with :numref:`fig_w4`, `w5`, $w6$, :cite:`w7,w8` and [**w9 mark**].
w10 (~~only slides w11~~)

![w12 caption $x$ [w13](w14)](w15.svg)
:width:`40px`
:label:`fig_w16`

$$w17 = \\text{w18}$$
:eqlabel:`eq_w19`

: w20 caption

| w21 | w22 |
|:----|----:|
| w23 | w24 |
:label:`tab_w25`

1. w26

   ```bash
   w27
   ```

   w28
- w29
    - w30

    w31

> w32
> ```
> w33

:begin_tab:`jax`
w34
:end_tab:

```{.python .input}
%%tab all
# w35  #@save
if tab.selected('jax'):
    w36 = '''w37
'''
else:
    %w38
```

```toc
:maxdepth: 2
w39
```

~~~
w40
~~~

<!-- w41
w42 -->
<div class="w43">w44</div>

    w45

:bibliography:`w46.bib`

w47
===

[^1]: w48
    w49

1. w50

   :begin_tab:`pytorch`
   w51
   :end_tab:
   ```{.python .input}
   w52
   #@tab jax
   w53
   ```
   - w54

     $$w55$$
     :eqlabel:`eq_w56`
   w57

> w58
> ```{.python .input}
> w59
> ```
> | w60 |
> |---|
> | `w61|w62` **w63：**w64 |
> :label:`tab_w65`
> ![w66](w67.svg)
> :width:`3px`

```eval_rst
.. w68:: w69
```
"""
MARKUP = re.compile(r"\(~~[\s\S]*?~~\)|:\w+:`+[^`]*`+|^[ \t>]*:\w.*$|(?:`{3,}|~{3,}).*$", re.M)
"""What isn't shown as it is written: what slides alone show, roles, options, what fences say."""
LINES = CHAPTER.split("\n")
SNIPPETS = [
    "```", "````", "~~~", "`", "``", "$", "$$", "\\", "[**", "**]", "(**", "**)", "(~~", "~~)",
    "![", "](", ")", "[", "]", ":", ":label:`", ":ref:`", "|", "|-|", "---", "# ", "- ", "> ",
    "    ", "   ", "\t", "\n", "\n\n", "<!--", "-->", "<pre>", "</pre>", "<", ">", "'''",
    ":begin_tab:`jax`", ":begin_tab:", ":end_tab:", "{.python .input}", "%%tab ", "#@tab jax",
    "```{.python .input}\n", "tab.selected('jax')", "if ", "\r", "\x00", "\ufeff", "\u2028", "é",
]  # fmt: skip


@st.composite
def mutated(draw):
    """A chapter that was cut, spliced and repeated by lines, then sprinkled with syntax."""
    chapter = LINES
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(LINES))] * 2)))
        at = draw(st.integers(0, len(chapter)))
        piece = LINES[start:end]
        chapter = draw(
            st.sampled_from(
                [chapter[:start] + chapter[end:], chapter[:at] + piece + chapter[at:], piece * 3]
            )
        )
    text = "\n".join(chapter)
    for at, snippet in draw(
        st.lists(st.tuples(st.integers(0, 1500), st.sampled_from(SNIPPETS)), max_size=6)
    ):
        text = text[:at] + snippet + text[at:]
    return text


def words(text):
    return Counter(re.findall(r"w\d+", text))


def everything(page):
    """All the text that the blocks of a page hold."""
    for block in page.blocks:
        yield from (block.source, block.name, block.label, block.options.get("info", ""))
        if block.kind == "table":
            yield block.caption


@settings(max_examples=100, deadline=None)
@given(mutated())
@example(CHAPTER)
def test_a_chapter_gives_a_page_or_errors_and_loses_no_text(text):
    errors = ()
    try:
        page = parse_page("x.md", text, CONFIG)
        chosen = [choose_tab(page, tab, CONFIG) for tab in CONFIG.tabs]
    except BookErrors as caught:
        errors = caught.errors
    assert all(error.line and error.message for error in errors)
    if errors:
        return
    assert not words(text) - words("\n".join(everything(page)))
    assert all(block.shown_in("jax") for block in chosen[1].blocks)
    expected = words(MARKUP.sub(" ", text)).keys() - names(page)
    assert_shown(expected, [weave(page, {}, CONFIG)])
    book = Book(CONFIG, (page,), {}, frozenset(), (), (), (), ())
    tabs = zip(chosen, CONFIG.tabs, strict=True)
    assert_shown(expected, [to_notebook(own, tab, book) for own, tab in tabs])


def names(page):
    """The words in labels and roles, and in cells with branches, of which a tab may show none."""
    for_blocks = [f"{block.label} {block.name}" for block in page.blocks]
    for_blocks += [block.source for block in page.blocks if block.kind == "bibliography"]
    for_blocks += [cell.source for cell in page.cells if "tab.selected" in cell.source]
    texts = [text for block in page.blocks for text in (block.source, block.caption)]
    roles = [role.argument for text in texts for role in all_roles(text, 0)]
    return words(" ".join(for_blocks + roles)).keys()


def assert_shown(expected, notebooks):
    """Every word is in one of the notebooks."""
    shown = "\n".join(cell["source"] for notebook in notebooks for cell in notebook["cells"])
    assert not [word for word in expected if word not in shown]


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_scanning_a_text_loses_nothing(text):
    pieces = list(scan_inline(text, slides=True))
    assert "".join(p if isinstance(p, str) else p.source for p in pieces) == text
    for piece in pieces:
        if not isinstance(piece, str):
            assert piece.source.split("\n")[0] in text.split("\n")[piece.line]
    render_inline(text, {})


def test_the_whole_chapter_is_valid():
    kinds = {block.kind for block in parse_page("x.md", CHAPTER, CONFIG).blocks}
    assert kinds == {
        "heading", "prose", "figure", "equation", "table", "cell", "toc", "listing", "bibliography",
        "rst",
    }  # fmt: skip


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_reading_takes_time_in_proportion(snippet):
    """Fifty thousand characters of one piece of syntax take less than two seconds."""
    for text in (snippet * 10_000, f"{snippet}x\n" * 10_000, f"x {snippet} " * 10_000):
        start = time.perf_counter()
        try:
            page = parse_page("x.md", text[:50_000], CONFIG)
            for block in page.blocks:
                list(scan_inline(block.source))
        except BookErrors:
            pass
        assert time.perf_counter() - start < 2
