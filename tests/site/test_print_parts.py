"""What printed books are made with: formulas, glyphs, HTML, logs, the lines of outputs."""

import pytest
from docutils import nodes

from d2lbook.publish.fonts import Font
from d2lbook.publish.latexlog import findings
from d2lbook.sphinx_ext.editions import glyphs
from d2lbook.sphinx_ext.editions.glyphs import Glyphs
from d2lbook.sphinx_ext.editions.latex import (
    LONG_WORD,
    alignments,
    in_pieces,
    letters_of,
    shortened,
)
from d2lbook.sphinx_ext.editions.terms import any_of, definitions, is_term, used_of_library
from d2lbook.sphinx_ext.editions.texmath import as_one, display
from d2lbook.sphinx_ext.pages.markup import Reader


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("a = b", "a = b"),
        (r"a \\ b", "\\begin{gathered}\na \\\\ b\n\\end{gathered}"),
        (r"a &= b \\ &= c", "\\begin{aligned}\na &= b \\\\ &= c\n\\end{aligned}"),
        (r"\begin{align*}a &= b\end{align*}", r"\begin{aligned}a &= b\end{aligned}"),
        (r"\begin{equation}a\end{equation}", "a"),
        (r"\begin{cases}1 & 2 \\ 3\end{cases}", r"\begin{cases}1 & 2 \\ 3\end{cases}"),
        (r"\substack{a \\ b} \& \{", r"\substack{a \\ b} \& \{"),
    ],
)
def test_a_displayed_formula_can_be_part_of_another(tex, expected):
    assert as_one(tex) == expected


def test_a_displayed_formula_has_the_number_of_the_site():
    latex = display("a\n\n= b", "equation:page:eq_a", "2.3.4")
    assert r"\renewcommand{\theequation}{2.3.4}" in latex
    assert r"\begin{equation}\label{equation:page:eq_a}" in latex
    assert "\n\n=" not in latex
    assert "equation*" in display(r"a \tag{1}", "", "")


@pytest.fixture
def fonts(monkeypatch):
    """Three fonts: one of ASCII and Greek letters, one of arrows, one of Chinese."""
    families = {
        "main": Font("main", (0x20, 0x370), (0x7E, 0x3FF)),
        "DejaVu Sans": Font("DejaVu Sans", (0x2190,), (0x21FF,)),
    }
    monkeypatch.setattr(glyphs, "find", families.get)
    monkeypatch.setattr(glyphs, "east_asian", lambda language: Font("CJK", (0x4E00,), (0x9FFF,)))
    roles = dict.fromkeys(("main", "sans", "mono", "math"), "main")
    return Glyphs(roles, "en")


def test_characters_come_from_a_font_that_has_them(fonts):
    assert fonts.text("a α → ← 深度", nodes.Text("")) == (
        r"a α {\fontdejavusans →} {\fontdejavusans ←} 深度"
    )
    preamble = fonts.preamble()
    assert r"\newfontfamily\fontdejavusans{DejaVu Sans}" in preamble
    assert r"\setCJKmainfont{CJK}" in preamble


def test_a_book_without_chinese_takes_no_font_for_it(fonts):
    fonts.text("a\u00adb\u200b", nodes.Text(""))
    assert "xeCJK" not in fonts.preamble()


def test_characters_without_a_glyph_are_shown_by_their_code_and_told_once(fonts, monkeypatch):
    told = []
    monkeypatch.setattr(
        glyphs.logger, "warning", lambda text, *values, **more: told.append(text % values)
    )
    for _ in range(2):
        assert fonts.code("x = '\N{PARROT}'", nodes.Text("")) == (
            r"x = '\unknowncharacter{U+1F99C}'"
        )
    assert len(told) == 1
    assert "no font here has \N{PARROT} (U+1F99C)" in told[0]


