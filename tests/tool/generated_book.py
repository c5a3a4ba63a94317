"""A made-up book of any size that uses every construct of the dialect.

The same size gives the same book. Each piece of text holds a sentence that must reach the reader,
so that a test can tell what was lost.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from d2lbook.book.whole import Book
from d2lbook.records.record import Receipt, Record
from d2lbook.records.stores import Stores, configured_caps
from d2lbook.source.tabs import choose_tab

TABS = ("pytorch", "tensorflow", "jax", "mxnet")
IMPORTS = {
    "pytorch": "import torch",
    "tensorflow": "import tensorflow as tf",
    "jax": "from jax import numpy as jnp",
    "mxnet": "from mxnet import np",
}
NAMES = {"pytorch": "torch", "tensorflow": "tf", "jax": "jnp", "mxnet": "np"}
WORDS = (
    *("the", "of", "network", "layer", "with", "input", "output", "weight", "gradient", "that"),
    *("each", "model", "training", "data", "small", "large", "deep", "image", "channel", "width"),
    *("then", "first", "second", "where", "only", "when", "so", "more", "less", "than", "rate"),
)
FORMULAS = (
    r"\mathbf{x}_{%d} \in \mathbb{R}^{%d}",
    r"f_{%d}(x) = \sum_{i=1}^{%d} w_i x_i + b",
    r"O(n^{%d}) + %d",
    r"\frac{\partial l_{%d}}{\partial w_{%d}}",
    r"\hat{y}_{%d} \leq \sigma(\mathbf{W} \mathbf{x} + %d)",
)
PLOT = """<svg xmlns="http://www.w3.org/2000/svg" width="350pt" height="250pt"
 viewBox="0 0 350 250"><rect width="350" height="250" fill="#ffffff"/>
<path d="M40 220 {path}" stroke="{color}" fill="none"/>
<text x="150" y="243" font-family="sans-serif" font-size="12">{name}</text></svg>"""
COLORS = {"pytorch": "#d62728", "tensorflow": "#ff7f0e", "jax": "#1f77b4", "mxnet": "#2ca02c"}
CONFIG = """[project]
name = large
title = A Large Book
author = A generator
copyright = 2026, nobody
release = 1.0

