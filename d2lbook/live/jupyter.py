"""Chapters in JupyterLab: a contents manager, the kernels of the tabs, and `d2lbook lab`.

    jupyter lab --ServerApp.contents_manager_class=d2lbook.jupyter.ChapterManager

opens chapters as notebooks, by *Open With* in the file browser; `d2lbook lab` does it on a double
click, and offers the environment of each tab as a kernel.
"""

import functools
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ipykernel.kernelspec import RESOURCES
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from nbformat import NotebookNode
from tornado.web import HTTPError
from traitlets import Unicode

from d2lbook.config import CONFIG_FILE, BookConfig, load_config
from d2lbook.errors import BookError, CallError
from d2lbook.live.notebook import to_live, to_text
from d2lbook.records.receipts import tab_title
from d2lbook.values import glob_matcher

PREFIX = "d2l-"
"""What the name of a tab's kernel begins with."""
TAB_VARIABLE = "D2LBOOK_TAB"
"""Tells a kernel's `d2lbook.tab` which tab to begin with."""
DEFAULT_VARIABLE = "D2LBOOK_DEFAULT_TAB"
"""Tells it which tab has the cells without a mark."""
LAB_EXTENSIONS = resources.files("d2lbook") / "lab"
"""Holds the extension that opens chapters as notebooks on a double click."""


class ChapterManager(AsyncLargeFileManager):
    """Serves the book's `.md` files as notebooks, and takes them back; all other files as usual."""

    tab = Unicode(help="the tab whose kernel chapters open with; the default one if empty").tag(
        config=True
    )

    async def get(
        self,
        path: str,
        content: bool = True,
        type: str | None = None,
        format: str | None = None,
        require_hash: bool = False,
    ) -> dict[str, Any]:
        """Return a file's model; a chapter's is a notebook unless a file is asked for."""
        if type is None and self.is_chapter(path):
            type = "notebook"
        return await super().get(path, content, type, format, require_hash)

    def is_chapter(self, path: str) -> bool:
        """Whether a path names a page of the book that lies in the server's root folder."""
        book = read_book(Path(self.root_dir))
        file = Path(self._get_os_path(path.strip("/")))
        if book is None or file.suffix != ".md" or not file.is_relative_to(book.source_dir):
            return False
        name = file.relative_to(book.source_dir).as_posix()
        wanted = glob_matcher((*book.notebooks, *book.non_notebooks))
        return wanted(name) and not glob_matcher(book.exclusions)(name) and file.is_file()

    async def _read_notebook(
        self,
        os_path: str,
        as_version: int = 4,
        capture_validation_error: Any = None,
        raw: bool = False,
    ) -> Any:
        if not os_path.endswith(".md"):
            return await super()._read_notebook(os_path, as_version, capture_validation_error, raw)
        content = await self._bytes(os_path)
        try:
            notebook = to_live(content.decode("utf-8"), self._kernel())
        except UnicodeDecodeError as error:
            raise HTTPError(400, f"{os_path} is not UTF-8 ({error}): save it as UTF-8") from None
        return (notebook, content) if raw else notebook

    async def _save_notebook(
        self, os_path: str, nb: NotebookNode, capture_validation_error: Any = None
    ) -> None:
        if not os_path.endswith(".md"):
            await super()._save_notebook(os_path, nb, capture_validation_error)
            return
        on_disk = await self._bytes(os_path) if Path(os_path).exists() else None
        base = (on_disk or b"").decode("utf-8", "replace")
        try:
            text = to_text(nb, base)
        except BookError as error:
            raise HTTPError(400, error.message) from None
        if on_disk != text.encode():
            await self._save_file(os_path, text, "text")

    async def _bytes(self, os_path: str) -> Any:
        content, *_ = await self._read_file(os_path, "byte")
        return content

    def _kernel(self) -> dict[str, str] | None:
        book = read_book(Path(self.root_dir))
        tabs = tab_pythons(book)
        tab = self.tab or (book.default_tab if book else "")
        if tab not in tabs:
            return None
        return {"name": PREFIX + tab, "display_name": tab_title(tab), "language": "python"}

    def mark_trusted_cells(self, nb: NotebookNode, path: str = "") -> None:
        """Trust a chapter: it holds no outputs that could do harm."""
        if path.endswith(".md"):
            self.notary.mark_cells(nb, True)
        else:
            super().mark_trusted_cells(nb, path)

    def check_and_sign(self, nb: NotebookNode, path: str = "", **options: Any) -> None:
        """Sign a notebook; a chapter needs no signature."""
        if not path.endswith(".md"):
            super().check_and_sign(nb, path, **options)


