"""TeX becomes MathML that MathML Core draws right."""

import pytest
from playwright.sync_api import Browser

from d2lbook.markup.mathml import MathError, styled, to_mathml


def body(tex: str, *, display: bool = False) -> str:
    """The content of the formula's `<math>` element."""
    markup = to_mathml(tex, display=display)
    return markup[markup.index(">") + 1 : -len("</math>")]


@pytest.mark.parametrize(
    ("tex", "letter"),
    [
        (r"\mathbf{x}", "𝐱"),
        (r"\mathbf{1}", "𝟏"),
        (r"\boldsymbol{\theta}", "𝜽"),
        (r"\boldsymbol{\nabla}", "𝛁"),
        (r"\mathcal{T}", "𝒯"),
        (r"\mathcal{B}", "ℬ"),
        (r"\mathbb{R}", "ℝ"),
        (r"\mathbb{E}", "𝔼"),
        (r"\mathfrak{C}", "ℭ"),
        (r"\mathsf{A}", "𝖠"),
        (r"\mathtt{a}", "𝚊"),
    ],
)
def test_letters_with_a_style_become_unicode_letters(tex, letter):
    markup = body(tex)
    assert f">{letter}<" in markup
    assert "mathvariant" not in markup


def test_upright_letters_keep_the_one_variant_that_browsers_know():
    assert '<mi mathvariant="normal">d</mi>' in body(r"\mathrm{d}")


def test_a_character_without_a_styled_form_stays():
    assert styled("!", "BOLD") == "!"


def test_tokens_never_hold_elements():
    markup = body(r"a \stackrel{\mathrm{def}}{=} b")
    assert "<mover><mrow><mo>=</mo></mrow>" in markup
    assert "<mo><m" not in markup


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("n'", "<mrow><mi>n</mi>%s</mrow>"),
        ("n'^2", "<msup><mrow><mi>n</mi>%s</mrow><mrow><mn>2</mn></mrow></msup>"),
        ("x'_i", "<msub><mrow><mi>x</mi>%s</mrow><mi>i</mi></msub>"),
    ],
)
def test_primes_stand_beside_the_letter(tex, expected):
    assert expected % '<mo mathvariant="normal" lspace="0" rspace="0">′</mo>' in body(tex)


SPACE = '<mspace width="0.1667em"/>'
LOG = "<mi>log</mi><mo>\N{FUNCTION APPLICATION}</mo>"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"2\log x", f"<mn>2</mn>{SPACE}{LOG}{SPACE}<mi>x</mi>"),
        (r"+\log(x)", f'<mo>+</mo>{LOG}<mo stretchy="false">('),
        (r"(x)\log y", f'<mo stretchy="false">)</mo>{SPACE}{LOG}'),
        (r"\log^2 x", f"<msup><mrow>{LOG}</mrow><mn>2</mn></msup>{SPACE}<mi>x</mi>"),
    ],
)
def test_names_of_functions_are_spaced_as_in_tex(tex, expected):
    assert expected in body(tex)


def test_scripts_are_set_tight():
    assert '<mo lspace="0" rspace="0">=</mo>' in body(r"\sum_{k=1}")
    assert "<mo>=</mo>" in body("k=1")


def test_dots_bring_no_space_of_their_own():
    assert '<mo lspace="0" rspace="0">…</mo>' in body(r"a, \ldots, b")


def test_columns_are_aligned_by_style():
    markup = body(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", display=True)
    assert markup.count("text-align:right") == markup.count("text-align:left") == 2
    assert "columnalign" not in markup


def test_a_browser_moves_formulas_to_the_side_of_their_column(browser: Browser):
    page = browser.new_page()
    page.set_content(to_mathml(r"\begin{aligned} a &= b \\ ccc &= d \end{aligned}", display=True))
    edges = page.locator("mtd > :first-child").evaluate_all(
        "found => found.map(e => Math.round(e.getBoundingClientRect().right))"
    )
    page.close()
    assert edges[0] == edges[2]


def test_a_rule_between_columns_is_drawn():
    markup = body(r"\begin{array}{c|c} a & b \end{array}", display=True)
    assert markup.count("border-left:1px solid") == 1


def test_line_breaks_outside_environments_are_aligned():
    assert body(r"a &= b \\ c &= d", display=True).count("<mtr>") == 2
    assert body(r"\begin{matrix} a \\ b \end{matrix}", display=True).count("<mtr>") == 2


def test_a_long_formula_inside_a_line_may_break_after_operators():
    tex = r"f(a, b) = (a + b)^2 = a^2 + 2ab + b^2 \geq 4ab"
    assert to_mathml(tex).count("<wbr/>") == 5
    assert to_mathml(r"\max(a + b + c + d, e + f + g + h + i)").count("<wbr/>") == 0
    assert '<mo form="infix">≥</mo></mrow></math><wbr/><math' in to_mathml(tex)
    assert "<wbr/>" not in to_mathml(tex, display=True)
    assert "<wbr/>" not in to_mathml("a + b = c")


def test_the_tex_is_kept_for_those_who_ask():
    markup = to_mathml("a < b")
    assert 'alttext="a &lt; b"' in markup
    assert "annotation" not in markup


def test_wrong_tex_is_an_error_of_one_line():
    with pytest.raises(MathError) as error:
        to_mathml(r"\frca{1}{2}")
    assert str(error.value) == r"Undefined control sequence: \frca at position 1: \frca{1}{2}"
