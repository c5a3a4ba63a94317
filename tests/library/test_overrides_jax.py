"""Overridden methods are used, however a notebook overrides them, also by compiled steps."""

from functools import partial

import numpy as np
import pytest

jax = pytest.importorskip("jax")

import optax  # noqa: E402
from flax import linen as nn  # noqa: E402
from jax import numpy as jnp  # noqa: E402
from nets_jax import BATCH, STEPS, BatchNormNet, Loaders, SmallNet, fit, flatten, means  # noqa: E402

from d2l import jax as d2l  # noqa: E402

pytestmark = pytest.mark.usefixtures("small_data")
cross_entropy = optax.softmax_cross_entropy_with_integer_labels


# The loss


def test_a_loss_added_to_the_library_s_class(keep):
    keep(d2l.Classifier, "loss")

    @d2l.add_to_class(d2l.Classifier)
    def loss(self, params, X, Y, state, averaged=True):
        return 7.0 + 0 * state.apply_fn({"params": params}, *X).mean(), {}

    assert means(SmallNet()) == pytest.approx(
        {"train_loss": 7, "val_loss": 7, "train_acc": 0.1, "val_acc": 0.1}, abs=0.12
    )


def test_a_compiled_loss_that_returns_the_batch_statistics():
    class Net(BatchNormNet):
        @partial(jax.jit, static_argnums=(0, 5))
        def loss(self, params, X, Y, state, averaged=True):
            variables = {"params": params, "batch_stats": state.batch_stats}
            Y_hat, updates = state.apply_fn(variables, *X, mutable=["batch_stats"])
            losses = 3 * cross_entropy(Y_hat, Y)
            return (losses.mean() if averaged else losses), updates

    plain, ours = fit(BatchNormNet(lr=0.0)), fit(Net(lr=0.0))
    expected = 3 * plain.metrics.means()["train_loss"]
    assert ours.metrics.means()["train_loss"] == pytest.approx(expected, rel=1e-4)
    jax.tree.map(
        partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-6),
        *(trainer.state.batch_stats for trainer in (ours, plain)),
    )
    assert np.abs(ours.state.batch_stats["net"]["layers_1"]["mean"]).max() > 1e-3


def test_a_loss_that_is_a_number_alone():
    class Regression(d2l.Module):
        lr: float = 0.5

        def setup(self):
            self.net = nn.Dense(1)

        def loss(self, params, X, Y, state):
            return ((state.apply_fn({"params": params}, *X)[:, 0] - Y) ** 2).mean()

    X = np.linspace(-1, 1, 32, dtype=np.float32)[:, None]
    batch = (X, 2 * X[:, 0] + 1)
    trainer = fit(Regression(), epochs=60, data=Loaders([batch], [batch]))
    assert trainer.metrics.means()["val_loss"] < 1e-3
    params = trainer.state.params["net"]
    assert float(params["kernel"].squeeze()) == pytest.approx(2, abs=0.05)
    assert set(trainer.metrics.means()) == {"train_loss", "val_loss"}


@pytest.mark.parametrize("same_trainer", [True, False])
@pytest.mark.parametrize("compiled", [True, False])
def test_a_loss_replaced_between_two_fits_of_a_model(same_trainer, compiled):
    class Net(SmallNet):
        pass

    model = Net(lr=0.0)
    first = fit(model)
    before = first.metrics.means()

    def loss(self, params, X, Y, state, averaged=True):
        value, mutated = super(Net, self).loss(params, X, Y, state, averaged)
        return 5 * value, mutated

    compile_it = partial(jax.jit, static_argnums=(0, 5))
    d2l.add_to_class(Net)(compile_it(loss) if compiled else loss)
    after = means(model, trainer=first if same_trainer else None)
    for key in ("train_loss", "val_loss"):
        assert after[key] == pytest.approx(5 * before[key], rel=1e-4)


