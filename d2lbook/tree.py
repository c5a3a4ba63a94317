"""A tree of files that a folder is to hold, and what has to change for that."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from d2lbook.errors import unreadable
from d2lbook.files import write_atomically

Tree = Mapping[str, bytes | Path]
"""By path in the folder, a content or the file that holds it."""


@dataclass(frozen=True)
class Changes:
    """What makes a folder hold a tree."""

    folder: Path
    written: Mapping[str, bytes]
    """New contents, by path in the folder."""
    removed: tuple[str, ...]
    """Files that the tree lacks."""

    def __bool__(self) -> bool:
        return bool(self.written or self.removed)

    def make(self) -> None:
        """Change the folder; raises `BookError` where it can't be written."""
        for name, content in self.written.items():
            write_atomically(self.folder / name, content)
        for name in self.removed:
            (self.folder / name).unlink(missing_ok=True)


def changes(folder: Path, tree: Tree) -> Changes:
    """Return what keeps a folder from holding just these files; raises `BookError`."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    written = {}
    for name, source in tree.items():
        place = folder / name
        if source == place:
            continue
        content = source if isinstance(source, bytes) else read(source)
        if name not in there or read(place) != content:
            written[name] = content
    return Changes(folder, written, tuple(sorted(there - tree.keys())))


def read(path: Path) -> bytes:
    """Return a file's content; raises `BookError` where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(error, path) from None
