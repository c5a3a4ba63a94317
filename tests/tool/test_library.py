"""`build lib`: what `#@save` marks, in a library file that can be imported and run."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from d2lbook.cli import main

SECTION = """\
[library]
version_file = mylib/__init__.py
[library-plain]
lib_file = mylib/plain.py
"""


@pytest.fixture
def book(tiny_book):
    """A book with two tabs, whose library is mylib/plain.py."""
    tiny_book.configure(tabs="plain, other", more=SECTION)
    return tiny_book


@pytest.fixture
def generated(book, capsys):
    """Write a page of cells, build the library, and give its generated part."""

    def build(*cells, name="a", words=":label:`sec_a`", arguments=()):
        book.write(name, *cells, words=words)
        assert main(["lib", *arguments]) == 0, capsys.readouterr().err
        text = Path("mylib/plain.py").read_text()
        assert main(["lib"]) == 0
        assert Path("mylib/plain.py").read_text() == text
        return text.partition("kept.\n")[2].strip("\n")

    return build


@pytest.fixture
def complaints(book, capsys):
    """Write pages of cells, build the library in vain, and give the lines on standard error."""

    def build(**pages):
        for name, cells in pages.items():
            book.write(name, *cells)
        before = files()
        assert main(["lib"]) == 1
        assert files() == before
        return capsys.readouterr().err.splitlines()

    return build


@pytest.fixture
def library(monkeypatch):
    """Import mylib/plain.py from the current folder."""

    def load():
        for name in ("mylib", "mylib.plain"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.syspath_prepend(Path.cwd())
        return importlib.import_module("mylib.plain")

    return load


def files():
    return {path: path.read_bytes() for path in Path.cwd().rglob("*") if path.is_file()}


def test_a_library_of_several_pages_runs(book, generated, library):
    """Classes with methods from other cells and pages, imports, and names of the library itself."""
    book.write(
        "a",
        "import sys  #@save\nd2l = sys.modules[__name__]  #@save",
        """
        def add_to_class(cls):  #@save
            # The name is the function's own.
            return lambda method: setattr(cls, method.__name__, method)
        """,
        """
        from mylib import plain as d2l
        class Shape:  #@save
            '''A shape.'''
            def area(self):
                raise NotImplementedError

            def name(self): return type(self).__name__  # stays

        shape = Shape()
        """,
        words=":label:`sec_shapes`",
    )
    generated(
        "from mylib import plain as d2l\nfrom math import pi, tau\nimport json",
        "class Circle(d2l.Shape):  #@save\n    def __init__(self, r): self.r = r",
        "@d2l.add_to_class(d2l.Circle)  #@save\ndef area(self):\n    return pi * self.r ** 2",
        """
        @d2l.add_to_class(d2l.Shape)  #@save
        @property
        def label(self):
            return f'''{self.name()}:
        {round(self.area())}'''
        """,
        "def largest(*shapes):  #@save\n    return max(shapes, key=lambda one: one.area())",
        name="b",
        words="",
    )
    text = Path("mylib/plain.py").read_text()
    assert "from math import pi\n" in text
    assert "json" not in text
    assert "d2l = sys.modules[__name__]" in text
    assert text.count("add_to_class") == 1
    assert "shape = " not in text
    assert "# The name is the function's own." in text
    assert "# stays" in text
    plain = library()
    assert plain.largest(plain.Circle(1), plain.Circle(2)).r == 2
    assert plain.Circle(2).label == "Circle:\n13"
    assert plain.Circle.area.__doc__ == "Defined in b.md"
    assert plain.Shape.__doc__ == "A shape.\n\n    Defined in :numref:`sec_shapes`\n    "


@pytest.mark.cases("saved.md")
def test_cells(generated, given, expected):
    """A cell and what it gives to the library; a line of dashes divides several cells."""
    assert generated(*given.split("\n---\n")) == expected


def test_the_section_is_that_of_the_nearest_label_above(book, generated):
    book.write("a")
    cell = "```{{.python .input}}\ndef {0}(): #@save\n    pass\n```\n"
    Path("a.md").write_text(
        "# Top\n:label:`sec_top`\n\n## One\n:label:`sec_one`\n\n### Deep\n\n"
        + cell.format("in_one")
        + "\n## Two\n\n"
        + cell.format("in_top")
        + ":begin_tab:`other`\n# Other\n:label:`sec_other`\n:end_tab:\n\n"
        + "![A figure](a.svg)\n:label:`fig_a`\n\n"
        + cell.format("also_in_top")
    )
    Path("a.svg").write_text("<svg/>")
    assert main(["lib"]) == 0
    functions = Path("mylib/plain.py").read_text().split("def ")[1:]
    assert {text.partition("(")[0]: text.split("`")[1] for text in functions} == {
        "in_one": "sec_one",
        "in_top": "sec_top",
        "also_in_top": "sec_top",
    }


def test_each_tab_has_its_own_library(book, capsys):
    more = f"{SECTION}[library-other]\nlib_file = mylib/other.py"
    book.configure(tabs="plain, other", more=more)
    branches = "if tab.selected('plain'):\n    x = 'p'  #@save\nelse:\n    x = 'o'  #@save"
    book.write("a", f"%%tab all\n{branches}", "%%tab other\nimport os\ny = os.sep  #@save", "z = 1")
    assert main(["build", "lib"]) == 0
    assert not Path("mylib/other.py").exists()
    assert main(["build", "lib", "--tab", "all"]) == 0
    assert Path("mylib/plain.py").read_text().endswith('\n\nx = "p"\n')
    assert Path("mylib/other.py").read_text().endswith('\nimport os\n\nx = "o"\n\ny = os.sep\n')


def test_aliases_are_defined(book, generated, library):
    book.configure(
        tabs="plain, other",
        more=SECTION
        + "lib_name = m\nsimple_alias = cosine -> cos, floor\nfluent_alias = loud -> upper, split\n"
        "alias =\n    size = lambda x: len(x)\n    Base = Net\n    split = 'own'\n",
    )
    generated(
        "import math as m\nfrom mylib import plain as d2l",
        "class Net:  #@save\n    cos = d2l.cosine(0)",
        "def floor(x, size=d2l.size):  #@save\n    return m.floor(x) + d2l.size('')",
    )
    plain = library()
    assert plain.cosine(0) == plain.Net.cos == 1
    assert plain.loud("a") == "A"
    assert plain.size("abc") == 3
    assert plain.Base is plain.Net
    assert plain.split == "own"
    text = Path("mylib/plain.py").read_text()
    assert "floor = " not in text


def test_the_part_that_is_written_by_hand_is_kept(book, generated, library):
    by_hand = (
        "from math import (pi,\n  tau)\nHUB = {}\n\n"
        "####   WARNING   ####\n# Made through:\n#    d2lbook build lib\n# Don't edit it\n"
    )
    Path("mylib").mkdir()
    Path("mylib/plain.py").write_text(f"{by_hand}old = 1\n")
    book.write(
        "a",
        "import mylib.plain as d2l\nfrom math import pi",
        "d2l.HUB['a'] = pi  #@save",
    )
    assert main(["lib"]) == 0
    assert Path("mylib/plain.py").read_text() == f'{by_hand}\nHUB["a"] = pi\n'
    assert library().HUB["a"] > 3
    book.write("a")
    assert main(["lib"]) == 0
    assert Path("mylib/plain.py").read_text() == by_hand


def test_a_file_that_was_not_generated_is_never_overwritten(book, complaints):
    Path("mylib").mkdir()
    Path("mylib/plain.py").write_text("mine = 1\n")
    (line,) = complaints(a=["x = 1  #@save"])
    assert line.startswith("mylib/plain.py: was not made by d2lbook build lib")
    assert "add a line '# d2lbook build lib'" in line


def test_a_part_of_a_package_names_what_the_package_has(book):
    """`d2l` is the package there; what the file itself defines needs no prefix."""
    more = "[library-plain]\nlib_file = mylib/chapters.py"
    book.configure(tabs="plain, other", more=more)
    Path("mylib").mkdir()
    Path("mylib/__init__.py").write_text(
        "def add_to_class(cls):\n    return lambda m: setattr(cls, m.__name__, m)\n"
        "class Module: pass\n"
        "from mylib.chapters import Net as Net\n"
    )
    book.write(
        "a",
        "import mylib as d2l\nclass Net(d2l.Module): pass  #@save",
        "@d2l.add_to_class(d2l.Module)  #@save\ndef on(self): return type(self)",
        "@d2l.add_to_class(Net)  #@save\ndef make(self): return d2l.Net()",
        "class Deep(d2l.Net): pass  #@save",
        words=":label:`sec_a`",
    )
    assert main(["lib"]) == 0
    text = Path("mylib/chapters.py").read_text()
    assert "import mylib as d2l" in text
    assert "class Net(d2l.Module)" in text
    assert "class Deep(Net)" in text
    assert "@d2l.add_to_class(d2l.Module)" in text
    code = "import mylib; print(mylib.chapters.Deep().make().on().__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "Net\n"


def test_a_name_that_is_saved_twice_is_an_error_with_both_places(complaints):
    cell = "import os\ndef f(x):  #@save\n    return x"
    assert (
        complaints(a=[cell], b=["1", cell])[0]
        == "b.md:11: 'f' is saved here and in a.md:7: rename one, or save only one"
    )


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["1", "x = (  #@save"], "a.md:10: the cell is not valid Python: '(' was never closed"),
        (
            ["#@save\n%matplotlib inline"],
            "a.md:7: saved code must be plain Python, without commands of IPython: invalid",
        ),
        (
            ["def f():  #@save\n    !ls"],
            "a.md:6: saved code must be plain Python, without commands of I",
        ),
        (["x = 1\nreturn x  #@save"], "a.md:7: saved code must be plain Python, without comma"),
        (["x = await f()  #@save"], "a.md:6: saved code must be plain Python, without commands"),
        (["x = 1\n#@save"], "a.md:7: #@save marks nothing"),
        (
            ["import math as m\na = m.pi  #@save", "import cmath as m\nb = m.pi  #@save"],
            "a.md:11: saved code needs 'm' of 'import cmath as m', but it is that of "
            "'import math as m' in a.md:6: give one of them another name",
        ),
        (
            ["def pi(): pass  #@save", "from math import pi\nb = pi  #@save"],
            "a.md:10: saved code needs 'pi' of 'from math import pi', but it is defined in a.md:6",
        ),
    ],
)
def test_mistakes_have_a_place(complaints, cells, message):
    assert complaints(a=cells)[0].startswith(message)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("", "config.ini: names no library file: set lib_file in section [library-plain]"),
        (f"{SECTION}[library-other]\nlib_file = mylib/plain.py", "config.ini: two tabs have lib_f"),
        (f"{SECTION}alias = x = = 1", "config.ini: alias 'x = = 1' isn't Python: invalid syntax"),
    ],
)
def test_mistakes_of_the_configuration(book, complaints, more, message):
    book.configure(tabs="plain, other", more=more)
    assert complaints(a=["x = 1  #@save"])[0].startswith(message)


def test_what_nothing_defines_is_warned_of(book, capsys):
    book.configure(tabs="plain", more=f"{SECTION}lib_name = torch\nsimple_alias = ones")
    book.write("a", "def helper(): pass", "def f():  #@save\n    return helper()")
    assert main(["lib"]) == 0
    error = capsys.readouterr().err
    assert "warning: a.md:10: the saved code uses 'helper', which nothing saved defines" in error
    assert "config.ini: the alias 'ones = torch.ones' uses 'torch', which no cell imports" in error


def test_check_writes_nothing_and_shows_what_differs(book, capsys):
    book.write("a", "x = 1  #@save")
    assert main(["lib"]) == 0
    assert main(["lib", "--check"]) == 0
    assert capsys.readouterr().out.endswith("lib: the library is what the chapters give\n")
    book.write("a", "x = 2  #@save")
    before = files()
    assert main(["build", "lib", "--check"]) == 1
    assert files() == before
    shown = capsys.readouterr()
    assert {"-x = 1", "+x = 2"} <= set(shown.out.splitlines())
    assert shown.err == "mylib/plain.py: isn't what the chapters give: run d2lbook build lib\n"
    book.write("a", *(f"x{i} = {i}  #@save" for i in range(99)))
    assert main(["lib", "--check"]) == 1
    assert len(capsys.readouterr().out.splitlines()) < 50
    assert main(["build", "ipynb", "--check"]) == 2
    assert "--check is for lib and eval alone" in capsys.readouterr().err


def test_without_saved_cells_there_is_no_file(book):
    book.write("a", "x = 1")
    assert main(["lib"]) == 0
    assert main(["lib", "--check"]) == 0
    assert not Path("mylib").exists()


def test_the_version_is_that_of_the_book(book, capsys):
    book.edit("config.ini", "name = tiny", "name = tiny\nrelease = 1.2.3")
    book.write("a")
    Path("mylib").mkdir()
    Path("mylib/__init__.py").write_text('"""Ours."""\n__version__ = "0"  # of the book\n')
    assert main(["lib", "--check"]) == 1
    assert main(["lib"]) == 0
    text = '"""Ours."""\n__version__ = "1.2.3"  # of the book\n'
    assert Path("mylib/__init__.py").read_text() == text
    Path("mylib/__init__.py").write_text("")
    capsys.readouterr()
    assert main(["lib"]) == 1
    assert capsys.readouterr().err.startswith(
        'mylib/__init__.py: has no line __version__ = "1.2.3"'
    )


def test_the_library_of_this_book_is_what_its_chapters_give(monkeypatch, capsys):
    monkeypatch.chdir(Path(__file__).parents[2])
    assert main(["lib", "--check"]) == 0, capsys.readouterr()


def test_a_book_without_tabs_has_one_library(tiny_book, library):
    tiny_book.configure(
        more="[library]\nlib_file = mylib/plain.py\nlib_name = m\nsimple_alias = pi"
    )
    tiny_book.write("a", "import math as m\nx = m.e  #@save")
    assert main(["build", "lib"]) == 0
    assert library().pi > library().x
