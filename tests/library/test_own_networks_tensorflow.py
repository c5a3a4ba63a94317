"""Networks built in other ways than the library builds them, and data of one's own."""

import random

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from nets_tensorflow import BATCH, STEPS, BatchNormNet, Loaders, SmallNet, fit, is_compiled  # noqa: E402
from tensorflow.keras import layers  # noqa: E402

from d2l import tensorflow as d2l  # noqa: E402

pytestmark = pytest.mark.usefixtures("small_data")


# Models


def test_call_and_its_training():
    modes = []

    class Net(SmallNet):
        def call(self, X, training=None):
            modes.append(training)
            return self.net(X) if training else 0 * self.net(X)

    means = fit(Net(lr=0.0)).metrics.means()
    assert set(modes) == {False, True}
    assert means["val_loss"] == pytest.approx(np.log(10)) != means["train_loss"]


def test_call_replaced_after_the_model_was_used():
    class Net(SmallNet):
        pass

    model, modes = Net(), []
    model(tf.zeros((1, 28, 28, 1)))

    @d2l.add_to_class(Net)
    def call(self, X, training=None):
        modes.append(training)
        return self.net(X)

    fit(model)
    assert set(modes) == {False, True}

    Net.call = lambda self, X: 0 * self.net(X)
    assert fit(model).metrics.means()["val_loss"] == pytest.approx(np.log(10))


@pytest.mark.parametrize("with_training", [False, True])
def test_forward_in_place_of_call(with_training):
    class Net(SmallNet):
        def forward(self, X):
            return 0 * self.net(X)

    class NetWithTraining(SmallNet):
        def forward(self, X, training=None):
            return self.net(X) if training else 0 * self.net(X)

    means = fit((NetWithTraining if with_training else Net)(lr=0.0)).metrics.means()
    assert means["val_loss"] == pytest.approx(np.log(10))
    assert (means["train_loss"] == pytest.approx(np.log(10))) != with_training


def test_a_call_that_asks_for_values():
    class Asking(SmallNet):
        def call(self, X):
            return self.net(X) if tf.reduce_mean(X) > -1 else X

    assert fit(Asking(), epochs=12).metrics.means()["train_acc"] > 0.9


def test_layers_that_are_dropped_at_random_are_drawn_anew_at_each_step():
    dropped = []

    class Stochastic(tf.keras.layers.Layer):
        def call(self, X, training=None):
            dropped.append(random.random() < 0.5)
            return X * (0 if training and dropped[-1] else 1)

    class Net(d2l.Classifier):
        def __init__(self, lr=0.1):
            super().__init__()
            self.save_hyperparameters()
            self.net = tf.keras.Sequential([layers.Flatten(), Stochastic(), layers.Dense(10)])

    fit(Net(), epochs=3)
    assert len(dropped) > 3 * 2 * STEPS


def test_features_that_a_layer_keeps_can_be_read_after_the_fit():
    class Keeping(tf.keras.layers.Layer):
        def call(self, X):
            self.features = tf.reduce_mean(X, axis=(1, 2, 3))
            return X

    class Net(d2l.Classifier):
        def __init__(self, lr=0.1):
            super().__init__()
            self.save_hyperparameters()
            self.first = Keeping()
            self.net = tf.keras.Sequential([self.first, layers.Flatten(), layers.Dense(10)])

    model = Net()
    fit(model)
    assert model.first.features.numpy().shape == (BATCH,)


class Block(tf.keras.Model):
    """A block as a cell of a notebook defines it."""

    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units, activation="relu")
        self.norm = layers.BatchNormalization()

    def call(self, X):
        return self.norm(self.dense(X))


class LateNet(d2l.Classifier):
    """A network of blocks, made when the shape of its input is known."""

    def __init__(self, lr=0.1):
        super().__init__()
        self.save_hyperparameters()

    def build(self, input_shape):
        blocks = [Block(16) for _ in range(2)]
        self.net = tf.keras.Sequential([layers.Flatten(), *blocks, layers.Dense(10)])


