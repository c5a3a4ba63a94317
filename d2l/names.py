"""What became of names that older notebooks use, or that are misspelt."""

import difflib
from collections.abc import Callable, Iterable, Mapping

LOOP = "train_ch6, or a loop of your own with Accumulator and evaluate_accuracy"
FETCHED = "FashionMNIST or CIFAR10, which fetch their data (python -m d2l.data prefetch)"

REPLACED: Mapping[str, str] = {
    # Training
    "train_ch3": "Trainer(max_epochs).fit(model, data), or train_ch6 for a classic loop",
    "train_epoch_ch3": LOOP,
    "train_ch4": "train_ch6",
    "train_ch5": "train_ch6",
    "train_epoch_ch6": LOOP,
    "train_batch_ch13": LOOP,
    "train_ch13": LOOP,
    "predict_ch3": "show_images, with get_fashion_mnist_labels for its titles",
    "predict_ch6": "show_images, with get_fashion_mnist_labels for its titles",
    "evaluate_loss": "Accumulator: add the loss of each batch, and divide at the end",
    "evaluate_accuracy_gpus": "evaluate_accuracy_gpu",
    "Benchmark": "Timer",
    "train_2d": "plot",
    "progress_board": "ProgressBoard",
    # Data
    "load_data_mnist": "FashionMNIST(batch_size)",
    "load_data_cifar10": "CIFAR10(batch_size)",
    "load_cifar10": "CIFAR10(batch_size)",
    "FashionMnist": "FashionMNIST",
    "Cifar10": "CIFAR10",
    "get_dataloader_workers": "nothing: the loaders here use no worker processes",
    "get_mnist": "FashionMNIST(batch_size)",
    "download": FETCHED,
    "download_extract": FETCHED,
    "download_all": "python -m d2l.data prefetch",
    "DATA_HUB": FETCHED,
    "DATA_URL": FETCHED,
    # Devices
    "try_all_gpu": "try_all_gpus",
    "try_gpus": "try_all_gpus",
    "get_ctx": "try_gpu",
    "try_all_ctx": "try_all_gpus",
    # Drawing
    "show_fashion_mnist": "show_images, with get_fashion_mnist_labels for its titles",
    "semilogy": 'plot(…, yscale="log")',
    "set_axes": "plot, which sets labels, limits and scales",
    "mpl_plot": "plot",
    "mpl_show_images": "show_images",
    "get_svg": "use_svg_display",
    # Tensors
    "sum": "reduce_sum",
    "mean": "reduce_mean",
    "cat": "concat",
    "concatenate": "concat",
    "unsqueeze": "expand_dims",
    "bmm": "batch_matmul",
    "numel": "size",
}
OPTIMIZERS = {
    "torch": "torch.optim.SGD(net.parameters(), lr)",
    "tensorflow": "tf.keras.optimizers.SGD(lr)",
    "jax": "optax.sgd(lr)",
    "mxnet": 'gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})',
}
IMPORTS = {
    "torch": ("import torch", "from torch import nn"),
    "tensorflow": ("import tensorflow as tf",),
    "jax": ("import jax", "from jax import numpy as jnp", "from flax import linen as nn"),
    "mxnet": (
        *("from mxnet import autograd", "from mxnet import gluon", "from mxnet import init"),
        *("from mxnet import np", "from mxnet.gluon import nn"),
    ),
}


def replacements(edition: str) -> dict[str, str]:
    """Return what to use in place of names that an edition, ``torch`` say, doesn't have."""
    own = {statement.split()[-1]: statement for statement in IMPORTS[edition]}
    optimizers = dict.fromkeys(("sgd", "SGD"), OPTIMIZERS[edition])
    return {"np": "import numpy as np", **own, **REPLACED, **optimizers}


def missing_name(module: str, names: Iterable[str]) -> Callable[[str], object]:
    """Return a module's ``__getattr__``: ``plt`` on demand, and a helpful AttributeError."""
    known = sorted({*names, "plt"})
    replaced = replacements(module.rpartition(".")[2])

    def __getattr__(name: str):
        if name == "plt":
            from matplotlib import pyplot

            return pyplot
        if name in replaced:
            raise AttributeError(f"{module} has no {name!r}: use {replaced[name]}")
        near = difflib.get_close_matches(name, known, n=1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise AttributeError(f"{module} has no {name!r}{hint}")

    return __getattr__
