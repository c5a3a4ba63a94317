"""The seal of a site: whether it is as the last build left it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from d2lbook.book.memo import tool_identity
from d2lbook.files import write_atomically


class Seal:
    """A file that says what a site was when a build had finished it, and by what it was built."""

    def __init__(self, path: Path, site: Path) -> None:
        self._path = path
        self._site = site
        self._said = read_seal(path)

    @property
    def is_ours(self) -> bool:
        """Whether the last build was finished, and by a tool that was what it is now."""
        return bool(self._said.get("tool") == tool_now())

    @property
    def is_whole(self) -> bool:
        """Whether moreover nobody has touched a file of the site since."""
        return self.is_ours and self._said["files"].items() <= dict(stamps(self._site)).items()

    def tear(self) -> None:
        """Begin a build: until it is sealed again, the site isn't finished."""
        self._path.unlink(missing_ok=True)

    def put(self) -> None:
        """End a build; raises `BookError` where the seal can't be written."""
        self._said = {"tool": tool_now(), "files": dict(stamps(self._site))}
        write_atomically(self._path, json.dumps(self._said).encode())

    def put_beside(self) -> None:
        """End a build for which Sphinx has read all that the site needs, but without the site.

        It was of something else, or there were complaints: the site is to be looked at again.
        """
        write_atomically(self._path, json.dumps({"tool": tool_now(), "files": {"": []}}).encode())


def read_seal(path: Path) -> dict[str, Any]:
    """Return what a seal says; nothing where there is none, or one that can't be read."""
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    is_seal = isinstance(said, dict) and isinstance(said.get("files"), dict)
    return said if is_seal else {}


def stamps(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Yield the files under a folder, each with when it was written and its size."""
    for path in folder.rglob("*"):
        if path.is_file():
            stat = path.stat()
            yield path.relative_to(folder).as_posix(), [stat.st_mtime_ns, stat.st_size]


def tool_now() -> str:
    """Return what a site depends on beside its sources; the year may be in its copyright."""
    return f"{tool_identity()} {datetime.now(UTC).year}"
