"""From arrays to batches, as far as no framework is needed.

Images stay uint8 as they were read; an edition indexes, scales and resizes them batch by batch, on
its device. This module draws the order, cuts the batches and holds the weights of the resize.
"""

import copy
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from numbers import Integral
from typing import Any, Protocol

import numpy as np

from d2l import data, plots, settings
from d2l.hyperparameters import HyperParameters


@functools.cache
def resize_weights(old: int, new: int) -> np.ndarray:
    """Weights of a bilinear resize along one axis, float32, shape ``(new, old)``.

    ``weights_h @ image @ weights_w.T`` is Pillow's ``Image.resize(…, BILINEAR)`` to within one grey
    level: a triangle filter, as wide as an input pixel when enlarging, as an output pixel when
    shrinking.
    """
    scale = old / new
    width = max(scale, 1.0)
    centers = (np.arange(new) + 0.5) * scale
    distances = np.abs(np.arange(old) + 0.5 - centers[:, None]) / width
    weights = np.maximum(0.0, 1.0 - distances)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


class Store(Protocol):
    """Where an edition keeps the images of one split."""

    def to(self, device: Any) -> "Store":
        """Return the same images on another device."""

    def batch(self, indices: np.ndarray) -> tuple[Any, Any]:
        """Return images, float32 in [0, 1], resized, and labels, as the edition's tensors."""