[build]
notebooks = *.md */*.md
non-notebooks = preface.md
exclusions = README.md
rsts = appendix.rst
resources = img/ references.bib
tabs = {tabs}
warning_is_error = True

[eval]
max_epochs = 3
outputs = outputs
cache = cache

[html]
header_links = Code, https://example.org/code, fas fa-code
include_css = static/own.css
"""
LIBRARY = """
[library-{tab}]
lib_name = {name}
simple_alias = ones, concat -> {concat}
fluent_alias = reshape, reduce_sum -> sum
"""
CONCAT = {"pytorch": "cat", "tensorflow": "concat", "jax": "concatenate", "mxnet": "concatenate"}


@dataclass(frozen=True)
class Size:
    """How much there is of everything."""

    chapters: int
    sections: int
    """In each chapter."""
    paragraphs: int
    """In each section, beyond those that show a construct."""
    groups: int
    """Of code cells in each section, one cell a tab, beyond those that show a construct."""
    tabs: tuple[str, ...] = TABS


SMALL = Size(chapters=2, sections=2, paragraphs=1, groups=1)
LARGE = Size(chapters=20, sections=9, paragraphs=12, groups=2)
ONE_TAB = Size(chapters=20, sections=9, paragraphs=16, groups=11, tabs=())


@dataclass
class Contents:
    """What was written."""

    sentences: dict[str, list[str]] = field(default_factory=dict)
    """By page, without its suffix: what its readers must find."""
    unseen: list[str] = field(default_factory=list)
    """What no reader must find."""
    labels: list[str] = field(default_factory=list)
    references: int = 0
    cells: int = 0
    lines: int = 0
    files: int = 0


def write_book(root: Path, size: Size) -> Contents:
    """Write a book into a folder and return what it holds."""
    contents = Contents()
    _write(root / "config.ini", _config(size))
    _write(root / "static/own.css", "article { }\n")
    _write(root / "references.bib", "\n".join(map(_bib_entry, range(60))))
    for chapter in range(1, size.chapters + 1):
        svg = PLOT.format(path="H330", color="#000", name=f"Figure {chapter}")
        _write(root / f"img/figure-{chapter}.svg", svg)
    for name, text in _pages(size, contents):
        _write(root / name, text)
        contents.lines += text.count("\n")
        contents.files += 1
    return contents


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _config(size: Size) -> str:
    libraries = (LIBRARY.format(tab=tab, name=NAMES[tab], concat=CONCAT[tab]) for tab in size.tabs)
    return CONFIG.format(tabs=", ".join(size.tabs)) + "".join(libraries)


def _bib_entry(number: int) -> str:
    return (
        f"@article{{Author{number}.Other:{1960 + number},\n"
        f"  author = {{Author{number}, Ann and Other, Bob and Third, Cy}},\n"
        f"  title = {{On Matter Number {number}}},\n  journal = {{Matters}},\n"
        f"  year = {{{1960 + number}}},\n  volume = {{{number}}}\n}}\n"
    )


def _pages(size: Size, contents: Contents) -> Iterator[tuple[str, str]]:
    """Yield every page: its name and its text."""
    chapters = [f"chapter_{number}" for number in range(1, size.chapters + 1)]
    listed = "\n".join(f"{chapter}/index" for chapter in chapters)
    yield (
        "index.md",
        "# A Large Book\n:label:`chap_root`\n\n```toc\n:maxdepth: 1\n\npreface\n```\n\n"
        f"```toc\n:maxdepth: 2\n:numbered:\n\n{listed}\n```\n\n"
        "```toc\n:maxdepth: 1\n\nappendix\nreferences\n```\n",
    )
    yield "preface.md", "# Preface\n:label:`chap_preface`\n\nNo code here.\n"
    yield "README.md", "# Not of the book: :numref:`nothing`\n"
    yield "references.md", "# References\n\n:bibliography:`references.bib`\n"
    yield "appendix.rst", "Appendix\n========\n\n.. _sec_appendix:\n\nMore\n----\n\nThe end.\n"
    for number, chapter in enumerate(chapters, start=1):
        names = [f"section_{section}" for section in range(1, size.sections + 1)]
        entries = "\n".join(names)
        yield (
            f"{chapter}/index.md",
            f"# Chapter {number}\n:label:`chap_{number}`\n\nAbout :numref:`sec_{number}_1`.\n\n"
            f":begin_tab:toc\n - first\n:end_tab:\n\n```toc\n:maxdepth: 2\n\n{entries}\n```\n",
        )
        for section, name in enumerate(names, start=1):
            docname = f"{chapter}/{name}"
            writer = _Section(number, section, size, docname, contents)
            yield f"{docname}.md", writer.text()


class _Section:
    """Writes a section. Each method yields the blocks of one construct."""

    def __init__(
        self, chapter: int, section: int, size: Size, docname: str, contents: Contents
    ) -> None:
        self.id = f"{chapter}_{section}"
        self.chapter, self.number = chapter, section
        self.size = size
        self.contents = contents
        self.sentences = contents.sentences.setdefault(docname, [])
        self.random = random.Random(self.id)

    def text(self) -> str:
        """The whole file."""
        pieces = [self.opening(), self.constructs()]
        pieces += [self.subsection(number) for number in range(self.size.groups)]
        blocks = [block for piece in [*pieces, self.ending()] for block in piece]
        return "\n\n".join(blocks) + "\n"

    def sentence(self, kind: str) -> str:
        """A sentence that readers must find."""
        self.sentences.append(f"The {kind} of section {self.id} is here.")
        return self.sentences[-1]

    def unseen(self, kind: str) -> str:
        """A sentence that no reader must find."""
        self.contents.unseen.append(f"The {kind} of section {self.id} is not here.")
        return self.contents.unseen[-1]

    def label(self, kind: str) -> str:
        """A label of this section."""
        self.contents.labels.append(f"{kind}_{self.id}")
        return self.contents.labels[-1]

    def elsewhere(self, kind: str) -> str:
        """A label of some section."""
        self.contents.references += 1
        chapter = self.random.randint(1, self.size.chapters)
        return f"{kind}_{chapter}_{self.random.randint(1, self.size.sections)}"

    def key(self) -> str:
        """A citation key."""
        self.contents.references += 1
        number = self.random.randrange(60)
        return f"Author{number}.Other:{1960 + number}"

    def words(self, count: int) -> str:
        """Words in lines of a fitting length."""
        lines = [
            " ".join(self.random.choices(WORDS, k=13)) for _ in range(max(1, round(count / 13)))
        ]
        return ",\n".join(lines).capitalize() + "."

    def formula(self) -> str:
        """A formula without its dollars."""
        numbers = self.random.randint(1, 9), self.random.randint(1, 99)
        return self.random.choice(FORMULAS) % numbers

    def cell(self, code: str, mark: str = "%%tab all") -> str:
        """A code cell; in a book without tabs, without its mark."""
        self.contents.cells += 1
        lines = [mark, code] if self.size.tabs and mark else [code]
        return "\n".join(["```{.python .input}", *lines, "```"])

    def opening(self) -> Iterator[str]:
        """Setup cell, title, references, citations."""
        if self.size.tabs:
            yield (
                "```{.python .input}\n%load_ext d2lbook.tab\n"
                f"tab.interact_select({list(self.size.tabs)})\n```"
            )
        yield f"# Section {self.id} on *Matters*\n:label:`{self.label('sec')}`"
        yield (
            f"{self.words(26)}\nSee :numref:`{self.elsewhere('sec')}` and "
            f":ref:`{self.elsewhere('sec')}`,\nas told by :citet:`{self.key()}` and others\n"
            f":cite:``{self.key()},{self.key()}``. {self.sentence('opening')}"
        )

    def constructs(self) -> Iterator[str]:
        """One of everything."""
        yield f"深度学习的第一步：{self.sentence('CJK text')}"
        yield (
            f"$$\\mathbf{{h}} = \\phi(\\mathbf{{W}}_{{{self.number}}} \\mathbf{{x}}"
            f" + {self.chapter})$$"
            f"\n:eqlabel:`{self.label('eq')}`"
        )
        yield f"With :eqref:`{self.elsewhere('eq')}`, and :numref:`{self.elsewhere('fig')}`."
        yield (
            f"![{self.sentence('figure')} See :numref:`sec_{self.id}`, $x_1$.]"
            f"(../img/figure-{self.chapter}.svg)\n:width:`400px`\n:label:`{self.label('fig')}`"
        )
        yield (
            f":{self.sentence('table')}\n\n| name | value |\n|:-----|------:|\n"
            + "".join(f"| row {row} | ${row}^2$ |\n" for row in range(4))
            + f":label:`{self.label('tab')}`"
        )
        yield f"As in :numref:`{self.elsewhere('tab')}`. [**{self.sentence('slide')}**]"
        yield f"Text. (**{self.sentence('same slide')}**) (~~{self.unseen('slide alone')}~~)"
        yield f"A note.[^note]\n\n[^note]: {self.sentence('note')}"
        yield f'<div class="own">{self.sentence("HTML")}</div>'
        yield f"```eval_rst\n.. note::\n\n   {self.sentence('rst')}\n```"
        yield f"```bash\necho '{self.sentence('listing')}'\n```"
        yield from self.tab_prose()
        yield from self.cells()

    def tab_prose(self) -> Iterator[str]:
        """Prose for some tabs, by itself and in a list."""
        for tab in self.size.tabs:
            yield f":begin_tab:`{tab}`\n{self.sentence(f'prose for {tab}')}\n:end_tab:"
        yield f"1. {self.sentence('first item')}"
        if self.size.tabs:
            yield f"   :begin_tab:`{self.size.tabs[0]}`\n   {self.sentence('item')}\n   :end_tab:"
        yield f"   In it, $x_{self.number}$.\n1. {self.sentence('last item')}"

    def cells(self) -> Iterator[str]:
        """Cells of every kind."""
        for tab in self.size.tabs:
            yield self.cell(f"{IMPORTS[tab]}\nname = '{self.id}'", f"#@tab {tab}")
        yield self.cell(
            f"class Net{self.id}:  #@save\n"
            f'    """A network of section {self.id}."""\n'
            "    def __init__(self, width):\n        self.width = width  # the size\n\n"
            "    def forward(self, X):\n" + self.branches()
        )
        yield self.cell(f"# Hide code\nprint('hidden code {self.id}')")
        yield self.cell(f"# Hide outputs\nprint('hidden outputs {self.id}')", "")
        yield self.cell(
            "x = d2l.ones((2, 3))\nd2l.reduce_sum(d2l.concat([x, x]), 0)\n"
            f"net = Net{self.id}(16)\nplot(net)"
        )

    def branches(self) -> str:
        """The body of a method that differs by tab."""
        if not self.size.tabs:
            return "        return X"
        lines = [
            f"        if tab.selected('{tab}'):\n            return {NAMES[tab]}.exp(X)  # {tab}"
            for tab in self.size.tabs
        ]
        return "\n".join(lines)

    def subsection(self, number: int) -> Iterator[str]:
        """Prose with formulas, and a cell a tab."""
        yield f"## Part {number} of {self.id}"
        for _ in range(self.size.paragraphs // self.size.groups):
            yield (
                f"{self.words(60)}\nHere ${self.formula()}$, and ${self.formula()}$\n"
                f"{self.words(30)}"
            )
        for tab in self.size.tabs or ("",):
            code = [f"def f{number}(X, y, width):", f'    """Part {number}."""']
            code += [f"    X = {NAMES.get(tab, 'np')}.tanh(X + {i})" for i in range(8)]
            yield self.cell("\n".join([*code, "    return X", f"f{number}"]), f"%%tab {tab}")

    def ending(self) -> Iterator[str]:
        """Summary, exercises, a link a tab."""
        yield f"## Summary\n\n{self.sentence('summary')}"
        yield f"## Exercises\n\n1. What is ${self.formula()}$?\n2. {self.sentence('exercise')}"
        for tab in self.size.tabs:
            yield f":begin_tab:`{tab}`\n[Discussions of {tab}](https://example.org/{tab})\n:end_tab:"


def make_records(book: Book, stores: Stores) -> int:
    """Store a record of each notebook, with text and pictures; returns how many."""
    count = 0
    for page in book.pages if book.config.eval_notebook else ():
        for tab in book.config.all_tabs:
            chosen = choose_tab(page, tab, book.config)
            if chosen.has_cells:
                wanted = stores.wanted(chosen, tab, configured_caps(book.config.eval))
                outputs = tuple(tuple(_outputs(cell.source, tab)) for cell in chosen.cells)
                receipt = _receipt(wanted.fingerprint, dict(wanted.caps))
                stores.put(Record(page.path, tab, wanted.key, outputs, receipt))
                count += 1
    return count


def _outputs(source: str, tab: str) -> Iterator[dict[str, Any]]:
    """What a cell would print and draw."""
    if "print" in source:
        text = source.partition("print(")[2].strip("()'") + "\n"
        yield {"output_type": "stream", "name": "stdout", "text": text}
    elif source.endswith("plot(net)"):
        path = " ".join(f"L{40 + 3 * i} {220 - (i * 37) % 190}" for i in range(90))
        picture = PLOT.format(path=path, color=COLORS.get(tab, "#000"), name=source[:20])
        yield {
            "output_type": "display_data",
            "data": {"image/svg+xml": picture, "text/plain": "<Figure>"},
            "metadata": {},
        }


def _receipt(fingerprint: str, caps: dict[str, int]) -> Receipt:
    return Receipt(
        device="Some CPU (2 cores)",
        driver="",
        versions={"python": "3.11.9"},
        fingerprint=fingerprint,
        seed=0,
        caps=caps,
        data="",
        started="2026-11-20T09:30:00+00:00",
        seconds=125.2,
        peak_memory=3 * 2**30,
        threads=2,
        platform="Linux-6.1 x86_64",
    )