def test_characters_that_latex_cannot_read_are_replaced(fonts):
    for character in "\x00\x1b\x7f\ud800":
        assert fonts.code(f"a{character}b", nodes.Text("")) == r"a\unknowncharacter{U+FFFD}b"


def read(*pieces, is_line=False):
    """Return what becomes of HTML, nodes in between."""
    reader = Reader(is_line=is_line)
    for piece in pieces:
        reader.feed(piece) if isinstance(piece, str) else reader.add(piece)
    return nodes.container("", *reader.finished())


def outline(node):
    """Return a node as text: its kind, and what it holds."""
    if isinstance(node, nodes.Text):
        return str(node)
    return f"{node.tagname}({', '.join(map(outline, node.children))})"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<b>b</b></p>", "paragraph(a, strong(b))"),
        ("a <i>b</i><p>c</p>", "paragraph(a , emphasis(b)), paragraph(c)"),
        ("<ul><li>a<li>b</ul>", "bullet_list(list_item(paragraph(a), list_item(paragraph(b))))"),
        ("<div>a</div><script>b()</script>", "paragraph(a)"),
        ("<pre>a\n  b</pre>", "literal_block(a\n  b)"),
        ("<b>never closed", "paragraph(strong(never closed))"),
        ("</p>stray</b>", "paragraph(stray)"),
        ("<iframe src='https://x.org/v'></iframe>", "paragraph(reference(https://x.org/v))"),
        ("<img src='a.png' alt='A'>", "paragraph([A])"),
        ("", ""),
    ],
)
def test_html_becomes_nodes(html, expected):
    assert outline(read(html)) == f"container({expected})"


def test_html_goes_around_nodes():
    folded = read("<details><summary>S</summary>", nodes.paragraph("", "a"), "</details>")
    assert outline(folded) == "container(details(summary(S), paragraph(a)))"
    line = read("H<sub>", nodes.Text("2"), "</sub>O<div>x</div>", is_line=True)
    assert outline(line) == "container(H, subscript(2), O, x)"


def test_html_tables_are_whole():
    table = read(
        "<table><tr><th>a</th><th>b</th></tr><tr><td colspan=2>c</td></tr><tr></tr></table>"
    )
    (group,) = table.findall(nodes.tgroup)
    assert group["cols"] == 2
    assert [len(row) for row in group.findall(nodes.row)] == [2, 1, 2]


LOG = """This is XeTeX
./book.tex:7: Undefined control sequence.
\\fitdisplay ... {$\\displaystyle \\frca
./book.tex:2: LaTeX Error: File `xeCJK.sty' not found.

! LaTeX Error: File `other.cls' not found.
Missing character: There is no 🦜 (U+1F99C) in font TeX Gyre Pagella Math/OT:script=math!
Overfull \\hbox (4.5pt too wide) in paragraph at lines 5--6
Overfull \\hbox (31.5pt too wide) in paragraph at lines 5--6
LaTeX Warning: Hyper reference `page:eq' on page 3 undefined on input line 5.
"""
TEX = "a\nb\n%% source chapter/page:12\nc\nd\n%% source chapter/page:20\ne\n"


def test_a_log_is_told_by_the_lines_of_the_pages():
    found = list(findings(LOG, TEX, {"chapter/page": "chapter/page.md"}))
    assert [(str(one.error), one.is_fatal) for one in found] == [
        ("chapter/page.md:20: LaTeX: Undefined control sequence. \\frca", True),
        (
            "LaTeX: LaTeX Error: File `xeCJK.sty' not found. "
            "As root: apt-get install texlive-lang-cjk texlive-lang-chinese.",
            True,
        ),
        ("LaTeX: LaTeX Error: File `other.cls' not found.", True),
        ("no glyph for 🦜 (U+1F99C) in the font TeX Gyre Pagella Math/OT", False),
        ("chapter/page.md:12: a line of the PDF is 32 pt too wide", False),
        ("chapter/page.md:12: the PDF has no place 'page:eq' to refer to", False),
    ]


