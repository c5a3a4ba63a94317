"""Runs a network of the PyTorch edition for ``network_probe``."""

import numpy as np
import torch
from network_probe import Walk, signal
from torch import nn

CHANNELS_FIRST = True
COUNTED = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


def run(model: nn.Module, X: np.ndarray, walk: Walk | None):
    """Let a model train on a batch, but without dropout and for the forward pass alone.

    With a ``walk``, its weights are those that the walk gives. Returns the logits; the running mean
    and variance of each batch normalization; what each layer received: ``signal`` of its input.
    """
    norms: list[tuple[nn.Module, float]] = []
    received = []

    def enter(layer: nn.Module, inputs) -> None:
        if walk and isinstance(layer, COUNTED):
            received.append(signal(inputs[0].numpy()))
            first = layer.weight.detach()
            groups = getattr(layer, "groups", 1)
            weights = walk.enter(first.numpy(), groups, inputs[0].shape)
            first.copy_(torch.from_numpy(weights))

    def leave(layer: nn.Module, inputs, output) -> None:
        if walk and isinstance(layer, COUNTED):
            walk.leave(output.shape)
        elif walk and isinstance(output, torch.Tensor):
            walk.maps(output.shape)
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            norms.append((layer, inputs[0].numel() / layer.num_features))

    for layer in model.modules():
        if isinstance(layer, nn.modules.dropout._DropoutNd):
            layer.p = 0
        layer.register_forward_pre_hook(enter)
        layer.register_forward_hook(leave)
    model.train()
    with torch.no_grad():
        logits = model(torch.from_numpy(X)).numpy()
    return logits, [statistics(layer, n) for layer, n in norms], received


def statistics(layer: nn.Module, n: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the running mean and variance; the variance of the batch divides by n, not n - 1."""
    m = 1 - layer.momentum
    variance = m + (layer.running_var - m) * (n - 1) / n  # it was 1 before
    return layer.running_mean.numpy(), variance.numpy()
