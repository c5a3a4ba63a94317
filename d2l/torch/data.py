"""Data sets whose batches are made on the device."""

from collections.abc import Iterable

import numpy as np
import torch

from d2l import data, loading, plots


def to_device(batch: Iterable, device: torch.device | None) -> list[torch.Tensor]:
    """Return the arrays of a batch as tensors on ``device``; None leaves them where they are."""
    return [torch.as_tensor(array, device=device) for array in batch]


class ImageStore:
    """The images of one split: uint8, on one device; batches are float32, NCHW."""

    def __init__(self, images: torch.Tensor, labels: torch.Tensor, size: tuple[int, int]):
        self.images, self.labels, self.size = images, labels, size
        old = images.shape[2:]  # images: (n, channels, height, width)
        self.weights = None
        if tuple(old) != size:
            self.weights = [
                torch.from_numpy(loading.resize_weights(*axis)).to(images.device)
                for axis in zip(old, size, strict=True)
            ]

    def to(self, device: torch.device) -> "ImageStore":
        """Return the same images on another device."""
        return ImageStore(self.images.to(device), self.labels.to(device), self.size)

    def batch(self, indices: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Return X, float32 in [0, 1], (n, channels, height, width), and y, int64, (n,)."""
        rows = torch.from_numpy(indices).to(self.images.device)
        X = self.images[rows].float() / 255
        if self.weights is not None:
            rows_weights, columns_weights = self.weights
            X = rows_weights @ X @ columns_weights.T
        return X, self.labels[rows]


class ImageSplit:
    """``data.train`` and ``data.val``: a sequence of (image, label), resized when read."""

    def __init__(self, store: ImageStore):
        self.store = store

    def __len__(self) -> int:
        return len(self.store.labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        if not -len(self) <= i < len(self):
            raise IndexError(f"example {i} of {len(self)}")
        X, y = self.store.batch(np.array([i % len(self)]))
        return X[0], int(y[0])


class ImageData(loading.ImageData):
    """An image data set of the PyTorch edition."""

    def make_store(self, arrays: data.Arrays) -> ImageStore:
        """Return the split on the host."""
        images = torch.tensor(arrays.images).permute(0, 3, 1, 2).contiguous()
        return ImageStore(images, torch.tensor(arrays.labels), self.resize)

    def split(self, arrays: data.Arrays) -> ImageSplit:
        """Return the split as a sequence."""
        return ImageSplit(self.make_store(arrays))

    def to_images(self, X: torch.Tensor) -> np.ndarray:
        """Return NCHW images as NHWC."""
        return plots.as_numpy(X).transpose(0, 2, 3, 1)


class FashionMNIST(ImageData, loading.FashionMNIST):
    """Fashion-MNIST (Xiao et al., 2017): 28×28 gray images of clothes in ten classes."""


class CIFAR10(ImageData, loading.CIFAR10):
    """CIFAR-10 (Krizhevsky, 2009): 32×32 color images in ten classes."""
