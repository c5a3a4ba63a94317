"""What a network costs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from math import prod

import tensorflow as tf

from d2l.costs import Costs, Tally

layers = tf.keras.layers
COUNTED = (layers.Dense, layers.Conv1D, layers.Conv2D, layers.Conv3D, layers.DepthwiseConv2D)


@contextmanager
def counting(layer: layers.Layer, tally: Tally) -> Iterator[None]:
    """Let a layer report each of its calls; Keras has no hooks, so its ``call`` is wrapped."""
    call = layer.call

    @wraps(call)
    def counted(*args, **kwargs):
        output = call(*args, **kwargs)
        tally.layer(prod(layer.kernel.shape), output.shape, output.shape[-1])
        return output

    layer.call = counted
    try:
        yield
    finally:
        del layer.call


def costs(model: layers.Layer, X_shape) -> Costs:
    """Return the parameters, multiply-adds and activations of each stage of a network.

    ``model`` is a model with a ``net``, or a network itself; the stages are the parts of its
    ``Sequential``. ``X_shape`` is the shape of a batch, (n, height, width, channels) for images.
    """
    net = getattr(model, "net", model)
    stages = net.layers if isinstance(net, tf.keras.Sequential) else [net]
    tally = Tally()
    X = tf.zeros(X_shape)
    for stage in stages:
        stage(X)  # layers may make others when they see their input
        with ExitStack() as counters:
            for layer in stage._flatten_layers():
                if isinstance(layer, COUNTED):
                    counters.enter_context(counting(layer, tally))
            X = stage(X)
        tally.stage(stage, X.shape, {id(v): prod(v.shape) for v in stage.trainable_variables})
    return tally.costs()
