"""A site with an address: what it tells the world, what it offers, and its folded parts."""

import functools
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import html as lxml_html
from playwright.sync_api import expect

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.errors import BookErrors
from d2lbook.publish import html
from d2lbook.publish.citation import bibtex

SAMPLE = Path(__file__).parent / "sample"
URL = "https://example.org/book/"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060"
    "000000040001f61738550000000049454e44ae426082"
)
FOLDS = """
## More Exercises

1. How high?

   **Solution.** As high as $h$ says:

   ```python
   print(h)
   ```

   That is all.

After the list.

1. How low? **Solution.** is not at the beginning.

**Hint:** look down.

Then look up.

**Solution**

It was there.

### A heading ends it

In sight.
"""
ROBOTS = "User-agent: *\nAllow: /\nSitemap: https://example.org/book/sitemap.xml\n"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The sample book with an address, a bitmap, folds, and a PDF that has been built."""
    root = Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("published") / "sample"))
    settings = f"[html]\nbase_url = {URL}\nedit_url = https://example.org/edit/{{path}}?x=1\n"
    change(root / "config.ini", "[html]\n", f"{settings}fold = Solution, Hint\n")
    (root / "img/dot.png").write_bytes(PNG)
    beta = root / "chapter_tides/beta.md"
    beta.write_text(f"{beta.read_text('utf-8')}\n![A dot.](../img/dot.png)\n{FOLDS}", "utf-8")
    for name in ("sample-jax.pdf", "sample-pytorch.pdf"):
        (root / "_build/pdf").mkdir(parents=True, exist_ok=True)
        (root / "_build/pdf" / name).write_bytes(b"%PDF " + name.encode())
    return root


@pytest.fixture(scope="module")
def published(root, stores, sphinx):
    """The folder of its site."""
    return html.build(load_book(load_config(root)), stores, sphinx, report=str)


def head(published, name):
    """What the head of a page says, by name or property."""
    tree = lxml_html.parse(str(published / name))
    return {
        meta.get("name") or meta.get("property"): meta.get("content") for meta in tree.iter("meta")
    }


def test_a_page_says_what_it_is_about(published):
    facts = head(published, "chapter_tides/alpha.html")
    description = (
        "Tides were first explained by Newton (1687); later work is surveyed by (Cartwright, 1999; "
        "Pugh et al., 2014). The next section is Section 1.2, and “one sentence of a slide” stays "
        "text."
    )
    assert facts["description"] == facts["og:description"] == description
    assert facts["og:title"] == "Rising Water"
    assert facts["og:type"] == "article"
    assert facts["og:site_name"] == "A Sample Book"
    assert facts["og:url"] == f"{URL}chapter_tides/alpha.html"
    assert "og:image" not in facts  # the picture is an SVG, which nobody shows
    assert head(published, "index.html")["og:type"] == "website"
    picture = head(published, "chapter_tides/beta.html")["og:image"]
    assert picture == f"{URL}_images/dot.png"
    assert (published / "_images/dot.png").is_file()


def test_search_engines_find_every_page_once(published):
    tree = ElementTree.fromstring((published / "sitemap.xml").read_bytes())
    pages = [one.text for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    names = ["index", "chapter_tides/index", "chapter_tides/alpha", "chapter_tides/beta"]
    assert pages == [f"{URL}{name}.html" for name in [*names, "references"]]
    assert (published / "robots.txt").read_text() == ROBOTS
    canonical = lxml_html.parse(str(published / "index.html")).find(".//link[@rel='canonical']")
    assert canonical.get("href") == pages[0]
    assert head(published, "404.html")["robots"] == head(published, "search.html")["robots"]


def test_a_site_without_an_address_has_no_sitemap(site):
    assert not (site.folder / "sitemap.xml").exists()
    assert not (site.folder / "robots.txt").exists()
    assert "og:url" not in head(site.folder, "index.html")
    assert (site.folder / "404.html").is_file()


def test_pages_can_be_edited(published):
    tree = lxml_html.parse(str(published / "chapter_tides/alpha.html"))
    (link,) = tree.xpath("//div[@class='edit-this-page']/a")
    assert link.get("href") == "https://example.org/edit/chapter_tides/alpha.md?x=1"
    assert link.text_content().strip() == "Edit this page"
    assert not lxml_html.parse(str(published / "search.html")).xpath("//*[@rel='edit']")


def test_what_was_built_can_be_downloaded(root, published, sphinx, stores):
    tree = lxml_html.parse(str(published / "chapter_tides/alpha.html"))
    links = [(one.get("aria-label"), one.get("href")) for one in tree.xpath("//dd/a[@download]")]
    assert links == [
        ("PDF, PyTorch", "../_editions/sample-pytorch.pdf"),
        ("PDF, JAX", "../_editions/sample-jax.pdf"),
    ]
    assert (published / "_editions/sample-jax.pdf").read_bytes() == b"%PDF sample-jax.pdf"
    (root / "_build/pdf/sample-jax.pdf").unlink()
    html.build(load_book(load_config(root)), stores, sphinx, report=str)
    assert [path.name for path in (published / "_editions").iterdir()] == ["sample-pytorch.pdf"]


class Host(SimpleHTTPRequestHandler):
    """Serves a site below /book/, and its 404.html for what isn't there."""

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/book"))

    def send_error(self, code, message=None, explain=None) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write((Path(self.directory) / "404.html").read_bytes())


