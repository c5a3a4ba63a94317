"""Drawing: figures, image grids, and the board on which training is followed live.

matplotlib and IPython are imported when something is drawn, not before.
"""

import io
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from d2l.hyperparameters import HyperParameters

LINE_STYLES = ("-", "--", "-.", ":")
COLORS = ("C0", "C1", "C2", "C3")
SVG_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "d2l"}  # text as text, stable ids


def as_numpy(x: Any) -> np.ndarray:
    """Return an array of any edition, on any device, or a list of such, as a NumPy array."""
    if isinstance(x, (list, tuple)):
        return np.asarray([as_numpy(value) for value in x])
    if hasattr(x, "asnumpy"):  # MXNet
        return x.asnumpy()
    if hasattr(x, "detach"):  # PyTorch
        x = x.detach().cpu()
    return np.asarray(x)


def in_notebook() -> bool:
    """Whether this code runs in a Jupyter kernel."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def use_svg_display() -> None:
    """Show matplotlib's figures as SVG in a notebook."""
    import matplotlib

    matplotlib.rcParams.update(SVG_SETTINGS)
    if in_notebook():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})


def set_figsize(figsize: tuple[float, float] = (3.5, 2.5)) -> None:
    """Set the size of the figures to come, in inches."""
    from matplotlib import pyplot as plt

    use_svg_display()
    plt.rcParams["figure.figsize"] = figsize


def set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale, legend) -> None:
    """Set labels, limits, scales and legend of ``axes``; None leaves a limit to the data."""
    axes.set(xlabel=xlabel or "", ylabel=ylabel or "", xscale=xscale, yscale=yscale)
    if xlim is not None:
        axes.set_xlim(xlim)
    if ylim is not None:
        axes.set_ylim(ylim)
    if legend:
        axes.legend(legend)
    axes.grid(visible=True)


def _curves(X: Any) -> list:
    """Return the curves in X, which is one curve or several."""
    if isinstance(X, (list, tuple)):
        return list(X) if X and np.ndim(as_numpy(X[0])) else [X]
    return [X] if as_numpy(X).ndim < 2 else list(X)


def plot(
    X,
    Y=None,
    xlabel=None,
    ylabel=None,
    legend=(),
    xlim=None,
    ylim=None,
    xscale="linear",
    yscale="linear",
    fmts=("-", "m--", "g-.", "r:"),
    figsize=(3.5, 2.5),
    axes=None,
) -> None:
    """Draw curves: the points (X, Y), or X against 0, 1, 2, … where there is no Y.

    X and Y each hold one curve or a list of them; one X serves several Y.
    """
    from matplotlib import pyplot as plt

    xs, ys = ([None], _curves(X)) if Y is None else (_curves(X), _curves(Y))
    xs = xs * len(ys) if len(xs) == 1 else xs
    if len(xs) != len(ys):
        raise ValueError(f"{len(xs)} curves of X and {len(ys)} of Y: give one X, or one for each Y")
    if axes is None:
        set_figsize(figsize)
        axes = plt.gca()
    axes.cla()
    for i, (x, y) in enumerate(zip(xs, ys, strict=True)):
        points = [as_numpy(values) for values in (x, y) if values is not None]
        axes.plot(*points, fmts[i % len(fmts)])
    set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale, legend)


def show_images(imgs, num_rows, num_cols, titles: Sequence[str] | None = None, scale=1.5):
    """Draw a grid of images; return its axes, a flat array.

    Each image has shape ``(height, width)``, ``(height, width, 1 or 3)``; channels may also come
    first. A grid with more places than images leaves the rest empty.
    """
    from matplotlib import pyplot as plt

    use_svg_display()
    figsize = (num_cols * scale, num_rows * scale)
    axes = plt.subplots(num_rows, num_cols, figsize=figsize, squeeze=False)[1].flatten()
    for ax in axes:
        ax.set_axis_off()
    for i, (ax, img) in enumerate(zip(axes, imgs, strict=False)):
        image = as_numpy(img)
        if image.ndim == 3 and image.shape[-1] not in (1, 3, 4):
            image = np.moveaxis(image, 0, -1)
        if image.ndim == 3 and image.shape[-1] == 1:
            image = image.squeeze(-1)
        # An SVG holds either the image's own pixels, or those of its drawing, at 72 dots an inch:
        # the fewer of the two.
        small = max(image.shape[:2]) < 72 * scale
        ax.imshow(image, interpolation="none" if small else "antialiased")
        if titles is not None and i < len(titles):
            ax.set_title(titles[i])
    return axes


