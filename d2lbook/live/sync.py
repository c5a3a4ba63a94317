"""Chapters with notebooks beside them: `d2lbook notebook` and `d2lbook sync`.

A notebook remembers the text that it and its chapter were when they last agreed. From that alone
it is plain which of them has been edited since.
"""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from d2lbook.config import BookConfig
from d2lbook.console import shown_path
from d2lbook.errors import BookError, BookErrors, CallError, unreadable
from d2lbook.files import write_atomically
from d2lbook.live.notebook import origin_of, renewed, to_live, to_text


def pair(chapter: Path, *, kernel: str | None = None, title: str = "") -> tuple[Path, str]:
    """Write the notebook of a chapter beside it, or bring the two into step if it is there.

    Args:
        chapter: the `.md` file.
        kernel: the name of the kernel that is to run it.
        title: how that kernel is called.

    Returns:
        The notebook, and a line that says what was done.

    Raises:
        BookError: a file can't be read or written, is no notebook, or both were edited.
    """
    path = chapter.with_suffix(".ipynb")
    if path.exists():
        return path, sync(chapter)
    notebook = to_live(_chapter_text(chapter))
    if kernel:
        notebook.metadata.kernelspec.update(name=kernel, display_name=title or kernel)
    _write_notebook(path, notebook)
    return path, f"{shown_path(path)}: written from {shown_path(chapter)}"


def sync(chapter: Path, *, keep: str | None = None) -> str:
    """Take the edits of a chapter to its notebook, or those of the notebook to the chapter.

    Args:
        chapter: the `.md` file; its notebook lies beside it.
        keep: "chapter" or "notebook", the one that counts where both were edited.

    Returns:
        A line that says what was done.

    Raises:
        BookError: a file can't be read or written, is no notebook, or both were edited.
    """
    path = chapter.with_suffix(".ipynb")
    if not path.exists():
        raise BookError(f"has no notebook: write one with d2lbook notebook {chapter}", chapter)
    notebook, text = _read_notebook(path), _chapter_text(chapter)
    base = origin_of(notebook)
    if base is None:
        raise BookError(
            f"was not made of {chapter.name}: move it away, and run d2lbook notebook {chapter}",
            path,
        )
    try:
        edited = to_text(notebook)
    except BookError as error:
        raise BookError(error.message, path) from None
    if keep is None and edited not in (base, text) and text != base:
        raise BookError(
            f"it and {path.name} have both been edited since they last agreed; nothing was "
            "written. Name the one whose edits count, and lose those of the other, with "
            f"d2lbook sync --keep chapter {chapter}, or --keep notebook",
            chapter,
        )
    to_chapter = edited != base and keep != "chapter"
    new = edited if to_chapter else text
    if new != text:
        write_atomically(chapter, new.encode())
    if new != base or edited != base:
        _write_notebook(path, renewed(notebook, new))
    names = shown_path(chapter), shown_path(path)
    if new != text:
        return f"{names[0]}: edits taken from {names[1]}"
    if new != edited:
        return f"{names[1]}: edits taken from {names[0]}"
    return f"{names[0]} and {names[1]} agree"


def sync_all(
    config: BookConfig, files: Iterable[Path], *, keep: str | None = None
) -> Iterator[str]:
    """Bring chapters and their notebooks into step: those that are named, or else every pair.

    Yields:
        Lines that say what was done.

    Raises:
        CallError: a file is neither a chapter nor a notebook.
        BookErrors: some pairs can't be brought into step; the others have been.
    """
    errors: list[BookError] = []
    for chapter in [chapter_of(file) for file in files] or paired_chapters(config):
        try:
            yield sync(chapter, keep=keep)
        except BookError as error:
            errors.append(error)
    if errors:
        raise BookErrors(errors)


def chapter_of(file: Path) -> Path:
    """Return the chapter that a file is, or is the notebook of; raises ``CallError``."""
    if file.suffix not in (".md", ".ipynb"):
        raise CallError(f"{file} is neither a chapter (.md) nor its notebook (.ipynb)")
    return file.with_suffix(".md")


def paired_chapters(config: BookConfig) -> list[Path]:
    """Return the book's chapters that have a notebook of their own beside them."""
    chapters = [config.source_dir / source for source in config.sources()]
    return [chapter for chapter in chapters if is_paired(chapter.with_suffix(".ipynb"))]


def is_paired(path: Path) -> bool:
    """Whether there is such a notebook, and it was made of a chapter."""
    try:
        return path.is_file() and origin_of(_read_notebook(path)) is not None
    except BookError:
        return False


def is_ignored(path: Path) -> bool:
    """Whether git passes over a file, or there is no git to commit it by mistake."""
    command = ["git", "check-ignore", "--quiet", path.name]
    try:
        return subprocess.run(command, cwd=path.parent, capture_output=True).returncode != 1
    except OSError:
        return True


def _chapter_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(error, path) from None


def _read_notebook(path: Path) -> NotebookNode:
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(error, path) from None
    except Exception as error:  # nbformat raises what its parts do
        raise BookError(f"is not a notebook: {error}", path) from None


def _write_notebook(path: Path, notebook: NotebookNode) -> None:
    write_atomically(path, f"{nbformat.writes(notebook)}\n".encode("utf-8", "surrogatepass"))