class BatchLoader:
    """Iterates over ``(X, y)`` batches; the last, partial batch is kept."""

    def __init__(
        self,
        store: Store,
        labels: np.ndarray,
        *,
        batch_size: int,
        shuffle: bool,
        caps: Sequence[str] = (),
    ):
        self.store = store
        self.labels = labels
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.caps = caps  # how the data were capped, in words

    def to(self, device: Any) -> "BatchLoader":
        """Return a loader whose batches are made on ``device``."""
        loader = copy.copy(self)
        loader.store = self.store.to(device)
        return loader

    def __len__(self) -> int:
        return -(-self.num_examples // self.batch_size)

    @property
    def num_examples(self) -> int:
        """The number of examples that one pass reads."""
        return len(self.labels)

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        n = self.num_examples
        order = settings.data_order.permutation(n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.store.batch(order[start : start + self.batch_size])

    def sample(self, n: int = 2) -> tuple[Any, Any]:
        """The first ``n`` examples as a batch; the order of later batches isn't touched."""
        return self.store.batch(np.arange(min(n, self.num_examples)))


class FreshLoader:
    """A loader that is made anew for each pass, for data whose loaders are generators."""

    def __init__(self, make: Callable[[], Iterable]):
        self.make = make

    def __iter__(self) -> Iterator:
        return iter(self.make())


def num_batches(loader: Any) -> int:
    """Return the number of batches of a pass; a loader that doesn't say is read once for it.

    Raises ValueError for a loader that says that it never ends, as a repeated ``tf.data`` does.
    """
    if loader is None:
        return 0
    try:
        return len(loader)
    except TypeError as error:
        if "infinite" in str(error):
            raise ValueError("a loader without end: give one that ends after an epoch") from error
        return sum(1 for _ in loader)


class DataModule(HyperParameters):
    """The base class of data: it supplies a loader of training and one of validation batches."""

    def __init__(self, root: str = "../data", num_workers: int = 4):
        self.save_hyperparameters()

    def get_dataloader(self, train: bool):
        """Return an iterable of batches ``(X, y)``; ``train`` says which split."""
        raise NotImplementedError(f"{type(self).__name__} must define get_dataloader(train)")

    def train_dataloader(self):
        """Return the training batches, in a new random order each time they are iterated over."""
        return self.get_dataloader(train=True)

    def val_dataloader(self):
        """Return the validation batches, always in the same order."""
        return self.get_dataloader(train=False)


def capped(train: data.Arrays, val: data.Arrays) -> tuple[data.Arrays, data.Arrays]:
    """Apply ``D2L_DATASET_LIMIT``: the first images of each split, in the set's own proportion."""
    limit = settings.dataset_limit()
    if limit is None or limit >= len(train.labels):
        return train, val
    return train.first(limit), val.first(max(1, limit * len(val.labels) // len(train.labels)))


def capped_size(size: tuple[int, int]) -> tuple[int, int]:
    """Apply ``D2L_MAX_SIDE``: the size, or one of the same form whose longer side is the cap."""
    cap = settings.max_side()
    if cap is None or cap >= max(size):
        return size
    height, width = (max(1, round(side * cap / max(size))) for side in size)
    return height, width


def whole_size(name: str, size: int | Sequence[int]) -> tuple[int, int]:
    """Return ``size`` as (height, width); one number means a square."""
    sizes = tuple(size) if isinstance(size, Iterable) else (size, size)
    if len(sizes) != 2 or not all(isinstance(s, Integral) and s > 0 for s in sizes):
        raise ValueError(f"{name}={size!r}: give (height, width) in pixels, say (224, 224)")
    return int(sizes[0]), int(sizes[1])


class ImageData(DataModule):
    """What the image data sets of all editions share; an edition says how a split is stored."""

    load: Callable[[], tuple[data.Arrays, data.Arrays]]
    label_names: tuple[str, ...] = ()

    def __init__(self, batch_size: int = 64, resize: Sequence[int] = (28, 28)):
        if not (isinstance(batch_size, Integral) and batch_size > 0):
            raise ValueError(f"batch_size={batch_size!r}: give a number of images, say 64")
        self.save_hyperparameters()
        asked = whole_size("resize", resize)
        self.resize = capped_size(asked)
        train, val = type(self).load()
        self.arrays = dict(zip((True, False), capped(train, val), strict=True))
        self.caps = []
        if self.arrays[True] is not train:
            count, full_count = len(self.arrays[True].labels), len(train.labels)
            self.caps.append(f"{count:,} of {full_count:,} training images")
        if self.resize != asked:
            size, full_size = ("×".join(map(str, pair)) for pair in (self.resize, asked))
            self.caps.append(f"{size} pixels instead of {full_size}")
        self.train = self.split(self.arrays[True])
        self.val = self.split(self.arrays[False])

    def make_store(self, arrays: data.Arrays) -> Store:
        """Return the edition's store of a split, on the host."""
        raise NotImplementedError

    def split(self, arrays: data.Arrays) -> Any:
        """Return what ``self.train`` and ``self.val`` are."""
        raise NotImplementedError

    def to_images(self, X: Any) -> np.ndarray:
        """Return a batch as the edition makes it, as ``(n, height, width, channels)``."""
        return plots.as_numpy(X)

    def get_dataloader(self, train: bool) -> BatchLoader:
        """Return the batches of a split: X float32 in [0, 1], y integer class ids."""
        arrays = self.arrays[bool(train)]
        return BatchLoader(
            self.make_store(arrays),
            arrays.labels,
            batch_size=self.batch_size,
            shuffle=bool(train),
            caps=self.caps,
        )

    def text_labels(self, indices: Sequence[int]) -> list[str]:
        """Return the names of the classes with these ids."""
        return data.class_names(self.label_names, indices)

    def visualize(self, batch, nrows: int = 1, ncols: int = 8, labels: Sequence[str] = ()) -> None:
        """Draw the first ``nrows * ncols`` images of a batch, with their labels as titles."""
        X, y = batch
        titles = labels if len(labels) else self.text_labels(plots.as_numpy(y)[: nrows * ncols])
        plots.show_images(self.to_images(X[: nrows * ncols]), nrows, ncols, titles=titles)


class FashionMNIST(ImageData):
    """What all editions' FashionMNIST share: where the images and the names come from."""

    load = staticmethod(data.fashion_mnist)
    label_names = data.FASHION_MNIST_LABELS


class CIFAR10(ImageData):
    """What all editions' CIFAR10 share: where images and names come from, and their size."""

    load = staticmethod(data.cifar10)
    label_names = data.CIFAR10_LABELS

    def __init__(self, batch_size: int = 64, resize: Sequence[int] = (32, 32)):
        super().__init__(batch_size, resize)
