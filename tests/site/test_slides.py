"""Slides: decks and their notebooks, and how they look and behave."""

import re
import shutil
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from d2lbook.book.whole import load_book
from d2lbook.config import SlidesConfig, load_config
from d2lbook.errors import BookError
from d2lbook.publish import downloads
from d2lbook.records.stores import Stores
from d2lbook.slides import reveal

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
        folder, _ = reveal.build(load_book(config), stores, tabs or config.all_tabs)
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


def test_tables_have_the_height_of_what_their_references_show(build, sample):
    row = "|" + " :numref:`fig_gauge`, :numref:`fig_gauge` |" * 3 + "\n"
    table = f"| one | two | three |\n{'|--' * 3}|\n{row * 9}:label:`tab_gauges`"
    write(sample, f"[**See :numref:`tab_gauges`.**]\n\n{table}")
    html = (build(["jax"]) / "jax/chapter_tides/beta.html").read_text("utf-8")
    assert html.count("<table>") == 1


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


def test_the_file_for_all_tabs_is_told_from_those_of_each(sample):
    config = replace(load_config(sample), name="tides-jax")
    folder = config.stage_dir("pkg")
    folder.mkdir(parents=True)
    for name in ("tides-jax", "tides-jax-jax"):
        (folder / f"{name}.zip").write_bytes(b"")
    assert dict(downloads.menu(config))["Notebooks"] == [
        ("JAX", "_editions/tides-jax-jax.zip"),
        ("all tabs", "_editions/tides-jax.zip"),
    ]


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
    shutil.rmtree(folder / "jax")
    assert "Slides" not in dict(downloads.menu(config))  # but for the list of none
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
    folder, count = reveal.build(load_book(config), Stores(config), [tab])
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