def test_a_network_replaced_under_a_compiled_loss():
    class Net(d2l.Classifier):
        lr: float = 0.0

        @partial(jax.jit, static_argnums=(0, 5))
        def loss(self, params, X, Y, state, averaged=True):
            return cross_entropy(state.apply_fn({"params": params}, *X), Y).mean(), {}

        @nn.compact
        def __call__(self, X):
            return nn.Dense(10)(flatten(X))

    model = Net()
    assert means(model)["train_loss"] != pytest.approx(np.log(10), rel=1e-4)

    @d2l.add_to_class(Net)
    @nn.compact
    def __call__(self, X):
        return 0 * nn.Dense(10)(flatten(X))

    assert means(model)["train_loss"] == pytest.approx(np.log(10), rel=1e-4)


# The accuracy


def always_half(self, params, X, Y, state, averaged=True):
    """An accuracy that nobody could take for another."""
    return jnp.float32(0.5)


@pytest.mark.parametrize("cls", [d2l.Classifier, SmallNet])
def test_an_accuracy_added_to_a_class(keep, cls):
    keep(cls, "accuracy")
    always_half.__name__ = "accuracy"
    d2l.add_to_class(cls)(always_half)
    result = means(SmallNet())
    assert (result["train_acc"], result["val_acc"]) == (0.5, 0.5)


@pytest.mark.parametrize("compiled", [True, False])
def test_an_accuracy_on_other_images(compiled):
    def accuracy(self, params, X, Y, state, averaged=True):
        Y_hat = state.apply_fn({"params": params, "batch_stats": state.batch_stats}, 0 * X[0])
        return (Y_hat == Y_hat[:1]).mean()  # 1 where all rows are alike

    accuracy = jax.jit(accuracy, static_argnums=(0, 5)) if compiled else accuracy
    net = type("Net", (SmallNet,), {"accuracy": accuracy, "__annotations__": {}})
    result = means(net())
    assert (result["train_acc"], result["val_acc"]) == (1.0, 1.0)


def test_an_accuracy_with_other_parameters():
    class Net(SmallNet):
        def accuracy(self, params, X, Y, state, averaged=True):
            nothing = jax.tree.map(jnp.zeros_like, params)
            return jnp.abs(state.apply_fn({"params": nothing}, *X)).sum()

    result = means(Net())
    assert (result["train_acc"], result["val_acc"]) == (0.0, 0.0)


def test_an_accuracy_that_needs_values_leaves_the_gradients_compiled():
    traced = []

    class Net(SmallNet):
        def loss(self, params, X, Y, state, averaged=True):
            traced.append(isinstance(Y, jax.core.Tracer))
            return super().loss(params, X, Y, state, averaged)

        def accuracy(self, params, X, Y, state, averaged=True):
            Y_hat = state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)
            return float((np.asarray(Y_hat).argmax(1) == np.asarray(Y)).mean())

    training = fit(Net(), data=Loaders(d2l.FashionMNIST(BATCH).train_dataloader()))
    assert all(traced)
    plain = means(SmallNet(), data=Loaders(d2l.FashionMNIST(BATCH).train_dataloader()))
    assert training.metrics.means() == pytest.approx(plain, abs=1e-5)
    both = means(Net())
    assert both == pytest.approx(means(SmallNet()), abs=1e-5)


# The optimizer


def test_an_optimizer_of_one_s_own():
    class Frozen(SmallNet):
        def configure_optimizers(self):
            return optax.set_to_zero()

    trainer = fit(Frozen(lr=1.0))
    X = d2l.zeros(2, 28, 28, 1)
    d2l.seed(0)
    first = trainer.model.apply_init([X], d2l.get_key())["params"]
    jax.tree.map(partial(np.testing.assert_allclose, rtol=1e-6), trainer.state.params, first)


def test_an_optimizer_replaced_between_two_fits():
    class Net(SmallNet):
        pass

    model = Net(lr=0.5)
    moved = means(model, epochs=3)["val_loss"]

    @d2l.add_to_class(Net)
    def configure_optimizers(self):
        return optax.chain(optax.clip(1e-9), optax.adam(1e-9))

    assert abs(means(model, epochs=3)["val_loss"] - moved) > 0.1


# The steps