class LiveFigure:
    """A figure that is redrawn in place while a cell of a notebook runs, and leaves one SVG."""

    display = True
    _handle = None
    _next_drawing = 0.0
    _stale = False
    _in_cell = False

    def figure(self):
        """Return what is to be shown, as a matplotlib figure."""
        raise NotImplementedError

    def description(self) -> str:
        """Return what a reader gets to whom no figure can be shown."""
        raise NotImplementedError

    @property
    def live(self) -> bool:
        """Whether there is a notebook to draw in."""
        return self.display and in_notebook()

    def mark_stale(self) -> None:
        """Say that there is something new to draw."""
        if self.live and not self._in_cell:
            self._flush_after_cell()
        self._stale = True

    def redraw_when_due(self) -> None:
        """Draw what is new, unless the last drawing is too fresh."""
        if self.live and time.perf_counter() >= self._next_drawing:
            self._redraw()

    def finish(self) -> None:
        """Draw what is new."""
        if self._stale and self.live:
            self._redraw()

    def _flush_after_cell(self) -> None:
        """See to it that the figure is complete when the running cell ends."""
        from IPython import get_ipython

        events = get_ipython().events

        def flush(_result=None) -> None:
            events.unregister("post_run_cell", flush)
            self.finish()
            self._in_cell, self._handle = False, None  # what another cell draws is its own

        events.register("post_run_cell", flush)
        self._in_cell = True

    def svg(self) -> str:
        """Return the figure as an SVG document; the same points give the same text."""
        import matplotlib

        with matplotlib.rc_context(SVG_SETTINGS):
            buffer = io.StringIO()
            self.figure().savefig(
                buffer, format="svg", bbox_inches="tight", metadata={"Date": None}
            )
        return buffer.getvalue()

    def _redraw(self) -> None:
        """Show the figure as it is now, in place of what was shown before."""
        from IPython.display import display

        started = time.perf_counter()
        bundle = {"image/svg+xml": self.svg(), "text/plain": self.description()}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
        self._stale = False
        now = time.perf_counter()
        self._next_drawing = now + max(0.5, 50 * (now - started))  # at most 2 % of the time


class ProgressBoard(LiveFigure, HyperParameters):
    """A figure of curves that grows while a computation runs.

    In a notebook it is redrawn in place and leaves one SVG, with one path a curve. Elsewhere
    nothing is drawn: ``Trainer`` shows a progress bar instead.
    """

    def __init__(
        self,
        xlabel=None,
        ylabel=None,
        xlim=None,
        ylim=None,
        xscale="linear",
        yscale="linear",
        ls=LINE_STYLES,
        colors=COLORS,
        fig=None,
        axes=None,
        figsize=(3.5, 2.5),
        display=True,
    ):
        self.save_hyperparameters()
        self.pending: dict[str, tuple[int, float, Any]] = {}  # points, and the sums of x and y
        self.data: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def start_over(self) -> None:
        """Forget all curves: another computation begins."""
        self.pending.clear()
        self.data.clear()

    def draw(self, x, y, label: str, every_n: int = 1) -> None:
        """Add a point to the curve ``label``: the mean of every ``every_n`` points given.

        A value ``y`` may live on a device: it is read back only when its point is due.
        """
        n, sum_x, sum_y = self.pending.get(label, (0, 0.0, 0.0))
        self.pending[label] = n + 1, sum_x + float(x), sum_y + y
        if n + 1 < every_n:
            return
        self._add_point(label)
        self.redraw_when_due()

    def _add_point(self, label: str) -> None:
        """Turn the waiting values of a curve into one point."""
        n, sum_x, sum_y = self.pending.pop(label)
        self.data[label].append((sum_x / n, as_numpy(sum_y).item() / n))
        self.mark_stale()

    def finish(self) -> None:
        """Draw what is still waiting: curves too short for a single full point show one."""
        for label in [label for label in self.pending if not self.data[label]]:
            self._add_point(label)
        super().finish()

    def description(self) -> str:
        """Return the names of the curves."""
        return f"<curves: {', '.join(self.data)}>"

    def figure(self):
        """Return the board as a new matplotlib figure."""
        from matplotlib.figure import Figure

        fig = self.fig or Figure(figsize=self.figsize)
        axes = self.axes or (fig.axes[0] if fig.axes else fig.add_subplot())
        axes.cla()
        for i, (label, points) in enumerate(self.data.items()):
            style = self.ls[i % len(self.ls)]
            color = self.colors[i % len(self.colors)]
            marker = "o" if len(points) == 1 else None  # a line needs two points to be seen
            axes.plot(*zip(*points, strict=True), style, color=color, label=label, marker=marker)
        set_axes(
            axes,
            self.xlabel or "x",
            self.ylabel,
            self.xlim,
            self.ylim,
            self.xscale,
            self.yscale,
            (),
        )
        if self.data:
            axes.legend()
        return fig
