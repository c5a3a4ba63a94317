"""PDFs of small books, read by a machine: text, numbers, places, fonts; and what goes wrong."""

import os
import re
import shutil
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from generated_book import SMALL, make_records, write_book
from pypdf import PdfReader

from d2lbook.book.whole import load_book
from d2lbook.config import PdfConfig, load_config
from d2lbook.errors import BookError, BookErrors
from d2lbook.publish import fonts, html, pdf
from d2lbook.publish.editions import Editions
from d2lbook.records.stores import Stores

SAMPLE = Path(__file__).parent / "sample"
ODD = Path(__file__).parent / "odd"


def build(root, stores, sphinx, *tabs, **changes):
    """Build PDFs of a book; returns the files and what was reported."""
    reports = []
    book = load_book(replace(load_config(root), **changes))
    editions = Editions(book, stores, sphinx, report=reports.append)
    return pdf.build(editions, tabs or book.config.all_tabs), reports


@pytest.fixture(scope="module")
def printed(tmp_path_factory, stores, sphinx):
    """The sample book in two frameworks, after its site was built."""
    root = Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("print") / "sample"))
    html.build(load_book(load_config(root)), stores, sphinx, report=lambda line: None)
    looks = PdfConfig(latex_logo="static/logo.svg")
    files, _ = build(root, stores, sphinx, "pytorch", "jax", pdf=looks)
    return dict(zip(("pytorch", "jax"), map(PdfReader, files), strict=True))


def many_tables():
    """Yield the parts of a page of tables, some of which pages of print have no room for."""
    yield "# Tables\n\nA *global term*, *here and there*, and *Widgets*.\n"
    for number in range(40):
        yield f"\n{'Lines of text. ' * (6 * (number % 7))}\n"
        yield f"\n:Caption no. {number}.\n\n| one | two |\n|--|--:|\n| row {number}. | 3 |\n"


@pytest.fixture(scope="module")
def odd(tmp_path_factory, stores, sphinx):
    """A book of what is hard to print, and what was reported of it."""
    root = Path(shutil.copytree(ODD, tmp_path_factory.mktemp("print") / "odd"))
    (root / "unlisted.md").write_text("# Unlisted\n", "utf-8")
    (root / "tables.md").write_text("".join(many_tables()), "utf-8")
    index = root / "index.md"
    index.write_text(index.read_text("utf-8").replace("\ntwo\n", "\ntwo\ntables\n"), "utf-8")
    (file,), reports = build(root, stores, sphinx)
    return PdfReader(file), reports


def text_of(reader):
    return "\n".join(page.extract_text() for page in reader.pages)


def outline_of(entries):
    for one in entries:
        yield from outline_of(one) if isinstance(one, list) else [one["/Title"]]


def embedded(reader):
    """Yield for each font of the pages whether the file holds it."""
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            bottom = font.get_object().get("/DescendantFonts", [font])[0].get_object()
            yield any(name.startswith("/FontFile") for name in bottom["/FontDescriptor"])


def links(reader):
    for page in reader.pages:
        for note in page.get("/Annots", []):
            if note.get_object()["/Subtype"] == "/Link":
                yield note.get_object()


def test_an_edition_holds_the_code_and_prose_of_its_tab(printed):
    pytorch, jax = text_of(printed["pytorch"]), text_of(printed["jax"])
    assert "PyTorch edition" in pytorch
    assert "return torch.cos(t)" in pytorch
    assert "jnp" not in pytorch
    assert "return jnp.cos(t)" in jax
    assert "torch" not in jax
    for text in (pytorch, jax):
        assert "Nothing special is needed here" in text
        assert "NumPy interface" not in text
        assert "It is the sum of the cosines" in text
        assert "Nobody reads this" not in text


def test_code_is_copied_with_its_indentation_and_no_mark_of_broken_lines(printed):
    text = text_of(printed["pytorch"])
    assert "    def read(self, t):\n        return torch.cos(t)\n" in text
    assert "torch.linspace(0, 24, 1000)) +" in text
    assert "↪" not in text


