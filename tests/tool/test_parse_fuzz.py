"""Whatever a chapter file holds, reading it gives a page or errors with lines; no text is lost.

`pytest tests/tool/test_parse_fuzz.py --hypothesis-profile=long --timeout=0` tries much more.
"""

import re
import unicodedata
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from d2lbook.book.references import all_roles
from d2lbook.book.whole import Book, load_book
from d2lbook.config import BookConfig, load_config
from d2lbook.errors import BookErrors
from d2lbook.notebooks.ipynb import to_notebook
from d2lbook.publish import html
from d2lbook.publish.sphinx import Sphinx
from d2lbook.publish.weave import weave
from d2lbook.records.stores import Stores
from d2lbook.source.branches import check_branches
from d2lbook.source.inline import render_inline, scan_inline
from d2lbook.source.markdown import parse_page, try_page
from d2lbook.source.tabs import choose_tab

CONFIG = BookConfig(Path(), tabs=("pytorch", "jax"))
CHAPTER = """\
# w1 title
:label:`sec_w2`


w3 text with :numref:`fig_w4`, `w5`, $w6$, :cite:`w7,w8` and [**w9 mark**].
w10 (~~only slides w11~~)


![w12 caption $x$ [w13](w14)](a.svg)
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
w39 <https://x.org>
```


~~~
w40
~~~


<!-- w41
w42 -->
<div class="w43">w44</div>


    w45


:bibliography:`a.bib`


w47
===


w47

[^w48]: w49
    w72


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
> ![w66](a.svg)
> :width:`3px`


```eval_rst
.. note:: w69
```


```{.python .input}
#@tab pytorch
# Hide outputs
w70(w71)
```
"""
PIECES = CHAPTER.strip("\n").split("\n\n\n")
SNIPPETS = [
    "```", "````", "~~~", "`", "``", "$", "$$", "\\", "[**", "**]", "(**", "**)", "(~~", "~~)",
    "![", "](", ")", "[", "]", ":", ":label:`", ":ref:`", "|", "|-|", "---", "# ", "- ", "> ",
    "    ", "   ", "\t", "\n", "\n\n", "<!--", "-->", "<pre>", "</pre>", "<", ">", "'''",
    ":begin_tab:`jax`", ":begin_tab:", ":end_tab:", "{.python .input}", "%%tab ", "#@tab jax",
    "```{.python .input}\n", "tab.selected('jax')", "if ", "\r", "\x00", "\ufeff", "\u2028", "é",
]  # fmt: skip
HOLDERS = [
    ("", "> ", ""), ("* ", "  ", ""), ("1. ", "   ", ""), ("- item\n\n  ", "  ", ""),
    ("2. item\n\n    ", "    ", ""), (":begin_tab:`jax`\n", "", "\n:end_tab:"),
    ("````\n", "", "\n````"), ("<div>\n\n", "", "\n\n</div>"),
]  # fmt: skip
"""What a piece of a chapter may be put into: what comes first, before each line, and last."""


def mutated(random):
    """A chapter of nested pieces; lines and bits of it are then cut, spliced and repeated."""
    text = "\n\n".join(nested(random) for _ in range(random.randint(1, 6)))
    for _ in range(random.choice([0, 0, 1, 2, 5])):
        lines = text.split("\n")
        start, at = random.randint(0, len(lines)), random.randint(0, len(text))
        end = start + random.randint(1, 4)
        text = random.choice(
            [
                "\n".join(lines[:start] + lines[end:]),
                "\n".join(lines[:end] + lines[start:]),
                "\n".join(lines[:start] + random.choice(PIECES).split("\n")[:2] + lines[start:]),
                text[:at] + text[at + random.randint(1, 9) :],
                text[:at] + random.choice(SNIPPETS) + text[at:],
            ]
        )
    return renumbered(text)


def nested(random):
    """A piece, put into lists, quotations, regions and fences, with others beside it."""
    text = random.choice(PIECES)
    for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
        if random.random() < 0.4:
            text += random.choice(["\n", "\n\n"]) + random.choice(PIECES)
        first, prefix, last = random.choice(HOLDERS)
        text = first + text.replace("\n", f"\n{prefix}").replace(f"\n{prefix}\n", "\n\n") + last
    return text


def renumbered(text, start=1000):
    """The text with another word in place of each, all of one length."""
    numbers = count(start)
    return re.sub(r"w\d+", lambda _: f"w{next(numbers)}", text)


CHAPTERS = st.randoms(use_true_random=False).map(mutated)
UNSEEN = re.compile(
    r"\(~~[\s\S]*?~~\)|<!--[\s\S]*?-->|:\w+:`+[^`]*`+|^[ \t>]*:\w.*$|(?:`{3,}|~{3,}).*$"
    r"|\[\^[^\]]*\]|\]\([^)]*\)|\$[^$\n]*%.*|<[^<>]*>",
    re.M,
)
"""What isn't shown as it is written: what slides alone show, roles, options, what fences say."""


