"""A new book builds as it is, and writes over nothing."""

from pathlib import Path

import pytest

from d2lbook.cli import main
from d2lbook.config import load_config
from d2lbook.new import FILES, blanks


@pytest.mark.parametrize("tabs", [[], ["--tabs", "pytorch,jax"], ["--tabs", "MXNet tensorflow"]])
def test_a_new_book_builds_without_a_word(tmp_path, monkeypatch, capsys, tabs):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # without records
    assert main(["new", "tide_and-waves", *tabs]) == 0
    said = capsys.readouterr().out
    assert "cd tide_and-waves\n    d2lbook build eval" in said
    assert said.endswith("    d2lbook serve\n")
    monkeypatch.chdir("tide_and-waves")
    command = next(line for line in said.splitlines() if "build" in line).split()
    assert command[:2] == ["d2lbook", "build"]
    assert main(command[1:]) == main(["build", "tabcheck", "outputcheck", "html"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    count = 2 if tabs else 1
    assert f"Notebooks with code: {count} ({count} ran)" in captured.out
    page = Path("_build/html/chapter_first/darts.html").read_text("utf-8")
    for words in ("3.1352", "Fig.\N{NO-BREAK SPACE}1.1.1", "Ulam, 1949", "<math", "(1.1.1)"):
        assert words in page
    assert "Tide And Waves" in Path("_build/html/index.html").read_text("utf-8")


def test_each_tab_has_a_cell_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "book", "--tabs", "pytorch, keras"]) == 0
    page = Path("book/chapter_first/darts.md").read_text("utf-8")
    assert "tab.interact_select('pytorch', 'keras')" in page
    assert "%%tab pytorch\nframework = 'PyTorch'\n" in page
    assert "%%tab keras\nframework = 'Keras'\n" in page
    assert load_config(tmp_path / "book").tabs == ("pytorch", "keras")


@pytest.mark.parametrize("name", sorted(FILES))
def test_nothing_is_overwritten(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    assert main(["new", "."]) == 2
    assert f"{name} is there already" in capsys.readouterr().err
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.read_text() for path in files] == ["mine"]


def test_a_book_is_made_in_the_current_folder_beside_other_files(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("README.md").write_text("# Not a page\n")
    assert main(["new", "."]) == 0
    assert "cd " not in capsys.readouterr().out
    assert main(["build", "tabcheck"]) == 0
    assert "4 pages checked" in capsys.readouterr().out


def test_a_wrong_call_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new"]) == 2
    assert main(["new", "book", "--tabs", "jax,jax"]) == 2
    assert "a tab is listed twice" in capsys.readouterr().err
    Path("file").write_text("")
    assert main(["new", "file/book"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert not Path("book").exists()


@pytest.mark.parametrize(
    ("folder", "name", "title"),
    [
        ("deep-learning_2", "deep-learning-2", "Deep Learning 2"),
        ("MyBook", "mybook", "MyBook"),
        ("a*b`c [d] $e %f", "a-b-c-d-e-f", "A B C D E F"),
        ("动手学", "动手学", "动手学"),
        ("---", "book", "Book"),
    ],
)
def test_the_folder_names_the_book(folder, name, title):
    values = blanks(folder, ())
    assert (values["name"], values["title"]) == (name, title)