def test_numbers_are_those_of_the_site(printed):
    text = text_of(printed["jax"])
    for number in ("Fig. 1.1.1", "Table 1.1.1", "Fig. 1.2.1", "(1.1.2)", "1.1.3 Exercises"):
        assert number in text
    assert "As Section 1.1 said in Fig. 1.1.1" in text


def test_bookmarks_lead_through_the_book(printed):
    assert list(outline_of(printed["pytorch"].outline)) == [
        "A Sample Book",
        "1 Tides",
        "1.1 Rising Water",
        "1.1.1 Setting Up",
        "1.1.2 Drawing",
        "1.1.3 Exercises",
        "1.2 Falling Water",
        "2 References",
        "Index",
    ]


def test_the_file_says_what_it_is(printed):
    reader = printed["pytorch"]
    assert reader.metadata.title == "A Sample Book (PyTorch edition)"
    assert reader.metadata.author == "The testers"
    assert reader.root_object["/Lang"] == "en"


def test_links_lead_somewhere(printed):
    reader = printed["pytorch"]
    places = reader.named_destinations
    targets = [str(link["/A"]["/D"]) for link in links(reader) if "/D" in link.get("/A", {})]
    assert len(targets) > 20
    assert [target for target in targets if target not in places] == []


def test_fonts_are_embedded_and_figures_are_vectors(printed):
    reader = printed["jax"]
    assert all(embedded(reader))
    assert [list(page.images) for page in reader.pages if page.images] == []


def test_a_receipt_is_a_note_to_the_first_output_of_its_run(printed):
    text = text_of(printed["pytorch"])
    assert text.count("Receipt of the run. Device: NVIDIA H100 80GB HBM3") == 2  # one a page
    assert text.count("PyTorch 2.13.0 · NVIDIA H100 80GB HBM3 · full run") == 6
    assert "Not run in JAX: there is no record of it." in text_of(printed["jax"])


def test_the_index_has_what_code_defines(printed):
    assert "Gauge (class)" in printed["pytorch"].pages[-1].extract_text()


def test_all_editions_and_the_site_share_one_reading(sample, stores, sphinx):
    read = sample / "_build/doctrees/chapter_tides/alpha.doctree"
    times = []
    for tab in ("pytorch", "mxnet"):
        editions = Editions(
            load_book(load_config(sample)), stores, sphinx, report=lambda line: None
        )
        pdf.written(editions, tab, pdf.looks_of(editions))
        times.append(read.stat().st_mtime_ns)
    html.build(load_book(load_config(sample)), stores, sphinx, report=lambda line: None)
    assert (sample / "_build/html/index.html").exists()
    assert {*times, read.stat().st_mtime_ns} == {times[0]}


def test_no_glyph_is_lost(odd):
    reader, reports = odd
    text = text_of(reader)
    for piece in ("深度学习", "日本語", "한국어", "Ελληνικά", "кириллица", "✓", "─│┌", "x̂", "½ ≤"):
        assert piece in text
    assert "U+1F99C" in text
    assert [line for line in reports if "U+" in line] == [
        "one.md:6: no font here has 🦜 (U+1F99C), so the PDF shows its code: install the Debian "
        "package fonts-freefont-otf, or write something else"
    ]


def test_nothing_runs_off_the_page(odd):
    _, reports = odd
    assert [line for line in reports if "too wide" in line] == []


def test_odd_titles_tables_and_html_are_shown(odd):
    reader, _ = odd
    text = text_of(reader)
    assert reader.metadata.title == "Odd & 100% _strange_ #1"
    assert "2.1 A Title with x_1, alpha" in "\n".join(outline_of(reader.outline))
    assert "a_function_with_a_" in text
    assert "wide" in text
    assert "Centered text" in text
    assert "alert" not in text
    assert "https://example.org/~user/100%25_a#b" in text
    equations = r"\((\d\.\d)\), Formula \1, the long one, Section"
    assert re.search(equations, " ".join(text.split()))


