"""Books in the manner of those that others have written build without a word of complaint.

They lie in books/: one with two tabs and every key of config.ini, one in Chinese without tabs, and
one of old whose unmarked cells are MXNet's. Their code is plain Python.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from d2lbook.cli import main

BOOKS = Path(__file__).parent / "books"
CHECKS = ("tabcheck", "outputcheck")


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Copy a book into a temporary folder, and go there."""

    def copy(name):
        shutil.copytree(BOOKS / name, tmp_path, dirs_exist_ok=True)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.chdir(tmp_path)

    return copy


@pytest.fixture
def build(copied, capsys):
    """Build parts of a book in all tabs, and give what is said; nothing may be wrong."""

    def call(name, *whats):
        copied(name)
        status = main(["build", *whats, "--tab", "all"])
        said = capsys.readouterr()
        assert (status, said.err) == (0, "")
        return said.out

    return call


def test_a_book_with_two_tabs(build, capsys):
    out = build("two_tabs", "lib", "eval", "html", "ipynb", *CHECKS)
    assert "wrote twotabs/torch.py, twotabs/tensorflow.py, twotabs/__init__.py" in out
    assert "Notebooks with code: 6 (6 ran)" in out
    assert Path("twotabs/torch.py").read_text().startswith("DATA_HUB = dict()\n\n####")
    assert '__version__ = "0.16.2"' in Path("twotabs/__init__.py").read_text()
    assert main(["lib", "--check"]) == 0
    page = Path("_build/html/chapter_basics/length.html").read_text()
    assert "5.0" in page
    assert "book.js" in page
    assert "Discussions" in page
    area = [cell.source for cell in code_cells("_build/ipynb/chapter_basics/area.ipynb")]
    assert "return math.pi * r ** size" in area[2]
    assert not Path("_build/html/README.html").exists()
    for module in ("torch", "tensorflow"):
        code = f"from twotabs import {module} as d2l; print(d2l.Square(3, 4).describe())"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stdout == "2 parts, 5.0\n", done.stderr


def test_a_chinese_book_without_tabs(build):
    out = build("chinese", "eval", "html", "ipynb", *CHECKS)
    assert "Notebooks with code: 1 (1 ran)" in out
    page = Path("_build/html/chapter_intro/长度.html").read_text()
    assert "长度： 5.0" in page
    assert "<strong>注意：</strong>单位" in page.replace("<!-- -->", "")
    (cell,) = code_cells("_build/ipynb/chapter_intro/长度.ipynb")
    assert cell.source.startswith("# 计算长度\n")
    text = Path("_build/ipynb/chapter_intro/长度.ipynb").read_text()
    assert "# 2 长度" in text
    assert "**<!-- -->注意：**<!-- -->单位" in text  # which CommonMark would not take for bold


def test_a_book_of_old_whose_unmarked_cells_are_those_of_mxnet(build):
    out = build("mxnet_first", "lib", "eval", "html", "ipynb", *CHECKS)
    assert "Notebooks with code: 3 (3 ran)" in out
    lenet = "chapter_nets/lenet.ipynb"
    assert [len(code_cells(f"_build/ipynb{tab}/{lenet}")) for tab in ("", "_pytorch")] == [3, 3]
    assert "import random as np" in Path("nets/mxnet.py").read_text()
    assert "import random\n" in Path("nets/torch.py").read_text()


def code_cells(path):
    """The code cells of a notebook that was built."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]
