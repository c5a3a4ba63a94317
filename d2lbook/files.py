"""Folders of small files, on this machine or at a URL, as the stores of records need them."""

import os
import stat
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from d2lbook.errors import BookError

FIGURES = "cell-*"
"""Files of a record beside ``record.json``; those of an older record are removed."""


class Files(Protocol):
    """A tree of folders that hold small files."""

    name: str
    """How messages call it."""

    def read(self, folder: str, name: str) -> bytes:
        """Return a file's content, or raise ``OSError``."""

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder; none where it can't be read."""

    def write(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Write the files of one record, in order; raise ``BookError`` where that fails."""


class LocalFiles:
    """Files on this machine; each is replaced in one step, and only where it differs."""

    def __init__(self, root: Path, name: str):
        self.name = name
        self._root = root

    def read(self, folder: str, name: str) -> bytes:
        """Return a file's content, or raise ``OSError``."""
        return (self._root / folder / name).read_bytes()

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder; none where it can't be read."""
        try:
            return sorted(path.name for path in (self._root / folder).iterdir())
        except OSError:
            return []

    def write(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Write the files of one record, in order; raise ``BookError`` where that fails."""
        place = self._root / folder
        for name, content in files.items():
            write_atomically(place / name, content)
        for path in place.glob(FIGURES):
            if path.name not in files:
                path.unlink(missing_ok=True)


class RemoteFiles:
    """Files at a URL that fsspec understands; once it has failed, it isn't read again."""

    def __init__(self, url: str, report: Callable[[str], None]):
        self.name = url
        self._report = report
        self._failed = False

    def read(self, folder: str, name: str) -> bytes:
        """Return a file's content, or raise ``OSError``."""
        return self._ask(lambda fs, root: fs.cat_file(f"{root}/{folder}/{name}"))

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder; none where it can't be read."""
        try:
            entries = self._ask(lambda fs, root: fs.ls(f"{root}/{folder}", detail=False))
        except OSError:
            return []
        return sorted(PurePosixPath(entry).name for entry in entries)

    def write(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Write the files of one record, in order; raise ``BookError`` where that fails."""
        try:
            fs, root = self._open()
            fs.makedirs(f"{root}/{folder}", exist_ok=True)
            for name, content in files.items():
                fs.pipe_file(f"{root}/{folder}/{name}", content)
        except Exception as error:  # each kind of remote store raises exceptions of its own
            raise BookError(f"the remote store {self.name} takes no records: {error}") from error

    def _open(self) -> tuple[Any, str]:
        import fsspec.core

        return fsspec.core.url_to_fs(self.name)

    def _ask(self, question: Callable[[Any, str], Any]) -> Any:
        if self._failed:
            raise FileNotFoundError(self.name)
        try:
            return question(*self._open())
        except FileNotFoundError:
            raise
        except Exception as error:  # as above
            self._failed = True
            self._report(f"the remote store {self.name} can't be read, so it isn't used: {error}")
            raise FileNotFoundError(self.name) from error


def write_atomically(path: Path, content: bytes) -> bool:
    """Write a file so that readers see the old content or the new, never a part of it.

    Returns: whether the file lacked that content.

    Raises:
        BookError: no room or no permission.
    """
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            temporary.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BookError(
            f"can't be written ({error.strerror}): make room or allow writing, and run again; "
            "what is done is kept",
            path,
        ) from error
    return True
