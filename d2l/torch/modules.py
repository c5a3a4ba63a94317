"""Models: ``Module``, ``Classifier``, and the initialization of convolutional networks."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.lazy import LazyModuleMixin

from d2l.plots import ProgressBoard
from d2l.training import StepModule, summary_line


def init_cnn(module: nn.Module) -> None:
    """Initialize a dense or convolutional layer: Xavier uniform weights, zero biases.

    Glorot and Bengio (2010), section 4.2.1. For use with ``net.apply(init_cnn)``. A lazy layer,
    whose shapes aren't known yet, is initialized when they are.
    """
    if not isinstance(module, (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)):
        return
    if isinstance(module, LazyModuleMixin) and module.has_uninitialized_params():
        if not hasattr(module, "init_hook"):
            module.init_hook = module.register_forward_pre_hook(
                init_lazy, prepend=True, with_kwargs=True
            )
        return
    init_weights(module)


def init_weights(module: nn.Module) -> None:
    """Initialize a layer whose shapes are known."""
    nn.init.xavier_uniform_(module.weight)
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def init_lazy(layer: LazyModuleMixin, args: tuple, kwargs: dict) -> None:
    """Make and initialize the parameters of a layer that is called for the first time.

    It comes before the layer's own hook, so that it sees whether the parameters are still to be
    made. Those that were loaded stay. A copy of the layer has a hook of its own.
    """
    layer.init_hook.remove()
    del layer.init_hook
    if layer.has_uninitialized_params():
        layer.initialize_parameters(*args, **kwargs)
        init_weights(layer)


@contextmanager
def predicting(net: nn.Module | Callable) -> Iterator[None]:
    """Let ``net`` predict, without dropout and gradients; then its layers get their modes back."""
    layers = list(net.modules()) if isinstance(net, nn.Module) else []
    modes = [layer.training for layer in layers]
    for layer in layers:
        layer.training = False
    try:
        with torch.no_grad():
            yield
    finally:
        for layer, mode in zip(layers, modes, strict=True):
            layer.training = mode


def network(model: nn.Module) -> nn.Module:
    """Return ``model.net``; raise AttributeError where there is none."""
    if not hasattr(model, "net"):
        raise AttributeError(
            f"{type(model).__name__} has no net: set self.net in __init__, or define forward(X)"
        )
    return model.net


class Module(StepModule, nn.Module):
    """The base class of models."""

    def __init__(self, plot_train_per_epoch: int = 2, plot_valid_per_epoch: int = 1):
        super().__init__()
        self.save_hyperparameters()
        self.board = ProgressBoard()

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return ``self.net(X)``."""
        return network(self)(X)

    def plot(self, key: str, value: torch.Tensor | float, train: bool) -> None:
        """Add a value to the curve of ``key``, without the graph that it came from."""
        # As float32: sums over an epoch overflow in float16, and NumPy has no bfloat16.
        super().plot(key, torch.as_tensor(value).detach().float(), train)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return stochastic gradient descent with the learning rate ``self.lr``."""
        return torch.optim.SGD(self.parameters(), lr=self.lr)

    def apply_init(self, inputs, init=None) -> None:
        """Run the network on ``inputs``, so that lazy shapes are known; then apply ``init``."""
        with torch.no_grad():
            self.forward(*inputs)
        if init is not None:
            self.net.apply(init)


class Classifier(Module):
    """The base class of models whose outputs are the logits of classes."""

    is_classifier = True

    def loss(self, Y_hat: torch.Tensor, Y: torch.Tensor, averaged: bool = True) -> torch.Tensor:
        """Return the cross-entropy of logits (n, classes) and class ids (n,)."""
        Y_hat, Y = Y_hat.reshape(-1, Y_hat.shape[-1]), Y.reshape(-1)
        if not Y.is_floating_point():
            Y = Y.long()  # of whole numbers, PyTorch takes int64 and uint8 alone
        return F.cross_entropy(Y_hat, Y, reduction="mean" if averaged else "none")

    def accuracy(self, Y_hat: torch.Tensor, Y: torch.Tensor, averaged: bool = True) -> torch.Tensor:
        """Return the fraction of right predictions, or each one's 0 or 1."""
        predictions = Y_hat.reshape(-1, Y_hat.shape[-1]).argmax(dim=1)
        compare = (predictions == Y.reshape(-1)).float()
        return compare.mean() if averaged else compare

    def layer_summary(self, X_shape) -> None:
        """Print each layer's class and output shape for an input of shape ``X_shape``.

        Raises AttributeError where the model has no ``net``.
        """
        net = network(self)
        X = torch.zeros(*X_shape, device=next(self.parameters(), torch.empty(0)).device)
        with predicting(self):
            for layer in net if isinstance(net, Iterable) else [net]:
                X = layer(X)
                print(summary_line(layer, X.shape))
