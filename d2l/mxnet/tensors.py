"""Functions on tensors, by the same names and with the same arguments in all editions.

Where MXNet's own function is just that, it is the function.
"""

import numpy as onp
from mxnet import np, npx

from d2l.plots import as_numpy
from d2l.shapes import as_shape, normal_arguments

int32 = np.int32
int64 = np.int64
float32 = np.float32

arange = np.arange
eye = np.eye
tensor = np.array
concat = np.concatenate  # concat(list, axis)
stack = np.stack  # stack(list, axis)
matmul = np.matmul
batch_matmul = np.matmul
exp = np.exp
log = np.log
tanh = np.tanh
sin = np.sin
cos = np.cos
abs = np.abs
sigmoid = npx.sigmoid
swapaxes = np.swapaxes  # swapaxes(x, axis1, axis2)


def ones(*shape, **options) -> np.ndarray:
    """Return a tensor of ones: ``ones(2, 3)`` or ``ones((2, 3))``."""
    return np.ones(as_shape(shape), **options)


def zeros(*shape, **options) -> np.ndarray:
    """Return a tensor of zeros: ``zeros(2, 3)`` or ``zeros((2, 3))``."""
    return np.zeros(as_shape(shape), **options)


def randn(*shape, **options) -> np.ndarray:
    """Return samples of the standard normal distribution: ``randn(2, 3)``, ``randn((2, 3))``."""
    return np.random.normal(size=as_shape(shape), **options)


def rand(*shape, **options) -> np.ndarray:
    """Return samples of the uniform distribution over [0, 1): ``rand(2, 3)``, ``rand((2, 3))``."""
    return np.random.uniform(size=as_shape(shape), **options)


def normal(mean=0.0, std=None, shape=None, **options) -> np.ndarray:
    """Return samples of the normal distribution; ``normal(shape, mean, std)`` will also do."""
    mean, std, shape = normal_arguments(mean, std, options.pop("size", shape))
    return np.random.normal(mean, std, shape, **options)


def reshape(x: np.ndarray, *shape) -> np.ndarray:
    """Return the values of x in another shape: ``reshape(x, (2, 3))`` or ``reshape(x, 2, 3)``."""
    return x.reshape(*shape)


def transpose(x: np.ndarray, axes=None) -> np.ndarray:
    """Return x with its axes in another order; without ``axes``, in reverse."""
    return np.transpose(x, axes)


def expand_dims(x: np.ndarray, axis: int) -> np.ndarray:
    """Return x with a new axis of size 1."""
    return np.expand_dims(x, axis)


def repeat(x: np.ndarray, repeats, axis: int | None = None) -> np.ndarray:
    """Return x with each element repeated along an axis; without one, all values in a row."""
    return np.repeat(x, repeats, axis)


def reduce_sum(x: np.ndarray, *args, **options) -> np.ndarray:
    """Return the sum over an axis, or over all: ``reduce_sum(x, axis, keepdims=True)``."""
    return np.sum(x, *args, **options)


def reduce_mean(x: np.ndarray, *args, **options) -> np.ndarray:
    """Return the mean over an axis, or over all: ``reduce_mean(x, axis, keepdims=True)``."""
    return np.mean(x, *args, **options)


def argmax(x: np.ndarray, *args, **options) -> np.ndarray:
    """Return the index of the largest value along an axis, or in all values."""
    return np.argmax(x, *args, **options)


def astype(x: np.ndarray, dtype) -> np.ndarray:
    """Return x with values of another type."""
    return x.astype(dtype)


def size(x: np.ndarray) -> int:
    """Return the number of values."""
    return x.size


def to(x: np.ndarray, device) -> np.ndarray:
    """Return x on a device."""
    return x.as_in_ctx(device)


def numpy(x: np.ndarray) -> onp.ndarray:
    """Return x as a NumPy array; gradients and devices are left behind."""
    return as_numpy(x)
