"""Functions on tensors, by the same names and with the same arguments in all editions.

Where JAX's own function is just that, it is the function. Random numbers take their keys from
``get_key``, so that ``seed`` fixes them.
"""

import jax
import numpy as np
from jax import numpy as jnp

from d2l.jax.devices import get_key
from d2l.plots import as_numpy
from d2l.shapes import as_shape, normal_arguments

int32 = jnp.int32
int64 = int  # of 32 bits, as everywhere in JAX, unless it is set to 64
float32 = jnp.float32

arange = jnp.arange
eye = jnp.eye
tensor = jnp.array
concat = jnp.concatenate  # concat(list, axis)
stack = jnp.stack  # stack(list, axis)
matmul = batch_matmul = jnp.matmul
exp = jnp.exp
log = jnp.log
tanh = jnp.tanh
sin = jnp.sin
cos = jnp.cos
abs = jnp.abs
sigmoid = jax.nn.sigmoid
transpose = jnp.transpose  # transpose(x, axes); without axes, in reverse
swapaxes = jnp.swapaxes  # swapaxes(x, axis1, axis2)
reduce_sum = jnp.sum  # reduce_sum(x, axis, keepdims=True)
reduce_mean = jnp.mean  # reduce_mean(x, axis, keepdims=True)
argmax = jnp.argmax  # argmax(x, axis)


def ones(*shape, **options) -> jax.Array:
    """Return ones: ``ones(2, 3)`` or ``ones((2, 3))``; options are ``dtype`` and ``device``."""
    return jnp.ones(as_shape(shape), **options)


def zeros(*shape, **options) -> jax.Array:
    """Return zeros: ``zeros(2, 3)`` or ``zeros((2, 3))``; options are ``dtype`` and ``device``."""
    return jnp.zeros(as_shape(shape), **options)


def randn(*shape, device: jax.Device | None = None) -> jax.Array:
    """Return samples of the standard normal distribution: ``randn(2, 3)`` or ``randn((2, 3))``."""
    return jax.device_put(jax.random.normal(get_key(), as_shape(shape)), device)


def rand(*shape, device: jax.Device | None = None) -> jax.Array:
    """Return samples, uniform in [0, 1): ``rand(2, 3)`` or ``rand((2, 3))``."""
    return jax.device_put(jax.random.uniform(get_key(), as_shape(shape)), device)


def normal(mean=0.0, std=None, shape=None, *, size=None, device=None) -> jax.Array:
    """Return samples of the normal distribution; ``normal(shape, mean, std)`` will also do.

    ``size`` is another name of ``shape``.
    """
    mean, std, shape = normal_arguments(mean, std, size if shape is None else shape)
    return randn(shape, device=device) * std + mean


def reshape(x: jax.Array, *shape) -> jax.Array:
    """Return the values of x in another shape: ``reshape(x, (2, 3))`` or ``reshape(x, 2, 3)``."""
    return x.reshape(*shape)


def expand_dims(x: jax.Array, axis: int) -> jax.Array:
    """Return x with a new axis of size 1."""
    return jnp.expand_dims(x, axis)


def repeat(x: jax.Array, repeats, axis: int | None = None) -> jax.Array:
    """Return x with each element repeated along an axis; without one, all values in a row."""
    return jnp.repeat(x, repeats, axis)


def astype(x: jax.Array, dtype) -> jax.Array:
    """Return x with values of another type."""
    return x.astype(dtype)


def size(x: jax.Array) -> int:
    """Return the number of values."""
    return x.size


def to(x: jax.Array, device: jax.Device) -> jax.Array:
    """Return x on a device."""
    return jax.device_put(x, device)


def numpy(x: jax.Array) -> np.ndarray:
    """Return x as a NumPy array."""
    return as_numpy(x)
