"""The functions of classic notebooks."""

from collections.abc import Iterable

import mxnet as mx
from mxnet import init, np
from mxnet.gluon import nn

from d2l import classic
from d2l.loading import BatchLoader
from d2l.mxnet import devices
from d2l.mxnet.data import FashionMNIST, to_device
from d2l.mxnet.modules import Classifier, layer_parameters
from d2l.mxnet.trainer import Trainer


def load_data_fashion_mnist(batch_size: int, resize=None) -> tuple[BatchLoader, BatchLoader]:
    """Return the training and the test batches of Fashion-MNIST: X, float32 in [0, 1], and y.

    ``resize`` is (height, width), or one number for a square; without it images are 28×28.
    """
    images = FashionMNIST(batch_size, resize or (28, 28))
    return images.train_dataloader(), images.val_dataloader()


def accuracy(y_hat: np.ndarray, y: np.ndarray) -> float:
    """Return the number of right predictions; ``y_hat`` holds scores (n, classes) or ids (n,)."""
    return float(num_correct(y_hat, y))


def num_correct(y_hat: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the number of right predictions, on their device."""
    predictions = y_hat.argmax(axis=1) if y_hat.ndim > 1 and y_hat.shape[1] > 1 else y_hat
    return (predictions.reshape(-1).astype(y.dtype) == y.reshape(-1)).astype("float32").sum()


def evaluate_accuracy(net, data_iter, device=None, ctx=None) -> float:
    """Return the fraction of right predictions of ``net`` on the batches of ``data_iter``.

    It predicts: no dropout, running statistics of batch normalization. ``device``, or ``ctx``, is
    where it runs; None is where the network is. The network may also come second, as in older
    notebooks.
    """
    net, data_iter = classic.net_first(net, data_iter)
    device = chosen_device(device, ctx) or device_of(net)
    correct, count = 0, 0
    for batch in classic.batches_on(data_iter, device):
        X, y = to_device(batch, device)
        correct = correct + num_correct(net(X), y)
        count += len(y)
        correct.wait_to_read()  # or all batches would queue up, and fill the memory
    return classic.fraction(correct, count)


def evaluate_accuracy_gpu(net, data_iter, device=None, ctx=None) -> float:
    """Return what :func:`evaluate_accuracy` returns: it runs on the network's device too."""
    return evaluate_accuracy(net, data_iter, device, ctx)


def device_of(net) -> mx.Context | None:
    """Return the device of a network's parameters, or None where it has none."""
    parameters = layer_parameters(net) if isinstance(net, nn.Block) else ()
    return next((parameter.list_ctx()[0] for parameter in parameters), None)


def chosen_device(device, ctx) -> mx.Context | None:
    """Return the device given as ``device`` or, in older notebooks, ``ctx``; of several, the first.

    Raises ValueError where both are given.
    """
    if device is not None and ctx is not None:
        raise ValueError("device and ctx are two names of one thing: give either")
    device = ctx if device is None else device
    return device[0] if isinstance(device, (list, tuple)) else device


class ClassicModel(Classifier):
    """A network as ``train_ch6`` trains it."""

    def __init__(self, net: nn.Block, lr: float):
        super().__init__(plot_train_per_epoch=classic.POINTS_PER_EPOCH)
        self.net, self.lr = net, lr
        self.board = classic.ClassicBoard()


class ClassicTrainer(classic.ClassicFit, Trainer):
    """The loop of ``train_ch6``."""


def train_ch6(
    net: nn.Block,
    train_iter: Iterable,
    test_iter: Iterable,
    num_epochs: int,
    lr,
    device=None,
    ctx=None,
) -> None:
    """Train a classifier by SGD from fresh weights, plot loss and accuracies, print how it went.

    Weights start from Xavier's initialization. ``device``, or ``ctx``, is a GPU if there is one.
    The loaders give batches (X, y) and are read once an epoch: ``load_data_fashion_mnist``'s, a
    ``DataLoader``, a list. Raises what ``Trainer.fit`` raises; TypeError for a mere iterator.
    """
    device = chosen_device(device, ctx) or devices.try_gpu()
    net.initialize(init.Xavier(), ctx=device, force_reinit=True)
    trainer = ClassicTrainer(num_epochs, device)
    trainer.fit(ClassicModel(net, lr), classic.Loaders(train_iter, test_iter))
