"""Running many notebooks at once, on any executor, each in a slot of its own."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial

from d2lbook.run.execute import Job, Outcome, Stop, run_job
from d2lbook.run.progress import Lines
from d2lbook.run.slots import Slot, slots

Finish = Callable[[Job, Outcome], None]


def run_all(
    jobs: Sequence[Job],
    finish: Finish,
    *,
    at_once: int | None = None,
    executor: Executor | None = None,
    display: Lines,
) -> None:
    """Run jobs, in order, and hand over each outcome as soon as it is there.

    Args:
        jobs: the notebooks.
        finish: takes each job and its outcome, in this thread.
        at_once: how many run at once; by default, as many as there are GPUs or cores.
        executor: runs the jobs, wherever it likes; by default, threads of this process do, which
            the display is told the cells of and Ctrl-C ends.
        display: shows what goes on.
    """
    if not jobs:
        return
    if executor:
        free: list[Slot] = [{} for _ in range(at_once or len(jobs))]
        _schedule(jobs, free, lambda job: executor.submit(run_job, job), finish, display)
        return
    free, stop = slots(len(jobs), at_once=at_once), Stop()
    with ThreadPoolExecutor(len(free)) as threads:

        def submit(job: Job) -> Future[Outcome]:
            on_cell = partial(display.cell, job.name)
            return threads.submit(run_job, job, on_cell=on_cell, stop=stop)

        try:
            _schedule(jobs, free, submit, finish, display)
        except BaseException:
            stop.request()
            raise


def _schedule(
    jobs: Sequence[Job],
    free: list[Slot],
    submit: Callable[[Job], Future[Outcome]],
    finish: Finish,
    display: Lines,
) -> None:
    """Keep every slot busy until all jobs are done."""
    waiting, running = deque(jobs), dict[Future[Outcome], tuple[Job, Slot]]()
    try:
        while waiting or running:
            while waiting and free:
                job, slot = waiting.popleft(), free.pop(0)
                display.start(job.name, len(job.sources))
                future = submit(replace(job, environment={**job.environment, **slot}))
                running[future] = job, slot
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                job, slot = running.pop(future)
                free.append(slot)
                finish(job, future.result())
    finally:
        for future in running:
            future.cancel()
