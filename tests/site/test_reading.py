"""What a reader sees and does, in headless Chromium."""

import re

import pytest
from playwright.sync_api import expect

ALPHA = "/chapter_tides/alpha.html"
BETA = "/chapter_tides/beta.html"
BAR = ".sd-tab-set:not(.quiet) > label"
"""The labels of the tab sets that show them."""
CHOSEN = """[...document.querySelectorAll('.sd-tab-set:not(.quiet) > input:checked')]
  .map(input => input.nextElementSibling).filter(label => label.checkVisibility())
  .map(label => label.textContent.trim())"""
PHONE = {"width": 390, "height": 844}


def text(locator):
    """The text as it reads, its spaces all alike."""
    return " ".join(locator.inner_text().split())


def article(page):
    return page.locator("article")


# Numbers, references, citations, math


def test_titles_figures_tables_and_equations_are_numbered(page):
    page.goto(ALPHA)
    assert text(page.locator("h1")).startswith("1.1 Rising Water")
    assert text(page.locator("figcaption").first).startswith("Fig. 1.1.1 The gauge of the harbor")
    assert text(page.locator("table caption")).startswith("Table 1.1.1 Parts of the tide")
    assert [text(one) for one in page.locator(".eqno").all()] == ["(1.1.1)¶", "(1.1.2)¶"]


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("Section 1.2", "beta.html#sec-beta"),
        ("Fig. 1.1.1", "#fig-gauge"),
        ("Table 1.1.1", "#tab-parts"),
        ("(1.1.1)", "#equation-eq-height"),
        ("(1.1.2)", "#equation-eq-slope"),
    ],
)
def test_references_show_the_number_and_lead_there(page, words, target):
    page.goto(ALPHA)
    links = {text(link): link.get_attribute("href") for link in article(page).locator("a").all()}
    assert links[words] == target
    page.goto(f"/chapter_tides/{target}" if ".html" in target else ALPHA + target)
    expect(page.locator(f'[id="{target.partition("#")[2]}"]').first).to_be_attached()


def test_a_reference_by_title_shows_the_title(page):
    page.goto("/chapter_tides/index.html")
    expect(article(page).get_by_role("link", name="Falling Water").first).to_be_visible()


def test_a_section_without_a_number_is_referred_to_by_its_title(page):
    page.goto("/references.html")
    expect(article(page).get_by_role("link", name="A Sample Book")).to_be_visible()


def test_citations_are_by_author_and_year(page):
    page.goto(ALPHA)
    words = text(article(page))
    assert "explained by Newton (1687); later" in words
    assert "surveyed by (Cartwright, 1999; Pugh et al., 2014)." in words
    page.get_by_role("link", name="Cartwright, 1999").click()
    entry = page.locator("div.citation:target, div.citation:has(:target)")
    assert text(entry).startswith("Cartwright, D. E. Tides: A Scientific History")


def test_math_is_mathml_that_takes_up_room(page):
    page.goto(ALPHA)
    boxes = page.evaluate(
        "[...document.querySelectorAll('article math')]"
        ".filter(m => m.checkVisibility()).map(m => m.getBoundingClientRect())"
        ".map(b => [b.width, b.height])"
    )
    assert len(boxes) > 10
    assert all(width > 4 and height > 4 for width, height in boxes)
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    assert page.locator("math[display=block]").first.bounding_box()["height"] > 40


# Tabs


def test_formulas_are_not_torn_from_their_punctuation(page):
    page.goto("/chapter_tides/alpha.html")
    unbroken = page.locator("article p > .unbroken, article figcaption .unbroken")
    ends = unbroken.evaluate_all("all => all.map(one => one.lastChild.data)")
    assert ends[:3] == [":", ".", "."]
    assert unbroken.first.locator("math").count() == 1
    assert unbroken.first.evaluate("one => getComputedStyle(one).textWrapMode") == "nowrap"