class TabKernelSpecManager(KernelSpecManager):
    """Offers the environment of each tab as a kernel, beside those that are installed."""

    root_dir = Unicode(help="the folder of the book; the server's if empty").tag(config=True)

    def find_kernel_specs(self) -> dict[str, str]:
        """Return the kernels' names, each with the folder of its icons."""
        own = {PREFIX + tab: RESOURCES for tab in tab_pythons(self._book())}
        return own | super().find_kernel_specs()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return a kernel's specification; raises ``NoSuchKernel``."""
        tab, book = kernel_name.removeprefix(PREFIX), self._book()
        python = tab_pythons(book).get(tab)
        if tab == kernel_name or book is None or python is None:
            return super().get_kernel_spec(kernel_name)
        return KernelSpec(
            argv=[str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name=tab_title(tab),
            language="python",
            env={TAB_VARIABLE: tab, DEFAULT_VARIABLE: book.default_tab},
            resource_dir=RESOURCES,
            metadata={"debugger": True},
        )

    def _book(self) -> BookConfig | None:
        root = self.root_dir or getattr(self.parent, "root_dir", "")
        return read_book(Path(root)) if root else None


def tab_pythons(book: BookConfig | None) -> dict[str, Path]:
    """Return the interpreter of each tab that has an environment of its own."""
    tabs = book.tabs if book else ()
    found = {tab: book.root / book.eval.python.replace("{tab}", tab) for tab in tabs if book}
    return {tab: python for tab, python in found.items() if python.is_file()}


def read_book(root: Path) -> BookConfig | None:
    """Return the configuration of the book in a folder; None where there is no sound one."""
    try:
        return _read_book(root, (root / CONFIG_FILE).stat().st_mtime_ns)
    except (OSError, BookError):
        return None


@functools.lru_cache(maxsize=8)
def _read_book(root: Path, changed: int) -> BookConfig:
    """Read `config.ini` again when it has changed."""
    return load_config(root)


def lab_arguments(book: BookConfig, *, page: str = "", tab: str = "") -> list[str]:
    """Return the arguments with which JupyterLab serves a book.

    Args:
        book: the book.
        page: the page to open, relative to the book's root.
        tab: the tab whose kernel pages open with; the default one if empty.
    """
    options = {
        "ServerApp.root_dir": book.root,
        "ServerApp.contents_manager_class": "d2lbook.jupyter.ChapterManager",
        "ServerApp.kernel_spec_manager_class": "d2lbook.jupyter.TabKernelSpecManager",
        "ChapterManager.tab": tab,
        "ServerApp.tornado_settings": {"page_config_data": {"d2lbookOthers": others(book)}},
        "LabApp.extra_labextensions_path": LAB_EXTENSIONS,
        "LabApp.default_url": f"/lab/tree/{quote(page)}" if page else "/lab",
    }
    return [f"--{name}={value}" for name, value in options.items()]


def others(book: BookConfig) -> list[str]:
    """Return the names of the Markdown files beside the pages that are no pages themselves."""
    pages = {path.name for path in book.sources()}
    found = (path.name for glob in ("*.md", "*/*.md") for path in book.source_dir.glob(glob))
    return sorted({*found} - pages)


def start_lab(arguments: list[str]) -> None:
    """Run JupyterLab until it is stopped; raises ``CallError`` where it isn't installed."""
    try:
        from jupyterlab.labapp import LabApp
    except ImportError:
        raise CallError("JupyterLab isn't installed: pip install 'd2l[jupyter]'") from None
    LabApp.launch_instance(arguments)
