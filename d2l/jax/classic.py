"""The functions of classic notebooks."""

from collections.abc import Callable, Iterable
from functools import partial

import jax
from flax import linen as nn
from flax import traverse_util
from jax import numpy as jnp

from d2l import classic
from d2l.jax import devices
from d2l.jax.data import FashionMNIST, to_device
from d2l.jax.modules import Classifier, in_mode, init_cnn
from d2l.jax.trainer import Trainer
from d2l.loading import BatchLoader

MODES = ((nn.Dropout, "deterministic"), (nn.BatchNorm, "use_running_average"))


def load_data_fashion_mnist(batch_size: int, resize=None) -> tuple[BatchLoader, BatchLoader]:
    """Return the training and the test batches of Fashion-MNIST: X, float32 in [0, 1], and y.

    ``resize`` is (height, width), or one number for a square; without it images are 28×28.
    """
    images = FashionMNIST(batch_size, resize or (28, 28))
    return images.train_dataloader(), images.val_dataloader()


def accuracy(y_hat: jax.Array, y: jax.Array) -> float:
    """Return the number of right predictions; ``y_hat`` holds scores (n, classes) or ids (n,)."""
    return float(num_correct(y_hat, y))


def num_correct(y_hat: jax.Array, y: jax.Array) -> jax.Array:
    """Return the number of right predictions, on their device."""
    y_hat, y = jnp.asarray(y_hat), jnp.asarray(y)
    predictions = y_hat.argmax(axis=1) if y_hat.ndim > 1 and y_hat.shape[1] > 1 else y_hat
    return (predictions.reshape(-1).astype(y.dtype) == y.reshape(-1)).sum()


def evaluate_accuracy(net, data_iter, device=None) -> float:
    """Return the fraction of right predictions of ``net`` on the batches of ``data_iter``.

    ``net`` is what ``train_ch6`` returns, a flax module with variables, ``net.bind(variables)``, or
    any function of X. A module predicts: no dropout, running statistics of batch normalization.
    ``device`` is where it runs; None is where the network is. The network may also come second, as
    in older notebooks. Raises ValueError for a module without variables.
    """
    net, data_iter = classic.net_first(net, data_iter)
    if isinstance(net, nn.Module):
        net, device = predictor(net, device)
    correct, count = 0, 0
    for batch in classic.batches_on(data_iter, device):
        X, y = to_device(batch, device)
        correct = correct + num_correct(net(X), y)
        count += len(y)
    return classic.fraction(correct, count)


def evaluate_accuracy_gpu(net, data_iter, device=None) -> float:
    """Return what :func:`evaluate_accuracy` returns: it runs on the network's device too."""
    return evaluate_accuracy(net, data_iter, device)


def predictor(net: nn.Module, device: jax.Device | None) -> tuple[Callable, jax.Device]:
    """Return a function that predicts with a bound module, and the device that it does so on."""
    if net.scope is None:
        raise ValueError(
            f"this {type(net).__name__} has no variables: give what train_ch6 returns, or "
            "net.bind(variables)"
        )
    module, variables = net.unbind()
    if device is None:
        device = next((leaf.device for leaf in jax.tree.leaves(variables)), devices.cpu())
    variables = jax.device_put(variables, device)
    model = in_mode(ClassicModel(module), training=False)
    return partial(model.apply, {name: {"net": tree} for name, tree in variables.items()}), device


class ClassicModel(Classifier):
    """A network as ``train_ch6`` trains it; once trained, ``model(X)`` predicts.

    Dropout and batch normalization of the network get their mode from here, where they aren't given
    one: ``nn.Dropout(0.5)`` will do.
    """

    net: nn.Module
    lr: float = 0.1
    training: bool = True

    def forward(self, X: jax.Array) -> jax.Array:
        """Return the network's outputs."""
        with nn.intercept_methods(self.set_mode):
            return self.net(X)

    @nn.nowrap
    def set_mode(self, call: Callable, args: tuple, kwargs: dict, context):
        """Call a method of a layer; tell it whether it trains, where nothing else does."""
        for kind, option in MODES:
            open_mode = isinstance(context.module, kind) and getattr(context.module, option) is None
            if open_mode and context.method_name == "__call__" and len(args) == 1:
                kwargs = {option: not self.training, **kwargs}
        return call(*args, **kwargs)

    def apply_init(self, dummy_input, key):
        """Return fresh variables; layers that name no initializer of their own get ``init_cnn``."""
        return jax.jit(self.init_xavier)(key, *dummy_input)

    @nn.nowrap
    def init_xavier(self, key: jax.Array, *X):
        """Return fresh variables; pure."""
        paths = {}

        def note_path(call, args, kwargs, context):
            layer = context.module
            if isinstance(layer, (nn.Dense, nn.Conv)):
                paths[*layer.path, "kernel"] = layer.kernel_init is type(layer).kernel_init
            return call(*args, **kwargs)

        with nn.intercept_methods(note_path):
            variables = self.init(key, *X)
        params = traverse_util.flatten_dict(variables["params"])
        for i, (path, default) in enumerate(paths.items()):
            if default:
                kernel = params[path]
                params[path] = init_cnn(jax.random.fold_in(key, i), kernel.shape, kernel.dtype)
        return {**variables, "params": traverse_util.unflatten_dict(params)}


class ClassicTrainer(classic.ClassicFit, Trainer):
    """The loop of ``train_ch6``."""


def train_ch6(
    net: nn.Module, train_iter: Iterable, test_iter: Iterable, num_epochs: int, lr, device=None
) -> nn.Module:
    """Train a classifier by SGD from fresh weights, plot loss and accuracies, print how it went.

    Dense and convolutional layers start from ``init_cnn``. ``device`` is a GPU if there is one.
    The loaders give batches (X, y) and are read once an epoch: ``load_data_fashion_mnist``'s, a
    ``DataLoader``, a list. Returns the trained network: a flax module doesn't change when it is
    trained. Raises what ``Trainer.fit`` raises; TypeError for a mere iterator.
    """
    device = devices.try_gpu() if device is None else device
    net = net if net.scope is None else net.unbind()[0]
    model = ClassicModel(
        net.net if isinstance(net, ClassicModel) else net,
        lr,
        plot_train_per_epoch=classic.POINTS_PER_EPOCH,
        board=classic.ClassicBoard(),
    )
    trainer = ClassicTrainer(num_epochs, device)
    trainer.fit(model, classic.Loaders(train_iter, test_iter))
    variables = {"params": trainer.state.params, "batch_stats": trainer.state.batch_stats}
    return in_mode(model, training=False).bind(variables)
