"""Steps of training as graphs, and what a graph would not repeat."""

import io
import random
from collections.abc import Callable, Collection
from contextlib import redirect_stdout

import numpy as np
import tensorflow as tf


class CompiledStep:
    """A step as a graph, one for each shape of batches, which returns the values to plot.

    Where there can be no graph, since a method of the model reads values back or has
    :class:`Effects`, the step runs as it is.
    """

    def __init__(self, trainer, run: Callable):
        self.trainer, self.run = trainer, run
        self.compiler = tf.function(self.trace, autograph=False)
        self.graphs: dict[tuple, Callable | None] = {}

    def trace(self, batch) -> dict:
        """Run the step, and return what it plots, by (key, train)."""
        self.trainer.compiled_plots = {}
        self.run(batch)
        return self.trainer.compiled_plots

    def graph(self, batch) -> Callable | None:
        """Return a new graph for batches of this shape, or None where there can be none."""
        effects, printed = Effects(self.trainer.model), io.StringIO()
        try:
            with redirect_stdout(printed):
                graph = self.compiler.get_concrete_function(batch)
        except Exception:  # a mistake in the model shows when the step runs as it is
            graph = None
        return None if effects.undo() or printed.getvalue() else graph

    def __call__(self, batch) -> None:
        shapes = tuple((a.shape, a.dtype) for a in batch)
        if shapes not in self.graphs:
            self.graphs[shapes] = self.graph(batch)
        graph = self.graphs[shapes]
        if graph is None:
            self.run(batch)
            return
        for (key, train), value in graph(batch).items():
            self.trainer.model.plot(key, value, train)


class Effects:
    """What a model's methods do beside computing with tensors, from now on, as far as it shows.

    They may count or collect in attributes of the model and of its layers, or draw numbers from
    Python's or NumPy's generator. A graph would do so once, when it is made, and never again.
    """

    def __init__(self, model: tf.keras.Model):
        keras_names = vars(tf.keras.Model(name="any"))
        layers = [x for x in model._flatten_layers() if not type(x).__module__.startswith("keras.")]
        self.attributes = [Contents(vars(layer), keras_names) for layer in layers]
        values = [value for owner in self.attributes for value in owner.before.values()]
        self.attributes += [Contents(x) for x in values if isinstance(x, (list, dict))]
        self.drawn = random.getstate(), np.random.get_state()

    def undo(self) -> bool:
        """Undo them; return whether there were any."""
        found = [contents.restore() for contents in self.attributes]
        return any([*found, self._undo_draws()])

    def _undo_draws(self) -> bool:
        python, numpy = self.drawn
        drawn = python != random.getstate() or numpy[2:] != np.random.get_state()[2:]
        random.setstate(python)
        np.random.set_state(numpy)
        return drawn


class Contents:
    """What a list or a dictionary holds; a change is noticed, and can be undone."""

    def __init__(self, holder: list | dict, ignored: Collection[str] = ()):
        self.holder, self.ignored = holder, ignored
        self.before = self.now()

    def now(self) -> dict:
        """Return the values by their keys or positions, without those that are ignored."""
        items = self.holder.items() if isinstance(self.holder, dict) else enumerate(self.holder)
        return {key: value for key, value in items if key not in self.ignored}

    def restore(self) -> bool:
        """Put back what was there before; return whether there was something to put back."""
        now = self.now()
        if now.keys() == self.before.keys() and all(now[k] is self.before[k] for k in now):
            return False
        if isinstance(self.holder, list):
            self.holder[:] = self.before.values()
            return True
        for key in now.keys() - self.before.keys():
            del self.holder[key]
        self.holder.update(self.before)
        return True
