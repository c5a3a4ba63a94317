"""Keys, folded parts, paper."""

import pytest
from playwright.sync_api import expect

ALPHA = "/chapter_tides/alpha.html"
BETA = "/chapter_tides/beta.html"


def test_arrows_turn_the_page(page):
    page.goto(ALPHA)
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/beta.html")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/alpha.html")


@pytest.mark.parametrize(
    "focused",
    [".tab-switch input:checked", ".sidebar-search", "article .formula", ".theme-toggle:visible"],
)
def test_arrows_belong_to_what_has_the_focus(page, focused):
    page.goto(ALPHA)
    page.locator(focused).first.evaluate("element => { element.tabIndex = 0; element.focus(); }")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_timeout(100)
    assert "alpha.html" in page.url


def test_a_slash_that_is_typed_is_a_slash(page):
    page.goto("/search.html")
    page.locator("#search input").fill("a")
    page.keyboard.press("/")
    expect(page.locator("#search input")).to_have_value("a/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_slash_searches_from_a_tab(page):
    page.goto(ALPHA)
    page.locator(".tab-switch input:checked").focus()
    page.keyboard.press("/")
    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()


def test_folds_stay_as_the_reader_left_them(page):
    page.goto(ALPHA)
    fold = page.locator("article details:not(.receipt)").first
    fold.locator("summary").click()
    page.wait_for_function("localStorage.getItem(`d2lbook-open:${location.pathname}`) === '0'")
    page.goto(BETA)
    page.goto(ALPHA)
    expect(fold).to_have_attribute("open", "")
    fold.locator("summary").click()
    page.wait_for_function("!localStorage.getItem(`d2lbook-open:${location.pathname}`)")
    page.reload()
    expect(fold).not_to_have_attribute("open", "")


def test_paper_has_the_text_alone_in_the_chosen_tab(page):
    page.goto(f"{ALPHA}?tab=jax")
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for hidden in (".sidebar-drawer", ".tab-switch", ".related-pages", ".sd-tab-set > label"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_text("jax at work")).to_be_visible()
    expect(page.get_by_text("pytorch at work")).to_be_hidden()
    expect(page.get_by_text("It is the sum of the cosines")).to_be_visible()
    colors = page.evaluate(
        "[document.body, document.querySelector('article p')].map(e => "
        "[getComputedStyle(e).color, getComputedStyle(e).backgroundColor])"
    )
    assert colors[0] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert colors[1][0] == "rgb(0, 0, 0)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.reload()
    expect(page.get_by_text("It is the sum of the cosines")).to_be_hidden()