@pytest.mark.parametrize("width", [390, 1440])
def test_captions_of_narrow_tables_are_wider_than_those(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(ALPHA)
    table, caption = page.locator("article table.docutils").first, page.locator("caption").first
    table.evaluate("""table => {
      for (const row of table.rows) while (row.cells.length > 2) row.deleteCell(2);
      table.caption.append(" of the harbor, as the gauge has shown them over many years".repeat(3));
    }""")
    own, words = table.bounding_box(), caption.bounding_box()
    assert own["width"] < 260
    assert words["width"] > 340
    assert own["x"] + own["width"] / 2 == pytest.approx(words["x"] + words["width"] / 2, abs=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_choice_switches_every_tab_set_of_the_page(page):
    page.goto(ALPHA)
    assert page.evaluate(CHOSEN) == ["PyTorch"] * 4
    page.get_by_role("radiogroup").get_by_text("JAX").click()
    assert page.evaluate(CHOSEN) == ["JAX"] * 3  # the fourth is for readers of PyTorch alone
    expect(page.get_by_text("jax at work")).to_be_visible()
    expect(page.get_by_text("pytorch at work")).to_be_hidden()
    assert re.search(r"\?tab=jax$", page.url)


def test_a_tab_switches_the_page(page):
    page.goto(ALPHA)
    page.locator(BAR, has_text="MXNet").nth(1).click()
    assert page.evaluate(CHOSEN) == ["MXNet"] * 3
    expect(page.get_by_role("radio", name="MXNet").first).to_be_checked()
    expect(page.get_by_text("In MXNet we first switch")).to_be_visible()
    assert page.url.endswith("?tab=mxnet")


def test_the_switch_works_from_the_keyboard(page):
    page.goto(ALPHA)
    page.get_by_role("radiogroup").get_by_role("radio", name="PyTorch").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("tensorflow at work")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("jax at work")).to_be_visible()
    outline = "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"
    assert page.evaluate(outline) == "solid"


def test_the_address_decides_and_the_choice_is_remembered(context, page):
    page.goto(f"{ALPHA}?tab=tensorflow")
    expect(page.get_by_text("tensorflow at work")).to_be_visible()
    expect(page.get_by_role("radiogroup").get_by_role("radio", name="TensorFlow")).to_be_checked()
    other = context.new_page()
    other.goto(ALPHA)
    expect(other.get_by_text("tensorflow at work")).to_be_visible()
    expect(other.get_by_role("radiogroup").get_by_role("radio", name="TensorFlow")).to_be_checked()


def test_a_page_offers_the_tabs_it_has(page):
    page.goto(f"{BETA}?tab=mxnet")
    options = page.get_by_role("radiogroup").locator("label").all_inner_texts()
    assert options == ["PyTorch", "JAX"]
    expect(page.get_by_text("torch.ebb()")).to_be_visible()
    page.goto("/references.html")
    expect(page.get_by_role("radiogroup")).to_have_count(0)


def test_a_link_into_a_tab_opens_it(page):
    page.goto(f"{ALPHA}?tab=jax#only-in-pytorch")
    expect(page.locator("#only-in-pytorch")).to_be_in_viewport()
    expect(page.get_by_role("radiogroup").get_by_role("radio", name="PyTorch")).to_be_checked()


@pytest.mark.parametrize("tab", ["nonsense", '"]{}', "<script>"])
def test_an_unknown_tab_in_the_address_shows_the_default(page, tab):
    page.goto(f"{ALPHA}?tab={tab}")
    expect(page.get_by_text("pytorch at work")).to_be_visible()


def test_the_page_never_jumps(page):
    page.goto(ALPHA)
    tab = page.locator(BAR, has_text="MXNet").nth(2)
    tab.scroll_into_view_if_needed()
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(200)
    before = tab.bounding_box()["y"], page.evaluate("document.body.scrollHeight")
    tab.click()
    page.wait_for_timeout(200)
    after = tab.bounding_box()["y"], page.evaluate("document.body.scrollHeight")
    assert after[0] == pytest.approx(before[0], abs=1)
    assert after[1] != before[1]  # something above or below did change its height


def test_a_remembered_choice_is_shown_from_the_first_paint(page):
    """The scripts at the end of the page would be too late: it would jump."""
    page.goto(f"{ALPHA}?tab=mxnet")
    height = page.evaluate("document.body.scrollHeight")
    for name in ("design-tabs", "d2lbook"):
        page.route(f"**/{name}.js*", lambda route: route.fulfill(body=""))
    page.goto(f"{ALPHA}?tab=mxnet")
    expect(page.get_by_text("mxnet at work")).to_be_visible()
    expect(page.get_by_text("pytorch at work")).to_be_hidden()
    assert page.evaluate("document.body.scrollHeight") == height


# Code, outputs, receipts


def test_code_can_be_copied(context, page):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(ALPHA)
    cell = page.locator(".cell_input", has_text="print(6 * 7)")
    cell.hover()
    cell.get_by_role("button").click()
    assert page.evaluate("navigator.clipboard.readText()") == "print(6 * 7)"
    assert page.locator(".cell_output button").count() == 0


def test_every_output_is_labelled_with_its_run(page):
    page.goto(ALPHA)
    for cell in page.locator("article .cell:has(.cell_output)").all():
        assert cell.locator(".receipt").count() > 0
    labels = set(page.locator(".receipt summary").all_inner_texts())
    assert "PyTorch 2.13.0 · NVIDIA H100 80GB HBM3 · full run" in {
        label for label in labels if label.startswith("PyTorch")
    }
    page.goto(f"{ALPHA}?tab=jax")
    assert "dated" in text(page.locator(".receipt:visible summary").first)


def test_outputs_stand_in_the_order_in_which_they_came(page):
    page.goto(ALPHA)
    outputs = page.locator(".cell_output:visible:has(img)").first
    kinds = outputs.locator(":scope > *").evaluate_all(
        "outputs => outputs.map(o => o.matches('img, :has(img)') ? 'picture' : o.innerText.trim())"
    )
    assert kinds == ["drawn", "picture", "done"]


def test_the_receipt_is_one_click_away(page):
    page.goto(f"{ALPHA}?tab=mxnet")
    receipt = page.locator(".receipt:visible").first
    expect(receipt.get_by_text("Peak memory")).to_be_hidden()
    receipt.locator("summary").click()
    expect(receipt.get_by_text("Peak memory")).to_be_visible()
    words = text(receipt)
    assert "capped run: 3 epochs, 2,048 images" in words
    assert "2 min 05 s" in words


def test_one_output_for_all_tabs_has_the_label_of_the_chosen_run(page):
    page.goto(ALPHA)
    cell = page.locator(".cell", has_text="print(6 * 7)")
    assert text(cell.locator(".receipt:visible")).startswith("PyTorch")
    page.get_by_role("radiogroup").get_by_text("MXNet").click()
    assert text(cell.locator(".receipt:visible")).startswith("MXNet")


def test_a_cell_without_a_record_says_so(page):
    page.goto(f"{BETA}?tab=jax")
    expect(page.get_by_text("Not run in JAX: there is no record of it.")).to_be_visible()


def test_outputs_cannot_run_anything(page):
    page.goto(ALPHA)
    cell = page.locator(".cell", has_text="1.5").first
    assert cell.locator("table td").all_inner_texts() == ["0", "1.5"]
    assert page.title().startswith("1.1 Rising Water")
    assert cell.locator("script, style, img, [onclick]").count() == 0


def test_hidden_code_stays_hidden(page):
    page.goto(ALPHA)
    assert "torch.table" not in text(article(page))


def test_pictures_have_a_text_and_a_size(page):
    page.goto(ALPHA)
    images = page.locator("article img:visible")
    assert images.count() == 2
    for image in images.all():
        assert image.evaluate("image => image.naturalWidth > 0 && image.width > 100")
        assert image.get_attribute("alt")
    drawn = page.get_by_role("img", name="Picture drawn in PyTorch by gauge.draw(hours=24)")
    expect(drawn).to_be_visible()


def test_solutions_are_folded_with_their_markdown_math_and_code(page):
    page.goto(ALPHA)
    solution = page.locator("li details", has_text="Solution")
    expect(solution.locator("math").first).to_be_hidden()
    solution.locator("summary").click()
    expect(solution.locator("math").first).to_be_visible()
    expect(solution.locator(".highlight span", has_text="sum").first).to_be_visible()
    assert text(solution.locator("em")) == "also"
    expect(solution.get_by_role("link", name="Fig. 1.1.1")).to_be_visible()


# Ways to read


@pytest.mark.parametrize("path", [ALPHA, BETA, "/index.html", "/references.html", "/search.html"])
def test_a_phone_needs_no_scrolling_sideways(page, path):
    page.set_viewport_size(PHONE)
    page.goto(path)
    for tab in ("pytorch", "mxnet"):
        page.goto(f"{path}?tab={tab}")
        for details in page.locator("details").all():
            details.evaluate("element => element.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("document.querySelector('.content').scrollWidth") <= 390


def contrast(page, selector):
    """The ratio of luminance between an element's text and what is behind it."""
    return page.locator(selector).first.evaluate(
        """element => {
          const parse = c => c.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
            .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          let behind = element;
          while (behind && (parse(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0)
            behind = behind.parentElement;
          const colors = [getComputedStyle(element).color,
            behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)'];
          const [low, high] = colors.map(c => light(parse(c))).sort((a, b) => a - b);
          return (high + .05) / (low + .05);
        }"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_light_and_dark(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(ALPHA)
    body = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (body == "rgb(255, 255, 255)") == (scheme == "light")
    for selector in (
        "article p",
        "article a.reference",
        ".cell_input pre",
        ".cell_output pre",
        ".receipt summary",
        ".sd-tab-set > label",
        ".tab-switch input:checked + span",
        "h1 .section-number",
        "figcaption",
    ):
        assert contrast(page, selector) >= 4.5, selector
    card = page.locator("figure img").evaluate("i => getComputedStyle(i).backgroundColor")
    assert card == "rgb(255, 255, 255)"  # dark ink of drawings stays readable


def test_lines_are_short_and_code_is_large_enough(page):
    page.goto(ALPHA)
    width = page.locator("article p").first.bounding_box()["width"]
    size = page.locator("article p").first.evaluate("p => parseFloat(getComputedStyle(p).fontSize)")
    assert width / (0.44 * size) < 80  # letters are 0.44 em wide on average
    code = page.locator(".cell_input pre").first
    assert 14 <= code.evaluate("pre => parseFloat(getComputedStyle(pre).fontSize)") <= 15


def test_everything_can_be_read_without_scripts(browser, site):
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(ALPHA)
    expect(page.get_by_text("pytorch at work")).to_be_visible()
    expect(page.get_by_text("jax at work")).to_be_hidden()
    page.locator(BAR, has_text="JAX").nth(1).click()
    expect(page.get_by_text("jax at work")).to_be_visible()
    expect(page.locator(".tab-switch")).to_be_hidden()
    expect(page.locator("math").first).to_be_visible()
    context.close()


def test_search_finds_words_of_every_tab(page):
    page.goto("/search.html?q=interface")
    expect(page.locator("#search-results li")).to_have_count(1)
    expect(page.locator("#search-results")).to_contain_text("Rising Water")


def test_links_of_the_header_are_there(page):
    page.goto(ALPHA)
    link = page.get_by_role("link", name="Code", exact=True)
    assert link.get_attribute("href") == "https://example.org/code"


def test_the_site_asks_nobody_else(site):
    elsewhere = re.compile(
        r"""<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=["']?(?:https?:)?//"""
    )
    for path in site.folder.rglob("*.html"):
        assert not elsewhere.search(path.read_text("utf-8")), path
