"""`build colab` and `build sagemaker`: notebooks that install what their host lacks."""

import base64
import logging
import mimetypes
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

import d2l
from d2lbook.book.whole import Book
from d2lbook.config import CONFIG_FILE, BookConfig
from d2lbook.errors import BookError
from d2lbook.files import write_atomically
from d2lbook.library.wheel import NAME, Files, Library, source_tree
from d2lbook.notebooks.installs import (
    LAST_PYTHON,
    Lib,
    default_libs,
    from_wheel,
    imported_by,
    install_command,
    libs,
)
from d2lbook.notebooks.ipynb import write_all
from d2lbook.notebooks.launches import HOSTS, Host, file_url, notebook_url, settings_of
from d2lbook.notebooks.text import Beside, Reading
from d2lbook.records.receipts import tab_title
from d2lbook.records.stores import Stores
from d2lbook.source.page import Page
from d2lbook.tree import read
from d2lbook.values import glob_matcher

Report = Callable[[str], None]
GPU_PATTERN = r"\b(?:num_gpus|try_gpu|try_all_gpus|gpu)\b"
"""Code that makes use of a GPU, where `gpu_pattern` doesn't say."""
HEADER = "The next cell installs what this notebook needs and {host} may lack."
NEEDS_PYTHON = " It takes Python {python}, no later one."


def build(
    section: str, book: Book, stores: Stores, tabs: Iterable[str], *, report: Report | None = None
) -> list[Path]:
    """Write the notebooks for a host.

    Args:
        section: of `config.ini`: colab or sagemaker.
        book: the book.
        stores: where the records are whose outputs the notebooks show.
        tabs: the tabs.
        report: is told of warnings; by default, the log is.

    Returns:
        The folder of each tab.

    Raises:
        BookError: a setting makes no sense, a file can't be written, or the library's wheel built.
    """
    host = next(host for host in HOSTS if host.section == section)
    settings = settings_of(host, book.config)
    reading = Reading(book, OnHost(host, book))
    excluded = glob_matcher(settings.exclusions)
    pages = [page for page in book.pages if not excluded(page.path)]
    installing = Installing(host, book, pages)
    folders = []
    for tab in tabs:
        folders.append(book.config.stage_dir(section, tab))
        installed, wheel = installing.of(tab)
        preparation = Preparation(host, tab, book.config, installed)
        write_all(folders[-1], pages, tab, reading, stores, finish=preparation)
        put_wheel(folders[-1], wheel)
    for warning in installing.warnings():
        (report or logging.getLogger("d2lbook").warning)(warning)
    return folders


class Installing:
    """What the notebooks for a host install.

    A library that this tool has beside it as source may be in no index. So its wheel is laid beside
    notebooks whose address is known, and they install that.
    """

    def __init__(self, host: Host, book: Book, pages: Sequence[Page]) -> None:
        self._host = host
        self._book = book
        self._pages = pages
        self.homeless: list[str] = []
        """Tabs whose notebooks have no address, and so no wheel beside them."""

    def of(self, tab: str) -> tuple[list[Lib], Files]:
        """Return what the notebooks of a tab install, and the wheel that is to lie beside them.

        Raises:
            BookError: `libs` or `github_repo` makes no sense, or the wheel can't be built.
        """
        config = self._book.config
        lines = settings_of(self._host, config).libs or config.colab.libs
        found = list(libs(lines, tab, config.tabs)) or default_libs(tab)
        folder = file_url("", self._host, tab, config)
        if not self._may_take_wheel(tab, found):
            return found, {}
        if not folder:
            self.homeless.append(tab)
            return found, {}
        (name,) = self._wheel
        return from_wheel(found, d2l.__version__, f"{folder}{name}"), self._wheel

    @cached_property
    def _wheel(self) -> Files:
        """The library's wheel, which takes some seconds to build."""
        return Library.at_hand().wheel

    def _may_take_wheel(self, tab: str, found: Sequence[Lib]) -> bool:
        """Whether there is a wheel that notebooks of a tab need, and that `libs` lets them have."""
        return (
            bool(source_tree())
            and from_wheel(found, d2l.__version__, "") != found
            and self._imports_library(tab)
        )

    def _imports_library(self, tab: str) -> bool:
        """Whether some page of a tab imports the library."""
        chosen = (self._book.in_tab(page, tab) for page in self._pages if page.in_tab(tab))
        return any(NAME in imported_by(page) for page in chosen)

    def warnings(self) -> Iterator[str]:
        """Yield what the author should know of notebooks without an address."""
        if self.homeless:
            names = ", ".join(map(tab_title, self.homeless))
            where = f"github_repo doesn't say where the notebooks for {names} will be"
            wheel = f"the wheel of {NAME} {d2l.__version__}"
            yield (
                f"{CONFIG_FILE}: [{self._host.section}] {where}, so they can't install {wheel} "
                "from there: pip has to find it in its index"
            )