def words(text):
    return set(re.findall(r"w\d+", text))


def visible(text, page):
    """The words that readers must find, but for cells with branches: a tab may show none of one."""
    hidden = [f"{block.label} {block.name}" for block in page.blocks]
    hidden += [block.source for block in page.blocks if block.kind == "bibliography"]
    hidden += [cell.source for cell in page.cells if "tab.selected" in cell.source]
    texts = [text for block in page.blocks for text in (block.source, block.caption)]
    hidden += [role.argument for text in texts for role in all_roles(text, 0)]
    return words(UNSEEN.sub(" ", text)) - words(" ".join(hidden))


def held(page):
    """All the text that the blocks of a page hold."""
    for block in page.blocks:
        yield from (block.source, block.name, block.label, block.options.get("info", ""))
        if block.kind == "table":
            yield block.caption


def missing(expected, notebooks):
    """The words that are in none of the notebooks."""
    shown = "\n".join(cell["source"] for notebook in notebooks for cell in notebook["cells"])
    return sorted(word for word in expected if word not in shown)


@settings(deadline=None)
@given(CHAPTERS)
@example(CHAPTER)
def test_a_chapter_gives_a_page_or_errors_and_loses_no_text(text):
    errors = ()
    try:
        page = parse_page("x.md", text, CONFIG)
        chosen = [choose_tab(page, tab, CONFIG) for tab in CONFIG.tabs]
    except BookErrors as caught:
        errors = caught.errors
    assert all(error.line and error.message for error in errors)
    assert [error.line for error in errors] == sorted(error.line for error in errors)
    if errors:
        return
    assert not words(text) - words("\n".join(held(page)))
    assert all(block.shown_in("jax") for block in chosen[1].blocks)
    expected = visible(text, page)
    assert missing(expected, [weave(page, {}, CONFIG)]) == []
    book = Book(CONFIG, (page,), {}, frozenset(), (), (), (), ())
    tabs = zip(chosen, CONFIG.tabs, strict=True)
    assert missing(expected, [to_notebook(own, tab, book) for own, tab in tabs]) == []


@settings(deadline=None)
@given(CHAPTERS)
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


def test_a_site_of_such_chapters_shows_all_their_text(tmp_path):
    """One site of as many chapters as the other tests try, a thousand at most."""
    (tmp_path / "config.ini").write_text("[build]\ntabs = pytorch, jax\n[eval]\ncache = cache\n")
    (tmp_path / "index.md").write_text("# Mutated\n")
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="4"/>')
    (tmp_path / "a.bib").write_text("@book{k, title={T}, author={A, B}, year={2000}}\n")
    texts = {}
    tried = min(settings.default.max_examples, 1000)
    for seed in range(tried):
        text = renumbered(mutated(Random(seed)), start=1_000_000 + 1000 * seed)
        page, errors = try_page("x.md", text, CONFIG)
        if not errors and not check_branches(page, CONFIG):
            texts[f"x{seed}"] = text
            (tmp_path / f"x{seed}.md").write_text(text, encoding="utf-8", newline="")
    book = readable(tmp_path)
    with Sphinx() as sphinx:
        site = html.build(book, Stores(book.config), sphinx, report=lambda _: None)
    pages = {page.docname: page for page in book.pages if page.docname in texts}
    assert len(pages) > tried / 2
    for name, page in pages.items():
        shown = shown_by(site / f"{name}.html")
        lost = [word for word in visible(texts[name], page) if word not in shown]
        assert (lost, texts[name]) == ([], texts[name])


def shown_by(path):
    """The text of a page, and what stands for its pictures."""
    document = lxml_html.fromstring(path.read_bytes())
    text = " ".join([document.text_content(), *document.xpath("//@alt")])
    return unicodedata.normalize("NFKC", text)


def readable(root):
    """The book in a folder, without the pages that are wrong."""
    try:
        return load_book(load_config(root), lenient=True)
    except BookErrors as caught:
        for path in {error.path for error in caught.errors}:
            (root / path).unlink()
    return readable(root)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("snippet", SNIPPETS)
def test_much_of_one_piece_of_syntax_is_read_in_time(snippet):
    """Were the time to grow with the square of the length, minutes wouldn't do."""
    for text in (snippet * 10_000, f"{snippet}x\n" * 10_000, f"x {snippet} " * 10_000):
        try:
            page = parse_page("x.md", text[:50_000], CONFIG)
            for block in page.blocks:
                list(scan_inline(block.source))
        except BookErrors:
            pass
