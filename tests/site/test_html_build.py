"""The build around Sphinx: what it stages, what it reports, what it keeps."""

from dataclasses import replace

import pytest
from PIL import Image

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.errors import BookErrors
from d2lbook.publish import html
from d2lbook.sphinx_ext.editions.figures import LIMIT, fault


@pytest.fixture
def build(sample, stores, sphinx):
    """Build the copy of the sample book; returns the site's folder and what was reported."""

    def run(**changes):
        reports = []
        config = replace(load_config(sample), **changes)
        return html.build(load_book(config), stores, sphinx, report=reports.append), reports

    return run


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_complaints_name_the_chapter_and_its_line_until_they_are_mended(build, sample):
    chapter = sample / "chapter_tides/beta.md"
    change(chapter, "see\n", "see $\\frca{1}$\n")
    change(chapter, ":label:`fig_ebb`\n", ":label:`fig_ebb`\n\nGone.[^gone]\n")
    for _ in range(2):  # the second build must not take the first one's page for good
        with pytest.raises(BookErrors) as error:
            build()
        assert str(error.value).splitlines() == [
            "chapter_tides/beta.md:4: formula: "
            r"Undefined control sequence: \frca at position 1: \frca{1}",
            "chapter_tides/beta.md:10: Too many autonumbered footnote references: "
            "only 0 corresponding footnote available.",
            'chapter_tides/beta.md:10: Unknown target name: "gone".',
        ]
    site, reports = build(warning_is_error=False)
    assert "formula" in reports[0]
    assert r"<code>\frca{1}</code>" in (site / "chapter_tides/beta.html").read_text("utf-8")
    change(chapter, "\\frca{1}", "x")
    change(chapter, "Gone.[^gone]", "Gone.")
    site, reports = build()
    assert reports == [
        "chapter_tides/alpha.md: the library has changed since its record in JAX was made",
        "chapter_tides/beta.md: there is no record of it in JAX: shown without outputs",
    ]


def test_a_page_with_a_complaint_is_the_only_one_to_be_built_again(build, sample):
    change(sample / "chapter_tides/beta.md", "see\n", "see $\\frca{1}$\n")
    site, reports = build(warning_is_error=False)
    before = (site / "chapter_tides/alpha.html").stat().st_mtime_ns
    assert build(warning_is_error=False) == (site, reports)
    assert "formula" in reports[0]
    assert (site / "chapter_tides/alpha.html").stat().st_mtime_ns == before


def test_only_what_changed_is_built_again(build, sample):
    site, _ = build()
    pages = [page for page in site.rglob("*.html") if page.name != "search.html"]
    before = {page: page.stat().st_mtime_ns for page in pages}
    build()
    assert {page: page.stat().st_mtime_ns for page in pages} == before
    change(sample / "chapter_tides/beta.md", "comes second", "comes next")
    build()
    changed = {page.name for page in pages if page.stat().st_mtime_ns != before[page]}
    assert "beta.html" in changed
    assert "alpha.html" not in changed
    change(sample / "chapter_tides/index.md", "\nbeta\n", "\n")
    change(sample / "chapter_tides/index.md", " and :ref:`sec_beta`", "")
    change(sample / "chapter_tides/alpha.md", "The next section is :numref:`sec_beta`", "It is")
    (sample / "chapter_tides/beta.md").unlink()
    build()
    assert not (site / "chapter_tides/beta.html").exists()


def test_a_build_that_was_cut_off_is_made_again(build, sample):
    site, _ = build()
    page = site / "chapter_tides/alpha.html"
    page.write_text(page.read_text("utf-8")[:1000], "utf-8")
    (sample / "_build" / html.SEAL).unlink()
    build()
    assert page.read_text("utf-8").endswith("</html>")


