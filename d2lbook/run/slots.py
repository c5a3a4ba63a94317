"""Shares of this machine that a notebook runs on: CPU threads, and a GPU where there are some."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",
)
"""What the frameworks read; ``NPROC`` is for XLA."""
Slot = Mapping[str, str]
"""Variables of the environment that keep a kernel to its share."""


def slots(notebooks: int, *, at_once: int | None = None) -> list[Slot]:
    """Share out this machine: one slot a GPU, else one a core; no more than there are notebooks.

    Args:
        notebooks: how many are to run.
        at_once: how many to run at once, in place of as many as there are GPUs or cores.
    """
    gpus, cores = visible_gpus(), usable_cores()
    count = max(1, min(at_once or len(gpus) or cores, notebooks))
    threads = dict.fromkeys(THREAD_VARIABLES, str(max(1, cores // count)))
    return [{**threads, **_gpu(gpus, i)} for i in range(count)]


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def visible_gpus() -> list[str]:
    """Return the indices of the NVIDIA GPUs that this process may use."""
    if (chosen := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        return [index.strip() for index in chosen.split(",") if index.strip()]
    if not (tool := shutil.which("nvidia-smi")):
        return []
    try:
        listed = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return []
    lines = [line for line in listed.stdout.splitlines() if line.startswith("GPU ")]
    return [str(index) for index in range(len(lines))]


def _gpu(gpus: Sequence[str], slot: int) -> Slot:
    return {"CUDA_VISIBLE_DEVICES": gpus[slot % len(gpus)]} if gpus else {}