@pytest.mark.parametrize("own_loaders", [False, True])
def test_a_network_that_is_made_late(own_loaders):
    images = d2l.FashionMNIST(batch_size=BATCH)
    batches = list(images.train_dataloader())
    trainer = fit(LateNet(), epochs=20, data=Loaders(batches, batches) if own_loaders else images)
    assert trainer.metrics.means()["val_acc"] > 0.9
    assert is_compiled(trainer)
    norm = trainer.model.net.layers[1].norm
    assert (norm.momentum, norm.epsilon) == (0.9, 1e-5)


def test_batch_normalization_of_one_s_own_keeps_its_momentum():
    model = BatchNormNet()
    model.net.layers[1].momentum = 0.5
    fit(model)
    assert model.net.layers[1].momentum == 0.5


def test_a_plain_variable_is_trained():
    class Scaled(SmallNet):
        def __init__(self):
            super().__init__()
            self.scale = tf.Variable(1.0)
            self.fixed = tf.Variable(1.0, trainable=False)

        def call(self, X):
            return self.scale * self.net(X) * self.fixed

    model = Scaled()
    trainer = fit(model)
    assert float(model.scale) != 1.0
    assert float(model.fixed) == 1.0
    assert is_compiled(trainer)


def test_frozen_layers_stay():
    model = SmallNet()
    model(tf.zeros((1, 28, 28, 1)))
    model.net.layers[0].trainable = False
    before = [layer.kernel.numpy() for layer in (model.net.layers[0], model.net.layers[-1])]
    fit(model)
    np.testing.assert_array_equal(before[0], model.net.layers[0].kernel.numpy())
    assert np.abs(before[1] - model.net.layers[-1].kernel.numpy()).max() > 0


# Data and devices


def batches_of_numpy(n=STEPS):
    """Batches as a loop of one's own would make them."""
    rng = np.random.default_rng(0)
    return [
        (rng.random((BATCH, 28, 28, 1), dtype=np.float32), rng.integers(0, 10, BATCH))
        for _ in range(n)
    ]


def as_dataset(batches):
    """The same batches from ``tf.data``."""
    X, y = (np.concatenate(arrays) for arrays in zip(*batches, strict=True))
    return tf.data.Dataset.from_tensor_slices((X, y)).batch(BATCH)


@pytest.mark.parametrize(
    "make",
    [list, as_dataset, lambda b: as_dataset(b).filter(lambda X, y: True), iter],
    ids=["list", "tf.data", "tf.data of unknown length", "iterator"],
)
def test_loaders_of_any_kind(make):
    class Fresh(d2l.DataModule):
        def get_dataloader(self, train):
            return make(batches_of_numpy()) if train else None

    trainer = fit(SmallNet(lr=0.0), epochs=2, data=Fresh())
    assert trainer.num_train_batches == STEPS
    assert trainer.train_batch_idx == 2 * STEPS
    assert "val_loss" not in trainer.metrics.means()
    assert is_compiled(trainer)


def test_a_dataset_without_an_end_is_refused():
    endless = as_dataset(batches_of_numpy()).repeat()
    with pytest.raises(ValueError, match=r"never end.*take\(number\)"):
        fit(SmallNet(), data=Loaders(endless))


def test_a_model_built_on_try_gpu():
    with d2l.try_gpu():
        model = SmallNet(lr=0.05)
    trainer = fit(model, epochs=2, num_gpus=1)
    assert trainer.train_batch_idx == 2 * STEPS


def test_a_trainer_s_own_method(keep):
    keep(d2l.Trainer, "clip_gradients")

    @d2l.add_to_class(d2l.Trainer)
    def clip_gradients(self, grad_clip_val, grads):
        return [0 * g for g in grads]

    model = SmallNet()
    model(tf.zeros((1, 28, 28, 1)))
    before = model.net.layers[0].kernel.numpy()
    fit(model, gradient_clip_val=1)
    np.testing.assert_array_equal(before, model.net.layers[0].kernel.numpy())
