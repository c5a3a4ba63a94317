"""What evaluation adds to a kernel's own start.

    .envs/book/bin/python benchmarks/build.py

``d2lbook build eval`` of a book of one-cell notebooks that has no records, one notebook at a time,
in turns with as many bare kernels of the same Python: start, run the same cell, kill. The
whole command counts: its imports, reading the book, the records, the notebooks it writes.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

LIMIT = 0.3
"""Seconds that a notebook may cost beyond a bare kernel."""
CELL = "print('hello')"
CONFIG = "[build]\nnotebooks = *.md\n[eval]\noutputs = outputs\ncache = cache\n"


class BareKernelManager(KernelManager):
    """Starts kernels on the Python that runs this."""

    kernel_spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    )


def write_book(root: Path, notebooks: int) -> None:
    """Write a book of notebooks of one cell, no two the same."""
    names = [f"page{number:02}" for number in range(notebooks)]
    (root / "config.ini").write_text(CONFIG)
    (root / "index.md").write_text("# Book\n\n```toc\n" + "\n".join(names) + "\n```\n")
    for name in names:
        cell = f"```{{.python .input}}\n{CELL}  # {name}\n```"
        (root / f"{name}.md").write_text(f"# {name}\n\n{cell}\n")


def evaluate(notebooks: int) -> None:
    """Evaluate a fresh book."""
    with tempfile.TemporaryDirectory() as folder:
        write_book(Path(folder), notebooks)
        command = [sys.executable, "-m", "d2lbook", "build", "eval", "--jobs", "1"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if f"({notebooks} ran)" not in done.stdout:
            sys.exit(done.stdout + done.stderr)


def start_kernels(notebooks: int) -> None:
    """Start bare kernels, one after the other, and run the cell in each."""
    for _ in range(notebooks):
        manager = BareKernelManager(transport="ipc")
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready()
        client.execute_interactive(CELL, output_hook=lambda message: None)
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def seconds_each(task: Callable[[int], None], notebooks: int) -> float:
    """The wall-clock time of a task, per notebook."""
    started = time.perf_counter()
    task(notebooks)
    return (time.perf_counter() - started) / notebooks


def main() -> int:
    """Print the figures; the exit status says whether they are within the limit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--notebooks", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    pairs = [
        (
            seconds_each(evaluate, arguments.notebooks),
            seconds_each(start_kernels, arguments.notebooks),
        )
        for _ in range(arguments.repeats)
    ]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    extra = statistics.median(ours - bare for ours, bare in pairs)
    print(
        f"build: {ours:.2f} s a notebook, {bare:.2f} s a bare kernel: {extra:+.2f} s "
        f"({ours / bare:.2f} times); limit {LIMIT:+.2f} s"
    )
    return int(extra > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
