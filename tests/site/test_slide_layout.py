"""Slides: what the marks choose, and how it is divided among screens."""

from dataclasses import replace

import pytest

from d2lbook.config import load_config
from d2lbook.slides.deck import slides_of
from d2lbook.slides.layout import SIZES, fits, screens
from d2lbook.slides.marks import unclosed_marks
from d2lbook.slides.pieces import (
    MAX_PRINTED,
    TABLE_ROOM,
    TABLE_ROW,
    Piece,
    lines,
    parts_of,
    picture,
    row_heights,
    shortened,
)
from d2lbook.source.markdown import parse_page
from d2lbook.source.tabs import choose_tab

CODE = "```{{.python .input}}\n{}\n```"


def chosen(text, config, tab="pytorch"):
    """A page as the readers of a tab see it."""
    return choose_tab(parse_page("chapter_tides/new.md", text, config), tab, config)


@pytest.fixture
def config(sample):
    """The sample book's configuration."""
    return load_config(sample)


def outline(text, config, tab="pytorch"):
    """What the slides of a page hold: section, and the kind and source of each part."""
    return [
        (slide.section, [part.source for part in slide.parts])
        for slide in slides_of(chosen(text, config, tab))
    ]


MARKED = """\
# Tides

The moon [**pulls the water**] and (**lifts it**).(~~By a meter.~~)

## Heights
:label:`sec_heights`

Read the gauge:

```{.python .input}
gauge = 1
```

The [**height**] follows :eqref:`eq_h`. (**It is drawn in :numref:`fig_g`.**)

(**$$h = 1$$**)
:eqlabel:`eq_h`

![A gauge.](../img/gauge.svg)
:label:`fig_g`

```{.python .input}
%%tab pytorch
gauge.read()
```

```{.python .input}
%%tab jax
gauge.apply()
```

## Nothing Here

Nothing is marked.
"""


def test_marks_choose_the_texts_and_code_follows_them(config):
    assert outline(MARKED, config) == [
        ("", ["pulls the water", "lifts it", "By a meter."]),
        ("Heights", ["Heights", "gauge = 1"]),
        (
            "Heights",
            [
                "height",
                "It is drawn in :numref:`fig_g`.",
                "![A gauge.](../img/gauge.svg)",
                "h = 1",
                "gauge.read()",
            ],
        ),
    ]
    assert outline(MARKED, config, "jax")[-1][1][-1] == "gauge.apply()"


def test_a_page_without_marks_has_no_slides(config):
    assert outline("# Tides\n\nNo **mark** [at](all).\n\n" + CODE.format("1"), config) == []


def test_a_mark_may_go_on_with_a_slide_under_a_new_heading(config):
    text = "# T\n\n[**a**]\n\n## H\n\n(**b**)\n\n" + CODE.format("1")
    assert outline(text, config) == [("", ["a", "b", "1"])]


def test_what_only_some_tabs_have_is_on_their_slides_alone(config):
    text = "# T\n\n[**a**]\n\n:begin_tab:`jax`\n(**b**)\n:end_tab:\n\n" + CODE.format("1")
    assert outline(text, config) == [("", ["a", "1"])]
    assert outline(text, config, "jax") == [("", ["a", "b"])]


def code(count, text="x = 1"):
    """A piece of code of so many lines."""
    source = "\n".join([text] * count)
    return lines("code", source, source)


LEAD = Piece("text", ("<p>Why</p>",), height=39, lead=Piece("lead", ("Why",), height=48))


def test_short_code_is_large_and_long_code_small():
    assert [screen.size for screen in screens([LEAD, code(5)])] == [SIZES[0]]
    (small,) = screens([LEAD, code(20)])
    assert small.size == SIZES[-1]


def test_code_is_shrunk_before_its_lines_are_broken():
    (screen,) = screens([LEAD, code(5, "x" * 78)])
    assert screen.size < SIZES[0]
    assert not screen.pieces[-1].breaks(screen.size)


def test_code_that_fits_no_screen_is_cut_where_a_block_ends():
    block = "def f():\n" + "\n".join(f"    x{i} = {i}" for i in range(13)) + "\n"
    source = "\n".join([block] * 3)
    shown = list(screens([LEAD, lines("code", source, source)]))
    assert all(fits(screen.pieces, screen.size) for screen in shown)
    rows = [row for screen in shown for row in screen.pieces[-1].rows]
    assert list(filter(None, rows)) == list(filter(None, source.split("\n")))
    assert [screen.pieces[0].is_again for screen in shown] == [False, *[True] * (len(shown) - 1)]
    assert {screen.pieces[-1].lines[0] for screen in shown} == {"def f():"}


