"""LaTeX as Sphinx writes it, with the site's numbers, code that copies well, and no lost glyph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.latex.nodes import captioned_literal_block
from sphinx.config import Config
from sphinx.util import texescape
from sphinx.util.texescape import escape
from sphinx.writers.latex import LaTeXTranslator

from d2lbook.book.numbering import dotted
from d2lbook.publish.latexlog import PLACE
from d2lbook.sphinx_ext.editions.glyphs import Glyphs
from d2lbook.sphinx_ext.editions.printing import RECEIPT, REFERENCE
from d2lbook.sphinx_ext.editions.texmath import display
from d2lbook.sphinx_ext.pages.notes import notes
from d2lbook.sphinx_ext.pages.tabs import is_cell

COUNTERS = {"figure": "figure", "table": "table", "code-block": "literalblock"}
"""What LaTeX calls the counters of Sphinx's numbers."""
STYLED = {RECEIPT, REFERENCE}
"""Classes of containers that the style knows."""
CODE_CHARACTER = r"(?:\\PYGZ\w+\{\}|[^\\{}\s])"
NAMES = {"zh": ("目录", "第 {} 章"), "ja": ("目次", "第 {} 章"), "ko": ("차례", "제 {} 장")}
"""By language, what LaTeX has no names for: the contents and a chapter."""
MOST_LINES = 800
"""Lines of a frame: TeX can't measure one that is higher than 5.75 m."""
MOST_PRINTED, LAST_PRINTED = 240, 40
"""Lines of an output that are printed where it has more, and how many of them are its last."""
LONGEST_PRINTED = 2000
"""Characters of a line of output that are printed."""
LONG_WORD = re.compile(CODE_CHARACTER + "{40,}")
"""What highlighted code must be broken in, since it may not fit a line."""
WORD_PIECE = re.compile(CODE_CHARACTER + "{1,8}")
BREAK_AFTER = re.compile(r"(?:\\_|[./(,:=])(?=\w)")
"""Where code inside a line of text may be broken."""
SIZES = ((140, r"\scriptsize"), (115, r"\footnotesize"), (90, r"\small"), (0, ""))
"""By the characters across a table, the size of its letters."""
ALIGNED = {"text-right": "R", "text-center": "C"}
"""By class of a cell, the kind of its column."""
LABEL, WRAPPED = 20, 36
"""Characters of the longest cell of a column that is set in one line, and of one that needn't."""
ONE_LINE = 90
"""Characters of a text that is about one line of print."""
MOST_KEPT = 8
"""Lines of code that stay with such a text before it; a frame with more is divided further down."""


def setup(app: Sphinx) -> None:
    """Stand in for Sphinx's writer, and set what a book needs."""
    app.add_config_value("d2l_print", {}, "", types=[dict])
    app.set_translator("latex", BookTranslator, override=True)
    app.connect("config-inited", configure)


def configure(app: Sphinx, config: Config) -> None:
    """Set Sphinx's options for LaTeX; those of the book's author come after them."""
    looks = config.d2l_print
    if not looks:
        return  # another builder's call
    texescape.init()
    title, author = (escape(looks[key], "xelatex") for key in ("title", "author"))
    values = vars(config)
    values["latex_documents"] = [
        (config.root_doc, f"{looks['stem']}.tex", title, author, "manual", False)
    ]
    values["latex_docclass"] = {"manual": "report"}  # in Japanese, too
    values["latex_additional_files"] = [looks["style_file"]]
    values["latex_logo"] = looks["logo"] or None
    values["latex_elements"] = elements(looks, dict(config.latex_elements), config.language)


def elements(looks: Mapping[str, Any], own: Mapping[str, str], language: str) -> dict[str, str]:
    """Return what Sphinx's template is filled with: what the author says, or else what we do."""
    paper = looks["format"]
    preamble = [
        rf"\newcommand{{\booksizeofcode}}{{\codesize{{{paper['code_size']}}}}}",
        r"\usepackage{d2lbook}",
        rf"\renewcommand{{\bookedition}}{{{escape(looks['edition'], 'xelatex')}}}",
        rf"\renewcommand{{\bookcopyright}}{{{escape(looks['copyright'], 'xelatex')}}}",
        rf"\hypersetup{{pdflang={language.replace('_', '-')}}}",
        names(language),
        own.get("preamble", ""),
    ]
    ours = {
        "figure_align": "htbp",
        "fncychap": "",
        "geometry": rf"\usepackage[{paper['geometry']}]{{geometry}}",
        "pointsize": paper["text_size"],
        "extraclassoptions": f"{paper['sides']},openany",
        "maketitle": r"\booktitlepage",
    }
    return {**ours, **own, "preamble": "\n".join(preamble)}


def names(language: str) -> str:
    """Return what LaTeX has to know of a language."""
    contents, chapter = NAMES.get(language.partition("_")[0], ("", ""))
    if not contents:
        return ""
    label = chapter.format(r"\thechapter{}")
    both = rf"\renewcommand{{\contentsname}}{{{contents}}}\renewcommand{{\chapterlabel}}{{{label}}}"
    return rf"\AtBeginDocument{{{both}}}"


