"""``d2lbook serve``: the site on this machine, built again whenever its author saves something."""

import contextlib
import os
import signal
import time
import webbrowser
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType

from d2lbook.book.whole import load_book
from d2lbook.config import BookConfig, load_config
from d2lbook.console import Listing, shown_path, summary
from d2lbook.errors import BookError, counted
from d2lbook.files import write_atomically
from d2lbook.live import watch
from d2lbook.live.webserver import Mistake, News, Server, listen
from d2lbook.publish import html
from d2lbook.publish.sphinx import Sphinx
from d2lbook.records.stores import Stores

NAMED = 2
"""Files that a line names; where more have changed, it counts them."""


def serve(
    config: BookConfig,
    *,
    host: str,
    port: int,
    exactly: bool = False,
    lenient: bool = False,
    browse: bool = False,
) -> None:
    """Build the site and serve it until Ctrl-C; build it again whenever something is saved.

    Args:
        config: the book.
        host: the address to listen on.
        port: the port.
        exactly: take no other port where this one is in use.
        lenient: a reference that leads nowhere is a warning.
        browse: open the site in the browser.

    It doesn't return: the signals end the process.

    Raises:
        CallError: it can't listen there.
    """
    folder = config.output_dir / "serve"
    with listen(folder, host, port, exactly=exactly) as server, Sphinx() as sphinx:
        end_on_signals(sphinx)
        url = f"{server.url}/{config.index}.html"
        site = LiveSite(config, server, sphinx, lenient=lenient)
        print("Building the site …", flush=True)
        before = watch.state(config)
        site.update()
        print(f"{url} shows it, and follows what you save. Ctrl-C ends.", flush=True)
        if browse:
            webbrowser.open(url)
        while True:
            after = watch.next_state(site.config, before)
            changed = watch.differences(before, after)
            before = after
            site.update(changed)


def end_on_signals(sphinx: Sphinx) -> None:
    """Let Ctrl-C and SIGTERM end this process with status 0, and Sphinx, whatever goes on.

    An exception isn't sure to: Python drops one that is raised in a callback of its own, as imports
    make them, and ends by the signal after a `KeyboardInterrupt` in `exec`, though it was caught.
    Nothing is lost: files are written as a whole, and a build that was cut short is begun afresh.
    """

    def end(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):  # it ended by itself
            os.killpg(sphinx.process_id, signal.SIGKILL)
            os.waitpid(sphinx.process_id, 0)
        os._exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def named(changed: Sequence[str]) -> str:
    """Return the names of files, or how many they are; of none, that it is the first build."""
    if not changed:
        return "first build"
    if len(changed) > NAMED:
        return counted(len(changed), "file")
    return ", ".join(shown_path(Path(path)) for path in changed)


class LiveSite:
    """The site as its author works on it: the last one without errors is shown."""

    def __init__(
        self, config: BookConfig, server: Server, sphinx: Sphinx, *, lenient: bool
    ) -> None:
        self.config = config
        """What `config.ini` said when it last made sense."""
        self._server = server
        self._sphinx = sphinx
        self._lenient = lenient
        self._mirror = Mirror(server.folder)
        self._version = ""
        self._stores: Stores | None = None
        """Kept while prose and cells alone change: to see whether the library has takes a while."""
        self._warnings: list[str] = []
        self._warned: frozenset[str] = frozenset()
        """Warnings that the author has read."""

    def update(self, changed: Sequence[str] = ()) -> None:
        """Build the site since files have changed, and show it, or else what is wrong."""
        started = time.perf_counter()
        listing = Listing(folders=(self.config.source_dir, self.config.root))
        if not all(path.endswith(".md") for path in changed):
            self._stores = None
        try:
            outcome = self._publish(self._build(listing))
        except BookError as error:
            listing.add(error)
            outcome = "not built, the site stays as it was"
        self._server.tell(news(self._version, listing.errors))
        seconds = time.perf_counter() - started
        print(
            f"{datetime.now():%H:%M:%S} {named(changed)}: {outcome} ({seconds:.1f} s)", flush=True
        )
        listing.print()

    def _build(self, listing: Listing) -> Path:
        """Build the site in its folder; list the warnings that its last build didn't have."""
        self._warnings = []
        self.config = load_config(self.config.root)
        listing.folders = (self.config.source_dir, self.config.root)
        book = load_book(self.config, lenient=self._lenient)
        self._stores = self._stores or Stores(self.config, report=self._warn)
        folder = html.build(book, self._stores, self._sphinx, report=self._warn)
        warnings = [str(one) for one in (*self.config.warnings, *book.warnings, *self._warnings)]
        for warning in warnings:
            if warning not in self._warned:
                listing.warn(warning)
        self._warned = frozenset(warnings)
        return folder

    def _warn(self, warning: str) -> None:
        self._warnings.append(warning)

    def _publish(self, folder: Path) -> str:
        """Show what was built."""
        if not self._mirror.update(folder):
            return "nothing on the site has changed"
        self._version = str(time.time_ns())
        return "built"


class Mirror:
    """A copy of the site, of whole files only, that stands still while the site is built."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, tuple[int, int]] = {}
        """When each file of the site was written, and its size, as it was copied last."""

    def update(self, site: Path) -> bool:
        """Make the copy equal to the site; return whether it wasn't."""
        now = {name: (stat.st_mtime_ns, stat.st_size) for name, stat in _stats(site)}
        touched = [name for name, stamp in now.items() if self._seen.get(name) != stamp]
        gone = [name for name, _ in _stats(self._folder) if name not in now]
        changed = [write_atomically(self._folder / n, (site / n).read_bytes()) for n in touched]
        for name in gone:
            (self._folder / name).unlink()
        self._seen = now
        return any(changed) or bool(gone)


def _stats(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.stat()


def news(version: str, errors: Sequence[BookError]) -> News:
    """Return what pages are told."""
    mistakes = [Mistake(place(error), error.message) for error in errors]
    return News(version, summary(errors) if errors else "", tuple(mistakes))


def place(error: BookError) -> str:
    """Return `file:line`, or as much of it as is known."""
    return ":".join(str(part) for part in (error.path, error.line) if part)
