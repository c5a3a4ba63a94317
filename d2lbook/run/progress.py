"""What is shown of a run while it goes on: bars on a terminal, plain lines elsewhere."""

import os
import threading
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Lines:
    """A plain line for each notebook that has ended; told of them from several threads."""

    def __init__(self, total: int, stream: TextIO):
        self._total = total
        self._stream = stream
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """End the display."""

    def start(self, name: str, cells: int) -> None:
        """Show that a notebook of so many cells begins."""

    def cell(self, name: str, index: int) -> None:
        """Show that a notebook's cell with this index begins."""

    def finish(self, name: str, word: str) -> None:
        """Show how a notebook has ended."""
        self._count += 1
        print(f"[{self._count}/{self._total}] {name}: {word}", file=self._stream, flush=True)


class Bars(Lines):
    """Besides, a bar for each notebook that runs: its name, cell and elapsed time."""

    def __init__(self, total: int, stream: TextIO):
        super().__init__(total, stream)
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[unit]} {task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            console=Console(file=stream),
            transient=True,
        )
        self._all = self._progress.add_task("all notebooks", total=total, unit="notebook")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """End the display."""
        self._progress.stop()

    def start(self, name: str, cells: int) -> None:
        """Show that a notebook of so many cells begins."""
        with self._lock:
            self._tasks[name] = self._progress.add_task(name, total=cells, unit="cell")

    def cell(self, name: str, index: int) -> None:
        """Show that a notebook's cell with this index begins."""
        self._progress.update(self._tasks[name], completed=index + 1)

    def finish(self, name: str, word: str) -> None:
        """Show how a notebook has ended."""
        with self._lock:
            self._progress.remove_task(self._tasks.pop(name))
            self._progress.advance(self._all)
            self._count += 1
        line = f"[{self._count}/{self._total}] {name}: {word}"
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)


def display(total: int, stream: TextIO) -> Lines:
    """Return the display that suits the stream."""
    bars = stream.isatty() and os.environ.get("TERM") not in (None, "", "dumb")
    return Bars(total, stream) if bars else Lines(total, stream)
