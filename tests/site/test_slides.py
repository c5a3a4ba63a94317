"""Slides: what the marks choose, how it is divided among screens, and how that looks."""

import re
import shutil
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from d2lbook import downloads, slides
from d2lbook.book import load_book
from d2lbook.config import SlidesConfig, load_config
from d2lbook.deck import slides_of
from d2lbook.errors import BookError
from d2lbook.markdown import parse_page
from d2lbook.slide_layout import SIZES, fits, screens
from d2lbook.slide_pieces import MAX_PRINTED, Piece, lines, picture, shortened
from d2lbook.stores import Stores
from d2lbook.tabs import choose_tab

ROOT = Path(__file__).parents[2]
SIZE = {"width": 1280, "height": 720}
BEYOND = """slide => {
  const frame = slide.getBoundingClientRect(), beyond = [];
  for (const element of slide.querySelectorAll(".body, .body *, header *, footer *")) {
    const box = element.getBoundingClientRect();
    const outside = box.left < frame.left - 1 || box.right > frame.right + 1
      || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    if (element.closest(".again")) continue;  // which is cut off
    const overfull = element.matches(".body, .body > *")
      && element.scrollWidth > element.clientWidth + 2
      || element.matches(".body") && element.scrollHeight > element.clientHeight + 2;
    if (outside || overfull) beyond.push(element.outerHTML.slice(0, 90));
  }
  return beyond;
}"""
"""What of a slide is beyond its edges, or those of what it is in."""
OVERLAPPING = """slide => {
  const boxes = [...slide.querySelectorAll(".body > *")].map(e => e.getBoundingClientRect());
  return boxes.some((a, i) => boxes.slice(i + 1).some(b => a.bottom > b.top + 1
    && b.bottom > a.top + 1 && a.right > b.left + 1 && b.right > a.left + 1));
}"""
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


@pytest.mark.parametrize(
    ("marked", "title"),
    [
        ("the first part,", "The first part"),
        ("One sentence.", "One sentence"),
        ("One. Two.", "One. Two."),
        ("$x$ and *y*:", "$x$ and <em>y</em>"),
        ('say "net"', "Say &quot;net&quot;"),
    ],
)
def test_the_middle_of_a_sentence_becomes_a_title(build, sample, marked, title):
    write(sample, f"We [**{marked}**] now.")
    html = (build(["jax"]) / "jax/chapter_tides/beta.html").read_text("utf-8")
    assert title in re.sub(r'<span class="math.*?alttext="(.*?)".*?</span>', r"$\1$", html)


@pytest.fixture
def build(sample, stores):
    """Build the slides of the copy of the sample book, in all tabs; returns their folder."""

    def run(tabs=None, **changes):
        config = replace(load_config(sample), **changes)
        folder, _ = slides.build(load_book(config), stores, tabs or config.all_tabs)
        return folder

    return run


def write(sample, text):
    """Replace a page of the sample book, but for the labels that others refer to."""
    label = "# Ebb\n:label:`sec_beta`\n\n"
    (sample / "chapter_tides/beta.md").write_text(label + text, "utf-8")


def test_every_tab_has_its_decks_and_the_list_names_them(build, sample):
    folder = build()
    decks = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("alpha.*"))
    tabs = ("jax", "mxnet", "pytorch", "tensorflow")
    suffixes = ("html", "ipynb")
    assert decks == [f"{tab}/chapter_tides/alpha.{suffix}" for tab in tabs for suffix in suffixes]
    listed = (folder / "index.html").read_text("utf-8")
    links = re.findall(r'href="([^"?]+)', listed)
    assert {f"{tab}/chapter_tides/alpha.html" for tab in tabs} <= set(links)
    assert all((folder / link).is_file() for link in links)


def test_decks_in_a_repository_open_in_colab(build):
    repositories = {"jax": "someone/decks-jax/tree/main/slides", "mxnet": "neither this"}
    config = SlidesConfig(github_repo={"jax": repositories["jax"]})
    listed = (build(slides=config) / "index.html").read_text("utf-8")
    colab = "https://colab.research.google.com/github/someone/decks-jax/blob/main/slides"
    assert re.findall(r'href="(https[^"]+)', listed) == [f"{colab}/chapter_tides/alpha.ipynb"]
    with pytest.raises(BookError, match=r"\[slides\] github_repo: 'neither this'"):
        build(slides=SlidesConfig(github_repo=repositories))


