"""Overridden methods are used, however a notebook overrides them, also by compiled steps."""

import random

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from nets_tensorflow import BatchNormNet, SmallNet  # noqa: E402
from tensorflow.keras import layers  # noqa: E402

from d2l import tensorflow as d2l  # noqa: E402
from d2l.tensorflow.compiled import CompiledStep  # noqa: E402

EXAMPLES, BATCH = 64, 16
STEPS = EXAMPLES // BATCH


@pytest.fixture(autouse=True)
def small_data(tiny):
    """All tests train on 64 images, in four batches."""
    tiny(EXAMPLES)


@pytest.fixture
def keep(monkeypatch):
    """Returns a function that sees to it that a method is restored after the test."""
    return lambda cls, name: monkeypatch.setattr(cls, name, getattr(cls, name))


def fit(model, *, epochs=1, data=None, seed=0, **options):
    """Train a model from a seed; return its trainer."""
    d2l.seed(seed)
    trainer = d2l.Trainer(max_epochs=epochs, **options)
    trainer.fit(model, data or d2l.FashionMNIST(batch_size=BATCH))
    return trainer


def is_compiled(trainer):
    """Whether training steps ran as graphs."""
    step = trainer.update_step
    return isinstance(step, CompiledStep) and None not in step.graphs.values()


class Loaders(d2l.DataModule):
    """Two loaders of the test's own."""

    def __init__(self, train, val=None):
        super().__init__()
        self.loaders = {True: train, False: val}

    def get_dataloader(self, train):
        return self.loaders[train]


# The loss


def test_a_loss_added_to_the_library_s_class(keep):
    keep(d2l.Classifier, "loss")

    @d2l.add_to_class(d2l.Classifier)
    def loss(self, Y_hat, Y, averaged=True):
        return tf.reduce_mean(Y_hat * 0) + 7.0

    trainer = fit(SmallNet())
    assert trainer.metrics.means()["train_loss"] == pytest.approx(7)
    assert trainer.metrics.means()["val_loss"] == pytest.approx(7)
    assert is_compiled(trainer)


def test_a_loss_replaced_between_two_fits_of_a_model():
    class Net(SmallNet):
        pass

    model = Net(lr=0.0)
    before = fit(model).metrics.means()

    @d2l.add_to_class(Net)
    def loss(self, Y_hat, Y, averaged=True):
        return 3 * d2l.Classifier.loss(self, Y_hat, Y, averaged)

    after = fit(model)
    assert after.metrics.means()["train_loss"] == pytest.approx(3 * before["train_loss"], rel=1e-4)
    assert is_compiled(after)


def test_a_loss_that_counts_its_calls_counts_them_all():
    class Counting(SmallNet):
        calls = 0

        def loss(self, Y_hat, Y, averaged=True):
            self.calls += 1
            return super().loss(Y_hat, Y, averaged)

    model = Counting()
    fit(model, epochs=2)
    assert model.calls == 2 * 2 * STEPS


def test_a_loss_that_collects_what_it_returned():
    class Collecting(SmallNet):
        def __init__(self):
            super().__init__()
            self.losses_seen = []
            self.by_size = {}

        def loss(self, Y_hat, Y, averaged=True):
            loss = super().loss(Y_hat, Y, averaged)
            self.losses_seen.append(loss)
            self.by_size[len(Y)] = loss
            return loss

    model = Collecting()
    fit(model)
    assert len([float(loss) for loss in model.losses_seen]) == 2 * STEPS
    assert [float(loss) for loss in model.by_size.values()] == [float(model.losses_seen[-1])]


def test_a_loss_that_prints_prints_at_each_step(capsys):
    class Printing(SmallNet):
        def loss(self, Y_hat, Y, averaged=True):
            print(f"{len(Y)} labels")
            return super().loss(Y_hat, Y, averaged)

    fit(Printing())
    assert capsys.readouterr().out.count(f"{BATCH} labels") == 2 * STEPS


@pytest.mark.parametrize("draw", [random.random, np.random.rand], ids=["random", "numpy"])
def test_a_loss_with_python_s_random_numbers_draws_them_at_each_step(draw):
    drawn = []

    class Noisy(SmallNet):
        def loss(self, Y_hat, Y, averaged=True):
            drawn.append(draw())
            return super().loss(Y_hat, Y, averaged) * drawn[-1]

    fit(Noisy())
    assert len(set(drawn)) == 2 * STEPS


