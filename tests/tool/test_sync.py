"""`d2lbook notebook` and `d2lbook sync`: a page and its notebook, each with the other's edits."""

import json
import subprocess
from pathlib import Path

import nbformat
import pytest

from d2lbook.cli import main
from d2lbook.errors import BookError
from d2lbook.live.notebook import to_live, to_text

CHAPTER, NOTEBOOK = Path("net.md"), Path("net.ipynb")
OUTPUT = nbformat.v4.new_output("stream", text="hi\n")
TEXT = """\
# Nets

Some words.

```{.python .input  n=7}
print("hi")
```


```{.python .input}
1
```
"""


@pytest.fixture
def paired(tiny_book, capsys):
    """A page of a tiny book with its notebook, which was run."""
    tiny_book.write("net")
    CHAPTER.write_text(TEXT)
    assert main(["notebook", "net.md"]) == 0
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells[1].update(outputs=[OUTPUT], execution_count=1)
    nbformat.write(notebook, NOTEBOOK)
    capsys.readouterr()


def edit_notebook(old, new):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, NOTEBOOK)


def outputs():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return [cell.outputs for cell in cells if cell.cell_type == "code"]


def test_a_notebook_is_written_once_and_says_how_to_go_on(tiny_book, capsys):
    tiny_book.configure(tabs="pytorch, jax")
    tiny_book.write("net", "%%tab jax\n1")
    assert main(["notebook", "net.md", "--tab", "jax"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("net.ipynb: written from net.md\n")
    assert "    d2lbook sync net.md\n" in out
    assert ".gitignore" not in out
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "d2l-jax"
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code"]
    assert main(["notebook", "net"]) == 2
    assert main(["notebook", "net.ipynb"]) == 0
    assert "net.md and net.ipynb agree" in capsys.readouterr().out


def test_a_notebook_that_git_would_commit_is_told_of(tiny_book, capsys):
    tiny_book.write("net")
    subprocess.run(["git", "init", "--quiet"], check=True)
    assert main(["notebook", "net.md"]) == 0
    assert "*.ipynb in .gitignore" in capsys.readouterr().out
    Path(".gitignore").write_text("*.ipynb\n")
    assert main(["notebook", "net.md"]) == 0
    assert ".gitignore" not in capsys.readouterr().out


def test_edits_of_the_notebook_change_their_lines_of_the_page_alone(paired, capsys):
    edit_notebook("Some", "Few")
    assert main(["sync"]) == 0
    assert capsys.readouterr().out == "net.md: edits taken from net.ipynb\n"
    assert CHAPTER.read_text() == TEXT.replace("Some", "Few")
    assert outputs() == [[OUTPUT], []]
    assert main(["sync", "net.md"]) == 0
    assert capsys.readouterr().out == "net.md and net.ipynb agree\n"


def test_edits_of_the_page_leave_the_outputs_that_hold(paired, capsys):
    CHAPTER.write_text(TEXT.replace("Some", "Few").replace("1\n", "2\n"))
    before = nbformat.read(NOTEBOOK, as_version=4)
    assert main(["sync"]) == 0
    assert capsys.readouterr().out == "net.ipynb: edits taken from net.md\n"
    after = nbformat.read(NOTEBOOK, as_version=4)
    assert [cell.id for cell in after.cells] == [cell.id for cell in before.cells]
    assert after.cells[2].source == "2"
    assert outputs() == [[OUTPUT], []]
    CHAPTER.write_text(TEXT.replace('"hi"', '"ho"'))
    assert main(["sync"]) == 0
    assert outputs() == [[], []]


@pytest.mark.parametrize("side", ["chapter", "notebook"])
def test_edits_of_both_sides_are_an_error_until_one_is_chosen(paired, capsys, side):
    CHAPTER.write_text(TEXT.replace("Some", "Chapter"))
    edit_notebook("Some", "Notebook")
    before = NOTEBOOK.read_bytes()
    assert main(["sync"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("net.md: it and net.ipynb have both been edited")
    assert "d2lbook sync --keep chapter" in error
    assert (NOTEBOOK.read_bytes(), "Chapter words" in CHAPTER.read_text()) == (before, True)
    assert main(["sync", "--keep", side]) == 0
    assert f"{side.capitalize()} words" in CHAPTER.read_text()
    assert f"{side.capitalize()} words" in nbformat.read(NOTEBOOK, as_version=4).cells[0].source


def test_the_same_edit_on_both_sides_is_no_conflict(paired, capsys):
    CHAPTER.write_text(TEXT.replace("Some", "Few"))
    edit_notebook("Some", "Few")
    assert main(["sync"]) == 0
    assert capsys.readouterr().out == "net.md and net.ipynb agree\n"
    edit_notebook("Few", "No")
    assert main(["sync"]) == 0
    assert CHAPTER.read_text() == TEXT.replace("Some", "No")


def test_paired_notebooks_are_no_sources(paired, capsys):
    assert main(["build", "outputcheck", "ipynb"]) == 0
    assert not Path("_build/ipynb/net.ipynb").read_text().count("hi\\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", "net.ipynb: is not a notebook"),
        ("no JSON", "net.ipynb: is not a notebook"),
        (nbformat.writes(nbformat.v4.new_notebook()), "net.ipynb: was not made of net.md"),
        (None, "net.md: has no notebook: write one with d2lbook notebook net.md"),
    ],
)
def test_other_notebooks_are_left_alone(tiny_book, capsys, content, words):
    tiny_book.write("net")
    if content is not None:
        NOTEBOOK.write_text(content)
    assert main(["sync"]) == 0
    assert main(["sync", "net.md"]) == 1
    assert words in capsys.readouterr().err
    assert content is None or NOTEBOOK.read_text() == content


def test_what_was_done_is_told_beside_what_could_not(paired, capsys):
    CHAPTER.write_text(TEXT.replace("Some", "Few"))
    capsys.readouterr()
    assert main(["sync", "none.md", "net.md"]) == 1
    out, error = capsys.readouterr()
    assert out == "net.ipynb: edits taken from net.md\n"
    assert error.startswith("none.md: has no notebook")


def test_wrong_files_are_one_message(tiny_book, capsys):
    tiny_book.write("net")
    assert main(["sync", "config.ini"]) == 2
    assert main(["notebook", "none.md"]) == 1
    assert main(["notebook", "net.md", "--tab", "jax"]) == 2
    Path("net.md").write_bytes(b"# Net\n\n\xff\n")
    assert main(["notebook", "net.md"]) == 1
    error = capsys.readouterr().err
    assert "none.md: can't be read" in error
    assert "net.md:3: byte 0xff is not UTF-8" in error
    assert not NOTEBOOK.exists()


def test_half_a_character_is_an_error(paired, capsys):
    notebook = NOTEBOOK.read_text()
    NOTEBOOK.write_text(notebook.replace('"1"', '"\\ud83d"'))
    assert main(["sync", "net.md"]) == 1
    words = "cell 3 holds '\\ud83d', half of a character: write the whole one"
    assert words in capsys.readouterr().err
    NOTEBOOK.write_text(notebook.replace('"chapter": "', '"chapter": "\\udc00'))
    assert main(["sync", "net.md"]) == 1
    assert "net.ipynb: was not made of net.md" in capsys.readouterr().err
    assert CHAPTER.read_text() == TEXT


def test_cells_of_a_live_notebook_have_ids_of_their_own():
    notebook = to_live(TEXT + TEXT)
    nbformat.validate(notebook)
    again = to_live("# New\n\n" + TEXT + TEXT)
    assert {cell.id for cell in notebook.cells} < {cell.id for cell in again.cells}


def test_a_notebook_from_elsewhere_becomes_a_chapter():
    cells = [nbformat.v4.new_markdown_cell("# A"), nbformat.v4.new_code_cell("1", outputs=[OUTPUT])]
    cells.append(nbformat.v4.new_raw_cell("raw"))
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert to_text(notebook) == "# A\n\n```{.python .input}\n1\n```\n\nraw\n"
    notebook = nbformat.from_dict(json.loads(nbformat.writes(notebook)))  # lines in lists
    assert to_text(notebook, "# A\n\n\n```{.python .input n=1}\n1\n```\n") == (
        "# A\n\n\n```{.python .input n=1}\n1\n```\n\nraw\n"
    )


def test_a_pasted_picture_is_an_error_rather_than_lost():
    cell = nbformat.v4.new_markdown_cell("![](attachment:a.png)", attachments={"a.png": {}})
    notebook = nbformat.v4.new_notebook(cells=[cell])
    cell.attachments["a.png"] = {"image/png": "AAAA"}
    with pytest.raises(BookError, match=r"cell 1 holds a picture"):
        to_text(notebook)
