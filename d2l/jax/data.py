"""Data sets whose batches are made on the device."""

from collections.abc import Iterable
from dataclasses import dataclass

import jax
import numpy as np
from jax import numpy as jnp

from d2l import data, loading, plots


def to_device(batch: Iterable, device: jax.Device | None) -> tuple:
    """Return the arrays of a batch, of whichever library, on ``device``; None is JAX's default."""
    arrays = [a if isinstance(a, jax.Array) else plots.as_numpy(a) for a in batch]
    return jax.device_put(tuple(arrays), device)


@jax.jit
def make_batch(images, labels, weights, indices) -> tuple[jax.Array, jax.Array]:
    """Return the examples at ``indices``, scaled, and resized where there are weights for it."""
    X = images[indices].astype(jnp.float32) / 255
    if weights is not None:
        rows_weights, columns_weights = weights
        # A GPU would otherwise round the factors to 11 bits.
        X = jnp.einsum("ph,nhwc,qw->npqc", rows_weights, X, columns_weights, precision="highest")
    return X, labels[indices]


@dataclass(frozen=True)
class ImageStore:
    """The images of one split, on one device; batches are float32, NHWC."""

    images: jax.Array
    """uint8, (n, height, width, channels)."""
    labels: jax.Array
    """int32 class ids, (n,)."""
    weights: tuple[jax.Array, jax.Array] | None
    """Weights of the resize along height and width, or None where there is nothing to resize."""

    def to(self, device: jax.Device) -> "ImageStore":
        """Return the same images on another device."""
        return ImageStore(*jax.device_put((self.images, self.labels, self.weights), device))

    def batch(self, indices: np.ndarray) -> tuple[jax.Array, jax.Array]:
        """Return X, float32 in [0, 1], (n, height, width, channels), and y, int32, (n,)."""
        return make_batch(self.images, self.labels, self.weights, indices.astype(np.int32))


class ImageData(loading.ImageData):
    """An image data set of the JAX edition."""

    def make_store(self, arrays: data.Arrays) -> ImageStore:
        """Return the split on JAX's default device."""
        old, weights = arrays.images.shape[1:3], None
        if old != self.resize:
            height, width = map(loading.resize_weights, old, self.resize)
            weights = jnp.asarray(height), jnp.asarray(width)
        labels = jnp.asarray(arrays.labels, jnp.int32)
        return ImageStore(jnp.asarray(arrays.images), labels, weights)

    def split(self, arrays: data.Arrays) -> tuple[np.ndarray, np.ndarray]:
        """Return (images, labels) as they were read: uint8, not resized, and class ids."""
        return arrays.images, arrays.labels


class FashionMNIST(ImageData, loading.FashionMNIST):
    """Fashion-MNIST (Xiao et al., 2017): 28×28 gray images of clothes in ten classes."""


class CIFAR10(ImageData, loading.CIFAR10):
    """CIFAR-10 (Krizhevsky, 2009): 32×32 color images in ten classes."""
