"""Searching: what is found, where a result leads, what is marked there."""

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.publish import html
from d2lbook.sphinx_ext.site.search import HEAD, INDEX, TAIL

ALPHA = "/chapter_tides/alpha.html"
BETA = "/chapter_tides/beta.html"
CHINESE = Path(__file__).parents[1] / "tool/books/chinese"
MARKED = "[...(CSS.highlights.get('found') ?? [])].map(range => range.toString())"


@pytest.fixture
def search(page):
    """Search from a page; returns the texts of the results."""

    def run(query, path=BETA):
        page.goto(path)
        page.keyboard.press("/")
        page.keyboard.type(query)
        expect(page.get_by_role("dialog").get_by_role("status")).not_to_be_empty()
        return results(page)

    return run


def results(page):
    """The titles of the results, without their snippets."""
    items = page.locator("#search-results li:visible").all()
    return [item.inner_text().splitlines()[0].replace("\xa0", " ") for item in items]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("principal lunar", "1.1 Rising Water"),  # in a table
        ("NUMPY interface", "1.1.1 Setting Up MXNet 1.1 Rising Water"),
        ("import tensorflow as", "1.1.1 Setting Up TensorFlow 1.1 Rising Water"),
        ("torch.ebb", "1.2 Falling Water PyTorch"),
        ('"mxnet at work"', "1.1.1 Setting Up MXNet 1.1 Rising Water"),  # an output
        ("moon", "1.1 Rising Water"),  # a footnote
        ("fallin", "1.2 Falling Water"),
        ("philosophiae", "2 References"),
        ("1.1.2", "1.1.2 Drawing 1.1 Rising Water"),
        ("tau", "1.1 Rising Water"),  # a formula
    ],
)
def test_words_are_found_in_text_code_and_outputs_of_every_tab(search, query, first):
    assert search(query)[0] == first


def test_all_words_count_then_titles_and_whole_words(search, page):
    assert search("water falling")[0] == "1.2 Falling Water"
    assert search("water xyzzy")[0] == "1.1 Rising Water"  # the most that there is
    assert search("xyzzy") == []
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    assert search('"<img src=x>"') == []


def test_words_in_texts_come_before_parts_of_words_in_titles(search):
    assert search("all")[0] == "1.1.1 Setting Up 1.1 Rising Water"  # not "Falling Water"


@pytest.mark.parametrize("query", ["ciresan's 6x7", "CIREŞAN’S 6×7", "\u201cCireşan's 6×7\u201d"])
def test_signs_and_accents_that_keyboards_lack_are_found_without(search, page, query):
    assert search(query)[0] == "1.1 Rising Water"
    page.keyboard.press("Enter")
    page.wait_for_url("**/alpha.html?find=*")
    assert page.evaluate(MARKED)[-1].endswith("6×7")


@pytest.mark.parametrize(("own", "shown"), [("jax", "jax"), ("mxnet", "mxnet")])
def test_a_result_stays_in_the_readers_tab_where_that_has_it(search, page, own, shown):
    search("class gauge", f"{ALPHA}?tab={own}")
    assert f"tab={shown}" in page.locator("#search-results a").first.get_attribute("href")


def test_a_result_opens_the_right_tab_at_the_words_and_marks_them(search, page):
    search("numpy interface", f"{BETA}?tab=jax")
    page.keyboard.press("Enter")
    page.wait_for_url("**/alpha.html?tab=mxnet&find=numpy+interface#setting-up")
    expect(page.get_by_text("In MXNet we first switch")).to_be_in_viewport()
    assert page.evaluate(MARKED) == ["numpy", "NumPy", "interface"]
    page.keyboard.press("Escape")
    assert page.evaluate(MARKED) == []
    assert page.url.endswith("alpha.html?tab=mxnet#setting-up")


def test_words_in_a_fold_are_unfolded(search, page):
    search("sum of the cosines")
    page.keyboard.press("Enter")
    page.wait_for_url("**/alpha.html?find=*")
    expect(page.get_by_text("It is the sum of the cosines")).to_be_in_viewport()


def test_words_across_the_colors_of_code_are_marked(page):
    page.goto(f"{BETA}?find=torch.ebb()")
    assert page.evaluate(MARKED) == ["torch.ebb()"]


def test_the_arrows_go_through_the_results(search, page):
    count = len(search("water"))
    assert count == 5
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#search-results a").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_box_at_the_side_searches_too(page):
    page.goto(ALPHA)
    page.locator(".sidebar-search").focus()
    page.keyboard.type("ebb")
    expect(page.get_by_role("dialog").locator("li")).to_have_count(1)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_page_of_results_can_be_linked_to(page):
    page.goto("/search.html?q=falling")
    expect(page.locator("#search-results li").first).to_contain_text("1.2 Falling Water")
    page.locator("#search input").fill("moon")
    expect(page.locator("#search-results li")).to_have_count(1)


def test_search_works_in_pages_opened_as_files(browser, site):
    page = browser.new_page()
    page.goto((site.folder / "chapter_tides/beta.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("moon")
    expect(page.locator("#search-results li")).to_have_count(1)
    page.close()


def read_index(site):
    text = (site / INDEX).read_text("utf-8")
    return dict(json.loads(text.removeprefix(HEAD).removesuffix(TAIL))["pages"])


def test_the_index_follows_the_pages(sample, stores, sphinx):
    def build():
        return html.build(load_book(load_config(sample)), stores, sphinx, report=str)

    site = build()
    fresh = read_index(site)
    assert list(fresh)[:3] == ["index", "chapter_tides/index", "chapter_tides/alpha"]
    chapter = sample / "chapter_tides/beta.md"
    chapter.write_text(chapter.read_text("utf-8").replace("The ebb.", "The neap."), "utf-8")
    changed = read_index(build())
    assert changed.keys() == fresh.keys()
    assert "The neap." in str(changed["chapter_tides/beta"])
    assert changed["chapter_tides/alpha"] == fresh["chapter_tides/alpha"]
    (site / INDEX).write_text("cut o", "utf-8")
    chapter.write_text(chapter.read_text("utf-8").replace("The neap.", "The ebb."), "utf-8")
    assert read_index(build()) == fresh


def test_languages_without_spaces_can_be_searched(tmp_path, stores, sphinx, browser):
    root = Path(shutil.copytree(CHINESE, tmp_path / "chinese"))
    folder = html.build(load_book(load_config(root)), stores, sphinx, report=str)
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((folder / "index.html").as_uri())
    page.keyboard.press("/")
    page.get_by_role("dialog").get_by_role("searchbox").fill("长度")
    expect(page.locator("#search-results mark").first).to_have_text("长度")
    page.locator("#search-results a").first.click()
    page.wait_for_url("**/chapter_intro/**")
    assert "长度" in page.evaluate(MARKED)
    assert errors == []
    page.close()
