"""``build eval``: find the records there are, run what lacks one, keep what it gives."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from d2lbook.book.whole import Book
from d2lbook.config import BookConfig
from d2lbook.errors import BookError
from d2lbook.notebooks.ipynb import Outputs, copy_files, remove_stale, to_notebook, write_notebook
from d2lbook.notebooks.text import Beside, Reading
from d2lbook.records.record import CAPS, Receipt, Record
from d2lbook.records.stores import (
    Shown,
    Stores,
    Wanted,
    configured_caps,
    declared_requirements,
    outside_requirements,
)
from d2lbook.run.execute import Job, Outcome, notebook_name
from d2lbook.run.failures import explain
from d2lbook.run.pool import run_all
from d2lbook.run.progress import display
from d2lbook.source.page import Page

SEED = 0
"""Every notebook starts from this seed; the library reads it from the environment."""


@dataclass(frozen=True)
class Task:
    """A notebook of the book: a page with cells, and a tab."""

    page: Page
    """With the tab chosen."""
    tab: str
    wanted: Wanted
    """The record that a run would make."""
    shown: Shown | None
    """The record that makes a run needless: a dated one, where a run would give none as good."""


@dataclass(frozen=True)
class Result:
    """What became of a notebook."""

    page: str
    tab: str
    state: str
    """ran, found, dated, failed or skipped."""
    seconds: float = 0.0
    error: BookError | None = None

    def __str__(self) -> str:
        return f"{self.state} ({self.seconds:.1f} s)" if self.seconds else self.state


def evaluate(
    book: Book,
    stores: Stores,
    *,
    tabs: Sequence[str],
    full: bool = False,
    at_once: int | None = None,
    executor: Executor | None = None,
    stream: TextIO | None = None,
    fail: Callable[[BookError], object] = lambda error: None,
) -> list[Result]:
    """Bring the records of a book up to date, and write its notebooks with their outputs.

    Args:
        book: the book.
        stores: where its records are.
        tabs: the tabs to evaluate.
        full: run without caps.
        at_once: how many notebooks run at once; by default, as many as the GPUs or cores allow.
        executor: runs them; by default, threads of this process do.
        stream: where the progress is shown; by default, standard output.
        fail: is told of each failure at once, as nothing is returned where Ctrl-C ends the others.

    Returns:
        A result for each notebook that has cells: first those that needed no run, then the others
        as they ended. One that fails keeps no other from running.

    Raises:
        BookError: a notebook can't be written.
        KeyboardInterrupt: once all kernels have ended; what had finished is kept.
    """
    config = book.config
    caps = {} if full else configured_caps(config.eval)
    evaluation = _Evaluation(book, stores)
    pending: dict[str, Task] = {}
    for tab in tabs:
        copy_files(book, config.stage_dir("eval", tab))
        in_tab = [page for page in book.pages if page.in_tab(tab)]
        remove_stale(config.stage_dir("eval", tab), in_tab, book)
        for task in plan(book, stores, tab, caps):
            if task.shown or not config.eval_notebook or not task.page.has_cells:
                evaluation.settle(task)
            else:
                pending[notebook_name(task.page.path, tab)] = task
    with display(len(pending), stream or sys.stdout) as shown:

        def finish(job: Job, outcome: Outcome) -> None:
            result = evaluation.take(pending[job.name], job, outcome)
            shown.finish(job.name, str(result))
            if result.error:
                fail(result.error)

        jobs = [make_job(task, config) for task in pending.values()]
        run_all(jobs, finish, at_once=at_once, executor=executor, display=shown)
    book.memo.save_first()
    return evaluation.results


def plan(book: Book, stores: Stores, tab: str, caps: Mapping[str, int]) -> Iterator[Task]:
    """Yield the notebooks of a tab, each with the record that makes a run needless.

    A capped run is needless where a full one is recorded, even one that is dated: its record
    would not be shown.
    """
    for page in book.pages:
        if page.in_tab(tab):
            chosen = book.in_tab(page, tab)
            wanted = stores.wanted(chosen, tab, caps)
            shown = _found(chosen, stores, wanted) if chosen.has_cells else None
            yield Task(chosen, tab, wanted, shown)


def _found(page: Page, stores: Stores, wanted: Wanted) -> Shown | None:
    if wanted.caps and (full := stores.find(stores.wanted(page, wanted.tab, {}))):
        return full
    shown = stores.find(wanted)
    return None if shown and shown.dated else shown


def make_job(task: Task, config: BookConfig) -> Job:
    """Return the job that runs a notebook."""
    limits = {CAPS[name]: str(limit) for name, limit in task.wanted.caps.items()}
    inherited = os.environ.get("PYTHONPATH")
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(config.root), inherited))),
        "PYTHONHASHSEED": str(SEED),
        "D2L_SEED": str(SEED),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "SOURCE_DATE_EPOCH": "0",  # figures bear no date
        "TF_CPP_MIN_LOG_LEVEL": "2",  # TensorFlow's start says nothing of the notebook
    }
    return Job(
        page=task.page.path,
        tab=task.tab,
        sources=task.wanted.sources,
        python=tab_python(config, task.tab),
        folder=(config.source_dir / task.page.path).parent,
        environment=environment | limits,
        timeout=config.eval.timeout,
        max_output_bytes=config.eval.max_output_bytes,
        declared=tuple(requirement.name for requirement in declared_requirements(task.tab)),
    )


def tab_python(config: BookConfig, tab: str) -> Path:
    """Return the interpreter of a tab: that of its environment, or else the one that runs this."""
    own = config.root / config.eval.python.replace("{tab}", tab)
    return own if own.is_file() else Path(sys.executable)


def make_record(task: Task, outcome: Outcome) -> Record:
    """Return the record of a notebook that ran to its end."""
    wanted = task.wanted
    receipt = Receipt(
        fingerprint=wanted.fingerprint,
        seed=SEED,
        caps=dict(wanted.caps),
        data=wanted.data,
        started=outcome.started,
        seconds=outcome.seconds,
        **outcome.circumstances,
    )
    return Record(wanted.page, wanted.tab, wanted.key, outcome.outputs, receipt)


def lines_of(path: Path) -> list[str]:
    """Return the lines of a page; none of one that has gone, or makes no sense, since it was read.

    Without them a message may name a line beside the one that is meant.
    """
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


class _Evaluation:
    """Brings notebooks to their end, one by one."""

    def __init__(self, book: Book, stores: Stores):
        self._book = book
        self._reading = Reading(book, Beside())
        self._stores = stores
        self.results: list[Result] = []

    def settle(self, task: Task) -> None:
        """Finish a notebook that needs no run."""
        shown = task.shown
        if shown:
            self._stores.keep(shown.record)
        self._write(task, shown.record.outputs if shown else ())
        if task.page.has_cells:
            state = ("dated" if shown.dated else "found") if shown else "skipped"
            self.results.append(Result(task.page.path, task.tab, state))

    def take(self, task: Task, job: Job, outcome: Outcome) -> Result:
        """Finish a notebook that ran."""
        error = self._keep(task, job, outcome)
        try:
            self._write(task, outcome.outputs)
        except BookError as unwritten:
            error = error or unwritten
        state = "failed" if error else "ran"
        result = Result(task.page.path, task.tab, state, outcome.elapsed, error)
        self.results.append(result)
        return result

    def _keep(self, task: Task, job: Job, outcome: Outcome) -> BookError | None:
        """Store the record of a run, or say why there is none."""
        if outcome.failure:
            lines = lines_of(self._book.config.source_dir / task.page.path)
            return explain(outcome.failure, job, task.page.cells, lines)
        record = make_record(task, outcome)
        if complaint := outside_requirements(record):
            pip = f"{job.python} -m pip install 'd2l[{task.tab}]'"
            return BookError(f"the run can't be used: {complaint}: {pip}", task.page.path)
        try:
            self._stores.put(record)
        except BookError as error:
            return error
        return None

    def _write(self, task: Task, outputs: Outputs) -> None:
        folder = self._book.config.stage_dir("eval", task.tab)
        notebook = to_notebook(task.page, task.tab, self._book, outputs, reading=self._reading)
        write_notebook(folder, task.page, notebook)


def summary(results: Sequence[Result]) -> str:
    """Say what became of each notebook: a line a page, and the sums."""
    pages: dict[str, list[str]] = {}
    for result in sorted(results, key=lambda result: (result.page, result.tab)):
        pages.setdefault(result.page, []).append(f"{result.tab} {result}".strip())
    counts = Counter(result.state for result in results)
    sums = ", ".join(f"{count} {state}" for state, count in counts.items()) or "none"
    lines = [f"{page}: {', '.join(words)}" for page, words in pages.items()]
    lines.append(f"Notebooks with code: {len(results)} ({sums})")
    if counts["dated"]:
        lines.append(
            "dated: the library has changed since their full runs, whose records stay in use "
            "until eval --full renews them."
        )
    return "\n".join(lines)