class BookTranslator(LaTeXTranslator):
    """Writes the book."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.this_is_the_title = 0  # the root page's is that of a chapter, like any other
        self.glyphs = Glyphs(self.config.d2l_print["fonts"], self.config.language)

    def astext(self) -> str:
        """Return the whole file."""
        self.elements["fontpkg"] = self.glyphs.preamble()
        return super().astext()

    def dispatch_visit(self, node: nodes.Node) -> None:
        """Write a node; before a block, where it is from."""
        block = isinstance(node.parent, nodes.section) and not isinstance(node, nodes.title)
        if block and node.line:
            self.body.append(f"\n{PLACE}{self.curfilestack[-1]}:{node.line}\n")
        super().dispatch_visit(node)

    def visit_section(self, node: nodes.Element) -> None:
        """Begin a section, with the number that it has on the site, or none."""
        super().visit_section(node)
        if node.line:
            self.body.append(f"{PLACE}{self.curfilestack[-1]}:{node.line}\n")
        level = self.sectionnames[min(self.sectionlevel, len(self.sectionnames) - 1)]
        number = self.section_number(node)
        self.body.append(rf"\numbered{{{level}}}{{{number}}}" if number else r"\unnumbered")

    def visit_paragraph(self, node: nodes.Element) -> None:
        """Begin a paragraph; one line that leads to code goes to the next page with it."""
        if lines := lines_led_to(node):
            self.body.append(f"\n\\leadin{{{lines}}}\n")
        super().visit_paragraph(node)

    def visit_math_reference(self, node: nodes.Element) -> None:
        """Write a link to an equation: its number, or the words that the author chose."""
        if "words" not in node:
            super().visit_math_reference(node)
            return
        label = f"equation:{node['docname']}:{node['target']}"
        self.body.append(rf"\hyperref[{label}]{{{self.encode(node['words'])}}}")

    def section_number(self, section: nodes.Element) -> str:
        """Return the number of a section in the site's table of contents; "" for none."""
        page = self.curfilestack[-1]
        note = notes(self.builder.env).get(page)
        names = [note.sections.get(name) for name in section["ids"]] if note else []
        numbers = self.builder.env.toc_secnumbers.get(page, {})
        return next((dotted(numbers[name]) for name in names if name in numbers), "")

    def own_number(self, kind: str, node: nodes.Element) -> str:
        """Return the number of a figure, table, listing or formula on the site; "" for none."""
        page = node.get("docname") or self.curfilestack[-1]
        numbers = self.builder.env.toc_fignumbers.get(page, {}).get(kind, {})
        return next((dotted(numbers[name]) for name in node["ids"] if name in numbers), "")

    def number(self, kind: str, node: nodes.Element) -> None:
        """Let LaTeX number what follows as the site does."""
        if number := self.own_number(kind, node):
            self.body.append(f"\\renewcommand{{\\the{COUNTERS[kind]}}}{{{number}}}%\n")

    def visit_caption(self, node: nodes.Element) -> None:
        """Write the caption of a figure or listing."""
        if isinstance(node.parent, nodes.figure):
            self.number("figure", node.parent)
        elif isinstance(node.parent, captioned_literal_block):
            self.number("code-block", node.parent)
        super().visit_caption(node)

    def visit_table(self, node: nodes.Element) -> None:
        """Begin a table, with columns aligned as its cells are."""
        group = next(node.findall(nodes.tgroup))
        if not self.next_table_colspec and not list(node.findall(nodes.literal_block)):
            self.next_table_colspec = "".join(alignments(group))
        super().visit_table(node)

    def depart_table(self, node: nodes.Element) -> None:
        """Write a table, in smaller letters if it is wide."""
        self.body.append("\n")
        self.number("table", node)
        size = letters_of(columns(next(node.findall(nodes.tgroup))))
        self.body.append(f"\\begingroup{size}\n")
        super().depart_table(node)
        self.body.append("\\endgroup\n")

    def visit_math(self, node: nodes.math) -> None:
        """Write a formula in a line; bookmarks show its letters."""
        formula = rf"\({node.astext()}\)"
        if self.in_title:
            letters = self.encode(re.sub(r"[\\{}]", "", node.astext()))
            formula = rf"\texorpdfstring{{{formula}}}{{{letters}}}"
        self.body.append(formula)
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        """Write a displayed formula."""
        name, page = node.get("label"), node.get("docname")
        label = f"equation:{page}:{name}" if name else ""
        self.body.append(display(node.astext(), label, self.own_number("displaymath", node)))
        raise nodes.SkipNode

    def visit_literal_block(self, node: nodes.Element) -> None:
        """Write code, or what code has printed."""
        if node.rawsource != node.astext() or self.in_footnote or self.table:
            super().visit_literal_block(node)
            return
        labels = self.hypertarget_to(node)
        if isinstance(node.parent, captioned_literal_block):
            labels += self.hypertarget_to(node.parent)
        anchor = rf"\phantomsection{labels}" if labels else ""
        frame, lines = environment(node), self.highlighted(node)
        self.body.append(f"\n{anchor}")
        for start in range(0, len(lines), MOST_LINES):
            shown = "\n".join(lines[start : start + MOST_LINES])
            self.body.append(f"\n\\begin{{{frame}}}\n{shown}\n\\end{{{frame}}}\n")
        raise nodes.SkipNode

    visit_doctest_block = visit_literal_block

    def highlighted(self, node: nodes.Element) -> list[str]:
        """Return the lines of a block of code, with commands for its colors."""
        language = node.get("language", "default")
        code = self.highlighter.highlight_block(
            shortened(node.rawsource) if "output" in node["classes"] else node.rawsource,
            language,
            opts=self.config.highlight_options.get(language, {}),
            location=node,
            force=node.get("force", False),
        )
        lines = code.strip("\n").split("\n")[1:-1]  # without \begin and \end of Verbatim
        return [self.glyphs.code(LONG_WORD.sub(in_pieces, line), node) for line in lines]

    def visit_Text(self, node: nodes.Text) -> None:
        """Write text, with other fonts for what the font lacks."""
        text = self.glyphs.text(self.encode(node.astext()), node)
        if isinstance(node.parent, nodes.literal) and not self.in_title:
            text = BREAK_AFTER.sub(r"\g<0>\\allowbreak{}", text)
        self.body.append(text)

    def visit_container(self, node: nodes.Element) -> None:
        """Begin a container."""
        node["classes"] = [name for name in node["classes"] if name in STYLED]
        super().visit_container(node)


