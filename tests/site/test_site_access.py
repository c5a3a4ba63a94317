"""Whoever reads: no violation of WCAG 2.1 AA that axe-core finds, and a keyboard is enough."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

ALPHA = "chapter_tides/alpha.html"
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
SCREENS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
READERS = (
    ("pytorch", "desktop", "light"),
    ("tensorflow", "desktop", "dark"),
    ("jax", "phone", "light"),
    ("mxnet", "phone", "dark"),
)
ALL_OPEN = "document.querySelectorAll('details').forEach(details => { details.open = true })"
FOCUS = """() => {
  const element = document.activeElement;
  const next = element.nextElementSibling;
  const unseen = +getComputedStyle(element).opacity === 0;
  const stands = unseen && next?.matches("span, label:not(.overlay)");
  const shown = stands ? next : element;
  const {left, right, top, bottom} = shown.getBoundingClientRect();
  const outlined = [shown, ...shown.children].map(one => getComputedStyle(one).outlineStyle);
  return {
    name: element.outerHTML.slice(0, 80),
    toggle: element.classList.contains("sidebar-toggle"),
    outlined: outlined.includes("solid"),
    seen: right > 0 && left < innerWidth && bottom > 0 && top < innerHeight,
    end: element === document.body,
  };
}"""


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture(params=SCREENS)
def reader(request, scheme, browser):
    """A page on a screen in a color scheme."""
    context = browser.new_context(
        viewport=SCREENS[request.param], color_scheme=scheme, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def violations(page):
    """What axe-core complains of, a line each."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def test_no_page_of_the_sample_keeps_anybody_out(reader, site):
    for path in (path.relative_to(site.folder) for path in site.folder.rglob("*.html")):
        reader.goto(f"{site.url}/{path}?q=water")
        reader.evaluate(ALL_OPEN)
        assert violations(reader) == [], path


@pytest.mark.parametrize(("tab", "reader", "scheme"), READERS, indirect=["reader", "scheme"])
def test_no_page_of_this_book_keeps_anybody_out(reader, our_site, tab):
    """Every page in every tab, on both screens, light and dark; not in each combination."""
    pages = sorted(path.relative_to(our_site.folder) for path in our_site.folder.rglob("*.html"))
    assert len(pages) >= 6
    for path in pages:
        reader.goto(f"{our_site.url}/{path}?tab={tab}")
        reader.evaluate(ALL_OPEN)
        assert violations(reader) == [], path


@pytest.mark.parametrize("tab", ["tensorflow", "jax", "mxnet"])
def test_no_tab_keeps_anybody_out(browser, site, tab):
    page = browser.new_page()
    page.goto(f"{site.url}/{ALPHA}?tab={tab}")
    assert violations(page) == []
    page.close()


def test_neither_do_windows_and_previews(reader, site):
    reader.goto(f"{site.url}/{ALPHA}")
    reader.get_by_role("link", name="Fig. 1.1.1").first.focus()
    reader.keyboard.press("Shift+Tab")
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("tooltip")).to_be_visible()
    assert violations(reader) == []
    reader.keyboard.press("/")
    reader.keyboard.type("water")
    expect(reader.locator("#search-results li").first).to_be_visible()
    assert violations(reader) == []


def test_the_keyboard_goes_everywhere_and_shows_where_it_is(reader, site):
    reader.goto(f"{site.url}/{ALPHA}")
    names = []
    while True:
        reader.keyboard.press("Tab")
        focus = reader.evaluate(FOCUS)
        if focus["end"]:
            break
        names.append(focus["name"])
        assert focus["seen"], focus
        assert focus["toggle"] or focus["outlined"], focus
    whole = "".join(names)
    for part in ("skip-to-content", "headerlink", "copybtn", "tab-switch", "summary", "next-page"):
        assert part in whole


def test_the_keyboard_opens_and_closes_drawers_and_chapters(browser, site):
    page = browser.new_page(viewport=SCREENS["phone"])
    page.goto(f"{site.url}/index.html")
    chapter = page.locator(".sidebar-drawer").get_by_role("link", name="1.1 Rising Water")
    expect(chapter).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".sidebar-search")).to_be_in_viewport()
    page.get_by_role("switch", name="Toggle navigation of 1 Tides").focus()
    page.keyboard.press("Space")
    expect(chapter).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(chapter).not_to_be_in_viewport()
    page.close()


@pytest.mark.parametrize("place", ["h2", "figcaption", "table caption", "div.math"])
def test_places_show_links_to_themselves(page, place):
    page.goto(f"/{ALPHA}")
    link = page.locator(f"article {place}").filter(has=page.locator(".headerlink")).first
    link = link.locator(".headerlink")
    assert link.evaluate("link => getComputedStyle(link).opacity") == "0"
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert link.evaluate("link => getComputedStyle(link).opacity") == "1"
    page.keyboard.press("Enter")
    name = page.evaluate("location.hash.slice(1)")
    assert page.locator(f'[id="{name}"]').count() == 1
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    link.locator("xpath=..").hover()
    assert link.evaluate("link => getComputedStyle(link).opacity") == "1"


def test_nothing_moves_for_those_who_want_none_of_it(browser, site):
    page = browser.new_page(reduced_motion="reduce")
    page.goto(f"{site.url}/{ALPHA}")
    moving = """[...document.querySelectorAll("*")].filter(element => {
      const style = getComputedStyle(element);
      return parseFloat(style.transitionDuration) || parseFloat(style.animationDuration)
        || style.scrollBehavior === "smooth";
    }).map(element => element.className)"""
    assert page.evaluate(moving) == []
    page.close()
