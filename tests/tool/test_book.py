"""A whole book: reading order, what refers to what, and every mistake at once."""

from pathlib import Path

import pytest

from d2lbook.book.whole import load_book
from d2lbook.checks import outputcheck, tabcheck
from d2lbook.config import load_config
from d2lbook.errors import BookError, BookErrors

CONFIG = "[build]\ntabs = pytorch, jax\nresources = data/\nrsts = *.rst\n"


@pytest.fixture
def book(tmp_path):
    """Write files, by path, and load the book that they are; other arguments go to load_book."""

    def load(files, **options):
        for name, content in {"config.ini": CONFIG, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_book(load_config(tmp_path), **options)

    return load


@pytest.fixture
def mistakes(book):
    """The lines of the error that loading such a book gives."""

    def load(files, **options):
        with pytest.raises(BookErrors) as caught:
            book(files, **options)
        return str(caught.value).splitlines()

    return load


def toc(*entries):
    return "\n".join(["# Book", "```toc", *entries, "```", ""])


def test_pages_come_in_reading_order_and_those_in_no_toc_last(book):
    found = book(
        {
            "index.md": toc("b/index", "The A <a/index.md>", "api", "https://x.org", "Y <https://y>"),
            "a/index.md": toc("two", "one"),
            "a/one.md": "# One",
            "a/two.md": toc("../index", "/a/one"),
            "b/index.md": "# B",
            "b/alone.md": "# Alone",
            "aaa.md": "# Alone, too",
            "api.rst": "API\n===\n",
        }
    )  # fmt: skip
    assert [page.docname for page in found.pages] == [
        "index", "b/index", "a/index", "a/two", "a/one", "aaa", "b/alone",
    ]  # fmt: skip
    assert [path.as_posix() for path in found.rsts] == ["api.rst"]


def test_what_can_be_referred_to_and_what_is_needed(book):
    found = book(
        {
            "index.md": toc("a/one"),
            "a/one.md": "# One\n:label:`sec_one`\n\n![A :citet:`b.2`.](../img/a%20b.svg)\n"
            ":label:`fig_a`\n\n$$x$$\n:eqlabel:`eq_x`\n\n: T\n\n|a|\n|-|\n:label:`tab_a`\n\n"
            'Inline ![i](i.png) and <img alt="" src="/img/j.png"> ![w](https://x.org/w.png).\n'
            "`![c](c.png)` :numref:`sec_one,fig_a` :ref:`text <tab_a>` :eqref:`eq_x`"
            " :cite:``a-1,b.2`` :ref:`anchor` :ref:`rst-name`\n\n[**:label:`anchor`**]\n\n"
            "```eval_rst\n.. _rst-name:\n```\n:bibliography:`../refs.bib`\n",
            "refs.bib": "@string{x = {y}}\n@article{a-1, title = {mail@book{x}}}\n@Book( b.2 ,\n)",
            "img/a b.svg": "",
            "a/i.png": "",
            "img/j.png": "",
            "data/deep/table.csv": "",
        }
    )
    kinds = {label: block.kind for label, (_, block) in found.labels.items()}
    assert kinds == {
        "sec_one": "heading", "fig_a": "figure", "eq_x": "equation", "tab_a": "table",
        "anchor": "prose", "rst-name": "rst",
    }  # fmt: skip
    assert found.citation_keys == {"a-1", "b.2"}
    assert found.bibliographies == ("refs.bib",)
    assert found.images == ("img/a b.svg", "a/i.png", "img/j.png")
    assert [path.as_posix() for path in found.files] == [
        "a/i.png", "data/deep/table.csv", "img/a b.svg", "img/j.png", "refs.bib",
    ]  # fmt: skip
    assert found.warnings == ()


def test_every_mistake_of_every_file_is_told_in_order(mistakes):
    assert mistakes(
        {
            "index.md": ":bibliography:`lost.bib`\n" + toc("a/one", "a/tow", "draft/x"),
            "a/one.md": "# One\n:label:`sec_one`\n\n![A.](../img/fgi.svg)\n:label:`fig_a`\n\n"
            "See :numref:`fig_b`,\n:cite:`turing.1936`, :nmref:`fig_a`.\n\n"
            "```{.python .input}\n%%tab pytroch\n```\n",
            "a/two.md": "# Two\n:label:`sec_one`\n\n```bash\nls\n",
            "a/three.md": b"# Three\n\ncaf\xe9\n",
            "a/four.md": "",
            "a/five.md": "```{.python .input}\nx = 1\n\nif tab.selected('jxa'):\n    y\n```\n"
            "```{.python .input}\nif tab.selected('jax')\n```\n:bibliography:`refs.bib`\n",
            "img/fig.svg": "",
            "refs.bib": "@article{turing.1950,}",
            "draft/x.txt": "",
        }
    ) == [
        "a/five.md:4: tab 'jxa' is not listed in config.ini (tabs: pytorch, jax); did you mean "
        "'jax'?",
        "a/five.md:8: the cell is not valid Python: expected ':'",
        "a/four.md:1: the file is empty: write a page, or delete it and its toc entry",
        "a/one.md:4: figure '../img/fgi.svg' isn't there; did you mean 'fig.svg'?",
        "a/one.md:7: label 'fig_b' is not defined; did you mean 'fig_a'?",
        "a/one.md:8: role :nmref: is unknown; did you mean :numref:?",
        "a/one.md:8: citation key 'turing.1936' is not in refs.bib; did you mean 'turing.1950'?",
        "a/one.md:11: tab 'pytroch' is not listed in config.ini (tabs: pytorch, jax); did you mean "
        "'pytorch'?",
        "a/three.md:3: byte 0xe9 is not UTF-8: save the file as UTF-8",
        "a/two.md:1: label 'sec_one' is already defined at a/one.md:1: rename one of the two",
        "a/two.md:4: the fence is never closed: add ``` on a line of its own",
        "index.md:1: bibliography 'lost.bib' isn't there",
        "index.md:5: toc entry 'a/tow': there is no a/tow.md; did you mean 'a/two'?",
        "index.md:6: toc entry 'draft/x': there is no draft/x.md",
    ]  # fmt: skip


def test_restructured_text_defines_labels_and_bibliographies(book):
    found = book(
        {
            "index.md": ":ref:`api-x` :cite:`a,b`\n\n```eval_rst\n.. bibliography:: a.bib\n```\n",
            "api.rst": ".. _api-x:\n\nAPI\n===\n.. bibliography:: b.bib\n   :all:\n",
            "a.bib": "@misc{a,}",
            "b.bib": "@misc{b,}",
        }
    )
    assert found.bibliographies == ("a.bib", "b.bib")
    assert found.labels == {}


def test_names_that_no_file_can_have(mistakes):
    name = "x" * 300
    found = mistakes({"index.md": f"![]({name})\n![]({name}/a.svg)\n![](a\0/b)\n" + toc(name)})
    starts = ["1: figure 'xxxx", "2: figure 'xxxx", "3: figure 'a\\x00/b'", "6: toc entry 'xxxx"]
    for line, start in zip(found, starts, strict=True):
        assert line.startswith(f"index.md:{start}")


def test_the_bibliography_of_the_pdf_counts(book):
    files = {
        "config.ini": "[pdf]\nbibfile = data.bib\n",
        "data.bib": "@misc{x, title={T}}",
        "index.md": ":cite:`x`",
    }
    assert book(files).bibliographies == ("data.bib",)


def test_mistakes_of_bibliographies_have_a_line(mistakes):
    assert mistakes(
        {
            "index.md": "# A\n:bibliography:`a.bib`\n:bibliography:`b.bib`\n",
            "a.bib": "@misc{x,\n title={T,\n year={2000}\n}\n@misc{y, title=",
            "b.bib": "@misc{x, month=foo}\n@misc{y,}\n@misc{z,\n author={A, B, C, D}}\n@misc{y,}",
        }
    ) == [
        "a.bib:5: syntax error: '}' expected",
        "a.bib:5: syntax error: premature end of file",
        "b.bib:1: undefined string: foo",
        "b.bib:4: Too many commas in 'A, B, C, D'",
        "b.bib:5: repeated bibliography entry: y",
    ]


def test_lenient_makes_warnings_of_references_alone(book, mistakes):
    files = {"index.md": "# A\nSee :ref:`b`\nand :cite:`c`.\n"}
    found = book(files, lenient=True)
    assert tuple(map(str, found.warnings)) == (
        "index.md:2: label 'b' is not defined",
        "index.md:3: citation 'c': the book has no bibliography; add :bibliography:`refs.bib`",
    )
    files["index.md"] += "![](lost.svg)"
    assert mistakes(files, lenient=True) == ["index.md:4: figure 'lost.svg' isn't there"]


def test_roles_that_name_nothing_or_no_key(mistakes):
    found = mistakes({"index.md": "# A\n:ref:` `\n:cite:`a b,c`\n:citet:`,`\n"}, lenient=True)
    assert found == [
        "index.md:2: role :ref: names nothing",
        "index.md:3: citation 'a b' is no key: write a comma between two",
        "index.md:4: role :citet: names nothing",
    ]


def test_what_a_broken_file_may_define_is_not_missed(mistakes):
    files = {"index.md": "# A\n:ref:`b`\n:ref:`c`", "b.md": "# B\n```\n\n# C\n:label:`b`\n"}
    assert mistakes(files) == [
        "b.md:2: the fence is never closed: add ``` on a line of its own",
        "index.md:3: label 'c' is not defined",
    ]


def test_tabs_may_each_have_a_label(book, mistakes):
    def figure(tab):
        return f":begin_tab:`{tab}`\n![](a.svg)\n:label:`fig_a`\n:end_tab:\n"

    files = {"a.svg": "", "index.md": "# A\n" + figure("jax") + figure("pytorch")}
    assert "fig_a" in book(files).labels
    files["index.md"] += figure("all")
    assert mistakes(files) == [
        "index.md:11: label 'fig_a' is already defined at index.md:3: rename one of the two"
    ]


def test_a_book_without_its_root_page(mistakes):
    assert mistakes({"indx.md": "# A"}) == [
        "config.ini: the root page index.md isn't there: write it, or name another in [build] "
        "index; did you mean 'indx'?"
    ]


def test_toc_entries_that_hold_one_another_or_odd_letters(mistakes):
    found = mistakes({"index.md": toc("aa", "a\u2028b", "a")})
    lines = [line.partition(":")[2].split(":")[0] for line in found if line.startswith("index")]
    assert lines == ["3", "4", "5"]


def test_a_toc_entry_that_the_globs_leave_out(mistakes):
    files = {"index.md": toc("a/b/c"), "a/b/c.md": "# C"}
    assert mistakes(files) == [
        "index.md:3: toc entry 'a/b/c': a/b/c.md is there, but [build] notebooks leaves it out"
    ]


def test_a_toc_entry_behind_a_link(mistakes, tmp_path):
    (tmp_path / "b").symlink_to("a")
    assert mistakes({"index.md": toc("b/c"), "a/c.md": "# C"}) == [
        "index.md:3: toc entry 'b/c': b is a link, which isn't followed: put the folder itself "
        "there"
    ]


def test_tabcheck_tells_of_tabs_and_not_of_references(tmp_path):
    (tmp_path / "config.ini").write_text(CONFIG)
    (tmp_path / "index.md").write_text("# A\n:ref:`lost`\n")
    said = tabcheck(load_config(tmp_path))
    assert said == "1 page checked, no unknown tab (tabs: pytorch, jax)"
    (tmp_path / "b.md").write_text(":begin_tab:`jxa`\n:end_tab:\n")
    with pytest.raises(BookErrors, match=r"^b\.md:1: tab 'jxa' is not listed"):
        tabcheck(load_config(tmp_path))


def test_outputcheck_finds_outputs_in_chapters_and_notebooks(tmp_path):
    (tmp_path / "config.ini").write_text(CONFIG)
    (tmp_path / "index.md").write_text("# A\n```{.python .input}\n1\n```\n")
    (tmp_path / "clean.ipynb").write_text('{"cells": [{"outputs": []}, {}]}')
    assert outputcheck(load_config(tmp_path)) == "1 page and 1 notebook checked, no outputs"
    (tmp_path / "b.md").write_text("# B\n```{.json .output n=1}\n{}\n```\n")
    (tmp_path / "full.ipynb").write_text('{"cells": [{}, {"outputs": [{}]}]}')
    (tmp_path / "cut.ipynb").write_text('{"cells": [{')
    with pytest.raises(BookErrors) as caught:
        outputcheck(load_config(tmp_path))
    lines = str(caught.value).splitlines()
    assert lines[0] == "b.md:3: the source holds an output: remove the block"
    assert lines[1].startswith("cut.ipynb: is not a notebook: ")
    assert lines[2:] == ["full.ipynb: cell 2 holds outputs: clear them"]


def test_outputcheck_passes_no_page_that_it_can_not_read(tmp_path):
    (tmp_path / "config.ini").write_text(CONFIG)
    (tmp_path / "index.md").write_text("# A\n```{.json .output}\n")
    with pytest.raises(BookErrors, match=r"^index\.md:2: "):
        outputcheck(load_config(tmp_path))


@pytest.mark.parametrize("name", ["b.md", "refs.bib"])
def test_a_file_that_can_not_be_read_is_the_one_mistake(book, monkeypatch, name):
    read_bytes = Path.read_bytes

    def refuse(path):
        if path.name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    files = {
        "index.md": toc("b") + "\nSee :ref:`there` and :cite:`k`.\n\n:bibliography:`refs.bib`\n",
        "b.md": "# B\n:label:`there`\n",
        "refs.bib": "@book{k,\n title={T}}\n",
    }
    with pytest.raises(BookError, match=rf"^{name}: can't be read: Permission denied$"):
        book(files)


def test_a_bibliography_that_is_not_utf8_still_has_keys(mistakes):
    text = toc() + "\n:cite:`k`\n\n:bibliography:`refs.bib`\n"
    files = {"index.md": text, "refs.bib": b"@book{k,\n title={\xe9}}\n"}
    assert mistakes(files) == ["refs.bib:2: byte 0xe9 is not UTF-8: save the file as UTF-8"]


@pytest.mark.parametrize("check", [tabcheck, outputcheck])
def test_a_book_without_pages_passes_no_check(tmp_path, check):
    (tmp_path / "config.ini").write_text("[build]\nnotebooks = chapter*/*.md\n")
    with pytest.raises(BookErrors, match=r"no page matches .* = chapter"):
        check(load_config(tmp_path))


def test_a_toc_is_checked_in_a_page_that_none_lists_too(mistakes):
    files = {"index.md": toc(), "b.md": toc("gone")}
    assert mistakes(files) == ["b.md:3: toc entry 'gone': there is no gone.md"]


def test_pages_that_are_no_notebooks_hold_listings(book):
    found = book(
        {
            "config.ini": "[build]\ntabs = jax, mxnet\nnon-notebooks = b.md\n",
            "index.md": "# A\n```{.python .input}\n1\n```\n",
            "b.md": "# B\n```{.python .input}\n1\n```\n```{.python .input}\n#@tab mxnet\n2\n```\n",
        }
    )
    listings = [block for block in found.pages[1].blocks if block.kind == "listing"]
    assert [(block.source, set(block.tabs)) for block in listings] == [
        ("1", set()),
        ("2", {"mxnet"}),
    ]
    assert found.pages[0].has_cells
    assert not found.pages[1].has_cells


def test_files_that_text_leads_to_come_with_the_book(book):
    there = [
        "img/a.svg",
        "img/b c.png",
        "f.pdf",
        "film.mp4",
        "front.html",
        "t.csv",
        "p.png",
        "x.rst",
    ]
    found = book(
        {
            "index.md": "# A\n\n[paper](f.pdf 'title') [page](b.md) [lost](g.pdf)\n"
            "<img width=3 src=img/a.svg> <video poster='img/b%20c.png' src=\"film.mp4\"></video>\n"
            "`<img src=p.png>`\n\n```eval_rst\n.. raw:: html\n   :file: front.html\n```\n",
            "b.md": "# B",
            "api.rst": "API\n===\n.. csv-table:: T\n   :file: t.csv\n",
            **dict.fromkeys(there, ""),
        }
    )
    files = [path.as_posix() for path in found.files]
    assert files == [
        "api.rst", "f.pdf", "film.mp4", "front.html", "img/a.svg", "img/b c.png", "p.png", "t.csv",
        "x.rst",
    ]  # fmt: skip
    on_the_site = [path.as_posix() for path in found.site_files]
    assert on_the_site == ["film.mp4", "img/a.svg", "img/b c.png", "p.png"]
