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


def on(device: str | AbstractContextManager | None) -> AbstractContextManager:
    """Return the context of a device, given by its name or as itself; None is any device."""
    return tf.device(device) if device is None or isinstance(device, str) else device


def name_of(device: str | AbstractContextManager) -> str:
    """Return the name of a device, such as "GPU:0"."""
    with on(device):
        spec = tf.DeviceSpec.from_string(tf.zeros(()).device)
    return f"{spec.device_type}:{spec.device_index}"


def seed(value: int) -> None:
    """Fix the order of the data, the initialization and dropout.

    Keras draws its seeds from Python's ``random``: that is seeded too, as is NumPy's old generator.
    """
    data_order.seed(value)
    tf.keras.utils.set_random_seed(value)