def test_a_deck_goes_with_its_marks(build, sample):
    folder = build(["jax"])
    alpha = sample / "chapter_tides/alpha.md"
    text = alpha.read_text("utf-8")
    alpha.write_text(
        text.replace("[**", "").replace("**]", "").replace("(~~", "").replace("~~)", "")
    )
    build(["jax"])
    assert not list(folder.rglob("alpha.*"))
    assert "No page" in (folder / "index.html").read_text("utf-8")


def test_slides_name_numbers_and_authors_as_the_site_does(build, sample):
    write(sample, "[**See :numref:`fig_gauge` of :citet:`Newton.1687`, :eqref:`eq_height`.**]")
    html = (build() / "jax/chapter_tides/beta.html").read_text("utf-8")
    assert "<h2>See Fig.\xa01.1.1 of Newton (1687), (1.1.1)</h2>" in html


def test_outputs_are_of_the_tab_and_say_of_which_run(build):
    html = (build() / "jax/chapter_tides/alpha.html").read_text("utf-8")
    assert "jax at work" in html
    assert "pytorch at work" not in html
    assert "capped run: 3 epochs, 2,048 images · dated" in html


def test_outputs_that_hold_scripts_are_inert(build):
    html = (build() / "pytorch/chapter_tides/alpha.html").read_text("utf-8")
    assert "<table>" in html
    assert "example.org" not in re.sub(r"base64,[\w+/=]+", "", html)
    assert "ValueError: the gauge is dry" in html


def test_code_without_a_record_says_so(build, sample):
    write(sample, "[**Run**]\n\n" + CODE.format("%%tab all\nebb()"))
    folder = build(["jax"])
    html = (folder / "jax/chapter_tides/beta.html").read_text("utf-8")
    assert "Not run in JAX: there is no record of it." in html


def test_hidden_code_and_outputs_stay_hidden(build, sample):
    write(sample, "[**Run**]\n\n" + CODE.format("# Hide code\nprint('ebb')"))
    html = (build() / "pytorch/chapter_tides/beta.html").read_text("utf-8")
    assert '<pre class="code">' not in html
    assert '<pre class="printed"><code>ebb</code></pre>' in html


def test_notebooks_of_decks_are_valid_and_say_what_begins_a_slide(build):
    notebook = nbformat.read(build() / "jax/chapter_tides/alpha.ipynb", as_version=4)
    nbformat.validate(notebook)
    types = [cell.metadata.slideshow.slide_type for cell in notebook.cells]
    assert types[:2] == ["slide", "slide"]
    assert set(types) == {"slide", "-"}
    assert notebook.cells[1].source == "## one sentence of a slide"
    texts = [out.get("text") for cell in notebook.cells for out in cell.get("outputs", ())]
    assert "jax at work\n" in texts


def test_corners_bring_their_pictures_along(build, sample):
    corners = SlidesConfig(top_left="Tides & <b>all</b>", top_right="<img src='static/logo.svg'>")
    html = (build(slides=corners) / "jax/chapter_tides/alpha.html").read_text("utf-8")
    assert "<div>Tides &amp; <b>all</b></div>" in html
    assert '<img src="data:image/svg+xml;base64,' in html


def test_a_corner_without_its_picture_is_an_error(build):
    with pytest.raises(BookError, match=r"config.ini: \[slides\] top_left: gone.svg: No such file"):
        build(slides=SlidesConfig(top_left="<img src='gone.svg'>"))


def test_a_formula_that_is_none_names_its_line(build, sample):
    write(sample, "Words.\n\nMore [**words $\\frca{1}$**]")
    with pytest.raises(BookError, match=r"chapter_tides/beta.md:6: formula: Undefined control"):
        build()


def test_slides_that_were_built_are_published_with_the_site(build, sample):
    config = load_config(sample)
    downloads.publish(config)
    assert "Slides" not in dict(downloads.menu(config))
    folder = build(["jax"])
    downloads.publish(config)
    site = config.stage_dir("html")
    assert dict(downloads.menu(config))["Slides"] == [("all decks", "_editions/slides/index.html")]
    deck = "jax/chapter_tides/alpha.html"
    assert (site / "_editions/slides" / deck).read_bytes() == (folder / deck).read_bytes()
    shutil.rmtree(folder)
    downloads.publish(config)
    assert not (site / "_editions/slides" / deck).exists()


def test_reveal_that_is_not_installed_is_asked_for(build, monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "files", missing)
    with pytest.raises(BookError, match="pip install sphinx-revealjs"):
        build()


