"""Functions on tensors, by the same names and with the same arguments in all editions.

Where TensorFlow's own function is just that, it is the function.
"""

import math

import numpy as np
import tensorflow as tf

from d2l.plots import as_numpy
from d2l.shapes import normal_arguments
from d2l.tensorflow.devices import on

int32 = tf.int32
int64 = tf.int64
float32 = tf.float32

tensor = tf.constant
stack = tf.stack  # stack(list, axis)
eye = tf.eye
batch_matmul = tf.matmul
exp = tf.exp
log = tf.math.log
tanh = tf.tanh
sin = tf.sin
cos = tf.cos
abs = tf.abs
sigmoid = tf.sigmoid
reduce_sum = tf.reduce_sum  # reduce_sum(x, axis, keepdims=True)
reduce_mean = tf.reduce_mean  # reduce_mean(x, axis, keepdims=True)


def shape_of(sizes: tuple):
    """Return the shape given as ``f(2, 3)`` or as ``f((2, 3))``; sizes may be tensors."""
    return sizes[0] if len(sizes) == 1 and np.ndim(sizes[0]) else sizes


def ones(*shape, dtype: tf.DType = float32) -> tf.Tensor:
    """Return a tensor of ones: ``ones(2, 3)`` or ``ones((2, 3))``."""
    return tf.ones(shape_of(shape), dtype)


def zeros(*shape, dtype: tf.DType = float32) -> tf.Tensor:
    """Return a tensor of zeros: ``zeros(2, 3)`` or ``zeros((2, 3))``."""
    return tf.zeros(shape_of(shape), dtype)


def randn(*shape, dtype: tf.DType = float32) -> tf.Tensor:
    """Return samples of the standard normal distribution."""
    return tf.random.normal(shape_of(shape), dtype=dtype)


def rand(*shape, dtype: tf.DType = float32) -> tf.Tensor:
    """Return samples of the uniform distribution over [0, 1)."""
    return tf.random.uniform(shape_of(shape), dtype=dtype)


def arange(start, end=None, step=1, dtype: tf.DType | None = None) -> tf.Tensor:
    """Return ``start, start + step, …`` up to ``end``, without it; ``arange(n)`` starts at 0."""
    start, end = (0, start) if end is None else (start, end)
    return tf.range(start, end, step, dtype)


def normal(mean=0.0, std=None, shape=None, **options) -> tf.Tensor:
    """Return samples of the normal distribution; ``normal(shape, mean, std)`` will also do."""
    mean, std, shape = normal_arguments(mean, std, options.pop("size", shape))
    return tf.random.normal(shape, mean, std, **options)


def concat(tensors, axis: int = 0) -> tf.Tensor:
    """Return tensors joined along an axis that is there already."""
    return tf.concat(tensors, axis)


def reshape(x: tf.Tensor, *shape) -> tf.Tensor:
    """Return the values of x in another shape: ``reshape(x, (2, 3))`` or ``reshape(x, 2, 3)``."""
    return tf.reshape(x, shape_of(shape))


def matmul(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Return the product of matrices, of stacks of matrices, or with a vector on either side."""
    a, b = tf.convert_to_tensor(a), tf.convert_to_tensor(b)
    if min(a.ndim, b.ndim) > 1:
        return tf.matmul(a, b)
    return tf.tensordot(a, b, axes=(-1, max(-2, -b.ndim)))


def expand_dims(x: tf.Tensor, axis: int) -> tf.Tensor:
    """Return x with a new axis of size 1."""
    return tf.expand_dims(x, axis)


def transpose(x: tf.Tensor, axes=None, perm=None) -> tf.Tensor:
    """Return x with its axes in another order, which TensorFlow calls ``perm``; or in reverse."""
    return tf.transpose(x, perm if axes is None else axes)


def swapaxes(x: tf.Tensor, axis1: int, axis2: int) -> tf.Tensor:
    """Return x with two axes exchanged."""
    axes = list(range(x.ndim))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return tf.transpose(x, axes)


def repeat(x: tf.Tensor, repeats, axis: int | None = None) -> tf.Tensor:
    """Return x with each element repeated along an axis; without one, all values in a row."""
    return tf.repeat(x, repeats, axis)


def argmax(x: tf.Tensor, axis: int | None = None) -> tf.Tensor:
    """Return the index of the largest value along an axis, or in all values."""
    return tf.argmax(tf.reshape(x, (-1,)) if axis is None else x, 0 if axis is None else axis)


def astype(x: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """Return x with values of another type."""
    return tf.cast(x, dtype)


def size(x: tf.Tensor) -> int:
    """Return the number of values."""
    return math.prod(x.shape)


def to(x: tf.Tensor, device) -> tf.Tensor:
    """Return x on a device."""
    with on(device):
        return tf.identity(x)


def numpy(x: tf.Tensor) -> np.ndarray:
    """Return x as a NumPy array."""
    return as_numpy(x)
