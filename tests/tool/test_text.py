"""Markdown on its way to those who render it: bars in tables, stars in Chinese, roles."""

import pytest

from d2lbook.markup.myst import inline, stress_cjk, without_myst
from d2lbook.source.tables import columns, escape_bars, fitted


@pytest.mark.parametrize(
    ("row", "escaped"),
    [
        ("| $|x|$ | `a|b` |", r"| $\|x\|$ | `a\|b` |"),
        (r"| $\|x\|$ | `a\|b` |", r"| $\\|x\\|$ | `a\|b` |"),
        (r"| a \| b | $5 | $6 |", r"| a \| b | $5 | $6 |"),
        ("| a | b |", "| a | b |"),
    ],
)
def test_bars_in_code_and_math_end_no_cell(row, escaped):
    assert escape_bars(row) == escaped
    assert escape_bars("$|x|$ `a|b`", in_math=False) == r"$|x|$ `a\|b`"


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("| a | b | c | d |", r"| a | b \| c \| d |"),
        ("a | b | `c|d`", r"a | b \| `c|d`"),
        ("| a | $|b|$ | :label:`x`", r"| a | $|b|$ \| :label:`x`"),
        (r"| a \| b | c |", r"| a \| b | c |"),
        ("| a |", "| a |"),
        ("|", "|"),
    ],
)
def test_cells_that_a_table_has_no_column_for_are_shown_in_the_last_one(row, shown):
    assert fitted(row, 2) == shown
    assert columns(shown) <= 2


@pytest.mark.parametrize(
    ("text", "stressed"),
    [
        ("**注意：**请看", "**注意：**<!-- -->请看"),
        ("看**“引号”**。", "看<!-- -->**“引号”**。"),
        ("见*（一）*后", "见<!-- -->*（一）*<!-- -->后"),
        ("**重要**的", "**重要**的"),
        ("`**注：**图` $a**（b）$", "`**注：**图` $a**（b）$"),
        ("a**(b)**c", "a**(b)**c"),
    ],
)
def test_stars_stress_what_has_no_spaces_around_it(text, stressed):
    assert stress_cjk(text) == stressed


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a {role}`b` {c} `d`", r"a \{role}`b` {c} `d`"),
        ("(a)=\n  (b-c)= ", "\\(a)=\n  \\(b-c)= "),
        (r"`{a}``b` $(a)=$ \(b)= (c)= 3", r"`{a}``b` $(a)=$ \(b)= (c)= 3"),
        ("- ```{.bash}\n  {a}`b`\n  ```", "- ```bash\n  {a}`b`\n  ```"),
        ("> ~~~~ {note} x\n> y\n> ~~~~", "> ~~~~note\n> y\n> ~~~~"),
        ("````\n```{note}\n````", "````\n```{note}\n````"),
    ],
)
def test_what_is_syntax_in_myst_alone_is_text(text, escaped):
    assert without_myst(text) == escaped


def test_what_belongs_to_a_block_is_no_text_where_there_is_none():
    assert inline("a :width:`3px` b :label:`x` c") == "a  b {anchor}`x` c"