@pytest.fixture
def host(published) -> Iterator[str]:
    """The address of the site as its host serves it."""
    handler = functools.partial(Host, directory=str(published))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/book/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["gone.html", "chapter_tides/gone", "a/b/c/d.html?x=1"])
def test_a_wrong_turn_leads_back_at_any_depth(browser, host, path):
    page = browser.new_page()
    page.goto(host + path)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    font = page.locator("h1").evaluate("h1 => getComputedStyle(h1).fontFamily")
    assert font.startswith('"STIX Two Text"')
    page.keyboard.press("/")
    page.keyboard.type("falling")
    expect(page.locator("#search-results li").first).to_contain_text("Falling Water")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{host}chapter_tides/beta.html*")
    page.goto(host + path)
    page.get_by_role("link", name="table of contents").click()
    page.wait_for_url(f"{host}index.html")
    page.close()


def test_pages_of_the_book_come_before_those_of_the_tool(sample, stores, sphinx):
    for name in ("404", "search"):
        (sample / f"{name}.md").write_text("# Lost\n\nWhat the author says.\n", "utf-8")
    folder = html.build(load_book(load_config(sample)), stores, sphinx, report=str)
    for name in ("404", "search"):
        assert "What the author says." in (folder / f"{name}.html").read_text("utf-8")
    assert '<base href="/">' in (folder / "404.html").read_text("utf-8")


def test_the_book_can_be_cited(context, page):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/index.html")
    box = page.locator("section.cite")
    box.hover()
    box.get_by_role("button").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == bibtex(load_config(SAMPLE))
    page.goto("/references.html")
    expect(page.locator(".cite")).to_have_count(0)


def test_the_citation_is_bibtex(tmp_path):
    project = "name = my book\ntitle = Ins & Outs\nauthor = Ann Ö, Bo Li, and Cy Ng\n"
    text = f"[project]\n{project}copyright = 2019-2024, they\nrelease = 1.2\n"
    (tmp_path / "config.ini").write_text(f"{text}[html]\nbase_url = {URL}\n", "utf-8")
    entry = bibtex(load_config(tmp_path))
    for line in ("@book{my-book,", "{Ins \\& Outs}", "and Bo Li and Cy Ng", '"2024"', f'"{URL}"'):
        assert line in entry
    own = "@article{x,\n  title = {100\\% sure}}"
    (tmp_path / "config.ini").write_text(
        f"{text}[html]\ncite = @article{{x,\n    title = {{100\\%% sure}}}}\n", "utf-8"
    )
    assert bibtex(load_config(tmp_path)).split() == own.split()
    (tmp_path / "config.ini").write_text("[project]\ntitle = Nobody's\n", "utf-8")
    assert bibtex(load_config(tmp_path)) == ""


@pytest.mark.parametrize("url", ["https://example.org/edit/", "example.org/{path}", "{path}"])
def test_an_edit_url_must_hold_a_path(tmp_path, url):
    (tmp_path / "config.ini").write_text(f"[html]\nedit_url = {url}\n", "utf-8")
    with pytest.raises(BookErrors, match=r"config.ini:2: edit_url: .* with \{path\} in it"):
        load_config(tmp_path)


def test_paragraphs_that_begin_so_are_folded(published):
    tree = lxml_html.parse(str(published / "chapter_tides/beta.html"))
    folds = tree.xpath("//article//details[not(@class)]")
    texts = [" ".join(" ".join(fold.itertext()).split()) for fold in folds]
    assert texts == [
        "Solution As high as h says: print ( h ) That is all.",
        "Hint look down. Then look up.",
        "Solution It was there.",
    ]
    outside = tree.xpath("string(//section[@id='a-heading-ends-it'])")
    assert "In sight." in outside
    assert "is not at the beginning" in tree.xpath("string(//section[@id='more-exercises'])")
