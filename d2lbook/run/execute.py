"""Running a notebook: its cells go to a kernel one by one; what comes back is an ``Outcome``.

A job and its outcome hold plain data only, so that any executor, on this machine or on a cluster,
can take a job and send back the outcome.
"""

import asyncio
import contextlib
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import nbformat
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from d2lbook.records.outputs import ANSI, clean
from d2lbook.run import probe
from d2lbook.run.kernels import WatchedClient, running_kernel

Outputs = tuple[tuple[dict[str, Any], ...], ...]


@dataclass(frozen=True)
class Job:
    """One notebook to run."""

    page: str
    tab: str
    sources: tuple[str, ...]
    """The code cells."""
    python: Path
    folder: Path
    """The folder to run in."""
    environment: Mapping[str, str]
    """Variables of the kernel, beside those of this process."""
    timeout: float
    """Seconds that the notebook may take."""
    max_output_bytes: int
    """Bytes of output that a cell may leave."""
    declared: tuple[str, ...] = ()
    """Distributions whose versions the receipt states."""

    @property
    def name(self) -> str:
        """How messages call the notebook."""
        return notebook_name(self.page, self.tab)


def notebook_name(page: str, tab: str) -> str:
    """Return how messages call the notebook of a page in a tab."""
    return f"{page} ({tab})" if tab else page


@dataclass(frozen=True)
class Failure:
    """Why a notebook didn't run to its end."""

    kind: str
    """raised, died, timeout, flooded, malformed, stopped or unstarted."""
    cell: int = 0
    """Index of the cell that was running."""
    line: int = 0
    """1-based line within the cell, where it is known."""
    error: str = ""
    """The exception's name, or how the kernel died."""
    message: str = ""
    """What the exception says, or the process of a kernel that didn't start."""
    traceback: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a run left."""

    outputs: Outputs
    """Of every cell that ran."""
    started: str
    """UTC, in ISO 8601."""
    seconds: float
    """Of the cells, the kernel's start left out."""
    elapsed: float
    """Seconds in all."""
    circumstances: Mapping[str, Any]
    """What ``probe.circumstances`` found; empty where the notebook failed."""
    failure: Failure | None = None


