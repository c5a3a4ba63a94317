"""Models and training, as far as no framework is needed.

The template of a fit: each edition says how a batch is brought to a device, how one training step
and one validation step run, and what a model is.
"""

import functools
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from math import prod
from numbers import Integral, Real
from typing import Any

from d2l import settings
from d2l.hyperparameters import HyperParameters
from d2l.loading import BatchLoader, FreshLoader, num_batches
from d2l.plots import as_numpy, in_notebook
from d2l.timer import Timer


def layer_name(layer: Any) -> str:
    """Return the name of a layer's class, or of the function where a layer is just a function."""
    function = layer.func if isinstance(layer, functools.partial) else layer
    return getattr(function, "__name__", type(layer).__name__)


def summary_line(layer: Any, shape: Sequence[int]) -> str:
    """Return a line of ``layer_summary``: a layer's name and the shape of its output."""
    return f"{layer_name(layer):<18} output shape: {tuple(shape)}"


class ModuleBase(HyperParameters):
    """What models of all editions share: hyper-parameters, a board, and how they are plotted.

    ``plot_train_per_epoch`` and ``plot_valid_per_epoch`` say how many points a curve gets an epoch;
    with 0 there is no such curve.
    """

    is_classifier = False
    trainer: "TrainerBase | None" = None  # set by Trainer.fit

    def loss(self, Y_hat, Y):
        """Return the loss of predictions; every model defines its own."""
        raise NotImplementedError(f"{type(self).__name__} must define loss(Y_hat, Y)")

    def plot(self, key: str, value: Any, train: bool) -> None:
        """Add a value to the curve of ``key``: its mean over a part of the epoch is drawn."""
        trainer = self.trainer
        if trainer is None:
            raise RuntimeError("plot is for training: call Trainer(…).fit(model, data)")
        if prod(shape := getattr(value, "shape", ())) > 1:
            raise ValueError(
                f"plot({key!r}) was given an array of shape {tuple(shape)}: give one number for a "
                "batch, say the mean"
            )
        label = ("train_" if train else "val_") + key
        trainer.metrics.add(label, value)
        self.board.xlabel = "epoch"
        if train:
            x = trainer.train_batch_idx / trainer.num_train_batches
            batches, points = trainer.num_train_batches, self.plot_train_per_epoch
        else:
            x = trainer.epoch + 1
            batches, points = trainer.num_val_batches, self.plot_valid_per_epoch
        if points:
            self.board.draw(x, value, label, every_n=max(1, batches // points))


class StepModule(ModuleBase):
    """The steps of a model that is called as ``self(X)``: all editions' but JAX's."""

    def training_step(self, batch):
        """Return the loss of a batch; plot it, and the accuracy of a classifier."""
        return self._step(batch, train=True)

    def validation_step(self, batch) -> None:
        """Plot the loss of a batch, and the accuracy of a classifier."""
        self._step(batch, train=False)

    def _step(self, batch, *, train: bool):
        Y_hat = self(*batch[:-1])
        loss = self.loss(Y_hat, batch[-1])
        self.plot("loss", loss, train=train)
        if self.is_classifier:
            self.plot("acc", self.accuracy(Y_hat, batch[-1]), train=train)
        return loss


class Metrics:
    """The mean of each metric over an epoch, weighted by the examples of each batch.

    Values stay on their device until they are asked for.
    """

    def __init__(self) -> None:
        self.weight = 1
        self.start()

    def start(self) -> None:
        """Forget all values: a new epoch begins."""
        self._sums: dict[str, tuple[Any, int]] = {}

    def add(self, label: str, value: Any) -> None:
        """Add the value of one batch of ``self.weight`` examples."""
        # A running sum on the device: keeping every value would scatter small, long-lived blocks
        # between the large ones of the batches, and the heap would grow with each.
        total, count = self._sums.get(label, (0.0, 0))
        self._sums[label] = total + value * self.weight, count + self.weight

    def means(self) -> dict[str, float]:
        """Return the means so far."""
        return {
            label: as_numpy(total).item() / count for label, (total, count) in self._sums.items()
        }


class TerminalProgress:
    """Shows training where there is no notebook: a bar on a terminal, a line an epoch elsewhere."""

    WIDTH = 24

    def __init__(self, stream=None) -> None:
        self._stream = stream
        self.live = self.stream.isatty()
        self._next = 0.0

    @property
    def stream(self) -> Any:
        """Where it is shown. Standard error isn't kept: a model that is copied has its trainer."""
        return sys.stderr if self._stream is None else self._stream

    def batch(self, epoch: int, max_epochs: int, batch: int, num_batches: int) -> None:
        """Move the bar, at most ten times a second."""
        if not self.live or time.perf_counter() < self._next:
            return
        self._next = time.perf_counter() + 0.1
        done = "█" * (self.WIDTH * batch // max(1, num_batches))
        line = f"epoch {epoch}/{max_epochs} │{done:<{self.WIDTH}}│ {batch}/{num_batches}"
        self.stream.write(f"\r{line}")
        self.stream.flush()

    def epoch(self, epoch: int, max_epochs: int, means: dict[str, float]) -> None:
        """End the line of an epoch with its metrics."""
        metrics = "  ".join(f"{label} {mean:.3f}" for label, mean in means.items())
        clear = "\r\x1b[K" if self.live else ""
        self.stream.write(f"{clear}epoch {epoch}/{max_epochs}  {metrics}\n")
        self.stream.flush()


def check_kind(name: str, given: Any, method: str, base: str) -> None:
    """Raise TypeError where what ``fit`` was given is a class, or lacks a method."""
    if isinstance(given, type) or not hasattr(given, method):
        kind = f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__
        raise TypeError(
            f"fit(model, data): {name} is {kind}, which has no {method}(); give an object of a "
            f"class derived from {base}"
        )


class TrainerBase(HyperParameters):
    """Fits a model to data: the part that is the same in every edition.

    Parameters: ``max_epochs``; ``num_gpus``, with which training runs on the first GPU, if there is
    one; ``gradient_clip_val``, the largest norm of all gradients together (0: any).
    """

    before_speed = ", "  # what comes before the speed in the closing line
    ask_for_size = "FashionMNIST(batch_size, resize=(height, width))"

    # For notebooks that put an ``__init__`` of their own in place of this one.
    gpus: Sequence[Any] = ()
    gradient_clip_val: float = 0
    # The same of ``fit``.
    progress: TerminalProgress | None = None
    num_examples = 0

    def __init__(self, max_epochs: int, num_gpus: int = 0, gradient_clip_val: float = 0):
        for name, value in {"num_gpus": num_gpus, "gradient_clip_val": gradient_clip_val}.items():
            if not isinstance(value, Real) or value < 0:
                raise ValueError(f"{name}={value!r}: give a number from 0 on; 0 stands for none")
        self.save_hyperparameters()
        self.gpus = self.available_gpus(num_gpus)
        if len(self.gpus) < num_gpus:
            print(f"num_gpus={num_gpus}: there are {len(self.gpus)}, training on {self.device}.")

    @property
    def max_epochs(self) -> int:
        """The number of epochs of a fit, capped where ``D2L_MAX_EPOCHS`` says so."""
        return self._max_epochs

    @max_epochs.setter
    def max_epochs(self, epochs: int) -> None:
        if isinstance(epochs, bool) or not isinstance(epochs, Integral) or epochs < 1:
            raise ValueError(f"max_epochs={epochs!r}: give a number of epochs, say 10")
        cap = settings.max_epochs_cap()
        self._max_epochs = int(epochs) if cap is None else min(int(epochs), cap)
        self._uncapped_epochs = int(epochs)

    @functools.cached_property
    def timer(self) -> Timer:
        """The time of the training batches, without that of validation."""
        return Timer()

    @functools.cached_property
    def metrics(self) -> Metrics:
        """The means of the running epoch."""
        return Metrics()

    @property
    def model_name(self) -> str:
        """What errors call the model."""
        return type(self.model).__name__

    # What an edition defines

    def available_gpus(self, num_gpus: int) -> list:
        """Return the first ``num_gpus`` GPUs, or as many as there are."""
        raise NotImplementedError

    @property
    def device(self) -> Any:
        """The device that training runs on."""
        raise NotImplementedError

    def prepare_batch(self, batch):
        """Return the batch on the training device."""
        raise NotImplementedError

    def predict(self, X):
        """Return the model's outputs for X; nothing random or learnt changes."""
        raise NotImplementedError

    def train_batch(self, batch) -> None:
        """Run one training step on a prepared batch."""
        raise NotImplementedError

    def validate_batch(self, batch) -> None:
        """Run one validation step on a prepared batch."""
        raise NotImplementedError

    # The fit

    def prepare_data(self, data) -> None:
        """Make the loaders, on the training device where they can be."""
        check_kind("data", data, "train_dataloader", "d2l.DataModule")
        self.train_dataloader = self._loader(data.train_dataloader)
        self.val_dataloader = self._loader(data.val_dataloader)
        self.num_train_batches = num_batches(self.train_dataloader)
        self.num_val_batches = num_batches(self.val_dataloader)
        if not self.num_train_batches:
            raise ValueError(f"{type(data).__name__}.train_dataloader() gives no batches")

    def _loader(self, make: Callable[[], Any]) -> Any:
        """Return a loader that can be read once an epoch, on the training device if it can be."""
        loader = make()
        if isinstance(loader, BatchLoader):
            return loader.to(self.device)
        if not isinstance(loader, Iterator):
            return loader
        if make() is loader:
            name = getattr(make, "__qualname__", "the loader")
            raise TypeError(
                f"{name}() always returns the same {type(loader).__name__}, which is used up after "
                "one epoch: return a list of batches, or a new iterator each time"
            )
        return FreshLoader(make)

    def prepare_model(self, model) -> None:
        """Tie model and trainer together."""
        model.trainer = self
        model.board.xlim = [0, self.max_epochs]
        self.model = model

    def fit(self, model, data) -> None:
        """Train ``model`` on ``data`` for ``max_epochs`` epochs, and print how it went.

        Raises TypeError where ``model`` or ``data`` is something else; ValueError where labels are
        out of the range of the network's outputs; the framework's own error, with the shape of the
        images added, where the shapes don't fit.
        """
        check_kind("model", model, "configure_optimizers", "d2l.Module")
        self.prepare_data(data)
        self.prepare_model(model)
        self.check_model()
        self.optim = model.configure_optimizers()
        self.run_epochs()

    def returned(self, method: str, value: Any) -> Any:
        """Return what a method of the model returned; raise TypeError for None or a collection.

        It is asked when the value is needed: a step of a notebook's own may do with other values.
        """
        if value is None or type(value) in (tuple, list, dict):
            what = "nothing" if value is None else f"a {type(value).__name__}"
            raise TypeError(
                f"{self.model_name}.{method}() returned {what}: "
                f"return {'the loss' if method == 'training_step' else 'one optimizer'}"
            )
        return value

    def run_epochs(self) -> None:
        """Run all epochs, and print the closing line."""
        self.model.board.start_over()
        self.epoch = self.train_batch_idx = self.val_batch_idx = 0
        self.timer, self.num_examples = Timer(), 0
        self.progress = None if in_notebook() else TerminalProgress()
        for epoch in range(self.max_epochs):
            self.epoch = epoch
            self.metrics.start()
            self.fit_epoch()
            if self.progress:
                self.progress.epoch(epoch + 1, self.max_epochs, self.metrics.means())
        self.model.board.finish()
        print(self.closing_line())

    def fit_epoch(self) -> None:
        """Run one epoch: every training batch once, then every validation batch."""
        self.timer.start()
        for i, batch in enumerate(self.train_dataloader):
            self.metrics.weight = len(batch[-1])
            self.train_batch(self.prepare_batch(batch))
            self.train_batch_idx += 1
            self.num_examples += self.metrics.weight
            if self.progress:
                self.progress.batch(self.epoch + 1, self.max_epochs, i + 1, self.num_train_batches)
        self.synchronize()
        self.timer.stop()
        if self.val_dataloader is None:
            return
        for batch in self.val_dataloader:
            self.metrics.weight = len(batch[-1])
            self.validate_batch(self.prepare_batch(batch))
            self.val_batch_idx += 1

    def synchronize(self) -> None:
        """Wait for the device: reading a metric back does."""
        self.metrics.means()

    def check_model(self) -> None:
        """Run the model on two examples, so that a mistake shows before training starts."""
        if not isinstance(self.train_dataloader, BatchLoader):
            return
        X, y = self.prepare_batch(self.train_dataloader.sample())
        try:
            Y_hat = self.try_out(X)
        except AttributeError:  # a missing net, say: no matter of shapes
            raise
        except Exception as error:
            error.add_note(
                f"{self.model_name} was given images of shape {tuple(X.shape)}; if it needs "
                f"another size, ask for it: {self.ask_for_size}."
            )
            raise
        self.check_labels(Y_hat, y)

    def try_out(self, X):
        """Return the model's outputs for two examples; an edition may work out shapes alone."""
        return self.predict(X)

    def check_labels(self, Y_hat, y) -> None:
        """Raise ValueError where a class id has no output of the network."""
        largest = int(self.train_dataloader.labels.max(initial=0))
        if self.model.is_classifier and largest >= Y_hat.shape[-1]:
            raise ValueError(
                f"the labels go up to {largest}, but {self.model_name} has {Y_hat.shape[-1]} "
                f"outputs: give it num_classes={largest + 1} or more"
            )

    def closing_line(self) -> str:
        """Return one line: loss, accuracies, speed, device; and the caps, where any held."""
        means = self.metrics.means()
        names = {"train_loss": "loss", "train_acc": "train acc", "val_acc": "test acc"}
        words = [f"{name} {means[key]:.3f}" for key, name in names.items() if key in means]
        parts = [", ".join(words)] if words else []
        if self.timer.sum() and self.num_examples:
            speed = self.num_examples / self.timer.sum()
            parts.append(f"{speed:.1f} examples/sec on {self.device}")
        return "\n".join([self.before_speed.join(parts), *self.caps()])

    def caps(self) -> list[str]:
        """Return a line that says how the run was capped, or none."""
        words = []
        epochs = self._uncapped_epochs
        if self.max_epochs < epochs:
            words.append(f"{self.max_epochs} of {epochs} epochs")
        words += getattr(self.train_dataloader, "caps", ())
        return [f"capped run: {', '.join(words)}"] if words else []
