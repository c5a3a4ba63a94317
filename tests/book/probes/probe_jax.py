"""Runs a network of the JAX edition for ``network_probe``."""

from functools import partial
from typing import Any

import jax
import numpy as np
from flax import linen as nn
from flax.traverse_util import flatten_dict, unflatten_dict
from network_probe import Walk, signal

CHANNELS_FIRST = False
COUNTED = (nn.Conv, nn.Dense)


def run(model: nn.Module, X: np.ndarray, walk: Walk | None):
    """Let a model train on a batch, but without dropout and for the forward pass alone.

    With a ``walk``, its weights are those that the walk gives. Returns the logits; the running mean
    and variance of each batch normalization; what each layer received: ``signal`` of its input.
    """
    model = model.in_mode(training=True)
    key = jax.random.key(0)
    variables = model.apply_init([X], {"params": key, "dropout": key})
    kernels, norms = trace(model, variables, X, walk)
    if walk:
        params = flatten_dict(variables["params"]) | kernels
        variables = {**variables, "params": unflatten_dict(params)}
    (logits, new), received = jax.jit(partial(apply, model))(variables, X)
    stats = flatten_dict(jax.tree.map(np.asarray, new.get("batch_stats", {})))
    running = [(stats[*path, "mean"], stats[*path, "var"]) for path in norms]
    return np.asarray(logits), running, received


def apply(model: nn.Module, variables, X) -> tuple[Any, list[tuple[jax.Array, jax.Array]]]:
    """Return the logits with the running statistics, and what each layer received; no dropout."""
    received = []

    def watch(call, args, kwargs, context):
        if isinstance(context.module, nn.Dropout):
            return args[0]
        if isinstance(context.module, COUNTED) and context.method_name == "__call__":
            received.append(signal(args[0]))
        return call(*args, **kwargs)

    with nn.intercept_methods(watch):
        return model.apply(variables, X, mutable=["batch_stats"]), received


def trace(model: nn.Module, variables, X: np.ndarray, walk: Walk | None):
    """Return the fixed weights and the places of batch normalizations, in the order of calls.

    Only shapes are worked out, nothing is computed.
    """
    params = flatten_dict(variables["params"])
    kernels: dict[tuple[str, ...], np.ndarray] = {}
    norms: list[tuple[str, ...]] = []

    def watch(call, args, kwargs, context):
        layer = context.module
        if context.method_name != "__call__":
            return call(*args, **kwargs)
        counted, place = isinstance(layer, COUNTED), (*layer.path, "kernel")
        if walk and counted:
            kernels[place] = new_kernel(layer, np.asarray(params[place]), walk, args[0].shape)
        output = call(*args, **kwargs)
        if walk and counted:
            walk.leave(output.shape)
        elif walk:
            walk.maps(output.shape)
        if isinstance(layer, nn.BatchNorm):
            norms.append(layer.path)
        return output

    with nn.intercept_methods(watch):
        jax.eval_shape(partial(apply, model), variables, X)
    return kernels, norms


def new_kernel(layer: nn.Module, first: np.ndarray, walk: Walk, X_shape) -> np.ndarray:
    """Return the fixed weights of a layer, in the order that flax has."""
    if first.ndim == 2:
        return walk.enter(first.T, 1, X_shape).T
    weights = walk.enter(first.transpose(3, 2, 0, 1), layer.feature_group_count, X_shape)
    return weights.transpose(2, 3, 1, 0)