class Stop:
    """A request, from any thread, to end all jobs at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: dict[object, Callable[[], object]] = {}
        self._requested = False

    def request(self) -> None:
        """Ask all jobs, and those that start later, to end."""
        with self._lock:
            self._requested = True
            for callback in self._callbacks.values():
                callback()

    @contextlib.contextmanager
    def calls(self, callback: Callable[[], object]) -> Iterator[None]:
        """Call back, from another thread, if the end is asked for while the body runs."""
        token = object()
        with self._lock:
            self._callbacks[token] = callback
            if self._requested:
                callback()
        try:
            yield
        finally:
            with self._lock:
                del self._callbacks[token]


def run_job(
    job: Job,
    *,
    on_cell: Callable[[int], None] | None = None,
    stop: Stop | None = None,
) -> Outcome:
    """Run a notebook to its end, or to the first cell that fails.

    Args:
        job: the notebook.
        on_cell: is told the index of each cell before it runs.
        stop: ends the run early.
    """
    started, begin = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (*job.sources, probe_cell(job))]
    )
    run = _Run(job, notebook, on_cell or (lambda index: None), stop or Stop())
    failure = asyncio.run(run.whole())
    *cells, last = notebook.cells
    answers = (output.get("data", {}).get(probe.MIME) for output in last.outputs)
    circumstances: Mapping[str, Any] = next(filter(None, answers), {})
    if not circumstances and not failure:
        failure = Failure("raised", len(cells), error="the probe's answer got lost")
    return Outcome(
        outputs=tuple(clean(cell.outputs) for cell in cells),
        started=started,
        seconds=round(run.seconds, 3),
        elapsed=round(time.monotonic() - begin, 3),
        circumstances=circumstances,
        failure=failure,
    )


def probe_cell(job: Job) -> str:
    """Return the hidden last cell: it runs the probe in a namespace of its own."""
    text = Path(probe.__file__).read_text(encoding="utf-8")
    return (
        f"exec({text!r}, space := {{'__name__': 'd2lbook.run.probe'}})\n"
        "get_ipython().display_pub.publish("
        f"{{space['MIME']: space['circumstances']({list(job.declared)!r})}})"
    )


class _Run:
    """One run of a notebook, from its kernel's start to its end."""

    def __init__(
        self, job: Job, notebook: NotebookNode, on_cell: Callable[[int], None], stop: Stop
    ):
        self._job = job
        self._notebook = notebook
        self._on_cell = on_cell
        self._stop = stop
        self._deadline = time.monotonic() + job.timeout
        self.seconds = 0.0
        """What the cells took, the kernel's start left out."""

    async def whole(self) -> Failure | None:
        """Start a kernel, run all cells and end the kernel."""
        with tempfile.TemporaryFile() as log:
            try:
                async with running_kernel(
                    self._notebook,
                    python=self._job.python,
                    folder=self._job.folder,
                    environment=self._job.environment,
                    max_output_bytes=self._job.max_output_bytes,
                    log=log,
                ) as client:
                    loop = asyncio.get_running_loop()
                    with self._stop.calls(
                        lambda: loop.call_soon_threadsafe(client.halt, "stopped")
                    ):
                        return await self._cells(client)
            except (OSError, RuntimeError) as error:
                return Failure("unstarted", message=_last_words(log) or str(error))

    async def _cells(self, client: WatchedClient) -> Failure | None:
        begin = time.monotonic()
        for index, cell in enumerate(self._notebook.cells):
            try:
                if failure := await self._cell(client, cell, index):
                    return failure
            finally:
                if index < len(self._job.sources):
                    self.seconds = time.monotonic() - begin
        return None

    async def _cell(self, client: WatchedClient, cell: NotebookNode, index: int) -> Failure | None:
        if index < len(self._job.sources):
            self._on_cell(index)
        try:
            if await client.run_cell(cell, index, self._deadline - time.monotonic()):
                return None
        except CellExecutionError as error:
            return _raised(error, cell, index)
        except DeadKernelError:
            status = await client.exit_status()
            return Failure("died", index, error=_end(status))
        except Exception as error:  # what nbclient makes of a message depends on what is in it
            return Failure("malformed", index, error=type(error).__name__, message=str(error))
        return Failure(client.halted.result() if client.halted.done() else "timeout", index)


def _raised(error: CellExecutionError, cell: NotebookNode, index: int) -> Failure:
    frames = [out.traceback for out in cell.outputs if out.output_type == "error"]
    traceback = ANSI.sub("", "\n".join(frames[-1]) if frames else error.traceback).strip()
    name, message = error.ename, ANSI.sub("", error.evalue)
    if name == "NoneType":  # a `__repr__` has raised, of which the last line alone tells
        name, _, message = traceback.rpartition("\n")[2].partition(": ")
    return Failure(
        "raised",
        index,
        line=failing_line(traceback),
        error=name,
        message=message,
        traceback=re.sub(r"\n{2,}", "\n", traceback),
    )


def failing_line(traceback: str) -> int:
    """Return the deepest line of the outermost cell in IPython's traceback; 0 if it isn't there."""
    places = re.findall(r"Cell In\[(\d+)\], line (\d+)|File <tokenize>:()(\d+)", traceback)
    frames = [(cell, int(line or other)) for cell, line, _, other in places]
    return [line for cell, line in frames if cell == frames[0][0]][-1] if frames else 0


def _end(status: int | None) -> str:
    """Say how a process ended, from its exit status."""
    if status is None or status >= 0:
        return f"exit status {status or 0}"
    return f"signal {signal.Signals(-status).name}"


def _last_words(log: IO[bytes]) -> str:
    """Return the last lines that a kernel's process wrote outside of any cell."""
    log.seek(0)
    return "\n".join(log.read().decode("utf-8", "replace").strip().splitlines()[-8:])
