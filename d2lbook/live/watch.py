"""Waiting until an author saves something.

What the files are now is compared with what they were when the site was built, rather than told
from events: none can be lost while a build goes on, files that come into place by renaming and
folders that are new are nothing special, and network drives and containers work like any disk.
"""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from d2lbook.config import BookConfig

State = Mapping[str, tuple[int, int, int]]
"""When each file was written, its size and its inode."""

PAUSE = 0.05
"""Seconds between two looks; files must rest that long, so that several saves are one change."""
SHARE = 0.05
"""Of a core's time, at most, is spent on looking, however many files there are."""
SIGN_OF_EVALUATION = "eval.xml"
"""What `build eval` writes last, wherever it has put the records."""


def state(config: BookConfig) -> State:
    """Return the state of every file that can matter to the site."""
    found = {}
    for path in _files(config):
        with contextlib.suppress(OSError):  # gone in the meantime
            stat = os.stat(path)  # noqa: PTH116
            found[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return found


def next_state(config: BookConfig, before: State) -> State:
    """Wait until the files differ from what they were and have come to rest."""
    last, now = before, state(config)
    while now == before or now != last:
        started = time.perf_counter()
        last, now = now, state(config)
        took = time.perf_counter() - started
        time.sleep(max(PAUSE, took / SHARE))
    return now


def differences(before: State, after: State) -> list[str]:
    """Return the files that came, went or changed."""
    return sorted(path for path in before.keys() | after if before.get(path) != after.get(path))


def _files(config: BookConfig) -> Iterator[str]:
    """Yield the files of the book: none that is hidden, a backup copy, or was built."""
    output, root, source = (
        str(path.absolute()) for path in (config.output_dir, config.root, config.source_dir)
    )
    yield f"{output}/{SIGN_OF_EVALUATION}"
    tops = {root} if Path(source).is_relative_to(root) else {root, source}
    for folder, subfolders, names in (found for top in tops for found in os.walk(top)):
        subfolders[:] = [s for s in subfolders if _counts(s) and f"{folder}/{s}" != output]
        yield from (f"{folder}/{name}" for name in names if _counts(name))


def _counts(name: str) -> bool:
    return not name.startswith((".", "#")) and not name.endswith(("~", "__pycache__"))