def test_a_training_step_that_calls_the_library_s():
    calls, traced = [], []

    class Net(SmallNet):
        def loss(self, params, X, Y, state, averaged=True):
            traced.append(isinstance(Y, jax.core.Tracer))
            return super().loss(params, X, Y, state, averaged)

        def training_step(self, params, batch, state):
            calls.append(len(batch[-1]))
            return super().training_step(params, batch, state)

    counted = means(Net(dropout=0.5), epochs=2)
    assert calls == [BATCH] * STEPS * 2
    assert all(traced)  # its parts are compiled
    assert counted == pytest.approx(means(SmallNet(dropout=0.5), epochs=2), abs=1e-4)


def test_a_training_step_written_out():
    class Net(SmallNet):
        def training_step(self, params, batch, state):
            gradient = jax.value_and_grad(self.loss, has_aux=True)
            value, grads = gradient(params, batch[:-1], batch[-1], state)
            self.plot("loss", value[0], train=True)
            return value, jax.tree.map(lambda g: 0 * g, grads)

    trainer = fit(Net(lr=10.0))
    d2l.seed(0)
    first = trainer.model.apply_init([d2l.zeros(2, 28, 28, 1)], d2l.get_key())["params"]
    jax.tree.map(partial(np.testing.assert_allclose, rtol=1e-6), trainer.state.params, first)
    assert "train_acc" not in trainer.metrics.means()


def test_a_training_step_added_to_the_library_s_class(keep):
    keep(d2l.Module, "training_step")
    calls = []
    original = d2l.Module.training_step

    @d2l.add_to_class(d2l.Module)
    def training_step(self, params, batch, state):
        calls.append(1)
        return original(self, params, batch, state)

    fit(SmallNet())
    assert len(calls) == STEPS


def test_a_validation_step_may_keep_the_parameters():
    kept = []

    class Net(SmallNet):
        def validation_step(self, params, batch, state):
            kept.append(params)
            self.plot("loss", 3.0, train=False)

    result = means(Net(), epochs=2)
    assert len(kept) == 2 * STEPS
    # None was given away to the optimizer.
    sums = [sum(float(jnp.abs(leaf).sum()) for leaf in jax.tree.leaves(tree)) for tree in kept]
    assert sums[0] != sums[-1]
    assert result["val_loss"] == 3


def test_a_validation_step_that_calls_the_library_s():
    calls = []

    class Net(SmallNet):
        def validation_step(self, params, batch, state):
            calls.append(self.training)
            super().validation_step(params, batch, state)

    assert means(Net(dropout=0.5)) == pytest.approx(means(SmallNet(dropout=0.5)), abs=1e-4)
    assert calls == [False] * STEPS


def test_gradients_clipped_in_a_way_of_one_s_own(keep):
    keep(d2l.Trainer, "clip_gradients")

    @d2l.add_to_class(d2l.Trainer)
    def clip_gradients(self, grad_clip_val, grads):
        return jax.tree.map(lambda g: 0 * g, grads)

    still = means(SmallNet(lr=1.0), epochs=2, gradient_clip_val=1)
    assert still == pytest.approx(means(SmallNet(lr=0.0), epochs=2), abs=1e-4)


def test_an_epoch_written_out(keep):
    keep(d2l.Trainer, "fit_epoch")

    @d2l.add_to_class(d2l.Trainer)
    def fit_epoch(self):
        for batch in self.train_dataloader:
            (_, mutated), grads = self.model.training_step(
                self.state.params, self.prepare_batch(batch), self.state
            )
            self.state = self.state.apply_gradients(grads=grads)
            self.state = self.state.replace(batch_stats=mutated["batch_stats"])
            self.train_batch_idx += 1
        self.model.training = False
        for batch in self.val_dataloader:
            params = self.state.params
            self.model.validation_step(params, self.prepare_batch(batch), self.state)
        self.model.training = True

    trainer = fit(BatchNormNet(), epochs=25)
    assert trainer.metrics.means()["val_acc"] > 0.9
    assert trainer.train_batch_idx == 25 * STEPS
