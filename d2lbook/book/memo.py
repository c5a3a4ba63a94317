"""What a build found out about pages, kept for the next one in a file beside the site.

It holds for one state of the tool and of `config.ini`; in another, or where the file is damaged, it
is as if there were none. Every entry is found by all that it was made of.
"""

import contextlib
import gc
import hashlib
import pickle
import sys
from collections.abc import Callable, Hashable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import d2l
import d2lbook
from d2lbook.config import CONFIG_FILE, BookConfig
from d2lbook.errors import BookError
from d2lbook.files import write_atomically

MEMO_FILE = "memo.pickle"
DIGEST_SIZE = hashlib.sha256().digest_size
T = TypeVar("T")


class Memo:
    """Entries by key. Those that a build doesn't ask for are gone after it.

    Without a file it remembers what it was told itself.
    """

    def __init__(self, path: Path | None = None, identity: bytes = b"") -> None:
        self._path = path
        self._identity = identity
        self._before = read_entries(path, identity) if path else {}
        self._now: dict[Hashable, Any] = {}

    @classmethod
    def of(cls, config: BookConfig) -> "Memo":
        """Open that of a book."""
        settings = (config.root / CONFIG_FILE).read_bytes(), repr(config)
        identity = hashlib.sha256(repr((tool_identity(), settings)).encode()).digest()
        return cls(config.output_dir / MEMO_FILE, identity)

    def get(self, key: Hashable) -> Any:
        """Return an entry, None where there is none."""
        if key not in self._now and key in self._before:
            self._now[key] = self._before[key]
        return self._now.get(key)

    def put(self, key: Hashable, value: Any) -> None:
        """Make an entry; it mustn't change any more."""
        self._now[key] = value

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return an entry, or else make it."""
        value: T | None = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def save_first(self) -> None:
        """Keep it if nothing is kept yet: what was asked for by a step that needs but a part."""
        if not self._before:
            self.save()

    def save(self) -> None:
        """Keep what was asked for since the file was read; what can't be written is no loss."""
        if not self._path or self._now.keys() == self._before.keys():
            return
        entries = pickle.dumps(self._now, pickle.HIGHEST_PROTOCOL)
        seal = hashlib.sha256(entries).digest()
        with contextlib.suppress(BookError):
            write_atomically(self._path, b"".join((self._identity, seal, entries)))


def read_entries(path: Path, identity: bytes) -> dict[Hashable, Any]:
    """Return what a file holds; nothing, if it was written by another tool or isn't whole."""
    try:
        content = memoryview(path.read_bytes())
    except OSError:
        return {}
    seal, entries = content[DIGEST_SIZE : 2 * DIGEST_SIZE], content[2 * DIGEST_SIZE :]
    if content[:DIGEST_SIZE] != identity or hashlib.sha256(entries).digest() != seal:
        return {}
    with without_collector():
        found: dict[Hashable, Any] = pickle.loads(entries)
    return found


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Keep Python from looking for garbage among objects that are being made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@cache
def tool_identity() -> str:
    """Return a hash of what a build depends on beside the book: Python, this tool, what is
    installed (which pip can't change without changing the folder that it is in)."""
    found = hashlib.sha256(sys.version.encode())
    for package in (Path(d2lbook.__file__).parent, Path(d2l.__file__).parent):
        for path in sorted(package.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                found.update(repr((str(path), path.read_bytes())).encode())
    for folder in map(Path, sys.path):
        if folder.name in ("site-packages", "dist-packages") and folder.is_dir():
            found.update(repr((str(folder), folder.stat().st_mtime_ns)).encode())
    return found.hexdigest()
