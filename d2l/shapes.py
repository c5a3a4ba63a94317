"""The arguments of tensor functions that are told apart by their kind; no framework is involved."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def as_shape(sizes: Sequence) -> tuple[int, ...]:
    """Return the shape given as ``f(2, 3)`` or as ``f((2, 3))``, from f's positional arguments."""
    if len(sizes) == 1 and not hasattr(sizes[0], "__index__"):
        sizes = tuple(sizes[0])
    return tuple(int(size) for size in sizes)


def normal_arguments(mean: Any, std: Any, shape: Any) -> tuple[Any, Any, tuple[int, ...]]:
    """Return (mean, std, shape), also where the shape came first: ``normal(shape, mean, std)``.

    None stands for what wasn't given: mean 0, deviation 1, and the shape of these two.
    """
    if isinstance(mean, (tuple, list)):
        return (0.0 if std is None else std), (1.0 if shape is None else shape), tuple(mean)
    std = 1.0 if std is None else std
    if shape is None:
        shape = np.broadcast_shapes(np.shape(mean), np.shape(std))
    return mean, std, as_shape((shape,))
