"""Previews of what references and citations lead to."""

import pytest
from playwright.sync_api import expect

ALPHA = "/chapter_tides/alpha.html"
BETA = "/chapter_tides/beta.html"


@pytest.fixture
def preview(page):
    return page.get_by_role("tooltip")


@pytest.mark.parametrize(
    ("path", "link", "shown"),
    [
        (ALPHA, "Fig. 1.1.1", "The gauge of the harbor"),
        (ALPHA, "Table 1.1.1", "principal lunar"),
        (ALPHA, "(1.1.2)", "∂"),
        (ALPHA, "Section 1.2", "As Section 1.1 said in Fig. 1.1.1."),
        (ALPHA, "Cartwright, 1999", "Tides: A Scientific History"),
        (ALPHA, "[1]", "Of a day without a moon, by Cireşan’s 6×7 cells."),
        (BETA, "Fig. 1.1.1", "The gauge of the harbor"),
        (BETA, "Section 1.1", "Tides were first explained by"),
    ],
)
def test_a_preview_shows_what_a_link_leads_to(page, preview, path, link, shown):
    page.goto(path)
    page.locator("article :is(p, li)").get_by_role("link", name=link, exact=True).first.hover()
    expect(preview).to_contain_text(shown)
    assert preview.locator("a, button, [id]").count() == 0


def test_pictures_of_other_pages_are_found(page, preview):
    page.goto("/chapter_tides/index.html")
    page.evaluate("""document.querySelector('article p').innerHTML =
      '<a class="reference internal" href="alpha.html#fig-gauge">Fig. 1.1.1</a>'""")
    page.get_by_role("link", name="Fig. 1.1.1").hover()
    picture = preview.locator("img")
    expect(picture).to_be_visible()
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") > 0


def test_the_keyboard_brings_a_preview_and_escape_takes_it_away(page, preview):
    page.goto(ALPHA)
    link = page.get_by_role("link", name="Fig. 1.1.1").first
    page.get_by_role("link", name="Section 1.2").first.focus()
    while not link.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    expect(preview).to_contain_text("The gauge")
    described = link.get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text() == preview.inner_text()
    page.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    page.keyboard.press("Tab")
    expect(preview).to_contain_text("principal lunar")


def test_the_pointer_may_move_onto_a_preview(page, preview):
    page.goto(ALPHA)
    page.get_by_role("link", name="Table 1.1.1").first.hover()
    expect(preview).to_be_visible()
    preview.hover()
    page.wait_for_timeout(500)
    expect(preview).to_be_visible()
    page.mouse.move(5, 5)
    expect(preview).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_preview_stays_on_the_screen(page, preview, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(ALPHA)
    for link in page.locator("article p a.reference.internal:visible").all():
        link.hover()
        expect(preview).to_be_visible()
        box = preview.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.keyboard.press("Escape")
        page.mouse.move(2, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_finger_gets_no_preview(browser, site):
    context = browser.new_context(base_url=site.url, has_touch=True)
    page = context.new_page()
    page.goto(BETA)
    page.get_by_role("link", name="Fig. 1.2.1").tap()
    page.wait_for_timeout(600)
    expect(page.get_by_role("tooltip")).to_have_count(0)
    context.close()


def test_a_page_that_cannot_be_loaded_has_no_preview(context, page, preview):
    page.goto(BETA)
    page.route("**/alpha.html", lambda route: route.fulfill(status=204))
    page.get_by_role("link", name="Section 1.1").first.hover()
    page.wait_for_timeout(500)
    expect(preview).to_have_count(0)
