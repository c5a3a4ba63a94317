"""Training."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import tensorflow as tf

from d2l.tensorflow import devices, modules
from d2l.training import TrainerBase


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
        return [tf.identity(a) for a in batch]

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
        self.update_step(batch)

    def validate_batch(self, batch) -> None:
        """Run one validation step, without dropout."""
        self.validation_step(batch)

    def step(self, run: Callable, method: Callable) -> Callable:
        """Return ``run``, compiled if ``method``, its step, and ``plot`` are the library's own.

        Overridden ones may print, count or read values back: those run as they are.
        """
        own = all(f.__module__ == modules.__name__ for f in (method, self.model.plot))
        return CompiledStep(self, run) if own and not tf.config.functions_run_eagerly() else run

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
                loss = self.model.training_step(batch)
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
        self.optim.apply_gradients(gradients_and_variables)

    def validate(self, batch) -> None:
        """Run one validation step, without dropout."""
        with self.mode(training=False):
            self.model.validation_step(batch)

    def clip_gradients(self, grad_clip_val: float, grads: list) -> list:
        """Return all gradients, scaled so that their norm is at most ``grad_clip_val``."""
        return tf.clip_by_global_norm(grads, grad_clip_val)[0]


class CompiledStep:
    """A step as a graph, one for each shape of batches, which returns the values to plot.

    Where there can be no graph, since a method of the model reads values back, it runs as it is.
    """

    def __init__(self, trainer: Trainer, run: Callable):
        self.trainer, self.run = trainer, run
        self.compiler = tf.function(self.trace, autograph=False)
        self.graphs: dict[tuple, Callable | None] = {}

    def trace(self, batch) -> dict:
        """Run the step, and return what it plots, by (key, train)."""
        self.trainer.compiled_plots = {}
        self.run(batch)
        return self.trainer.compiled_plots

    def graph(self, batch) -> Callable | None:
        """Return the graph for batches of this shape, or None where there can be none."""
        shapes = tuple((a.shape, a.dtype) for a in batch)
        if shapes not in self.graphs:
            try:
                self.graphs[shapes] = self.compiler.get_concrete_function(batch)
            except Exception:  # a mistake in the model shows when the step runs as it is
                self.graphs[shapes] = None
        return self.graphs[shapes]

    def __call__(self, batch) -> None:
        graph = self.graph(batch)
        if graph is None:
            self.run(batch)
            return
        for (key, train), value in graph(batch).items():
            self.trainer.model.plot(key, value, train)