def test_tables_stay_with_their_captions(odd):
    pages = [page.extract_text() for page in odd[0].pages]
    captions, rows = (
        [re.findall(rf"{what} (\d+)\.", page) for page in pages]
        for what in (r"Caption no\.", "row")
    )
    assert sum(map(len, captions)) == 40
    assert captions == rows


def test_the_index_has_terms(odd):
    text = odd[0].pages[-1].extract_text()
    assert "global term" in text
    assert "here" not in text
    assert "Widgets" not in text


def test_figures_that_cannot_be_shown_leave_their_text_and_a_warning(odd):
    reader, reports = odd
    assert [line for line in reports if "figure" in line] == [
        "two.md:6: figure img/bad.svg: it isn't SVG: Couldn't find end of Start Tag rect line 1, "
        "line 2, column 1",
        "two.md:9: figure img/huge.svg: it is 100,000 by 50 pixels: make it smaller than 16,000",
        "two.md:11: figure img/broken.png: it can't be read as a picture",
    ]
    assert "[Bad one]" in text_of(reader)


def test_a_font_or_style_that_is_missing_is_told_and_replaced(odd):
    _, reports = odd
    assert reports[:2] == [
        "config.ini: [pdf] style: there is no style 'a44' (only a4, letter, cambridge); "
        "did you mean 'a4'?",
        "config.ini: [pdf] main_font: there is no font 'No Such Serif' on this machine: "
        "TeX Gyre Pagella is used",
    ]


def test_every_sentence_of_a_book_with_every_construct_is_printed(tmp_path, sphinx):
    contents = write_book(tmp_path, replace(SMALL, tabs=()))
    config = load_config(tmp_path)
    book, stores = load_book(config), Stores(config)
    make_records(book, stores)
    (file,) = pdf.build(Editions(book, stores, sphinx, report=lambda line: None), ("",))
    text = re.sub(r"\W", "", text_of(PdfReader(file)))
    sentences = [one for page in contents.sentences.values() for one in page]
    assert len(sentences) > 40
    assert [one for one in sentences if re.sub(r"\W", "", one) not in text] == []
    assert [one for one in contents.unseen if re.sub(r"\W", "", one) in text] == []


def test_outputs_stay_with_the_line_that_says_of_which_run_they_are(tmp_path, sphinx):
    cells = (
        f"{'Lines of text. ' * (6 * (number % 7))}\n\n```{{.python .input}}\nprint(said)\n```\n"
        for number in range(50)
    )
    (tmp_path / "config.ini").write_text("[project]\ntitle = Outputs\n")
    (tmp_path / "index.md").write_text("# Outputs\n\n" + "\n".join(cells))
    book = load_book(load_config(tmp_path))
    stores = Stores(book.config)
    make_records(book, stores)
    (file,) = pdf.build(Editions(book, stores, sphinx, report=lambda line: None), ("",))
    lines = text_of(PdfReader(file)).splitlines()
    before = [above for above, line in pairwise(lines) if "· Some CPU" in line]
    assert before == ["said"] * 50


def test_a_line_that_leads_to_code_stays_with_it(tmp_path, sphinx):
    lines = ("code()\n", "class Code: pass\n")  # which the index has, too
    cells = (
        f"{'Lines of text. ' * (6 * (number % 7))}\n\nIt leads to it:\n\n"
        f"```{{.python .input}}\n{lines[number % 2] * (1 + number % 11)}```\n"
        for number in range(60)
    )
    (tmp_path / "config.ini").write_text("[project]\ntitle = Lines\n")
    (tmp_path / "index.md").write_text("# Lines\n\n" + "\n".join(cells))
    book = load_book(load_config(tmp_path))
    editions = Editions(book, Stores(book.config), sphinx, report=lambda line: None)
    (file,) = pdf.build(editions, ("",))
    pages = [page.extract_text().split() for page in PdfReader(file).pages]
    after = [next_word for page in pages for word, next_word in pairwise(page) if word == "it:"]
    assert after == ["code()", "class"] * 30


