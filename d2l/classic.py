"""The functions of classic notebooks, as far as no framework is needed.

Notebooks of 2017 to 2021 train with functions: ``load_data_fashion_mnist``, ``train_ch6``,
``evaluate_accuracy``. The editions define those on top of ``Trainer``, with the parts found here.
"""

import functools
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from d2l import data
from d2l.hyperparameters import HyperParameters
from d2l.loading import BatchLoader, DataModule
from d2l.plots import LiveFigure, ProgressBoard, as_numpy, in_notebook, set_axes

CURVES = {"train_loss": "train loss", "train_acc": "train acc", "val_acc": "test acc"}
POINTS_PER_EPOCH = 5


def as_number(x: Any) -> float:
    """Return a number, or the one value of an array of any edition, as a float."""
    return float(as_numpy(x).item())


class Accumulator:
    """Sums of ``n`` quantities: ``metric = Accumulator(2); metric.add(loss, count)``."""

    def __init__(self, n: int):
        self.data = [0.0] * n

    def add(self, *args: Any) -> None:
        """Add a number to each sum; arrays of one value will do."""
        if len(args) != len(self.data):
            raise ValueError(f"add() was given {len(args)} values for {len(self.data)} sums")
        self.data = [a + as_number(b) for a, b in zip(self.data, args, strict=True)]

    def reset(self) -> None:
        """Set all sums to zero."""
        self.data = [0.0] * len(self.data)

    def __getitem__(self, i: int) -> float:
        return self.data[i]


def as_list(x: Any, length: int) -> list:
    """Return the values of ``x``, or of a single number ``length`` times that."""
    if isinstance(x, (list, tuple)):
        return list(x)
    return [x] * length if x is None or not as_numpy(x).ndim else list(as_numpy(x))


class Animator(LiveFigure, HyperParameters):
    """Curves that grow while a loop of one's own runs: ``animator.add(epoch, (loss, accuracy))``.

    In a notebook they are redrawn in place and leave one SVG. Elsewhere a line of text is written
    at each whole ``x`` once the last of the curves has its value.

    The curves are drawn on ``axes[0]``; ``fig`` and, with ``nrows`` or ``ncols``, the other axes
    are for one's own drawings.
    """

    def __init__(
        self,
        xlabel=None,
        ylabel=None,
        legend=None,
        xlim=None,
        ylim=None,
        xscale="linear",
        yscale="linear",
        fmts=("-", "m--", "g-.", "r:"),
        nrows=1,
        ncols=1,
        figsize=(3.5, 2.5),
    ):
        self.save_hyperparameters()
        self.legend = [legend] if isinstance(legend, str) else list(legend or ())
        self.X: list[list[float]] = []
        self.Y: list[list[float]] = []

    @functools.cached_property
    def fig(self):
        """The matplotlib figure."""
        from matplotlib.figure import Figure

        return Figure(figsize=self.figsize)

    @functools.cached_property
    def axes(self) -> list:
        """The axes of the figure, row by row."""
        return list(self.fig.subplots(self.nrows, self.ncols, squeeze=False).flat)

    def add(self, x: Any, y: Any) -> None:
        """Add a point to each curve; ``y`` is a number or one for each curve, None for no point."""
        ys = as_list(y, 1)
        xs = as_list(x, len(ys))
        curves = len(self.Y) or len(ys)
        if not len(xs) == len(ys) == curves:
            raise ValueError(f"add() was given {len(xs)} x and {len(ys)} y for {curves} curves")
        if not self.X:
            self.X, self.Y = [[] for _ in ys], [[] for _ in ys]
        for i, (a, b) in enumerate(zip(xs, ys, strict=True)):
            if a is not None and b is not None:
                self.X[i].append(as_number(a))
                self.Y[i].append(as_number(b))
        self.mark_stale()
        self.redraw_when_due()
        if xs[-1] is not None and ys[-1] is not None and not in_notebook():
            self._write_line()

    def _write_line(self) -> None:
        """Write the last value of each curve, if the last x is whole."""
        x = self.X[-1][-1]
        if x.is_integer():
            print(f"{self.xlabel or 'x'} {int(x)}  {self.description()}", file=sys.stderr)

    def description(self) -> str:
        """Return the last value of each curve."""
        names = [*self.legend, *["y"] * len(self.Y)]
        values = zip(names, self.Y, strict=False)
        return "  ".join(f"{name} {ys[-1]:.3f}" for name, ys in values if ys)

    def figure(self):
        """Return the figure with the curves as they are now."""
        axes = self.axes[0]
        axes.cla()
        for i, (xs, ys) in enumerate(zip(self.X, self.Y, strict=True)):
            point = {"marker": "o"} if len(xs) == 1 else {}  # a line needs two to be seen
            axes.plot(xs, ys, self.fmts[i % len(self.fmts)], **point)
        limits = self.xlim, self.ylim
        scales = self.xscale, self.yscale
        set_axes(axes, self.xlabel, self.ylabel, *limits, *scales, self.legend)
        return self.fig


