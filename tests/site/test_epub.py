"""EPUBs of small books: valid by epubcheck, of one tab, and without anything that runs."""

import shutil
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.publish import epub
from d2lbook.publish.editions import Editions
from d2lbook.records.stores import Stores
from d2lbook.sphinx_ext.editions.figures import BadFigure, inert_svg

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parents[1]
NAMES = {
    "h": "http://www.w3.org/1999/xhtml",
    "m": "http://www.w3.org/1998/Math/MathML",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def build(root, stores, sphinx, *tabs, **changes):
    """Build EPUBs of a book; returns the files and what was reported."""
    reports = []
    book = load_book(replace(load_config(root), **changes))
    editions = Editions(book, stores, sphinx, report=reports.append)
    return epub.build(editions, tabs or book.config.all_tabs), reports


@pytest.fixture(scope="module")
def files(tmp_path_factory, stores, sphinx):
    """The EPUBs of the sample book in two frameworks, and that of the odd book."""
    folder = tmp_path_factory.mktemp("epub")
    sample = Path(shutil.copytree(FOLDER / "sample", folder / "sample"))
    only = sample / "chapter_tides/only.md"
    only.write_text("# Only\n:label:`sec_only`\n\n```{.python .input}\n%%tab pytorch\n1\n```\n")
    index = sample / "chapter_tides/index.md"
    index.write_text(index.read_text("utf-8").replace("beta\n", "beta\nonly\n"), "utf-8")
    page = sample / "chapter_tides/beta.md"
    page.write_text(page.read_text("utf-8") + "\nSee :numref:`sec_only`.\n", "utf-8")
    made, _ = build(sample, stores, sphinx, "pytorch", "jax", warning_is_error=False)
    odd = Path(shutil.copytree(FOLDER / "odd", folder / "odd"))
    return dict(
        zip(("pytorch", "jax", "odd"), [*made, *build(odd, stores, sphinx)[0]], strict=True)
    )


def part(file, name):
    """Return a file of an EPUB as XML."""
    return etree.fromstring(ZipFile(file).read(name))


def words(file, name):
    return " ".join("".join(part(file, name).itertext()).split())


@pytest.mark.parametrize("name", ["pytorch", "jax", "odd"])
def test_epubcheck_finds_nothing(files, epubcheck, name):
    assert epubcheck(files[name]) == ""


@pytest.mark.timeout(120)
def test_epubcheck_finds_nothing_in_this_book(our_site, sphinx, epubcheck):
    config = replace(load_config(REPOSITORY), output_dir=our_site.folder.parent)
    editions = Editions(load_book(config), Stores(config), sphinx)
    (file,) = epub.build(editions, ["jax"])
    assert epubcheck(file) == ""


def test_an_edition_holds_the_code_and_prose_of_its_tab(files):
    jax = words(files["jax"], "chapter_tides/alpha.xhtml")
    assert "return jnp.cos(t)" in jax
    assert "torch" not in jax
    assert "NumPy interface" not in jax
    assert "Not run in JAX" in words(files["jax"], "chapter_tides/beta.xhtml")


def test_a_page_that_a_tab_lacks_is_nowhere(files):
    assert "chapter_tides/only.xhtml" in ZipFile(files["pytorch"]).namelist()
    assert "chapter_tides/only.xhtml" not in ZipFile(files["jax"]).namelist()
    for name in ("nav.xhtml", "index.xhtml", "chapter_tides/index.xhtml"):
        assert "Only" in words(files["pytorch"], name)
        assert "Only" not in words(files["jax"], name)
    page = part(files["jax"], "chapter_tides/beta.xhtml")
    assert "See Section\N{NO-BREAK SPACE}1.3." in "".join(page.itertext())
    assert page.xpath("//h:a[contains(., '1.3')]", namespaces=NAMES) == []


def test_the_contents_have_the_numbers_of_the_site(files):
    assert "1 Tides 1.1 Rising Water" in words(files["jax"], "nav.xhtml")


def test_math_is_mathml_and_figures_are_svg(files):
    page = part(files["pytorch"], "chapter_tides/alpha.xhtml")
    assert len(page.findall(".//m:math", NAMES)) > 10
    sources = [image.get("src") for image in page.findall(".//h:img", NAMES)]
    assert sources
    assert all(source.endswith(".svg") for source in sources)
    assert "width: 420px" in page.find(".//h:img", NAMES).get("style")


def test_nothing_runs_and_nothing_is_fetched(files):
    for name in ZipFile(files["pytorch"]).namelist():
        content = ZipFile(files["pytorch"]).read(name)
        assert not name.endswith(".js")
        assert b"<script" not in content
        assert b"@import" not in content
        assert b"example.org/svg" not in content


def test_solutions_are_folded(files):
    page = part(files["pytorch"], "chapter_tides/alpha.xhtml")
    (summary,) = page.xpath("//h:details/h:summary[normalize-space()='Solution']", namespaces=NAMES)
    assert "sum of the cosines" in "".join(summary.getparent().itertext())


def test_the_package_says_what_it_is(files):
    package = part(files["pytorch"], "content.opf")
    assert package.find(".//dc:title", NAMES).text == "A Sample Book (PyTorch edition)"
    assert package.find(".//dc:creator", NAMES).text == "The testers"
    assert package.find(".//dc:language", NAMES).text == "en"
    assert package.find(".//opf:item[@properties='cover-image']", NAMES) is not None
    names = {
        part(file, "content.opf").find(".//dc:identifier", NAMES).text for file in files.values()
    }
    assert len(names) == 3


def test_the_cover_shows_the_whole_title():
    title = "Deep & Wide: a Supercalifragilistic Title"
    cover = etree.fromstring(epub.cover(title, "", "A").encode())
    lines = [line.text for line in cover.iter("{*}tspan")]
    assert lines == ["Deep & Wide: a", "Supercalifragilistic", "Title"]
    assert cover.find(".//{*}text").get("font-size") == "89"


def test_of_equal_names_in_a_figure_the_first_stays(tmp_path):
    """Matplotlib names an image by what it shows."""
    figure = tmp_path / "a.svg"
    figure.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><g/><g id="a"/><g id="b"/><g id="a"/><g/></svg>'
    )
    names = [part.get("id") for part in etree.fromstring(inert_svg(figure))]
    assert names == [None, "a", "b", None, None]


def test_scripts_and_links_out_of_a_figure_go(tmp_path):
    figure = tmp_path / "f.svg"
    figure.write_text(
        '<!DOCTYPE svg PUBLIC "a" "http://x.org/b"><svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:x="http://www.w3.org/1999/xlink" onload="f()"><script>f()</script>'
        '<image x:href="http://x.org/p.png"/><use href="#a"/><g id="a"/></svg>'
    )
    inert = inert_svg(figure)
    for gone in (b"DOCTYPE", b"script", b"onload", b"x.org/"):
        assert gone not in inert
    assert b'href="#a"' in inert
    figure.write_text("<svg")
    with pytest.raises(BadFigure, match="it isn't SVG"):
        inert_svg(figure)
