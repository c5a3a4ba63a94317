"""What the networks of a notebook compute: its last cell, in each framework, asks this module.

``report`` makes every ``d2l.Classifier`` of the notebook with its default arguments and measures it
on images of the size that the page trains on. Numbers that must be the same in all frameworks are
brought to one order first: channels last, weights (outputs, inputs, height, width).
"""

import importlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from zlib import crc32

import numpy as np

MARK = "networks of this page: "
IMAGES = 8


@dataclass(frozen=True)
class Stage:
    """A stage of a network that has parameters."""

    name: str
    shape: tuple[int, ...]
    """Of its output for one image, channels last."""
    parameters: int
    multiply_adds: int
    activations: int


@dataclass(frozen=True)
class Layer:
    """A convolution or a dense layer."""

    weights: tuple[int, ...]
    """Outputs, inputs of a group, height and width of the window."""
    groups: int
    shape: tuple[int, ...]
    """Of its output for one image, channels last."""
    spread: float
    """Standard deviation of its first weights."""
    largest: float
    """The largest of its first weights, without sign."""
    received: list[float]
    """Sum and norm of its input, for fixed images and fixed weights."""


@dataclass(frozen=True)
class Norm:
    """The running statistics of a batch normalization after one batch, a number a channel.

    The variance is the one that divides by n, also where the framework keeps the other one.
    """

    mean: list[float]
    variance: list[float]


@dataclass(frozen=True)
class Network:
    """What is compared of a network."""

    name: str
    """Its class."""
    images: tuple[int, ...]
    """Shape of an image, channels last."""
    stages: list[Stage]
    parameters: int
    multiply_adds: int
    activations: int
    untrained_loss: float
    """Of the page's own first weights, on test images of all classes, without dropout."""
    layers: list[Layer]
    """In the order in which they are called."""
    norms: list[Norm]
    """In the order in which they are called."""
    logits: list[float]
    """Of fixed images, one after the other, with fixed weights; in training, without dropout."""


class Walk:
    """Gathers the layers of a network while it runs, and gives each of them fixed weights.

    The weights depend on their shape alone, so that they are equal in all frameworks.
    """

    def __init__(self, *, channels_first: bool):
        self.layers: list[Layer] = []
        self._channels_first = channels_first
        self._channels = 0  # of the maps that were made last

    def last(self, shape: Sequence[int]) -> tuple[int, ...]:
        """Return the shape of one example, channels last."""
        rest = tuple(shape[1:])
        return (*rest[1:], rest[0]) if self._channels_first and len(rest) == 3 else rest

    def enter(self, first: np.ndarray, groups: int, X_shape: Sequence[int]) -> np.ndarray:
        """Note a layer that is about to run, with its first weights; return those to run with.

        Weights are (outputs, inputs of a group, height, width), or (outputs, inputs) if dense.
        """
        shape = tuple(map(int, (*first.shape, 1, 1)[:4]))
        spread, largest = float(first.std()), float(abs(first).max())
        self.layers.append(Layer(shape, groups, (), spread, largest, []))
        weights = fixed_weights(shape)
        if first.ndim == 2 and len(X_shape) == 2:
            return self._flattened(weights[:, :, 0, 0])
        return weights.reshape(first.shape)

    def _flattened(self, weights: np.ndarray) -> np.ndarray:
        """Return dense weights, a column a pixel and channel, in the order of flattened maps."""
        outputs, inputs = weights.shape
        if self._channels_first or not self._channels or inputs % self._channels:
            return weights
        return weights.reshape(outputs, self._channels, -1).swapaxes(1, 2).reshape(outputs, inputs)

    def leave(self, shape: Sequence[int]) -> None:
        """Note the shape of the output of the layer that was entered last."""
        output = self.last(shape)
        self.layers[-1] = replace(self.layers[-1], shape=output)
        self._channels = output[-1]

    def maps(self, shape: Sequence[int]) -> None:
        """Note the shape of what any part of the network returned."""
        if len(shape) == 4:
            self._channels = self.last(shape)[-1]


