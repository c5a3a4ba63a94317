"""Devices, and the seed of everything random."""

import mxnet as mx
import numpy

from d2l.settings import data_order


def cpu() -> mx.Context:
    """Return the CPU."""
    return mx.cpu()


def gpu(i: int = 0) -> mx.Context:
    """Return the i-th GPU."""
    return mx.gpu(i)


def num_gpus() -> int:
    """Return the number of GPUs."""
    return mx.context.num_gpus()


def try_gpu(i: int = 0) -> mx.Context:
    """Return the i-th GPU, or the CPU where there is none."""
    return gpu(i) if num_gpus() > i else cpu()


def try_all_gpus() -> list[mx.Context]:
    """Return all GPUs, or the CPU alone where there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def seed(value: int) -> None:
    """Fix the order of the data, the initialization and dropout."""
    data_order.seed(value)
    mx.random.seed(value)
    numpy.random.seed(value % 2**32)  # gluon.data.DataLoader shuffles with it