def put_wheel(folder: Path, wheel: Files) -> None:
    """Lay a wheel into a folder, in place of those of earlier builds; raises `BookError`."""
    for path in folder.glob(f"{NAME}-*.whl"):
        if path.name not in wheel:
            path.unlink()
    for name, content in wheel.items():
        write_atomically(folder / name, content)


class OnHost:
    """Where notebooks on a host find what lies outside of them."""

    def __init__(self, host: Host, book: Book) -> None:
        self._host = host
        self._book = book
        self._settings = settings_of(host, book.config)
        self._image_names = Counter(PurePosixPath(path).name for path in book.images)

    def notebook(self, docname: str, folder: str, tab: str) -> str:
        """Return where the host opens a page's notebook; "" where that isn't known."""
        if self._host.copies_folder:
            return Beside().notebook(docname, folder, tab)
        url = notebook_url(self._host, tab, self._book.config)
        return url.replace("{page}", quote(docname))

    def file(self, path: str, folder: str) -> str:
        """Return where a file was published, or else the file by its path or in full.

        Raises:
            BookError: it can't be read.
        """
        kind = mimetypes.guess_type(path)[0] or ""
        if url := self._published(path):
            return url
        if self._host.copies_folder or not kind.startswith("image/"):
            return Beside().file(path, folder)
        content = read(self._book.config.source_dir / path)
        return f"data:{kind};base64,{base64.b64encode(content).decode()}"

    def _published(self, path: str) -> str:
        """Return the address of a file; "" where none is known."""
        folder, _, url = self._settings.replace_svg_url.rpartition(",")
        name = PurePosixPath(path).name
        is_replaced = PurePosixPath(path).is_relative_to(folder.strip())
        if url and is_replaced and path in self._book.images:
            return f"{url.strip().rstrip('/')}/{quote(name)}"
        site = self._book.config.html.base_url
        if site and Path(path) in self._book.site_files:
            return site + quote(path)
        if site and path in self._book.images and self._image_names[name] == 1:
            return f"{site}_images/{quote(name)}"
        return ""


class Preparation:
    """What a host needs to be in the notebooks of a tab."""

    def __init__(self, host: Host, tab: str, config: BookConfig, libs: Sequence[Lib]) -> None:
        self._host = host
        self._tab = tab
        self._settings = settings_of(host, config)
        self._libs = libs
        try:
            self._gpu = re.compile(self._settings.gpu_pattern or GPU_PATTERN)
        except re.error as error:
            message = f"[{host.section}] gpu_pattern: {self._settings.gpu_pattern!r}: {error}"
            raise BookError(message, CONFIG_FILE) from None

    def __call__(self, notebook: NotebookNode, page: Page) -> None:
        """Add the cell that installs what the page imports, and the settings of the host."""
        if self._host.section == "colab":
            self._set_up_colab(notebook, page)
        kernels = self._settings.kernel
        if kernel := kernels.get(self._tab) or kernels.get(""):
            notebook.metadata["kernelspec"] = {
                "display_name": kernel,
                "language": "python",
                "name": kernel,
            }
        if command := install_command(page, self._libs):
            header = self._settings.libs_header or self._header()
            first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
            notebook.cells[first:first] = [
                nbformat.v4.new_markdown_cell(header),
                nbformat.v4.new_code_cell(command),
            ]

    def _header(self) -> str:
        """Return what is said before the cell that installs."""
        last = LAST_PYTHON.get(self._tab)
        more = NEEDS_PYTHON.format(python=last) if last else ""
        return HEADER.format(host=self._host.title) + more

    def _set_up_colab(self, notebook: NotebookNode, page: Page) -> None:
        """Say in Colab's own terms what it is to be called, show and run on."""
        name = f"{PurePosixPath(page.docname).name}.ipynb"
        notebook.metadata["colab"] = {"name": name, "provenance": [], "toc_visible": True}
        if any(self._gpu.search(cell.source) for cell in page.cells):
            notebook.metadata["accelerator"] = "GPU"
            notebook.metadata["colab"]["gpuType"] = "T4"
        for cell in notebook.cells:
            if "source_hidden" in cell.metadata.get("jupyter", {}):
                cell.metadata["cellView"] = "form"  # which hides the code
