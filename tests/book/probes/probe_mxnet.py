"""Runs a network of the MXNet edition for ``network_probe``."""

import numpy
from mxnet import autograd, np
from mxnet.gluon import nn
from network_probe import Walk, signal

CHANNELS_FIRST = True
COUNTED = (nn.Dense, nn.Conv1D, nn.Conv2D, nn.Conv3D)


def run(model: nn.Block, X: numpy.ndarray, walk: Walk | None):
    """Let a model train on a batch, but without dropout and for the forward pass alone.

    With a ``walk``, its weights are those that the walk gives. Returns the logits; the running mean
    and variance of each batch normalization; what each layer received: ``signal`` of its input.
    """
    norms: list[nn.BatchNorm] = []
    received = []

    def enter(layer: nn.Block, inputs) -> None:
        if walk and isinstance(layer, COUNTED):
            received.append(signal(inputs[0].asnumpy()))
            first = layer.weight.data().asnumpy()
            groups = 1 if first.ndim == 2 else layer._kwargs["num_group"]
            weights = walk.enter(first, groups, inputs[0].shape)
            with autograd.pause():
                layer.weight.set_data(np.array(weights))

    def leave(layer: nn.Block, inputs, output) -> None:
        if walk and isinstance(layer, COUNTED):
            walk.leave(output.shape)
        elif walk:
            walk.maps(output.shape)
        if isinstance(layer, nn.BatchNorm):
            norms.append(layer)

    def prepare(layer: nn.Block) -> None:
        if isinstance(layer, nn.Dropout):
            layer._rate = 0
        layer.register_forward_pre_hook(enter)
        layer.register_forward_hook(leave)

    model.apply(prepare)
    with autograd.record():
        logits = model(np.array(X))
    logits.backward()  # running statistics change in the backward pass
    running = [(n.running_mean.data(), n.running_var.data()) for n in norms]
    statistics = [(mean.asnumpy(), variance.asnumpy()) for mean, variance in running]
    return logits.asnumpy(), statistics, received