def test_long_outputs_are_cut_and_say_so():
    lines = shortened("\n".join(map(str, range(1000)))).split("\n")
    assert len(lines) == 241
    assert lines[200] == "… (760 lines are left out)"
    assert (lines[199], lines[201], lines[-1]) == ("199", "960", "999")
    assert shortened("x" * 3000) == "x" * 2000 + " … (3,000 characters)"
    assert shortened("a\nb") == "a\nb"


def test_long_words_of_code_can_be_broken():
    line = r"\PYG{n}{" + "a" * 30 + r"\PYGZus{}" + "b" * 30 + "} " + "c" * 20
    broken = LONG_WORD.sub(in_pieces, line)
    assert broken.replace(r"\wordbreak{}", "") == line
    assert broken.count(r"\wordbreak{}") == 7
    assert broken.startswith(r"\PYG{n}{aaaaaaaa\wordbreak{}")


def table_of(*rows, classes):
    cells = [
        nodes.row(
            "",
            *(
                nodes.entry("", nodes.paragraph("", text), classes=[name])
                for text, name in zip(row, classes, strict=True)
            ),
        )
        for row in rows
    ]
    return nodes.tgroup("", nodes.tbody("", *cells))


def test_columns_are_aligned_as_their_cells():
    group = table_of(("a", "1"), ("b", "2"), classes=("text-left", "text-right"))
    assert alignments(group) == ["L", "R"]
    assert alignments(table_of(("a", "b"), classes=("", ""))) == []


def test_short_cells_beside_long_ones_stay_in_one_line():
    long = "a sentence of so many words that it has to be wrapped"
    assert alignments(table_of(("LeNet, 1998", long), classes=("", ""))) == ["l", "L"]
    assert alignments(table_of(("1", "x", long), classes=("text-right", "", ""))) == ["r", "l", "L"]
    many = ["x" * 12] * 4
    assert alignments(table_of((*many, long), classes=[""] * 5)) == []


def test_long_texts_are_wrapped_rather_than_made_small():
    texts = nodes.entry("", nodes.paragraph("", "a few words " * 20))
    label = nodes.entry("", nodes.paragraph("", "x" * 15))
    assert letters_of([[texts]]) == ""
    assert letters_of([[label], [texts], [texts]]) == r"\small"


def test_wide_tables_have_small_letters():
    assert letters_of([]) == ""
    cell = nodes.entry("", nodes.paragraph("", "x" * 60))
    assert letters_of([[cell], [cell]]) == r"\footnotesize"


def test_the_index_has_classes_and_functions_that_are_used_elsewhere():
    code = "class A:\n    def f(self): pass\ndef g(): pass\ndef h(): pass\nx = 1"
    assert list(definitions(code, {"g"})) == ["A (class)", "g (function)"]
    assert list(definitions(f"%magic\n!ls\n{code}", {})) == ["A (class)"]
    assert list(definitions("%%bash\nclass A", {})) == []
    code = "h(d2l.g(net.f), d2l.num_gpus())\n%magic"
    assert set(used_of_library(code)) == {"g", "num_gpus"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("global average pooling", True),
        ("network in network", True),
        ("none of these", False),
        ("the", False),
        ("stem", True),
        ("worse", False),
        ("RandAugment", True),
        ("EDF", True),
        ("pre-activation", True),
        ("f(x) is small", False),
        ("naïve Bayes", False),
    ],
)
def test_terms_are_told_from_stressed_words(text, expected):
    assert is_term(text, {"stem", "the"}) is expected


def test_terms_are_found_in_any_form_and_the_longest_first():
    pattern = any_of(["residual", "residual connection", "k-means"])
    text = "Residual connections, residuals; non-residual residualized K-means residual"
    found = [match[1] for match in pattern.finditer(text)]
    assert found == ["Residual connection", "residual", "K-means", "residual"]
