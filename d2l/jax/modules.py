"""Models: ``Module``, ``Classifier``, and the initialization of convolutional networks."""

import operator
from collections.abc import Callable
from dataclasses import field, fields
from functools import partial
from typing import Any, NamedTuple

import jax
import optax
from flax import linen as nn
from flax import struct
from jax import numpy as jnp

from d2l.plots import ProgressBoard
from d2l.training import ModuleBase, summary_line

KEPT = ("parent", "name")  # flax's own fields


def add_to_class(cls: type) -> Callable[[Any], Any]:
    """Return a decorator that adds a function to ``cls`` as a method of the same name.

    A method of a flax module may be ``nn.compact``, as in the body of a class.
    """

    def add(method: Any) -> Any:
        name, flax_method = method.__name__, method
        if issubclass(cls, nn.Module):  # flax prepares methods when a class is made: make one
            flax_method = vars(type(cls.__name__, (cls,), {name: method}))[name]
        setattr(cls, name, flax_method)
        return method

    return add


def init_cnn(key: jax.Array, shape, dtype=jnp.float32) -> jax.Array:
    """Return the first weights of a dense or convolutional layer: Xavier uniform.

    Glorot and Bengio (2010), section 4.2.1. For use as ``kernel_init=init_cnn``; biases are zero
    as flax makes them.
    """
    return nn.initializers.xavier_uniform()(key, shape, dtype)


def with_mutated(value) -> tuple[jax.Array, Any]:
    """Return what a model's ``loss`` returned as ``(loss, mutated)``."""
    return value if isinstance(value, tuple) else (value, {})


def board_field(**options) -> Any:
    """Return a field that is no hyper-parameter: by keyword only, and of no effect on equality."""
    return field(kw_only=True, compare=False, repr=False, **options)


def in_mode(module: nn.Module, *, training: bool) -> nn.Module:
    """Return an unbound module with its field ``training`` set, where it has one.

    The same holds for modules among its fields, such as the layers of a stack.
    """
    made: dict[int, nn.Module] = {}  # a layer that occurs twice stays one: it shares its parameters

    def set_mode(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            values = tuple(map(set_mode, value))
            return value if all(map(operator.is_, values, value)) else values
        if not isinstance(value, nn.Module):
            return value
        if id(value) not in made:
            made[id(value)] = clone(value)
        return made[id(value)]

    def clone(module: nn.Module) -> nn.Module:
        old = {f.name: getattr(module, f.name) for f in fields(module) if f.name not in KEPT}
        new = {name: training if name == "training" else set_mode(old[name]) for name in old}
        changes = {name: value for name, value in new.items() if value is not old[name]}
        return module.clone(**changes) if changes else module

    return clone(module)


def network(model: nn.Module) -> nn.Module:
    """Return ``model.net``; raise AttributeError where there is none."""
    if not hasattr(model, "net"):
        raise AttributeError(
            f"{type(model).__name__} has no net: set self.net in setup, or define __call__(X)"
        )
    return model.net


class Measured(NamedTuple):
    """What is plotted of a batch, in this order."""

    loss: jax.Array
    acc: jax.Array | None = None


class Module(ModuleBase, nn.Module):
    """The base class of models: a flax module, whose fields are the hyper-parameters.

    A subclass defines ``self.net`` in ``setup``, or ``__call__``. A field ``training: bool = True``
    says whether dropout and batch normalization train; ``Trainer`` sets it.
    """

    plot_train_per_epoch: int = board_field(default=2)
    plot_valid_per_epoch: int = board_field(default=1)
    board: ProgressBoard = board_field(default_factory=ProgressBoard)
    trainer: Any = board_field(default=None)

    @nn.nowrap
    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; fields may also be set after construction, unlike in flax."""
        if self.scope is None and (name in self.__dataclass_fields__ or name == "training"):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def forward(self, X: jax.Array) -> jax.Array:
        """Return ``self.net(X)``."""
        return network(self)(X)

    def __call__(self, X: jax.Array, *args, **kwargs) -> jax.Array:
        """Return ``self.forward(X)``."""
        return self.forward(X, *args, **kwargs)

    def loss(self, params, X, Y, state, averaged: bool = True):
        """Return the loss, or ``(loss, mutated)``; every model defines its own.

        ``X`` is a tuple of inputs; the outputs are ``state.apply_fn({"params": params}, *X)``.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define loss(params, X, Y, state, averaged=True)"
        )

    def run(self, step: Callable, *args) -> Any:
        """Return what a pure method returns; a fit compiles it once, if it can be."""
        return (step if self.trainer is None else self.trainer.compiled(step))(*args)

    def in_mode(self, *, training: bool) -> "Module":
        """Return the model with its field ``training`` set, where it has one."""
        return in_mode(self, training=training)

    def differentiate(self, params, batch, state) -> tuple[Any, Any]:
        """Return what ``loss`` returns for a batch, and the gradients; pure."""

        def scalar_loss(params):
            value = self.loss(params, batch[:-1], batch[-1], state)
            return with_mutated(value)[0], value

        (_, value), grads = jax.value_and_grad(scalar_loss, has_aux=True)(params)
        return value, grads

    def measure(self, value, params, batch, state) -> Measured:
        """Return what is plotted of a batch for which ``loss`` returned ``value``; pure."""
        return Measured(with_mutated(value)[0])

    def validate(self, params, batch, state) -> Measured:
        """Return what is plotted of a batch in validation; pure."""
        value = self.loss(params, batch[:-1], batch[-1], state)
        return self.measure(value, params, batch, state)

    def plot(self, key: str, value: jax.Array | float, train: bool) -> None:
        """Add a value to the curve of ``key``; as float32, since half precision can't sum many."""
        array = isinstance(value, jax.Array)
        super().plot(key, value.astype(jnp.float32) if array else value, train)

    def plot_all(self, measured: Measured, train: bool) -> None:
        """Add values to their curves."""
        for key, value in measured._asdict().items():
            if value is not None:
                self.plot(key, value, train)

    def training_step(self, params, batch, state) -> tuple[Any, Any]:
        """Return what ``loss`` returns for a batch, and the gradients; plot the loss."""
        value, grads = self.run(self.differentiate, params, batch, state)
        self.plot_all(self.run(self.measure, value, params, batch, state), train=True)
        return value, grads

    def validation_step(self, params, batch, state) -> None:
        """Plot the loss of a batch; the network predicts, also if its state is that of training."""
        if self.trainer is not None:
            state = state.replace(apply_fn=self.trainer.eval_apply)
        self.plot_all(self.run(self.validate, params, batch, state), train=False)

    def configure_optimizers(self) -> optax.GradientTransformation:
        """Return stochastic gradient descent with the learning rate ``self.lr``."""
        return optax.sgd(self.lr)

    def apply_init(self, dummy_input, key) -> dict[str, Any]:
        """Return fresh variables for inputs such as ``dummy_input``, a sequence of arrays."""
        return jax.jit(self.init)(key, *dummy_input)  # compiled, it computes no outputs


