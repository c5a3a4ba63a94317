"""The networks that the library's tests train, and their training, in JAX."""

from functools import partial

import jax
import numpy as np
from flax import linen as nn
from jax import numpy as jnp

from d2l import jax as d2l

EXAMPLES, BATCH = 64, 16
"""Of the fixture ``small_data``."""
STEPS = EXAMPLES // BATCH

conv = partial(nn.Conv, kernel_init=d2l.init_cnn)
dense = partial(nn.Dense, kernel_init=d2l.init_cnn)


def flatten(X):
    """Return one row an image."""
    return X.reshape(X.shape[0], -1)


class SmallNet(d2l.Classifier):
    """One convolution and two dense layers, with dropout between them."""

    lr: float = 0.1
    num_classes: int = 10
    dropout: float = 0.0
    training: bool = True

    def setup(self):
        self.net = nn.Sequential(
            [
                conv(8, kernel_size=(3, 3), strides=2, padding="VALID"),
                nn.relu,
                flatten,
                dense(32),
                nn.relu,
                nn.Dropout(self.dropout, deterministic=not self.training),
                dense(self.num_classes),
            ]
        )


class BatchNormNet(d2l.Classifier):
    """A convolution with batch normalization."""

    lr: float = 0.1
    num_classes: int = 10
    training: bool = True

    def setup(self):
        self.net = nn.Sequential(
            [
                conv(8, kernel_size=(3, 3), strides=2, padding="VALID"),
                nn.BatchNorm(use_running_average=not self.training, momentum=0.9),
                nn.relu,
                flatten,
                dense(self.num_classes),
            ]
        )


class NoNet(d2l.Classifier):
    """A model that forgot its net."""

    lr: float = 0.1


class DoubledLoss(SmallNet):
    """A model that overrides the loss."""

    def loss(self, params, X, Y, state, averaged=True):
        loss, mutated = super().loss(params, X, Y, state, averaged)
        return 2 * loss, mutated


class AlexNet(d2l.Classifier):
    """AlexNet, as in its section."""

    lr: float = 0.1
    num_classes: int = 10
    training: bool = True

    def setup(self):
        max_pool = partial(nn.max_pool, window_shape=(3, 3), strides=(2, 2))
        dropout = partial(nn.Dropout, deterministic=not self.training)
        self.net = nn.Sequential(
            [
                conv(96, kernel_size=(11, 11), strides=4, padding=1),
                nn.relu,
                max_pool,
                conv(256, kernel_size=(5, 5), padding=2),
                nn.relu,
                max_pool,
                conv(384, kernel_size=(3, 3), padding=1),
                nn.relu,
                conv(384, kernel_size=(3, 3), padding=1),
                nn.relu,
                conv(256, kernel_size=(3, 3), padding=1),
                nn.relu,
                max_pool,
                flatten,
                dense(4096),
                nn.relu,
                dropout(0.5),
                dense(4096),
                nn.relu,
                dropout(0.5),
                dense(self.num_classes),
            ]
        )


def classic_net(num_classes=10, dropout=0.0, batch_norm=False):
    """What ``train_ch6`` is given: a stack of layers."""
    return nn.Sequential(
        [
            nn.Conv(8, kernel_size=(3, 3), strides=2, padding="VALID"),
            *([nn.BatchNorm(momentum=0.9)] if batch_norm else []),
            nn.relu,
            flatten,
            nn.Dense(32),
            nn.relu,
            nn.Dropout(dropout),
            nn.Dense(num_classes),
        ]
    )


def classic_trained(net, returned):
    """What ``evaluate_accuracy`` is given: from train_ch6's network, and what it returned."""
    return returned


def grouped_block():
    """A grouped, a depthwise and a 1×1 convolution."""
    return nn.Sequential(
        [
            nn.Sequential(
                [
                    conv(16, kernel_size=(3, 3), feature_group_count=4),
                    conv(16, kernel_size=(3, 3), feature_group_count=16),
                ]
            ),
            conv(4, kernel_size=(1, 1)),
        ]
    )


def shared_net():
    """Two blocks around one convolution."""
    shared = conv(8, kernel_size=(1, 1))
    return nn.Sequential([nn.Sequential([shared]), nn.Sequential([shared])])


def input_shape(n, channels, size):
    """The shape of a batch of square images."""
    return (n, size, size, channels)


def initialized(model, shape):
    """Fresh parameters, by layer."""
    key = d2l.get_key()
    keys = {"params": key, "dropout": key}
    return model.apply_init([jnp.zeros(shape)], keys)["params"]["net"]


def weights(model, shape):
    """Weights and biases after initialization, as (kernel, fan_in + fan_out, bias) per layer."""
    result = []
    for layer in initialized(model, shape).values():
        w = np.asarray(layer["kernel"])
        window = int(np.prod(w.shape[:-2]))
        result.append((w, (w.shape[-2] + w.shape[-1]) * window, np.asarray(layer["bias"])))
    return result


def num_parameters(model, shape):
    """The number of learnt parameters."""
    shapes = jax.eval_shape(lambda: initialized(model, shape))
    return sum(leaf.size for leaf in jax.tree.leaves(shapes))


def outputs(trainer, X):
    """The trained model's outputs in prediction."""
    return np.asarray(trainer.predict(X))


def running_mean(trainer):
    """The running mean of the batch normalization after training."""
    return np.asarray(trainer.state.batch_stats["net"]["layers_1"]["mean"])


def fit_epoch(self):
    """An epoch as notebooks write it that put theirs in place of the trainer's."""
    self.model.training = True
    for batch in self.train_dataloader:
        (_, mutated), grads = self.model.training_step(
            self.state.params, self.prepare_batch(batch), self.state
        )
        self.state = self.state.apply_gradients(grads=grads)
        self.state = self.state.replace(dropout_rng=jax.random.split(self.state.dropout_rng)[0])
        if self.state.batch_stats:
            self.state = self.state.replace(batch_stats=mutated["batch_stats"])
        self.train_batch_idx += 1
    if self.val_dataloader is None:
        return
    self.model.training = False
    for batch in self.val_dataloader:
        self.model.validation_step(self.state.params, self.prepare_batch(batch), self.state)
        self.val_batch_idx += 1


def fit(model, *, epochs=1, data=None, seed=0, trainer=None, **options):
    """Train a model from a seed; return its trainer."""
    d2l.seed(seed)
    trainer = trainer or d2l.Trainer(max_epochs=epochs, **options)
    trainer.fit(model, data or d2l.FashionMNIST(batch_size=BATCH))
    return trainer


def means(*args, **options):
    """Train a model from a seed; return its metrics in the last epoch."""
    return fit(*args, **options).metrics.means()


class Loaders(d2l.DataModule):
    """Two loaders of the test's own."""

    def __init__(self, train, val=None):
        super().__init__()
        self.loaders = {True: train, False: val}

    def get_dataloader(self, train):
        return self.loaders[train]
