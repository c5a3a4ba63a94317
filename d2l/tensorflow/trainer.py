"""Training."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import tensorflow as tf

from d2l.tensorflow import devices, modules
from d2l.tensorflow.compiled import CompiledStep
from d2l.tensorflow.data import to_device
from d2l.training import TrainerBase

INFINITE = tf.data.INFINITE_CARDINALITY
OWN_METHODS = {
    getattr(cls, name)
    for cls, name in product(
        (modules.Module, modules.Classifier), ("training_step", "validation_step", "plot")
    )
}


class Trainer(TrainerBase):
    """Fits a model to data: ``Trainer(max_epochs).fit(model, data)``.

    Steps are compiled to graphs. Batch normalization that was left at Keras's defaults gets the
    momentum and epsilon of the other editions, see :func:`d2l.tensorflow.modules.set_batch_norm`.
    """

    def available_gpus(self, num_gpus: int) -> list[str]:
        """Return the names of the first ``num_gpus`` GPUs, or of as many as there are."""
        return [f"GPU:{i}" for i in range(min(num_gpus, devices.num_gpus()))]

    @property
    def device(self) -> str:
        """The device that training runs on, by its name."""
        return self.gpus[0] if self.gpus else "CPU:0"

    def prepare_batch(self, batch):
        """Return the batch on the training device."""
        return to_device(batch, self.device)

    def _loader(self, make: Callable) -> Any:
        """Return a loader that can be read once an epoch."""
        loader = super()._loader(make)
        if isinstance(loader, tf.data.Dataset) and loader.cardinality() == INFINITE:
            raise ValueError("the batches never end: give a part of them, dataset.take(number)")
        return loader

    def fit(self, model, data) -> None:
        """Train ``model`` on ``data`` for ``max_epochs`` epochs, and print how it went.

        Raises what ``TrainerBase.fit`` raises; ValueError where the loss doesn't depend on the
        model.
        """
        with tf.device(self.device):
            super().fit(model, data)

    def predict(self, X: tf.Tensor) -> tf.Tensor:
        """Return the model's outputs; nothing random or learnt changes."""
        with tf.device(self.device), self.mode(training=False):
            return self.model(X)

    def run_epochs(self) -> None:
        """Make the steps, run all epochs, and print the closing line."""
        modules.set_batch_norm(self.model)
        self.update_step = self.step(self.update, self.model.training_step)
        self.validation_step = self.step(self.validate, self.model.validation_step)
        super().run_epochs()

    def train_batch(self, batch) -> None:
        """Run one step of the optimizer."""
        if self.train_batch_idx == 0:
            self.prepare_layers(batch)
        self.update_step(batch)

    def prepare_layers(self, batch) -> None:
        """Make the layers that a first call makes: a graph wants them all."""
        if not self.model.built and self.update_step != self.update:
            with self.mode(training=False):
                self.model(*batch[:-1])
        modules.set_batch_norm(self.model)

    def validate_batch(self, batch) -> None:
        """Run one validation step, without dropout."""
        self.validation_step(batch)

    def step(self, run: Callable, method: Callable) -> Callable:
        """Return ``run``, compiled if ``method``, its step, and ``plot`` are the library's own.

        Overridden ones may print, count or read values back: those run as they are. Other methods
        of a model that do so are noticed when the step is compiled.
        """
        methods = {getattr(m, "__func__", m) for m in (method, self.model.plot)}
        own = methods <= OWN_METHODS and not tf.config.functions_run_eagerly()
        return CompiledStep(self, run) if own else run

    @contextmanager
    def mode(self, training: bool) -> Iterator[None]:
        """Let the model train or predict."""
        self.model.training = training
        try:
            yield
        finally:
            self.model.training = None

    def update(self, batch) -> None:
        """Run one step of the optimizer."""
        with self.mode(training=True):
            with tf.GradientTape() as tape:
                loss = self.returned("training_step", self.model.training_step(batch))
            variables = self.model.trainable_variables
            gradients = tape.gradient(loss, variables)
            if self.gradient_clip_val > 0:
                gradients = self.clip_gradients(self.gradient_clip_val, gradients)
            pairs = zip(gradients, variables, strict=True)
            self.apply_gradients([(g, v) for g, v in pairs if g is not None])

    def apply_gradients(self, gradients_and_variables: list) -> None:
        """Let the optimizer change the variables that the loss depends on."""
        if not gradients_and_variables:
            raise ValueError(
                f"the loss that {type(self.model).__name__}.training_step returned depends on no "
                "trainable variable: compute it from the model's outputs, with TensorFlow's "
                "functions"
            )
        optim = self.returned("configure_optimizers", self.optim)
        optim.apply_gradients(gradients_and_variables)

    def validate(self, batch) -> None:
        """Run one validation step, without dropout."""
        with self.mode(training=False):
            self.model.validation_step(batch)

    def clip_gradients(self, grad_clip_val: float, grads: list) -> list:
        """Return all gradients, scaled so that their norm is at most ``grad_clip_val``."""
        return tf.clip_by_global_norm(grads, grad_clip_val)[0]
