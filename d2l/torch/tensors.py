"""Functions on tensors, by the same names and with the same arguments in all editions.

Where PyTorch's own function is just that, it is the function; it also takes ``dim`` for ``axis``.
"""

import numpy as np
import torch

from d2l.plots import as_numpy
from d2l.shapes import normal_arguments

int32 = torch.int32
int64 = torch.int64
float32 = torch.float32

# ones(2, 3) or ones((2, 3)), and so on
ones = torch.ones
zeros = torch.zeros
randn = torch.randn  # from the standard normal distribution
rand = torch.rand  # uniform in [0, 1)
arange = torch.arange
eye = torch.eye
tensor = torch.tensor
concat = torch.cat  # concat(list, axis)
stack = torch.stack  # stack(list, axis)
matmul = torch.matmul
batch_matmul = torch.bmm
exp = torch.exp
log = torch.log
tanh = torch.tanh
sin = torch.sin
cos = torch.cos
abs = torch.abs
sigmoid = torch.sigmoid


def normal(mean=0.0, std=None, shape=None, **options) -> torch.Tensor:
    """Return samples of the normal distribution; ``normal(shape, mean, std)`` will also do."""
    mean, std, shape = normal_arguments(mean, std, options.pop("size", shape))
    return torch.randn(shape, **options) * std + mean


def reshape(x: torch.Tensor, *shape) -> torch.Tensor:
    """Return the values of x in another shape: ``reshape(x, (2, 3))`` or ``reshape(x, 2, 3)``."""
    return x.reshape(*shape)


def transpose(x: torch.Tensor, axes=None) -> torch.Tensor:
    """Return x with its axes in another order; without ``axes``, in reverse."""
    return x.permute(*(reversed(range(x.ndim)) if axes is None else axes))


def swapaxes(x: torch.Tensor, axis1: int, axis2: int) -> torch.Tensor:
    """Return x with two axes exchanged."""
    return x.swapaxes(axis1, axis2)


def expand_dims(x: torch.Tensor, axis: int) -> torch.Tensor:
    """Return x with a new axis of size 1."""
    return x.unsqueeze(axis)


def repeat(x: torch.Tensor, repeats, axis: int | None = None) -> torch.Tensor:
    """Return x with each element repeated along an axis; without one, all values in a row."""
    return torch.repeat_interleave(x, repeats, dim=axis)


def reduce_sum(x: torch.Tensor, *args, **options) -> torch.Tensor:
    """Return the sum over an axis, or over all: ``reduce_sum(x, axis, keepdims=True)``."""
    return x.sum(*args, **options)


def reduce_mean(x: torch.Tensor, *args, **options) -> torch.Tensor:
    """Return the mean over an axis, or over all: ``reduce_mean(x, axis, keepdims=True)``."""
    return x.mean(*args, **options)


def argmax(x: torch.Tensor, *args, **options) -> torch.Tensor:
    """Return the index of the largest value along an axis, or in all values."""
    return x.argmax(*args, **options)


def astype(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return x with values of another type."""
    return x.to(dtype)


def size(x: torch.Tensor) -> int:
    """Return the number of values."""
    return x.numel()


def to(x: torch.Tensor, device) -> torch.Tensor:
    """Return x on a device."""
    return x.to(device)


def numpy(x: torch.Tensor) -> np.ndarray:
    """Return x as a NumPy array; gradients and devices are left behind."""
    return as_numpy(x)
