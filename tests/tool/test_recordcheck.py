"""`build eval --check`: whether the records that are there are those of the sources."""

import json
import shutil
from pathlib import Path

import pytest

from d2lbook.cli import main


@pytest.fixture
def evaluated(tiny_book):
    """A book with two notebooks in two tabs, and all of its records."""
    library = tiny_book.root / "lib"
    library.mkdir()
    (library / "__init__.py").write_text("NAME = 'a'\n")
    settings = "outputs = outputs\nmax_epochs = 1"
    tiny_book.configure(tabs="a, b", settings=settings)
    tiny_book.write("one", "%%tab all\nimport lib\nprint(lib.NAME)")
    tiny_book.write("two", "%%tab b\nprint(2)")
    tiny_book.write("three")
    assert main(["build", "eval", "--tab", "all"]) == 0
    return tiny_book


@pytest.fixture
def check(evaluated, capsys):
    """Check the records; returns what is wrong, or what is said if nothing is."""
    capsys.readouterr()

    def run(*options):
        status = main(["build", "eval", "--check", *options])
        captured = capsys.readouterr()
        return captured.err.splitlines() if status else captured.out.splitlines()

    return run


def test_records_of_the_sources_pass_and_nothing_runs(evaluated, check):
    before = sorted(Path("outputs").rglob("*"))
    assert check("--tab", "all") == [
        "eval: 3 notebooks checked, each with a record that matches it"
    ]
    assert check() == ["eval: 1 notebook checked, each with a record that matches it"]
    assert sorted(Path("outputs").rglob("*")) == before


def test_edited_cells_have_no_record(evaluated, check):
    evaluated.edit("two.md", "print(2)", "print(3)")
    assert check("--tab", "all") == [
        "two.md: the record of a run in B isn't there: d2lbook build eval --tab b"
    ]
    assert not Path("outputs/two/b/full").exists()
    assert len(check()) == 1  # the other tab is whole


def test_records_are_dated_by_an_edit_of_the_library(evaluated, check):
    evaluated.edit("lib/__init__.py", "'a'", "'A'")
    assert check("--tab", "all") == [
        "one.md: the record of a run in A is older than the library: d2lbook build eval --tab a",
        "one.md: the record of a run in B is older than the library: d2lbook build eval --tab b",
        "2 errors in 1 file",
    ]


def test_a_damaged_record_is_none(evaluated, check):
    record = Path("outputs/two/b/capped/record.json")
    content = json.loads(record.read_text())
    record.write_text(json.dumps(content | {"outputs": []}))
    assert any("the record of a run in B isn't there" in line for line in check("--tab", "b"))


def test_records_that_are_not_committed_count_only_where_none_are(evaluated, check):
    shutil.rmtree("outputs")
    assert check() == ["one.md: the record of a run in A isn't there: d2lbook build eval --tab a"]
    evaluated.edit("config.ini", "outputs = outputs\n", "")
    assert check() == ["eval: 1 notebook checked, each with a record that matches it"]


def test_capped_runs_may_be_not_enough(check):
    assert check("--full") == [
        "one.md: the record of a full run in A isn't there: d2lbook build eval --tab a --full"
    ]


def test_a_book_whose_notebooks_never_run_needs_no_records(tiny_book, capsys):
    tiny_book.write("one", "print(1)")
    tiny_book.edit("config.ini", "tabs =", "eval_notebook = False\ntabs =")
    assert main(["build", "eval", "--check"]) == 0
    assert "nothing to check" in capsys.readouterr().out


def test_checks_are_of_records_and_of_the_library_alone(tiny_book, capsys):
    tiny_book.write("one")
    assert main(["build", "html", "--check"]) == 2
    assert "--check is for lib and eval alone" in capsys.readouterr().err