def fixed_weights(shape: tuple[int, ...]) -> np.ndarray:
    """Return weights (outputs, inputs of a group, height, width) that keep the size of a signal."""
    bound = (6 / np.prod(shape[1:])) ** 0.5  # He et al. (2015)
    draw = np.random.RandomState(crc32(repr(shape).encode()))
    return draw.uniform(-bound, bound, shape).astype(np.float32)


def fixed_images(shape: tuple[int, ...]) -> np.ndarray:
    """Return images (n, height, width, channels) with patches of random brightness."""
    n, height, width, channels = shape
    patches = np.random.RandomState(0).uniform(0, 1, (n, 7, 7, channels))
    rows, columns = np.arange(height) * 7 // height, np.arange(width) * 7 // width
    return patches[:, rows][:, :, columns].astype(np.float32)


def expected_loss(logits: np.ndarray) -> float:
    """Return the cross-entropy of logits (n, classes), the mean over labels of all classes.

    It is what a large balanced batch would have, without the noise of a few labels.
    """
    logits = logits.astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    return float((np.log(np.exp(logits).sum(axis=1)) - logits.mean(axis=1)).mean())


def build(network: type, d2l: Any, X_shape: Sequence[int]) -> tuple[Any, Any]:
    """Return a network with all its layers, and what it costs for one image."""
    model = network()
    return model, d2l.costs(model, (1, *X_shape[1:]))  # which makes layers that wait for shapes


def measure(edition: Any, d2l: Any, network: type, data: Any) -> Network:
    """Measure a network on images like those of ``data``."""
    X = d2l.numpy(next(iter(data.val_dataloader()))[0])[:IMAGES]
    walk = Walk(channels_first=edition.CHANNELS_FIRST)
    image = walk.last(X.shape)
    d2l.seed(0)
    model, costs = build(network, d2l, X.shape)
    untrained, *_ = edition.run(model, X, None)
    model, _ = build(network, d2l, X.shape)
    fixed = fixed_images((IMAGES, *image))
    fixed = np.moveaxis(fixed, -1, 1) if edition.CHANNELS_FIRST else fixed
    logits, norms, received = edition.run(model, fixed, walk)
    return Network(
        name=network.__name__,
        images=image,
        stages=[
            Stage(s.name, walk.last(s.shape), s.parameters, s.multiply_adds, s.activations)
            for s in costs.stages
            if s.parameters
        ],
        parameters=costs.parameters,
        multiply_adds=costs.multiply_adds,
        activations=costs.activations,
        untrained_loss=expected_loss(untrained),
        layers=[
            replace(layer, received=rounded(signal))
            for layer, signal in zip(walk.layers, received, strict=True)
        ],
        norms=[Norm(rounded(mean), rounded(variance)) for mean, variance in norms],
        logits=rounded(logits.ravel()),
    )


def signal(X: np.ndarray) -> tuple[float, float]:
    """Return the sum and the norm of an array, which zeros around it leave as they are."""
    return X.sum(), (X**2).sum() ** 0.5


def rounded(values: Sequence[float]) -> list[float]:
    """Return numbers with seven digits, as many as a float32 has."""
    return [float(f"{value:.7g}") for value in values]


def report(namespace: dict[str, Any]) -> None:
    """Print what the networks that a notebook defines compute, as one line of JSON."""
    d2l = namespace["d2l"]
    edition = importlib.import_module(f"probe_{d2l.__name__.rpartition('.')[2]}")
    classes = [value for value in list(namespace.values()) if isinstance(value, type)]
    own = [c for c in classes if issubclass(c, d2l.Classifier) and c.__module__ == "__main__"]
    data = [value for value in namespace.values() if isinstance(value, d2l.DataModule)]
    networks = [measure(edition, d2l, network, data[-1]) for network in dict.fromkeys(own)]
    print(MARK + json.dumps([asdict(network) for network in networks]))
