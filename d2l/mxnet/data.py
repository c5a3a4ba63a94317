"""Data sets whose batches are made on the device."""

from collections.abc import Iterable
from typing import Any

import mxnet as mx
import numpy
from mxnet import np

from d2l import data, loading, plots


def to_device(batch: Iterable, device: mx.Context | None) -> list[np.ndarray]:
    """Return the arrays of a batch as tensors on ``device``; None leaves them where they are."""
    arrays = map(as_tensor, batch)
    return [array if device is None else array.as_in_ctx(device) for array in arrays]


def as_tensor(values: Any) -> np.ndarray:
    """Return an array of MXNet's old kind, a NumPy array or a list as an ``np.ndarray``."""
    if isinstance(values, mx.nd.NDArray):  # np.ndarray is one too
        return values.as_np_ndarray()
    values = numpy.asarray(values)
    return np.array(values, dtype=values.dtype)


class ImageStore:
    """The images of one split: uint8, on one device; batches are float32, NCHW."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, size: tuple[int, int]):
        self.images, self.labels, self.size = images, labels, size
        old = images.shape[2:]  # images: (n, channels, height, width)
        self.weights = None
        if tuple(old) != size:
            self.weights = [
                np.array(loading.resize_weights(*axis), ctx=images.ctx)
                for axis in zip(old, size, strict=True)
            ]

    def to(self, device: mx.Context) -> "ImageStore":
        """Return the same images on another device."""
        images, labels = self.images.as_in_ctx(device), self.labels.as_in_ctx(device)
        return ImageStore(images, labels, self.size)

    def batch(self, indices: numpy.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return X, float32 in [0, 1], (n, channels, height, width), and y, int64, (n,)."""
        rows = np.array(indices, dtype="int64", ctx=self.images.ctx)
        X = np.take(self.images, rows, axis=0).astype("float32") / 255
        if self.weights is not None:
            rows_weights, columns_weights = self.weights
            X = np.matmul(np.matmul(rows_weights, X), columns_weights.T)
        return X, np.take(self.labels, rows, axis=0)


class ImageSplit:
    """``data.train`` and ``data.val``: a sequence of (image, label), resized when read."""

    def __init__(self, store: ImageStore):
        self.store = store

    def __len__(self) -> int:
        return len(self.store.labels)

    def __getitem__(self, i: int) -> tuple[np.ndarray, int]:
        if not -len(self) <= i < len(self):
            raise IndexError(f"example {i} of {len(self)}")
        X, y = self.store.batch(numpy.array([i % len(self)]))
        return X[0], int(y[0])


class ImageData(loading.ImageData):
    """An image data set of the MXNet edition."""

    def make_store(self, arrays: data.Arrays) -> ImageStore:
        """Return the split on the host."""
        images = np.array(arrays.images.transpose(0, 3, 1, 2), dtype="uint8")
        return ImageStore(images, np.array(arrays.labels, dtype="int64"), self.resize)

    def split(self, arrays: data.Arrays) -> ImageSplit:
        """Return the split as a sequence."""
        return ImageSplit(self.make_store(arrays))

    def to_images(self, X: np.ndarray) -> numpy.ndarray:
        """Return NCHW images as NHWC."""
        return plots.as_numpy(X).transpose(0, 2, 3, 1)


class FashionMNIST(ImageData, loading.FashionMNIST):
    """Fashion-MNIST (Xiao et al., 2017): 28×28 gray images of clothes in ten classes."""


class CIFAR10(ImageData, loading.CIFAR10):
    """CIFAR-10 (Krizhevsky, 2009): 32×32 color images in ten classes."""
