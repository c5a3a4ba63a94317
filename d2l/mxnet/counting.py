"""What a network costs."""

from collections.abc import Iterator
from contextlib import contextmanager

from mxnet import np
from mxnet.gluon import nn

from d2l.costs import Costs, Tally
from d2l.mxnet.modules import check_initialized

COUNTED = (nn.Dense, nn.Conv1D, nn.Conv2D, nn.Conv3D)


def parts(block: nn.Block) -> list[nn.Block]:
    """Return a block and all blocks in it, once each."""
    found: dict[int, nn.Block] = {}
    block.apply(lambda part: found.setdefault(id(part), part))
    return list(found.values())


@contextmanager
def uncompiled(blocks: list[nn.Block]) -> Iterator[None]:
    """Let every block of a network run by itself: a compiled network runs as one."""
    compiled = [block for block in blocks if getattr(block, "_active", False)]
    for block in compiled:
        block._active = False
    try:
        yield
    finally:
        for block in compiled:
            block._active = True


def costs(model: nn.Block, X_shape) -> Costs:
    """Return the parameters, multiply-adds and activations of each stage of a network.

    ``model`` is a model with a ``net``, or a network itself; the stages are the parts of its
    ``nn.Sequential``. ``X_shape`` is the shape of a batch, (n, channels, height, width) for images.
    """
    net = getattr(model, "net", model)
    check_initialized(net)
    stages = list(net) if isinstance(net, (nn.Sequential, nn.HybridSequential)) else [net]
    tally = Tally()

    def count(layer: nn.Block, _, output: np.ndarray) -> None:
        tally.layer(layer.weight.data().size, output.shape, layer.weight.shape[0])

    blocks = parts(net)
    hooks = [b.register_forward_hook(count) for b in blocks if isinstance(b, COUNTED)]
    try:
        param = next(iter(net.collect_params().values()), None)
        X = np.zeros(X_shape, ctx=param.list_ctx()[0] if param else None)
        with uncompiled(blocks):
            for stage in stages:
                X = stage(X)
                trained = [p for p in stage.collect_params().values() if p.grad_req != "null"]
                tally.stage(stage, X.shape, {id(p): p.data().size for p in trained})
    finally:
        for hook in hooks:
            hook.detach()
    return tally.costs()
