"""What notebooks do around a fit in JAX: fits, optimizers and states of their own; many fits."""

import gc
from typing import Any

import pytest

jax = pytest.importorskip("jax")

import optax  # noqa: E402
from flax import linen as nn  # noqa: E402
from flax.training import train_state  # noqa: E402
from jax import numpy as jnp  # noqa: E402
from nets_jax import BATCH, BatchNormNet, SmallNet, fit, flatten, means  # noqa: E402

from d2l import jax as d2l  # noqa: E402

pytestmark = pytest.mark.usefixtures("small_data")


@pytest.mark.parametrize("net", [SmallNet, BatchNormNet])
def test_a_fit_that_is_over_keeps_no_memory(net):
    def trainers():
        gc.collect()
        return sum(isinstance(thing, d2l.Trainer) for thing in gc.get_objects())

    before = trainers()
    for _ in range(2):
        fit(net())
        assert trainers() == before


class TrainState(train_state.TrainState):
    """The state as a notebook has it."""

    batch_stats: Any
    dropout_rng: Any


class Patient(d2l.Trainer):
    """A trainer with a fit of its own, around the library's epochs."""

    def fit(self, model, data, key=None):
        self.prepare_data(data)
        self.prepare_model(model)
        params_key, dropout_key = jax.random.split(d2l.get_key() if key is None else key)
        batch = next(iter(self.train_dataloader))
        keys = {"params": params_key, "dropout": dropout_key}
        variables = model.apply_init(batch[:-1], key=keys)
        self.state = TrainState.create(
            apply_fn=model.apply,
            params=variables["params"],
            batch_stats=variables.get("batch_stats", {}),
            dropout_rng=dropout_key,
            tx=model.configure_optimizers(),
        )
        self.epoch = self.train_batch_idx = self.val_batch_idx = 0
        while self.epoch < self.max_epochs:
            self.fit_epoch()
            self.epoch += 1


@pytest.mark.parametrize("net", [lambda: SmallNet(dropout=0.1), BatchNormNet])
def test_a_fit_of_one_s_own(net):
    trainer, model, other = Patient(max_epochs=25), net(), SmallNet(lr=0.0)
    fit(model, trainer=trainer)
    assert model.board.data["val_acc"][-1][1] > 0.9
    fit(other, trainer=trainer)
    assert other.board.data["val_acc"][-1][1] < 0.5  # nothing of the first is left


def test_an_optimizer_from_scratch():
    class SGD(d2l.HyperParameters):
        def __init__(self, lr):
            self.save_hyperparameters()

        def init(self, params):
            return optax.EmptyState  # the class, as notebooks have it

        def update(self, updates, state, params=None):
            return jax.tree.map(lambda g: -self.lr * g, updates), state

    class Net(SmallNet):
        def configure_optimizers(self):
            return SGD(self.lr)

    assert means(Net(), epochs=2) == pytest.approx(means(SmallNet(), epochs=2), abs=1e-5)


@pytest.mark.parametrize("result", [None, 1.0])
def test_a_step_that_lacks_gradients_says_what_to_return(result):
    class Net(SmallNet):
        def training_step(self, params, batch, state):
            return result

    with pytest.raises(TypeError, match=r"Net\.training_step\(\) must return \(value, grads\)"):
        fit(Net())


def test_a_missing_optimizer_is_named():
    class Net(SmallNet):
        def configure_optimizers(self):
            optax.sgd(self.lr)

    with pytest.raises(TypeError, match=r"Net\.configure_optimizers\(\) returned nothing"):
        fit(Net())


def test_losses_in_half_precision_are_summed_in_full():
    class Net(SmallNet):
        def loss(self, params, X, Y, state, averaged=True):
            loss, mutated = super().loss(params, X, Y, state, averaged)
            return loss.astype(jnp.float16) * 0 + 3001, mutated

    assert means(Net(lr=0.0))["train_loss"] == pytest.approx(3001, rel=1e-3)


def test_a_summary_of_one_layer(capsys):
    class Single(d2l.Classifier):
        def setup(self):
            self.net = nn.Dense(10)

    class Compact(d2l.Classifier):
        @nn.compact
        def __call__(self, X):
            return nn.Dense(10)(flatten(X))

    Single().layer_summary((BATCH, 4))
    assert capsys.readouterr().out == "Dense              output shape: (16, 10)\n"
    with pytest.raises(AttributeError, match=r"Compact has no net: set self\.net in setup"):
        Compact().layer_summary((1, 28, 28, 1))
