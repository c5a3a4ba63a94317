"""Devices, and the seed of everything random."""

import secrets

import jax

from d2l.settings import data_order


class KeyStream:
    """Draws random keys one after the other; none is made before it is asked for."""

    def __init__(self) -> None:
        self.seed(secrets.randbits(32))

    def seed(self, value: int) -> None:
        """Start anew from ``value``."""
        self._seed, self._drawn = value, 0

    def next(self) -> jax.Array:
        """Return a key that wasn't drawn before."""
        self._drawn += 1
        return jax.random.fold_in(jax.random.key(self._seed), self._drawn)


keys = KeyStream()


def cpu() -> jax.Device:
    """Return the CPU."""
    return jax.devices("cpu")[0]


def gpu(i: int = 0) -> jax.Device:
    """Return the i-th GPU; raise ValueError where there is none."""
    if i >= num_gpus():
        raise ValueError(f"gpu({i}): JAX sees {num_gpus()} GPUs here; try_gpu({i}) takes the CPU")
    return jax.devices("gpu")[i]


def num_gpus() -> int:
    """Return the number of GPUs."""
    try:
        return jax.device_count("gpu")
    except RuntimeError:  # this JAX was installed for other devices
        return 0


def try_gpu(i: int = 0) -> jax.Device:
    """Return the i-th GPU, or the CPU where there is none."""
    return gpu(i) if num_gpus() > i else cpu()


def try_all_gpus() -> list[jax.Device]:
    """Return all GPUs, or the CPU alone where there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def seed(value: int) -> None:
    """Fix the order of the data, the initialization and dropout."""
    data_order.seed(value)
    keys.seed(value)


def get_key() -> jax.Array:
    """Return a random key, a new one at each call; ``seed`` fixes the keys that follow."""
    return keys.next()