def test_a_keras_regularizer_in_the_loss():
    class Regularized(d2l.Classifier):
        def __init__(self, lr=0.0):
            super().__init__()
            self.save_hyperparameters()
            dense = layers.Dense(10, kernel_regularizer=tf.keras.regularizers.L2(0.5))
            self.net = tf.keras.Sequential([layers.Flatten(), dense])

        def loss(self, Y_hat, Y, averaged=True):
            return 0 * super().loss(Y_hat, Y, averaged) + sum(self.net.losses)

    model = Regularized()
    expected = fit(model).metrics.means()["val_loss"]
    kernel = model.net.layers[-1].kernel
    assert expected == pytest.approx(0.5 * float(tf.reduce_sum(kernel**2)), rel=1e-4)


# The accuracy


def test_an_accuracy_that_reads_values_back(keep):
    keep(d2l.Classifier, "accuracy")

    @d2l.add_to_class(d2l.Classifier)
    def accuracy(self, Y_hat, Y, averaged=True):
        return float(np.mean(Y_hat.numpy().argmax(axis=1) == Y.numpy())) + 2

    means = fit(SmallNet(), epochs=10).metrics.means()
    assert 2.5 < means["train_acc"] <= 3
    assert 2.5 < means["val_acc"] <= 3


def test_an_accuracy_on_a_subclass():
    class TopAll(SmallNet):
        def accuracy(self, Y_hat, Y, averaged=True):
            return tf.reduce_mean(tf.cast(tf.math.in_top_k(Y, Y_hat, k=10), tf.float32))

    trainer = fit(TopAll(lr=0.0))
    assert trainer.metrics.means()["train_acc"] == trainer.metrics.means()["val_acc"] == 1
    assert is_compiled(trainer)


# The steps


def test_a_training_step_that_counts_its_calls(keep):
    keep(d2l.Classifier, "training_step")
    sizes = []

    @d2l.add_to_class(d2l.Classifier)
    def training_step(self, batch):
        sizes.append(len(batch[-1].numpy()))
        loss = self.loss(self(*batch[:-1]), batch[-1])
        self.plot("loss", loss, train=True)
        return loss

    model = SmallNet()
    fit(model, epochs=12)
    assert sizes == [BATCH] * 12 * STEPS
    assert model.board.data["train_loss"][-1][1] < model.board.data["train_loss"][0][1] / 2
    assert "train_acc" not in model.board.data


def test_a_step_set_on_one_model_alone():
    model, calls = SmallNet(lr=0.0), []

    def training_step(batch):
        calls.append(batch)
        return d2l.Classifier.training_step(model, batch)

    model.training_step = training_step
    fit(model)
    assert len(calls) == STEPS


def test_a_step_that_extends_the_library_s():
    class Extended(SmallNet):
        def training_step(self, batch):
            loss = super().training_step(batch)
            self.plot("perplexity", tf.exp(loss), train=True)
            return 0 * loss

    model = Extended()
    model(tf.zeros((1, 28, 28, 1)))
    before = [w.numpy() for w in model.trainable_variables]
    fit(model)
    assert model.board.data["train_perplexity"]
    for old, new in zip(before, model.trainable_variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())  # a loss of 0 moves nothing


def test_a_validation_step_that_keeps_its_predictions():
    class Keeping(SmallNet):
        def validation_step(self, batch):
            super().validation_step(batch)
            self.predictions = [*getattr(self, "predictions", []), self(batch[0]).numpy()]

    model = Keeping(dropout=0.5)
    trainer = fit(model, epochs=2)
    X, _ = next(iter(d2l.FashionMNIST(batch_size=BATCH).val_dataloader()))
    assert len(model.predictions) == 2 * STEPS
    # The first batch of the last epoch, as the model predicts it now: no dropout.
    np.testing.assert_allclose(model.predictions[STEPS], trainer.predict(X), rtol=1e-5, atol=1e-6)


def test_a_plot_of_one_s_own():
    plotted = []

    class Plotting(SmallNet):
        def plot(self, key, value, train):
            plotted.append((key, float(value)))
            super().plot(key, value, train)

    fit(Plotting())
    assert len(plotted) == 2 * 2 * STEPS


# The optimizer


def test_an_optimizer_of_one_s_own():
    class Momentum(SmallNet):
        def configure_optimizers(self):
            return tf.keras.optimizers.Adam(0.01)

    trainer = fit(Momentum(), epochs=20)
    assert isinstance(trainer.optim, tf.keras.optimizers.Adam)
    assert int(trainer.optim.iterations) == 20 * STEPS
    assert trainer.metrics.means()["train_acc"] > 0.9
    assert is_compiled(trainer)


def test_a_learning_rate_that_decays():
    class Decaying(SmallNet):
        def configure_optimizers(self):
            schedule = tf.keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
            return tf.keras.optimizers.SGD(schedule)

    trainer = fit(Decaying())
    assert float(trainer.optim.learning_rate) == pytest.approx(0.1 * 0.5**STEPS)


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
