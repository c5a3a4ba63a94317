"""Devices, and the seed of everything random."""

import torch

from d2l.settings import data_order


def cpu() -> torch.device:
    """Return the CPU."""
    return torch.device("cpu")


def gpu(i: int = 0) -> torch.device:
    """Return the i-th GPU."""
    return torch.device(f"cuda:{i}")


def num_gpus() -> int:
    """Return the number of GPUs."""
    return torch.cuda.device_count()


def try_gpu(i: int = 0) -> torch.device:
    """Return the i-th GPU, or the CPU where there is none."""
    return gpu(i) if num_gpus() > i else cpu()


def try_all_gpus() -> list[torch.device]:
    """Return all GPUs, or the CPU alone where there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def seed(value: int) -> None:
    """Fix the order of the data, the initialization and dropout."""
    data_order.seed(value)
    torch.manual_seed(value)