def test_values_of_the_configuration_are_quoted(sample):
    config = replace(load_config(sample), title='A "b" \\ {c}', lang="zh", sphinx_configs="x = 1")
    names = {}
    exec(html.sphinx_config(load_book(config)), names)
    assert names["project"] == config.title
    assert names["html_title"] == "A &quot;b&quot; \\ {c}"
    assert names["language"] == "zh_CN"
    assert names["x"] == 1
    assert names["d2l_tabs"][2] == ("jax", "JAX")


def test_a_missing_logo_is_named(sample, stores, sphinx):
    (sample / "static/logo.svg").unlink()
    message = r"\[html\] html_logo: there is no static/logo\.svg\n"
    with pytest.raises(BookErrors, match=message):
        html.build(load_book(load_config(sample)), stores, sphinx)


def test_messages_are_read_from_the_log(sample):
    book = load_book(load_config(sample))
    stage = sample / "_build/sphinx"
    log = (
        f"{stage}/chapter_tides/alpha.ipynb:12: WARNING: first\n  goes on [ref.ref]\n"
        f"{stage}/conf.py: WARNING: second\n"
        "WARNING: third [x.y]\n"
    )
    assert [str(one) for one in html.mapped(log, stage, book)] == [
        "chapter_tides/alpha.md:12: first goes on",
        "conf.py: second",
        "third",
    ]


def test_figures_that_nobody_can_see_are_told_and_leave_their_text(build, sample):
    (sample / "img/cut.png").write_bytes(b"\x89PNG")
    (sample / "img/cut.svg").write_text("<svg><rect")
    page = sample / "chapter_tides/beta.md"
    (sample / "img/print.pdf").write_bytes(b"%PDF-1.7")
    figures = "\n![A](../img/cut.png)\n\n![B](../img/cut.svg)\n\n![C](../img/print.pdf)\n"
    page.write_text(page.read_text("utf-8") + figures, "utf-8")
    with pytest.raises(BookErrors) as error:
        build()
    first = page.read_text("utf-8").split("\n").index("![A](../img/cut.png)") + 1
    assert str(error.value).splitlines() == [
        f"chapter_tides/beta.md:{first}: figure img/cut.png: it can't be read as a picture",
        f"chapter_tides/beta.md:{first + 2}: figure img/cut.svg: it isn't SVG: "
        "Couldn't find end of Start Tag rect line 1, line 1, column 11",
        f"chapter_tides/beta.md:{first + 4}: figure img/print.pdf: browsers don't show it: "
        "save it as SVG or PNG",
    ]
    site, _ = build(warning_is_error=False)
    text = (site / "chapter_tides/beta.html").read_text("utf-8")
    assert "[A]" in text
    assert "[B]" in text


def test_mistakes_in_restructured_text_are_told_by_their_lines(build, sample):
    page = sample / "chapter_tides/beta.md"
    text = page.read_text("utf-8") + "\n```eval_rst\nText.\n\n.. figre:: x\n```\n"
    page.write_text(text, "utf-8")
    _, (report, *_) = build(warning_is_error=False)
    line = text.split("\n").index(".. figre:: x") + 1
    assert report.startswith(f'chapter_tides/beta.md:{line}: Unknown directive type "figre"')


@pytest.mark.parametrize("width", [".", "1.2.3", "12.5px", "auto", "²", ""])
def test_an_svg_may_say_its_size_badly(tmp_path, width):
    svg = tmp_path / "a.svg"
    svg.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}"/>', "utf-8")
    assert fault(svg, LIMIT) == ""


def test_an_svg_may_be_too_large(tmp_path):
    svg = tmp_path / "a.svg"
    svg.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="{"9" * 400}"/>')
    assert "it is 999,999,999 by 0 pixels: make it smaller" in fault(svg, LIMIT)


def test_a_picture_can_be_too_large_to_be_read(tmp_path, monkeypatch):
    Image.new("L", (20, 20)).save(tmp_path / "a.png")
    assert fault(tmp_path / "a.png", LIMIT) == ""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 300)  # a warning from here on
    assert fault(tmp_path / "a.png", LIMIT) == ""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert "too large to be read: make its sides smaller" in fault(tmp_path / "a.png", LIMIT)
