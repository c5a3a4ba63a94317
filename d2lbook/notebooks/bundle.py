"""`build pkg`: zips that hold all that a reader needs to run the notebooks of a tab.

The same sources and records give the same bytes.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property
from importlib import resources
from pathlib import Path
from string import Template

from d2lbook.book.whole import Book
from d2lbook.files import write_atomically
from d2lbook.library.wheel import Files, Library
from d2lbook.notebooks.installs import LAST_PYTHON, imported_by, libs
from d2lbook.notebooks.ipynb import build_ipynb
from d2lbook.records.receipts import tab_title
from d2lbook.records.stores import Stores
from d2lbook.tree import read

TEMPLATES = resources.files("d2lbook") / "templates" / "pkg"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of all files, the first that a zip can state."""
JUPYTER = "jupyterlab>=4.2,<5"
CPU_INDEXES = {"pytorch": "https://download.pytorch.org/whl/cpu"}
"""Where wheels without CUDA are, which PyTorch's for Linux have otherwise."""
OLDEST_PYTHON = "3.11"
SOURCES = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links")
"""Options of `pip install` that name a place, and that files of requirements may have."""


def build(book: Book, stores: Stores, tabs: Iterable[str]) -> list[Path]:
    """Write a zip for each tab and, if these are all of several, one of them together.

    Args:
        book: the book.
        stores: where the records are whose outputs the notebooks show.
        tabs: the tabs.

    Returns:
        The files.

    Raises:
        BookError: the wheel can't be built, or a file can't be written.
    """
    config, folder = book.config, book.config.stage_dir("pkg")
    bundling = _Bundling(book)
    trees = {
        tab: bundling.tree(tab, notebooks)
        for tab, notebooks in zip(tabs, build_ipynb(book, stores, tabs), strict=True)
    }
    bundles = {f"{config.name}-{tab}" if tab else config.name: tree for tab, tree in trees.items()}
    if len(trees) > 1 and set(trees) == set(config.all_tabs):
        bundles[config.name] = bundling.joint(trees)
    for name, tree in bundles.items():
        write_atomically(folder / f"{name}.zip", zipped(name, tree))
    return [folder / f"{name}.zip" for name in bundles]


class _Bundling:
    """What the bundles of a book have in common."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def tree(self, tab: str, notebooks: Path) -> Files:
        """Return the files for the readers of a tab; their notebooks are in a folder."""
        config = self._book.config
        pages = [page for page in self._book.pages if page.in_tab(tab)]
        names = [f"{page.docname}.ipynb" for page in pages]
        names += [path.as_posix() for path in self._book.files]
        files = {f"notebooks/{name}": read(notebooks / name) for name in names}
        imported = {name for page in pages for name in imported_by(self._book.in_tab(page, tab))}
        files |= self._requirements(tab, imported)
        text = filled(
            "tab.md",
            title=config.title or config.name,
            edition=f" in {tab_title(tab)}" if tab else "",
            copyright=f"Copyright {config.copyright}" if config.copyright else "",
            python=python_for(tab),
            index=config.index,
            windows_index=config.index.replace("/", "\\"),
            gpu=filled("gpu.md") if "requirements-gpu.txt" in files else "",
            library=filled("library.md") if "d2l" in imported else "",
        )
        return files | {"README.md": text.encode()}

    def joint(self, trees: Mapping[str, Files]) -> Files:
        """Return the files of several tabs, each in a folder, with a page that names these."""
        config = self._book.config
        text = filled(
            "all.md",
            title=config.title or config.name,
            editions="\n".join(f"- [{tab_title(tab)}]({tab}/README.md)" for tab in trees),
            copyright=f"Copyright {config.copyright}" if config.copyright else "",
        )
        joint = {
            f"{tab}/{name}": content
            for tab, tree in trees.items()
            for name, content in tree.items()
        }
        return joint | {"README.md": text.encode()}

    @cached_property
    def _library(self) -> Library:
        """The library; its wheel takes some seconds to build."""
        return Library.at_hand()

    def _requirements(self, tab: str, imported: Set[str]) -> Files:
        """Return the files that say what is to be installed: with a GPU, too, if that differs."""
        config = self._book.config
        found = libs(config.colab.libs, tab, config.tabs)
        wanted = [lib for lib in found if lib.module in imported - {"d2l"}]
        rest = [line for lib in wanted for line in requirements(lib.arguments)]
        rest.append(JUPYTER)
        if "d2l" not in imported:
            return {"requirements.txt": lines(rest)}
        library = self._library
        here = ["--find-links ."] if library.wheel else []
        index = [f"--extra-index-url {CPU_INDEXES[tab]}"] if tab in CPU_INDEXES else []
        files = {"requirements.txt": lines([*here, *index, library.requirement(tab), *rest])}
        if f"{tab}-gpu" in library.extras:
            with_gpu = library.requirement(f"{tab}-gpu")
            files["requirements-gpu.txt"] = lines([*here, with_gpu, *rest])
        return {**files, **library.wheel}


def requirements(arguments: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a file of requirements for arguments of `pip install`.

    Other options than the sources', `-U` say, have no place there.
    """
    words = iter(arguments)
    for word in words:
        if word in SOURCES:
            yield f"{word} {next(words, '')}".rstrip()
        elif word.partition("=")[0] in SOURCES or not word.startswith("-"):
            yield word


def python_for(tab: str) -> str:
    """Return which Python the framework of a tab takes, in words."""
    last = LAST_PYTHON.get(tab)
    return f"Python {last}, no later one," if last else f"Python {OLDEST_PYTHON} or later"


def zipped(folder: str, files: Files) -> bytes:
    """Return a zip of a folder that depends on nothing but its files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(f"{folder}/{name}", EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, whose permissions follow
            info.external_attr = 0o100644 << 16
            archive.writestr(info, content, compresslevel=9)
    return buffer.getvalue()


def filled(template: str, **values: str) -> str:
    """Return the text of a template with its blanks filled."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return Template(text).substitute(values)


def lines(texts: Iterable[str]) -> bytes:
    """Return a file with these lines."""
    return "".join(f"{text}\n" for text in texts).encode()
