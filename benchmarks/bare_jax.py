"""The bare loop of ``train.py`` in JAX."""

from functools import partial

import jax
import numpy as np
import optax
from nets_jax import AlexNet

VERSION = jax.__version__


def wait(trainer) -> None:
    """Wait for the device."""
    jax.block_until_ready(trainer.state.params)


def make_step(batch: int, size: int):
    """A function that runs one compiled training step on random images, and waits for it."""
    rng = np.random.default_rng(0)
    X = jax.device_put(rng.random((batch, size, size, 1), dtype=np.float32))
    y = jax.device_put(rng.integers(0, 10, batch))
    model = AlexNet()
    key = jax.random.key(0)
    params = jax.jit(model.init)({"params": key, "dropout": key}, X[:2])["params"]
    optimizer = optax.sgd(0.01)

    @partial(jax.jit, donate_argnums=(0, 1))
    def train_step(params, state, key):
        def loss(params):
            Y_hat = model.apply({"params": params}, X, rngs={"dropout": key})
            return optax.softmax_cross_entropy_with_integer_labels(Y_hat, y).mean()

        updates, state = optimizer.update(jax.grad(loss)(params), state)
        return optax.apply_updates(params, updates), state, jax.random.split(key)[0]

    now = [params, optimizer.init(params), key]

    def step() -> None:
        now[:] = jax.block_until_ready(train_step(*now))

    return step
