"""Overridden methods are used, however a notebook overrides them, also by compiled steps."""

import random

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from nets_tensorflow import BATCH, STEPS, SmallNet, fit, is_compiled  # noqa: E402
from tensorflow.keras import layers  # noqa: E402

from d2l import tensorflow as d2l  # noqa: E402

pytestmark = pytest.mark.usefixtures("small_data")


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


def test_a_step_that_returns_nothing(tiny):
    tiny(8)

    class Forgets(SmallNet):
        def training_step(self, batch):
            super().training_step(batch)

    with pytest.raises(TypeError, match=r"training_step\(\) returned nothing: return the loss"):
        fit(Forgets())


def test_metrics_in_half_precision(tiny):
    tiny(64)

    class Half(SmallNet):
        def loss(self, Y_hat, Y, averaged=True):
            return 10_000 * tf.cast(super().loss(Y_hat, Y, averaged), tf.float16)

    assert fit(Half(lr=0.0)).metrics.means()["train_loss"] == pytest.approx(23_000, rel=0.1)


def test_a_summary_without_a_stack_of_layers(capsys):
    class Net(d2l.Classifier):
        pass

    model = Net()
    with pytest.raises(AttributeError, match="Net has no net"):
        model.layer_summary((1, 4))
    model.net = tf.keras.layers.Flatten()
    model.layer_summary((1, 2, 2))
    assert "Flatten            output shape: (1, 4)" in capsys.readouterr().out


@pytest.mark.parametrize("value", [None, ["sgd"]])
def test_no_optimizer_or_several(tiny, own, value):
    tiny(8)

    @own(SmallNet)
    def configure_optimizers(self):
        return value

    with pytest.raises(TypeError, match=r"configure_optimizers\(\) returned .*: return one opt"):
        fit(SmallNet())
