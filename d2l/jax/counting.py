"""What a network costs."""

import jax
from flax import linen as nn
from jax import numpy as jnp

from d2l.costs import Costs, Tally
from d2l.jax.modules import in_mode

COUNTED = (nn.Conv, nn.Dense)


def costs(model: nn.Module, X_shape, key: jax.Array | None = None) -> Costs:
    """Return the parameters, multiply-adds and activations of each stage of a network.

    ``model`` is a model with a ``net``, or a network itself; the stages are the parts of its
    ``nn.Sequential``. ``X_shape`` is the shape of a batch, (n, height, width, channels) for images.
    Only shapes are worked out, nothing is computed; ``key`` is for layers that want one.
    """
    tally = Tally()

    def count(call, args, kwargs, context):
        output = call(*args, **kwargs)
        if isinstance(context.module, COUNTED) and context.method_name == "__call__":
            kernel = context.module.variables["params"]["kernel"]
            tally.layer(kernel.size, output.shape, output.shape[-1])
        return output

    def run(model: nn.Module, X: jax.Array) -> None:
        net = getattr(model, "net", model)
        with nn.intercept_methods(count):
            for stage in net.layers if isinstance(net, nn.Sequential) else [net]:
                X = stage(X)
                tally.stage(stage, X.shape, parameters(stage))

    model = in_mode(model, training=False)
    key = jax.random.key(0) if key is None else key
    jax.eval_shape(lambda X: nn.init(run, model)(key, X), jnp.zeros(X_shape))
    return tally.costs()


def parameters(stage) -> dict[tuple, int]:
    """Return the sizes of a stage's parameters, by their place; a function has none."""
    if not isinstance(stage, nn.Module):
        return {}
    leaves = jax.tree_util.tree_leaves_with_path(stage.variables.get("params", {}))
    return {(*stage.path, jax.tree_util.keystr(path)): leaf.size for path, leaf in leaves}
