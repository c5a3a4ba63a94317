"""`activate`: one tab's cells live in Jupyter, and the same book from the file as before."""

import stat
from pathlib import Path

import pytest

from d2lbook.cli import main
from d2lbook.config import BookConfig
from d2lbook.live.roundtrip import Chapter
from d2lbook.source.cells import is_live_info
from d2lbook.source.markdown import parse_page

CONFIG = BookConfig(Path(), tabs=("a", "b"))
TEXT = """\
\ufeff```{.python .input}
%load_ext d2lbook.tab
tab.interact_select('a', 'b')
```

# Title

```{.python .input  n=7}

%%tab b
in_b
```
~~~~ {.input .python #my.input}\r
in_a
~~~~\r
1. A list

   ```{.python .input }
   #@tab all
   in_all
   ```

````markdown
```{.python .input}
in_none
```
````

```{.python .input}
# A comment
%%tab B
```
> ```{.python .input}
> quoted_a
> ```

```{.python .input}
%%tab b
no_line_end
```"""


@pytest.fixture
def book(tiny_book):
    tiny_book.configure(tabs="a, b")
    Path("one.md").write_bytes(TEXT.encode())
    Path("index.md").write_text("# Book\n\n```toc\none\n```\n")
    return tiny_book


@pytest.mark.parametrize(
    ("tab", "lines"),
    [
        ("a", ["```{.python .inactive  n=7}", "```{.python .inactive}", "```{.python .inactive}"]),
        ("B", ["~~~~ {.inactive .python #my.input}", "> ```{.python .inactive}"]),
        ("all", []),
    ],
)
def test_only_the_fences_of_other_tabs_change_and_back(book, tab, lines):
    before = book_as_built()
    assert main(["activate", tab, "one.md"]) == 0
    text = Path("one.md").read_bytes().decode()
    old, new = TEXT.split("\n"), text.split("\n")
    changed = [after for line, after in zip(old, new, strict=True) if line != after]
    assert [line.rstrip("\r") for line in changed] == lines
    assert parse_page("one.md", text, CONFIG) == parse_page("one.md", TEXT, CONFIG)
    assert book_as_built() == before
    assert main(["activate", "b" if tab == "a" else "a", "one.md"]) == 0
    assert main(["activate", "all", "one.md"]) == 0
    assert Path("one.md").read_bytes() == TEXT.encode()


def test_jupyter_shows_the_inactive_ones_as_prose(book):
    assert main(["activate", "b", "one.md"]) == 0
    text = Path("one.md").read_bytes().decode()
    live = [cell.source for cell in Chapter.of(text).cells if cell.kind == "code"]
    assert [source.split("\n")[-1] for source in live[1:]] == [
        "in_b",
        "in_all",
        "%%tab B",
        "no_line_end",
    ]
    assert is_live_info("{.python .input n=2}")
    assert not is_live_info("{.python .inactive}")


def test_several_files_and_globs(book, capsys):
    Path("ch").mkdir()
    Path("ch/two.md").write_text("```{.python .input}\n%%tab b\n1\n```\n")
    Path("ch/three.md").write_text("# No cells\n")
    Path("ch/two.md").chmod(0o600)
    assert main(["activate", "a", "one.md", "**/*.md"]) == 0
    assert capsys.readouterr().out == "Changed one.md, ch/two.md\n"
    assert ".inactive" in Path("ch/two.md").read_text()
    assert stat.S_IMODE(Path("ch/two.md").stat().st_mode) == 0o600
    assert main(["activate", "a", "ch/t*.md"]) == 0
    assert capsys.readouterr().out == "There was nothing to change\n"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["c", "one.md"], 2, "tab 'c' is not listed in config.ini (tabs: a, b)"),
        (["a", "one.md", "two.md"], 2, "there is no file two.md"),
        (["a", "x*.md"], 2, "there is no file x*.md"),
        (["a", "img"], 2, "there is no file img: name files, as in 'img/*.md'"),
        (["a", "one.md", "bad.md"], 1, "bad.md:2: tab 'c' is not listed in config.ini"),
        (["a", "latin.md", "one.md"], 1, "latin.md:1: byte 0xe9 is not UTF-8"),
        (["a"], 2, "FILE"),
    ],
)
def test_nothing_changes_where_something_is_wrong(book, capsys, arguments, status, message):
    Path("img").mkdir()
    Path("bad.md").write_text("```{.python .input}\n%%tab c\n1\n```\n")
    Path("latin.md").write_bytes(b"caf\xe9")
    assert main(["activate", *arguments]) == status
    assert message in capsys.readouterr().err
    assert Path("one.md").read_bytes() == TEXT.encode()


def test_a_book_without_tabs_has_all_its_cells_live(tiny_book, capsys):
    tiny_book.write("one", "1", "2")
    before = Path("one.md").read_bytes()
    assert main(["activate", "all", "one.md"]) == 0
    assert Path("one.md").read_bytes() == before
    assert main(["activate", "python", "one.md"]) == 2
    assert "the book has no tabs" in capsys.readouterr().err


def book_as_built():
    """The notebooks that readers get, in every tab."""
    assert main(["build", "ipynb", "--tab", "all"]) == 0
    return {path: path.read_bytes() for path in Path("_build").rglob("*.ipynb")}