def lines_led_to(paragraph: nodes.Element) -> int:
    """Return how many lines of the code after a line of text are to be on its page; 0 for none.

    Only the text of sections can ask for another page: that in a frame or a table is set before.
    """
    if not isinstance(paragraph.parent, nodes.section) or len(paragraph.astext()) > ONE_LINE:
        return 0
    after = paragraph.next_node(descend=False, siblings=True)
    if isinstance(after, addnodes.index):
        after = after.next_node(descend=False, siblings=True)
    if after is None:
        return 0
    code = next(iter(after.findall(nodes.literal_block)), None)
    is_next = code is after or is_cell(after)
    return min(code.astext().count("\n") + 1, MOST_KEPT) if code and is_next else 0


def environment(node: nodes.Element) -> str:
    """Return how the style calls a block of code, or of what it has printed."""
    if {"stderr", "traceback"} & set(node["classes"]):
        return "bookerror"
    return "bookoutput" if "output" in node["classes"] else "bookcode"


def shortened(output: str) -> str:
    """Return what is printed of an output; what isn't is on the site."""
    lines = [
        f"{line[:LONGEST_PRINTED]} … ({len(line):,} characters)"
        if len(line) > LONGEST_PRINTED
        else line
        for line in output.split("\n")
    ]
    left_out = len(lines) - MOST_PRINTED
    if left_out > 0:
        end = len(lines) - LAST_PRINTED
        lines[end - left_out : end] = [f"… ({left_out:,} lines are left out)"]
    return "\n".join(lines)


def in_pieces(word: re.Match[str]) -> str:
    """Return a long word of highlighted code with places where it may be broken."""
    return r"\wordbreak{}".join(WORD_PIECE.findall(word[0]))


def columns(group: nodes.Element) -> list[list[nodes.Element]]:
    """Return the cells of a table by column; none of a table with cells that span some."""
    rows = [list(row) for row in group.findall(nodes.row)]
    spans = any("morecols" in cell or "morerows" in cell for row in rows for cell in row)
    return [] if spans else [list(column) for column in zip(*rows, strict=False)]


def alignments(group: nodes.Element) -> list[str]:
    """Return the kind of each column, if some aren't on the left or must stay unbroken."""
    table = columns(group)
    kinds = [
        next((ALIGNED[name] for name in column[-1]["classes"] if name in ALIGNED), "L")
        for column in table
    ]
    labels = [i for i, column in enumerate(table) if is_label(column)]
    is_wrapped = any(longest(column) > WRAPPED for column in table)
    if is_wrapped and sum(longest(table[i]) for i in labels) < WRAPPED:
        kinds = [kind.lower() if i in labels else kind for i, kind in enumerate(kinds)]
    return kinds if set(kinds) - {"L"} else []


def is_label(column: list[nodes.Element]) -> bool:
    """Whether the cells of a column are short: they are read better in one line."""
    return longest(column) <= LABEL and all(len(cell) < 2 for cell in column)


def longest(column: list[nodes.Element]) -> int:
    """Return the characters of a column's longest cell."""
    return max(len(cell.astext()) for cell in column)


def letters_of(table: list[list[nodes.Element]]) -> str:
    """Return the size of a table's letters; long texts are wrapped rather than made small."""
    across = 0
    for column in table:
        words = [word for cell in column for word in cell.astext().split()]
        unbroken = max(map(len, words), default=0)
        across += max(unbroken, min(longest(column), WRAPPED)) + 3
    return next(size for least, size in SIZES if across >= least)