def get_fashion_mnist_labels(labels: Iterable) -> list[str]:
    """Return the names of Fashion-MNIST's classes with these ids."""
    return data.class_names(data.FASHION_MNIST_LABELS, as_numpy(labels))


def net_first(net: Any, data_iter: Any) -> tuple[Any, Any]:
    """Return (net, data_iter), also where they were given the other way round.

    Notebooks of 2017 and 2018 call ``evaluate_accuracy(data_iter, net)``. A network is what can be
    called; raise TypeError where neither can.
    """
    if callable(net):
        return net, data_iter
    if callable(data_iter):
        return data_iter, net
    raise TypeError(
        f"give a network, and batches to run it on: neither {type(net).__name__} nor "
        f"{type(data_iter).__name__} can be called on a batch"
    )


def batches_on(data_iter: Any, device: Any) -> Any:
    """Return ``data_iter``, and where it is the library's, its batches made on ``device``."""
    known = isinstance(data_iter, BatchLoader) and device is not None
    return data_iter.to(device) if known else data_iter


def fraction(correct: Any, count: int) -> float:
    """Return the accuracy; raise ValueError where nothing was counted."""
    if not count:
        raise ValueError("there are no batches to evaluate: was the iterator used up before?")
    return as_number(correct) / count


class Loaders(DataModule):
    """The data of ``train_ch6``: two loaders, read once an epoch; ``test_iter`` may be None."""

    def __init__(self, train_iter: Any, test_iter: Any):
        for name, loader in {"train_iter": train_iter, "test_iter": test_iter}.items():
            if isinstance(loader, Iterator):
                raise TypeError(
                    f"{name} is used up after one epoch ({type(loader).__name__}): give a list of "
                    "batches, or an object that can be iterated over again"
                )
        self.save_hyperparameters()

    def get_dataloader(self, train: bool):
        """Return one of the two loaders."""
        return self.train_iter if train else self.test_iter


class ClassicBoard(ProgressBoard):
    """The curves of ``train_ch6``: train loss, train acc, test acc."""

    def draw(self, x, y, label: str, every_n: int = 1) -> None:
        """Add a point to one of the three curves."""
        if label in CURVES:
            super().draw(x, y, CURVES[label], every_n)


class ClassicFit:
    """Makes an edition's ``Trainer`` the loop of ``train_ch6``: on a device, two closing lines."""

    before_speed = "\n"
    ask_for_size = "load_data_fashion_mnist(batch_size, resize=(height, width))"
    device: Any = None  # in place of Trainer's property

    def __init__(self, num_epochs: int, device: Any):
        super().__init__(num_epochs)
        self.device = device

    @property
    def model_name(self) -> str:
        """What errors call the network."""
        return type(self.model.net).__name__