@struct.dataclass
class KnownOutputs:
    """A training state whose ``apply_fn`` knows the outputs for a batch: they were made before."""

    outputs: jax.Array
    params: Any
    X: tuple
    state: Any

    def apply_fn(self, variables, *X, mutable=False, **options):
        """Return the outputs for a batch, as ``flax.linen.Module.apply`` does.

        An ``accuracy`` of the user's own may ask for those of other images or other parameters.
        """
        known = [self.params, self.state.batch_stats, *self.X]
        asked = [variables["params"], variables.get("batch_stats", self.state.batch_stats), *X]
        if len(asked) != len(known) or any(a is not b for a, b in zip(asked, known, strict=True)):
            return self.state.apply_fn(variables, *X, mutable=mutable, **options)
        return self.outputs if mutable is False else (self.outputs, {})

    def __getattr__(self, name: str) -> Any:
        return getattr(self.state, name)


class Classifier(Module):
    """The base class of models whose outputs are the logits of classes."""

    is_classifier = True

    def loss(self, params, X, Y, state, averaged: bool = True):
        """Return the cross-entropy of logits (n, classes) and class ids (n,), and a dict.

        The dict holds ``batch_stats``, where the network has any, and the logits.
        """
        variables = {"params": params, "batch_stats": state.batch_stats}
        rngs = {"dropout": state.dropout_rng}
        Y_hat, mutated = state.apply_fn(variables, *X, mutable=["batch_stats"], rngs=rngs)
        losses = optax.softmax_cross_entropy_with_integer_labels(
            Y_hat.reshape(-1, Y_hat.shape[-1]), Y.reshape(-1)
        )
        return losses.mean() if averaged else losses, {**mutated, "logits": Y_hat}

    def accuracy(self, params, X, Y, state, averaged: bool = True) -> jax.Array:
        """Return the fraction of right predictions, or each one's 0 or 1."""
        Y_hat = state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)
        predictions = Y_hat.reshape(-1, Y_hat.shape[-1]).argmax(axis=1)
        compare = (predictions == Y.reshape(-1)).astype(jnp.float32)
        return compare.mean() if averaged else compare

    def measure(self, value, params, batch, state) -> Measured:
        """Return the loss and the accuracy of a batch; pure."""
        loss, mutated = with_mutated(value)
        model, X = self.in_mode(training=False), batch[:-1]
        # A function of its own, so that what was compiled with another state's is not taken.
        state = state.replace(apply_fn=partial(model.apply))
        if "logits" in mutated:  # they lack where the loss is the user's own
            state = KnownOutputs(mutated["logits"], params, X, state)
        return Measured(loss, model.accuracy(params, X, batch[-1], state))

    def layer_summary(self, X_shape, key: jax.Array | None = None) -> None:
        """Print each layer's class and output shape for an input of shape ``X_shape``.

        The shapes are worked out without computing anything; ``key`` is for layers that want one.
        Raises AttributeError where the model has no ``net``.
        """

        def run(model: Classifier, X: jax.Array) -> None:
            net = network(model)
            for layer in getattr(net, "layers", [net]):
                X = layer(X)
                print(summary_line(layer, X.shape))

        model = self.in_mode(training=False)
        key = jax.random.key(0) if key is None else key
        jax.eval_shape(lambda X: model.init(key, X, method=run), jnp.zeros(X_shape))