@pytest.fixture
def show(browser):
    """Open a deck; requests beyond this machine's files and errors of scripts fail the test."""
    context = browser.new_context(viewport=SIZE)
    troubles = []
    context.on("request", lambda request: troubles.append(request.url))
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))

    def opened(deck, query=""):
        page = context.new_page()
        page.goto(deck.as_uri() + query)
        page.wait_for_function("Reveal.isReady()")
        page.wait_for_function("document.fonts.status == 'loaded'")
        return page

    yield opened
    context.close()
    assert [trouble for trouble in troubles if not trouble.startswith(("file:", "data:"))] == []


def seen(page):
    """Go through a deck by keyboard; yields each slide."""
    for number in range(page.evaluate("Reveal.getTotalSlides()")):
        page.wait_for_function(f"Reveal.getState().indexh == {number}")
        yield page.evaluate_handle("Reveal.getCurrentSlide()")
        page.keyboard.press("ArrowRight")


def scale(slide):
    """How much a slide was shrunk."""
    return slide.evaluate(
        "s => +getComputedStyle(s.querySelector('.body')).getPropertyValue('--fit')"
    )


@pytest.mark.parametrize("tab", ["pytorch", "tensorflow", "jax", "mxnet"])
def test_everything_fits_the_slides_of_this_book(show, tmp_path, tab):
    config = replace(load_config(ROOT), output_dir=tmp_path)
    folder, count = slides.build(load_book(config), Stores.of(config), [tab])
    decks = sorted(folder.glob(f"{tab}/**/*.html"))
    assert len(decks) == count > 0
    for deck in decks:
        for number, slide in enumerate(seen(show(deck)), start=1):
            where = f"{deck.stem}, slide {number}"
            assert slide.evaluate(BEYOND) == [], where
            assert not slide.evaluate(OVERLAPPING), where
            assert scale(slide) in (0, 1), f"{where} is shrunk"  # the first slide has no scale


def crowded():
    """A page with more on its slides than they can hold, in every way."""
    title = (
        "one of those authors who mark whole sentences, with formulas like $a_k$, and more. " * 4
    )
    words = "Many words that nobody can read on a slide. " * 40
    code = "y = [" + "1234567890, " * 40 + "]\n\n\n" + "z = 1\n" * 9 + "s = '" + "s" * 900 + "'"
    table = "\n".join("|" + cell * 14 for cell in ("a wide column |", "---|", "*c* |"))
    rows = ("x &= " + "y + " * 30 + r"z \\ ") * 9
    return f"""\
[**{title}**]

(**{words}**)

{CODE.format(code)}

[**{"Unbroken" * 40}**]

[**Wide**]
(**{table}**)

[**1. One
2. Two:

   $$\\int_0^1 x\\,dx$$**]

(**![Too high](../img/ebb.svg) ![Too high](../img/ebb.svg)**)

(**$$\\begin{{aligned}}{rows}\\end{{aligned}}$$**)
"""


def test_whatever_is_too_much_is_shrunk_to_fit(show, build, sample):
    write(sample, crowded())
    deck = build(["pytorch"]) / "pytorch/chapter_tides/beta.html"
    for number, slide in enumerate(seen(show(deck)), start=1):
        assert slide.evaluate(BEYOND) == [], f"slide {number}"


def test_keys_turn_slides_and_the_address_keeps_the_place(show, build):
    page = show(build(["jax"]) / "jax/chapter_tides/alpha.html")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/alpha.html#/2")
    page.keyboard.press("Escape")
    assert page.evaluate("Reveal.isOverview()")
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_function("Reveal.isReady() && Reveal.getState().indexh == 2")


def test_a_deck_prints_a_slide_a_page(show, build):
    page = show(build(["pytorch"]) / "pytorch/chapter_tides/alpha.html", "?print-pdf")
    page.wait_for_selector(".pdf-page")
    count = page.evaluate("Reveal.getTotalSlides()")
    assert count > 3
    for screen in page.locator(".pdf-page .screen").all():
        assert screen.evaluate(BEYOND) == []
        assert screen.bounding_box()["height"] == SIZE["height"]
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == count


def test_slides_keep_nobody_out(show, build):
    page = show(build(["pytorch"]) / "pytorch/chapter_tides/alpha.html")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "preload": False}
    for slide in seen(page):
        found = Axe().run(page, options=rules)
        assert found.response["violations"] == [], slide.inner_text()


def test_slides_are_there_without_scripts(browser, build):
    deck = build(["jax"]) / "jax/chapter_tides/alpha.html"
    context = browser.new_context(java_script_enabled=False, viewport=SIZE)
    page = context.new_page()
    page.goto(deck.as_uri())
    tops = [slide.bounding_box()["y"] for slide in page.locator("section").all()]
    assert tops == sorted(tops)
    assert tops[-1] > SIZE["height"]
    assert page.get_by_text("jax at work").is_visible()
    context.close()