def test_a_screen_begins_with_the_words_that_lead_to_its_code():
    second = replace(LEAD, lead=replace(LEAD.lead, rows=("Then",)))
    first, then = screens([LEAD, code(10), second, code(12)])
    assert [piece.kind for piece in first.pieces] == ["lead", "code"]
    assert [piece.rows[0] for piece in then.pieces] == ["Then", "x = 1"]


def test_what_a_training_printed_stays_with_its_curves():
    printed = lines("printed", "loss 0.5\ncapped run", "loss 0.5\ncapped run")
    first, then = screens([LEAD, code(8), picture("a.svg", "A"), printed])
    assert [piece.kind for piece in first.pieces] == ["lead", "code"]
    assert [piece.kind for piece in then.pieces] == ["lead", "picture", "printed"]


def test_everything_is_on_some_screen_once():
    long = "1\n" * 90
    pieces = [code(40), picture("a.svg", "A"), lines("printed", long, long)]
    pieces += [picture("b.svg", "B"), Piece("table", ("<table>",), height=900), code(3)]
    shown = [piece for screen in screens([LEAD, *pieces]) for piece in screen.pieces]
    rows = [row for piece in shown if piece.kind != "lead" for row in piece.rows]
    assert rows == [row for piece in pieces for row in piece.rows]


def test_long_prints_lose_their_middle():
    rows = shortened("\n".join(map(str, range(500)))).split("\n")
    assert (rows[0], rows[-1]) == ("0", "499")
    assert len(rows) == MAX_PRINTED + 1
    assert "… 440 lines are left out …" in rows


LED_UP_TO = """\
# Tides

The height is [**a sum of waves**] :cite:`Newton.1687`:

$$h = \\sum_k a_k$$

It goes [**up and down.**] Every day.

$$d = 2$$

(**Three parts of it:**)

|a|
|-|
|1|

(**A gauge**)

![A gauge [**of brass**].](../img/gauge.svg)
"""


def test_what_a_marked_text_leads_up_to_comes_along(config):
    assert outline(LED_UP_TO, config) == [
        ("", ["a sum of waves", "h = \\sum_k a_k"]),
        ("", ["up and down.", "Three parts of it:", "|a|\n|-|\n|1|", "A gauge"]),
        ("", ["of brass"]),
    ]


def test_slides_have_no_marks_of_notes(config):
    text = "[**Salt[^1] water `[^1]` $[^2]$[^a]**]\n\n[^1]: Much.\n[^a]: More.\n"
    assert outline(text, config) == [("", ["Salt water `[^1]` $[^2]$"])]


UNCLOSED = """\
# A [**b

Text [**never closed.

And (**wrong**] one, [**bold** and a link](x), [**right
over lines**] (~~gone~) `[**` $[**x$ [**bold**](url) ([**right**]) (**a** b).
"""


def test_marks_that_nothing_closes_are_told(config):
    found = list(map(str, unclosed_marks(parse_page("x.md", UNCLOSED, config))))
    assert found == [
        "x.md:1: no slide mark: '[**' lacks its '**]'",
        "x.md:3: no slide mark: '[**' lacks its '**]'",
        "x.md:5: no slide mark: '(**' lacks its '**)'",
        "x.md:6: no slide mark: '(~~' lacks its '~~)'",
    ]


def test_many_words_take_several_screens():
    text = Piece("text", ("<p>Words.</p>",), height=100)
    lead = Piece("lead", ("Much",), height=48)
    pieces = [lead, *[text] * 7]
    found = list(screens(pieces))
    assert [len(screen.pieces) for screen in found] == [5, 4]
    assert found[1].pieces[0].is_again
    assert all(fits(screen.pieces, SIZES[-1]) for screen in found)


def test_long_tables_are_divided_by_their_rows():
    rows = ["| name | words |", *["| x | " + "word " * 30 + "|"] * 20]
    heights = row_heights(rows)
    assert heights[0] < heights[1] == heights[-1]
    parts = list(parts_of(rows[1:], heights[1:], TABLE_ROOM - heights[0]))
    assert len(parts) > 1
    assert [number for part in parts for number in part] == list(range(20))
    assert all(sum(heights[1 + n] for n in part) <= TABLE_ROOM for part in parts)
    assert row_heights(["|a|b|", "|1|"]) == [TABLE_ROW, TABLE_ROW]
