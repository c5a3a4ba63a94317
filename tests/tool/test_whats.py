"""`build` with the names of steps that other tools need: rst, merge, all."""

from pathlib import Path

import pytest

from d2lbook.cli import main
from d2lbook.publish import html
from d2lbook.source.tabs import choose_tab
from d2lbook.steps import STEPS


@pytest.fixture
def sites(monkeypatch):
    """How often the site is built; no build takes the time of one."""
    built = []
    monkeypatch.setattr(html, "build", lambda *args, **options: built.append(1) or Path("_build"))
    return built


def test_steps_run_in_the_order_of_use_each_once(tiny_book, monkeypatch):
    ran = []
    for name in STEPS:
        monkeypatch.setitem(STEPS, name, lambda build, name=name: ran.append(name))
    tiny_book.write("one", "1")
    assert main(["build", "ipynb", "html", "eval", "lib", "html", "tabcheck"]) == 0
    assert ran == ["tabcheck", "lib", "eval", "html", "ipynb"]


def test_a_site_shows_what_the_same_call_has_run(tiny_book, monkeypatch):
    def note_records(book, stores, *args, **options):
        for page in book.pages:
            shown[page.path] = stores.best(choose_tab(page, "", book.config), "")
        return Path("_build/html")

    shown = {}
    monkeypatch.setattr(html, "build", note_records)
    tiny_book.write("one", "1")
    assert main(["build", "html", "eval"]) == 0
    assert shown["one.md"]


def test_all_is_everything_once_in_every_tab(tiny_book, capsys, sites):
    section = "[library-b]\nlib_file = mylib/b.py"
    tiny_book.configure(tabs="a, b", more=section)
    tiny_book.write("one", "%%tab all\nx = 1  #@save")
    assert main(["build", "html", "all", "ipynb", "--lenient"]) == 0
    assert sites == [1]
    for folder in ("eval", "eval_b", "ipynb", "ipynb_b"):
        assert Path(f"_build/{folder}/one.ipynb").is_file()
    assert Path("mylib/b.py").is_file()
    out = capsys.readouterr().out
    assert "tabcheck: " in out
    assert "outputcheck: " in out
    assert not Path("_build/rst").exists()


def test_all_needs_no_library(tiny_book, capsys, sites):
    tiny_book.write("one", "1")
    assert main(["build", "all"]) == 0
    assert "library" not in capsys.readouterr().err


def test_all_goes_on_after_a_mistake(tiny_book, capsys, sites):
    tiny_book.write("one", "1 / 0")
    assert main(["build", "all"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert Path("_build/ipynb/one.ipynb").is_file()
    assert sites == [1]


def test_intermediate_steps_say_what_they_are(tiny_book, capsys):
    tiny_book.configure(tabs="a, b")
    tiny_book.write("one", "%%tab a\n1", "%%tab b\n2")
    assert main(["build", "rst", "merge", "--tab", "all"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "The sources for Sphinx are in _build/rst",
        "merge: there is nothing to do: html and rst put the tabs of a page together themselves",
    ]
    assert Path("_build/rst/conf.py").is_file()
    assert Path("_build/rst/one.ipynb").is_file()