def test_a_page_that_no_contents_list_is_told(odd):
    reader, reports = odd
    assert "unlisted.md: no table of contents lists it, so the PDF lacks it" in reports
    assert "Unlisted" not in text_of(reader)


def test_a_logo_that_is_missing_is_told(sample, stores, sphinx):
    with pytest.raises(BookError, match=r"config.ini: \[pdf\] latex_logo: there is no a.png"):
        build(sample, stores, sphinx, "jax", pdf=PdfConfig(latex_logo="a.png"))


def test_a_mistake_in_latex_names_the_line_of_the_page(sample, stores, sphinx):
    page = sample / "chapter_tides/beta.md"
    text = page.read_text("utf-8").replace("see\n", "see $\\nosuchcommand{x}$\n")
    page.write_text(text, "utf-8")
    with pytest.raises(BookErrors) as error:
        build(sample, stores, sphinx, "jax")
    assert [str(one) for one in error.value.errors] == [
        f"LaTeX can't set sample-jax.pdf: its log is {sample}/_build/latex_jax/book.log, the "
        f"LaTeX {sample}/_build/latex_jax/book.tex",
        "chapter_tides/beta.md:4: LaTeX: Undefined control sequence. \\nosuchcommand",
    ]


def test_a_script_of_the_author_may_change_the_latex(sample, stores, sphinx):
    script = sample / "mend.py"
    script.write_text("import sys\nsys.exit(f'no {sys.argv[1][-8:]}')")
    with pytest.raises(BookError, match=r"config.ini: \[pdf\] post_latex: .*: no book.tex"):
        build(sample, stores, sphinx, "jax", pdf=PdfConfig(post_latex="mend.py"))


def test_missing_programs_are_named_with_their_packages(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None if "rsvg" in name else name)
    with pytest.raises(BookError, match=r"takes rsvg-convert, .*apt-get install .*librsvg2-bin"):
        pdf.check_tools()


def test_the_makefile_installs_what_a_pdf_takes():
    makefile = (Path(__file__).parents[2] / "Makefile").read_text("utf-8")
    (packages,) = re.findall(r"^PRINT := ((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    assert packages.replace("\\\n", " ").split() == pdf.PACKAGES.split()


def test_systems_that_bind_processes_to_no_cores_will_do(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(pdf, "looks_of", lambda editions: {})
    assert pdf.build(None, []) == []


def test_a_build_that_is_stopped_begins_no_other_pdf(monkeypatch):
    begun = []

    def written(editions, tab, looks):
        if tab == "last":
            raise KeyboardInterrupt
        return tab

    def typeset(folder):
        begun.append(folder)
        time.sleep(0.3)

    monkeypatch.setattr(pdf, "usable_cores", lambda: 1)
    monkeypatch.setattr(pdf, "looks_of", lambda editions: {})
    monkeypatch.setattr(pdf, "written", written)
    monkeypatch.setattr(pdf, "typeset", typeset)
    with pytest.raises(KeyboardInterrupt):
        pdf.build(None, ["first", "second", "third", "last"])
    assert begun == ["first"]


def test_missing_fonts_are_named_with_their_packages(sample, stores, sphinx, monkeypatch):
    monkeypatch.setattr(fonts, "find", lambda family: None)
    with pytest.raises(BookError, match=r"the fonts TeX Gyre Pagella.*fonts-texgyre "):
        build(sample, stores, sphinx, "jax")


def test_a_font_knows_its_characters():
    font = fonts.find(fonts.MONO)
    assert font.has("─")
    assert font.has("α")
    assert not font.has("深")
    assert fonts.find("No Such Font") is None
