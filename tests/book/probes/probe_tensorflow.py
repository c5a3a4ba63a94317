"""Runs a network of the TensorFlow edition for ``network_probe``."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps

import numpy as np
import tensorflow as tf
from network_probe import Walk, signal

from d2l.tensorflow.modules import set_batch_norm

CHANNELS_FIRST = False
layers = tf.keras.layers
COUNTED = (layers.Dense, layers.Conv1D, layers.Conv2D, layers.Conv3D, layers.DepthwiseConv2D)


def run(model: tf.keras.Model, X: np.ndarray, walk: Walk | None):
    """Let a model train on a batch, but without dropout and for the forward pass alone.

    With a ``walk``, its weights are those that the walk gives. Returns the logits; the running mean
    and variance of each batch normalization; what each layer received: ``signal`` of its input.
    """
    norms: list[layers.Layer] = []
    received = []
    set_batch_norm(model)  # as Trainer.fit does
    model(tf.constant(X), training=False)  # Keras makes a Sequential's graph at its first call
    model.training = True
    with ExitStack() as watched:
        for layer in model._flatten_layers(include_self=False):
            if isinstance(layer, layers.Dropout):
                layer.rate = 0
            watched.enter_context(watching(layer, walk, norms, received))
        logits = model(tf.constant(X)).numpy()
    statistics = [(n.moving_mean.numpy(), n.moving_variance.numpy()) for n in norms]
    return logits, statistics, received


@contextmanager
def watching(layer: layers.Layer, walk: Walk | None, norms: list, received: list) -> Iterator[None]:
    """Let a layer report each of its calls; Keras has no hooks, so its ``call`` is wrapped."""
    call, counted = layer.call, isinstance(layer, COUNTED)

    @wraps(call)
    def watched(X, *args, **kwargs):
        if walk and counted:
            received.append(signal(X.numpy()))
            layer.kernel.assign(new_kernel(layer, walk, X.shape))
        output = call(X, *args, **kwargs)
        if walk and counted:
            walk.leave(output.shape)
        elif walk:
            walk.maps(output.shape)
        if isinstance(layer, layers.BatchNormalization):
            norms.append(layer)
        return output

    layer.call = watched
    try:
        yield
    finally:
        del layer.call


def new_kernel(layer: layers.Layer, walk: Walk, X_shape) -> np.ndarray:
    """Return the fixed weights of a layer, in the order that Keras has."""
    kernel = layer.kernel.numpy()
    if kernel.ndim == 2:
        return walk.enter(kernel.T, 1, X_shape).T
    if isinstance(layer, layers.DepthwiseConv2D):
        outputs, inputs = kernel.shape[2] * kernel.shape[3], kernel.shape[2]
        first = kernel.reshape(*kernel.shape[:2], 1, outputs)
        weights = walk.enter(first.transpose(3, 2, 0, 1), inputs, X_shape)
        return weights.transpose(2, 3, 1, 0).reshape(kernel.shape)
    weights = walk.enter(kernel.transpose(3, 2, 0, 1), layer.groups, X_shape)
    return weights.transpose(2, 3, 1, 0)
