"""Kernels: a process for one notebook, on the Python of its tab, and a client that watches it."""

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets import Unicode
from traitlets.config import Config

from d2lbook.records.record import CAPS

STARTUP_TIMEOUT = 120
"""Seconds a kernel may take to start, on a machine that is busy."""
SHORT_FOLDER = "/tmp"
"""Socket paths may be no longer than about 100 characters, which TMPDIR may exceed."""
PREFIX, LOCK = "d2lbook-kernel-", ".d2lbook-lock"
"""Names of a folder for sockets, and of a file in it; nobody else may use them."""
OPTIONS = ("--HistoryManager.enabled=False", "--InteractiveShell.xmode=Plain")


class TabKernelManager(AsyncKernelManager):
    """Starts kernels on a given Python, whatever kernel specifications are installed."""

    python = Unicode(help="absolute path of the interpreter").tag(config=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernel there is."""
        argv = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}", *OPTIONS]
        return KernelSpec(argv=argv, language="python", display_name="Python 3")


class WatchedClient(NotebookClient):
    """A client that stops waiting when a cell floods its output, or when told to."""

    def __init__(self, nb: NotebookNode, *, max_output_bytes: int, **options: Any):
        super().__init__(nb, **options)
        self.halted: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Why the notebook must end before its time, once it must."""
        self._max_output_bytes = max_output_bytes
        self._output_bytes = 0

    def halt(self, reason: str) -> None:
        """End the notebook."""
        if not self.halted.done():
            self.halted.set_result(reason)

    async def run_cell(self, cell: NotebookNode, index: int, seconds: float) -> bool:
        """Run a cell; return False where it was halted or took longer than that.

        Raises:
            CellExecutionError: the cell raised an exception.
            DeadKernelError: the kernel died.
        """
        self._output_bytes = 0
        work = asyncio.ensure_future(self.async_execute_cell(cell, index))
        either: set[asyncio.Future[Any]] = {work, self.halted}
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if work.done() and not self.halted.done():
            work.result()
            return True
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return False

    async def exit_status(self) -> int | None:
        """Return the kernel's exit status, minus the signal that ended it; None while it runs."""
        provisioner = self.km and self.km.provisioner
        return await provisioner.poll() if provisioner else None

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Add an output to a cell's, as long as they fit."""
        if self.clear_before_next_output:
            self._output_bytes = 0
        self._output_bytes += _size(msg["content"])
        if self._output_bytes > self._max_output_bytes:
            self.halt("flooded")
            return None
        return super().output(outs, msg, display_id, cell_index)


def _size(content: Any) -> int:
    """Return about how many bytes a message's content takes."""
    if isinstance(content, Mapping):
        return sum(map(_size, content.values()))
    if isinstance(content, list):
        return sum(map(_size, content))
    return len(content) if isinstance(content, str) else 1


@contextlib.asynccontextmanager
async def running_kernel(
    notebook: NotebookNode,
    *,
    python: Path,
    folder: Path,
    environment: Mapping[str, str],
    max_output_bytes: int,
    log: IO[bytes],
) -> AsyncIterator[WatchedClient]:
    """Run a kernel while the body lasts; then end it, with every process of its group.

    Args:
        notebook: the notebook that the kernel is for.
        python: the interpreter.
        folder: the folder the kernel works in.
        environment: variables to set beside those of this process.
        max_output_bytes: bytes of output that one cell may leave.
        log: takes what the process writes before it is ready for cells.

    Raises:
        OSError, RuntimeError: the kernel doesn't start.
    """
    with socket_folder() as sockets:
        connection = {"transport": "ipc", "ip": f"{sockets}/k", "connection_file": f"{sockets}/c"}
        client = WatchedClient(
            notebook,
            max_output_bytes=max_output_bytes,
            kernel_manager_class=TabKernelManager,
            config=Config(TabKernelManager={"python": str(python), **connection}),
            startup_timeout=STARTUP_TIMEOUT,
            log=logging.Logger("silent", logging.CRITICAL + 1),
        )
        # The user's IPython configuration takes no part.
        inherited = {name: os.environ[name] for name in os.environ.keys() - CAPS.values()}
        variables = inherited | {"IPYTHONDIR": sockets} | dict(environment)
        manager: Any = client.create_kernel_manager()
        try:
            await client.async_start_new_kernel(
                cwd=str(folder), env=variables, stdout=log, stderr=log
            )
            await client.async_start_new_kernel_client()
            yield client
        finally:
            end_processes(manager)
            if client.kc:
                client.kc.stop_channels()
            await manager.cleanup_resources()


@contextlib.contextmanager
def socket_folder() -> Iterator[str]:
    """Have a folder for sockets, and remove those of processes that were killed.

    As long as its owner lives, the folder's lock is taken.
    """
    parent = SHORT_FOLDER if Path(SHORT_FOLDER).is_dir() else tempfile.gettempdir()
    for abandoned in Path(parent).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (abandoned / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(abandoned)
    with tempfile.TemporaryDirectory(
        prefix=PREFIX, dir=parent, ignore_cleanup_errors=True
    ) as folder:
        new = Path(folder, "new")
        with new.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            new.rename(new.with_name(LOCK))
            yield folder


def end_processes(manager: Any) -> None:
    """Kill a kernel's whole process group, and wait until the kernel has ended.

    A polite request would cost each notebook up to some seconds, and a kernel that never returns
    would not hear it.
    """
    provisioner = manager.provisioner
    if provisioner and provisioner.process:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(provisioner.pgid, signal.SIGKILL)
        provisioner.process.wait()
