"""The functions of classic notebooks."""

from collections.abc import Callable, Iterable

import tensorflow as tf

from d2l import classic
from d2l.loading import BatchLoader
from d2l.tensorflow import devices
from d2l.tensorflow.data import FashionMNIST, to_device
from d2l.tensorflow.modules import Classifier
from d2l.tensorflow.trainer import Trainer


def load_data_fashion_mnist(batch_size: int, resize=None) -> tuple[BatchLoader, BatchLoader]:
    """Return the training and the test batches of Fashion-MNIST: X, float32 in [0, 1], and y.

    ``resize`` is (height, width), or one number for a square; without it images are 28×28.
    """
    images = FashionMNIST(batch_size, resize or (28, 28))
    return images.train_dataloader(), images.val_dataloader()


def accuracy(y_hat: tf.Tensor, y: tf.Tensor) -> float:
    """Return the number of right predictions; ``y_hat`` holds scores (n, classes) or ids (n,)."""
    return float(num_correct(y_hat, y))


def num_correct(y_hat: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Return the number of right predictions, on their device."""
    y_hat, y = tf.convert_to_tensor(y_hat), tf.convert_to_tensor(y)
    predictions = tf.argmax(y_hat, axis=1) if y_hat.ndim > 1 and y_hat.shape[1] > 1 else y_hat
    right = tf.cast(tf.reshape(predictions, (-1,)), y.dtype) == tf.reshape(y, (-1,))
    return tf.math.count_nonzero(right)


def evaluate_accuracy(net, data_iter, device=None) -> float:
    """Return the fraction of right predictions of ``net`` on the batches of ``data_iter``.

    It predicts: no dropout, running statistics of batch normalization. ``device`` is where it
    runs; None is where the network is. The network may also come second, as in older notebooks.
    """
    net, data_iter = classic.net_first(net, data_iter)
    device = device_of(net) if device is None else devices.name_of(device)
    mode = {"training": False} if isinstance(net, tf.keras.layers.Layer) else {}
    correct, count = 0, 0
    with devices.on(device):
        for batch in classic.batches_on(data_iter, device):
            X, y = to_device(batch, device)
            correct = correct + num_correct(net(X, **mode), y)
            count += len(y)
    return classic.fraction(correct, count)


def evaluate_accuracy_gpu(net, data_iter, device=None) -> float:
    """Return what :func:`evaluate_accuracy` returns: it runs on the network's device too."""
    return evaluate_accuracy(net, data_iter, device)


def device_of(net) -> str | None:
    """Return the device of a network's weights, or None where it has none."""
    weights = net.weights if isinstance(net, tf.keras.layers.Layer) else ()
    return next((weight.value.device for weight in weights), None)


class ClassicModel(Classifier):
    """A network as ``train_ch6`` trains it."""

    def __init__(self, net: tf.keras.layers.Layer, lr: float):
        super().__init__(plot_train_per_epoch=classic.POINTS_PER_EPOCH)
        self.net, self.lr = net, lr
        self.board = classic.ClassicBoard()


class ClassicTrainer(classic.ClassicFit, Trainer):
    """The loop of ``train_ch6``."""


def train_ch6(
    net_fn: Callable, train_iter: Iterable, test_iter: Iterable, num_epochs: int, lr, device=None
) -> tf.keras.layers.Layer:
    """Train a classifier by SGD from fresh weights, plot loss and accuracies, print how it went.

    ``net_fn()`` makes the network, which is returned; Keras's layers start from Xavier uniform
    weights by themselves. ``device`` is a GPU if there is one. The loaders give batches (X, y) and
    are read once an epoch: ``load_data_fashion_mnist``'s, a ``tf.data.Dataset``, a list. Raises
    what ``Trainer.fit`` raises; TypeError for a mere iterator, or a network in place of a function.
    """
    if isinstance(net_fn, tf.keras.layers.Layer):
        raise TypeError(
            f"train_ch6 makes the network itself, on its device: in place of the "
            f"{type(net_fn).__name__}, give a function that returns it"
        )
    device = devices.name_of(devices.try_gpu() if device is None else device)
    with devices.on(device):
        model = ClassicModel(net_fn(), lr)
    ClassicTrainer(num_epochs, device).fit(model, classic.Loaders(train_iter, test_iter))
    return model.net
