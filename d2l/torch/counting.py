"""What a network costs."""

import torch
from torch import nn

from d2l.costs import Costs, Tally
from d2l.torch.modules import predicting

COUNTED = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


def costs(model: nn.Module, X_shape) -> Costs:
    """Return the parameters, multiply-adds and activations of each stage of a network.

    ``model`` is a model with a ``net``, or a network itself; the stages are the parts of its
    ``nn.Sequential``. ``X_shape`` is the shape of a batch, (n, channels, height, width) for images.
    """
    net = getattr(model, "net", model)
    stages = list(net) if isinstance(net, nn.Sequential) else [net]
    tally = Tally()

    def count(layer: nn.Module, _, output: torch.Tensor) -> None:
        tally.layer(layer.weight.numel(), output.shape, len(layer.weight))

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, COUNTED)]
    try:
        X = torch.zeros(*X_shape, device=next(net.parameters(), torch.empty(0)).device)
        with predicting(net):
            for stage in stages:
                X = stage(X)
                trained = [p for p in stage.parameters() if p.requires_grad]
                tally.stage(stage, X.shape, {id(p): p.numel() for p in trained})
    finally:
        for hook in hooks:
            hook.remove()
    return tally.costs()
