"""Devices, and the seed of everything random."""

from contextlib import AbstractContextManager

import tensorflow as tf

from d2l.settings import data_order


def cpu() -> AbstractContextManager:
    """Return the CPU, for ``with d2l.cpu(): …``."""
    return tf.device("CPU:0")


def gpu(i: int = 0) -> AbstractContextManager:
    """Return the i-th GPU, for ``with d2l.gpu(): …``."""
    return tf.device(f"GPU:{i}")


def num_gpus() -> int:
    """Return the number of GPUs."""
    return len(tf.config.list_physical_devices("GPU"))


def try_gpu(i: int = 0) -> AbstractContextManager:
    """Return the i-th GPU, or the CPU where there is none."""
    return gpu(i) if num_gpus() > i else cpu()


def try_all_gpus() -> list[AbstractContextManager]:
    """Return all GPUs, or the CPU alone where there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def seed(value: int) -> None:
    """Fix the order of the data, the initialization and dropout.

    Keras draws its seeds from Python's ``random``: that is seeded too, as is NumPy's old generator.
    """
    data_order.seed(value)
    tf.keras.utils.set_random_seed(value)
