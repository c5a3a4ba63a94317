"""The functions of classic notebooks."""

from collections.abc import Iterable

import torch
from torch import nn

from d2l import classic
from d2l.loading import BatchLoader
from d2l.torch import devices
from d2l.torch.data import FashionMNIST, to_device
from d2l.torch.modules import Classifier, init_cnn, predicting
from d2l.torch.trainer import Trainer


def load_data_fashion_mnist(batch_size: int, resize=None) -> tuple[BatchLoader, BatchLoader]:
    """Return the training and the test batches of Fashion-MNIST: X, float32 in [0, 1], and y.

    ``resize`` is (height, width), or one number for a square; without it images are 28×28.
    """
    images = FashionMNIST(batch_size, resize or (28, 28))
    return images.train_dataloader(), images.val_dataloader()


def accuracy(y_hat: torch.Tensor, y: torch.Tensor) -> float:
    """Return the number of right predictions; ``y_hat`` holds scores (n, classes) or ids (n,)."""
    return float(num_correct(y_hat, y))


def num_correct(y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the number of right predictions, on their device."""
    predictions = y_hat.argmax(dim=1) if y_hat.ndim > 1 and y_hat.shape[1] > 1 else y_hat
    return (predictions.reshape(-1).to(y.dtype) == y.reshape(-1)).sum()


def evaluate_accuracy(net, data_iter, device=None) -> float:
    """Return the fraction of right predictions of ``net`` on the batches of ``data_iter``.

    It predicts: no dropout, running statistics of batch normalization. ``device`` is where it
    runs; None is where the network is. The network may also come second, as in older notebooks.
    """
    net, data_iter = classic.net_first(net, data_iter)
    device = device_of(net) if device is None else torch.device(device)
    correct, count = 0, 0
    with predicting(net):
        for batch in classic.batches_on(data_iter, device):
            X, y = to_device(batch, device)
            correct = correct + num_correct(net(X), y)
            count += len(y)
    return classic.fraction(correct, count)


def evaluate_accuracy_gpu(net, data_iter, device=None) -> float:
    """Return what :func:`evaluate_accuracy` returns: it runs on the network's device too."""
    return evaluate_accuracy(net, data_iter, device)


def device_of(net) -> torch.device | None:
    """Return the device of a network's parameters, or None where it has none."""
    parameters = net.parameters() if isinstance(net, nn.Module) else ()
    return next((parameter.device for parameter in parameters), None)


class ClassicModel(Classifier):
    """A network as ``train_ch6`` trains it."""

    def __init__(self, net: nn.Module, lr: float):
        super().__init__(plot_train_per_epoch=classic.POINTS_PER_EPOCH)
        self.net, self.lr = net, lr
        self.board = classic.ClassicBoard()


class ClassicTrainer(classic.ClassicFit, Trainer):
    """The loop of ``train_ch6``."""


def train_ch6(
    net: nn.Module, train_iter: Iterable, test_iter: Iterable, num_epochs: int, lr, device=None
) -> None:
    """Train a classifier by SGD from fresh weights, plot loss and accuracies, print how it went.

    Dense and convolutional layers start from ``init_cnn``. ``device`` is a GPU if there is one.
    The loaders give batches (X, y) and are read once an epoch: ``load_data_fashion_mnist``'s, a
    ``DataLoader``, a list. Raises what ``Trainer.fit`` raises; TypeError for a mere iterator,
    or what is no network.
    """
    if not isinstance(net, nn.Module):
        raise TypeError(
            f"train_ch6 needs the network itself, an nn.Module, not a {type(net).__name__}"
        )
    device = devices.try_gpu() if device is None else torch.device(device)
    net.apply(init_cnn)
    trainer = ClassicTrainer(num_epochs, device)
    trainer.fit(ClassicModel(net, lr), classic.Loaders(train_iter, test_iter))
