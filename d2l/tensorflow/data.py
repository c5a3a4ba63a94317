"""Data sets whose batches are made on the device."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from d2l import data, loading
from d2l.tensorflow import devices


def to_device(batch: Iterable, device: str | None) -> list[tf.Tensor]:
    """Return the arrays of a batch as tensors on ``device``; None leaves them where they are."""
    with devices.on(device):
        return [tf.identity(array) for array in batch]


@tf.function(autograph=False, reduce_retracing=True)
def make_batch(images, labels, weights, indices) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the examples at ``indices``, scaled, and resized where there are weights for it."""
    X = tf.cast(tf.gather(images, indices), tf.float32) / 255
    if weights is not None:
        # Not as X @ weights: oneDNN's batched product crashes in TensorFlow 2.21 (issue 117700).
        for axis_weights in weights:  # (n, h, w, c) to (n, w, c, height) to (n, c, height, width)
            X = tf.tensordot(X, axis_weights, axes=(1, 1))
        X = tf.transpose(X, (0, 2, 3, 1))
    return X, tf.gather(labels, indices)


@dataclass(frozen=True)
class ImageStore:
    """The images of one split, on one device; batches are float32, NHWC."""

    images: tf.Tensor
    """uint8, (n, height, width, channels)."""
    labels: tf.Tensor
    """int64 class ids, (n,)."""
    weights: tuple[tf.Tensor, tf.Tensor] | None
    """Weights of the resize along height and width, or None where there is nothing to resize."""

    def to(self, device: str) -> "ImageStore":
        """Return the same images on another device."""
        with tf.device(device):
            weights = self.weights and tuple(map(tf.identity, self.weights))
            return ImageStore(tf.identity(self.images), tf.identity(self.labels), weights)

    def batch(self, indices: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
        """Return X, float32 in [0, 1], (n, height, width, channels), and y, int64, (n,)."""
        with tf.device(self.images.device):
            return make_batch(self.images, self.labels, self.weights, tf.constant(indices))


class ImageData(loading.ImageData):
    """An image data set of the TensorFlow edition."""

    def make_store(self, arrays: data.Arrays) -> ImageStore:
        """Return the split on the host."""
        old, weights = arrays.images.shape[1:3], None
        with tf.device("CPU:0"):
            if old != self.resize:
                height, width = map(loading.resize_weights, old, self.resize)
                weights = tf.constant(height), tf.constant(width)
            return ImageStore(tf.constant(arrays.images), tf.constant(arrays.labels), weights)

    def split(self, arrays: data.Arrays) -> tuple[np.ndarray, np.ndarray]:
        """Return (images, labels) as they were read: uint8, not resized, and class ids."""
        return arrays.images, arrays.labels


class FashionMNIST(ImageData, loading.FashionMNIST):
    """Fashion-MNIST (Xiao et al., 2017): 28×28 gray images of clothes in ten classes."""


class CIFAR10(ImageData, loading.CIFAR10):
    """CIFAR-10 (Krizhevsky, 2009): 32×32 color images in ten classes."""
