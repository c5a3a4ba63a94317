"""What the environment asks for: caps on a run, a seed; and the order in which data is read.

=====================  =========================================================
``D2L_MAX_EPOCHS``     no fit runs for more epochs than this
``D2L_DATASET_LIMIT``  no data set holds more training images than this; its
                       test images are capped in the same proportion
``D2L_MAX_SIDE``       images are made no larger than this, in pixels, also where
                       a notebook asks for it
``D2L_SEED``           the edition calls ``seed`` with it when it is imported
=====================  =========================================================
"""

import os

import numpy as np


def _whole_number(variable: str, *, least: int = 1) -> int | None:
    """The value of an environment variable, or None where it is unset or empty."""
    text = os.environ.get(variable, "").strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) < least:
        raise ValueError(
            f"{variable}={text!r} is not a whole number from {least} on: unset it or set one, say 3"
        )
    return int(text)


def max_epochs_cap() -> int | None:
    """The most epochs a fit may run for, or None."""
    return _whole_number("D2L_MAX_EPOCHS")


def dataset_limit() -> int | None:
    """The most training images a data set may hold, or None."""
    return _whole_number("D2L_DATASET_LIMIT")


def max_side() -> int | None:
    """The longest side that images may be resized to, in pixels, or None."""
    return _whole_number("D2L_MAX_SIDE")


def environment_seed() -> int | None:
    """The seed the environment asks for, or None."""
    return _whole_number("D2L_SEED", least=0)


class DataOrder:
    """Draws the order of the training examples, the same in every edition for the same seed."""

    def __init__(self) -> None:
        self.seed(None)

    def seed(self, value: int | None) -> None:
        """Start anew from ``value``; None starts from the operating system's entropy."""
        self._generator = np.random.default_rng(value)

    def permutation(self, n: int) -> np.ndarray:
        """Return a fresh permutation of ``0 … n-1``, shape ``(n,)``, int64."""
        return self._generator.permutation(n)


data_order = DataOrder()
