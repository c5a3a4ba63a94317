"""Hyper-parameters, timers, the board, and what a terminal shows."""

import io
import re

import numpy as np
import pytest
from live_kernel import run_in_kernel
from matplotlib.figure import Figure

from d2l.hyperparameters import HyperParameters, add_to_class
from d2l.plots import ProgressBoard, plot, show_images
from d2l.timer import Timer
from d2l.training import TerminalProgress


class Options(HyperParameters):
    def __init__(self, a, b=2, *rest, c=3, _hidden=4, **more):
        local = "not an argument"  # noqa: F841
        self.save_hyperparameters(ignore=["b"])


def test_save_hyperparameters_saves_arguments_alone():
    options = Options(1, 5, 6, c=7, d=8)
    assert options.hparams == {"a": 1, "c": 7, "rest": (6,), "more": {"d": 8}}
    assert options.a == 1
    assert not hasattr(options, "b")
    assert not hasattr(options, "local")


def test_add_to_class():
    @add_to_class(Options)
    def double(self):
        return 2 * self.a

    assert Options(4).double() == 8


def test_timer():
    timer = Timer()
    timer.stop()
    timer.start()
    timer.stop()
    assert len(timer.times) == 2
    assert timer.cumsum()[-1] == pytest.approx(timer.sum())
    assert timer.avg() == pytest.approx(timer.sum() / 2)


def test_the_board_draws_the_mean_of_every_n_points():
    board = ProgressBoard("x")
    for x in range(6):
        board.draw(x, 10 * x, "line", every_n=3)
    assert board.data["line"] == [(1.0, 10.0), (4.0, 40.0)]


def test_the_boards_svg_has_one_path_a_curve_and_is_stable():
    board = ProgressBoard("epoch", xlim=[0, 3])
    for x in range(50):
        board.draw(x, np.sin(x), "sin")
        board.draw(x, np.cos(x), "cos")
    svg = board.svg()
    assert svg == board.svg()
    assert svg.count("stroke: #1f77b4") == 2  # the curve, and its line in the legend
    assert re.search(r"<text[^>]*>sin</text>", svg)


def test_plot_takes_one_curve_or_several():
    from matplotlib import pyplot as plt

    plot([1, 2, 3], [[4, 5, 6], [7, 8, 9]], "x", "y", legend=["a", "b"])
    lines = plt.gca().lines
    assert [line.get_ydata().tolist() for line in lines] == [[4, 5, 6], [7, 8, 9]]
    plt.close("all")
    with pytest.raises(ValueError, match="2 curves of X and 3 of Y"):
        plot([[1], [2]], [[1], [2], [3]])


def test_show_images_takes_either_order_of_channels():
    from matplotlib import pyplot as plt

    axes = show_images([np.zeros((3, 8, 9)), np.zeros((8, 9, 1))], 1, 3, titles=["a", "b"])
    assert [len(ax.images) for ax in axes] == [1, 1, 0]
    assert axes[0].images[0].get_array().shape == (8, 9, 3)
    plt.close("all")


def test_a_file_gets_a_line_an_epoch():
    stream = io.StringIO()
    progress = TerminalProgress(stream)
    progress.batch(1, 2, 5, 10)
    progress.epoch(1, 2, {"train_loss": 0.5})
    assert stream.getvalue() == "epoch 1/2  train_loss 0.500\n"


def test_a_terminal_gets_a_bar():
    stream = io.StringIO()
    stream.isatty = lambda: True
    progress = TerminalProgress(stream)
    progress.batch(1, 2, 5, 10)
    assert "\repoch 1/2 │████████████            │ 5/10" in stream.getvalue()


BOARD_CELL = """
from d2l.plots import ProgressBoard
board = ProgressBoard("x")
for x in range(500):
    board.draw(x, x * x, "square", every_n=5)
"""


def test_a_board_draws_on_one_pair_of_axes_of_a_figure_given_to_it():
    board = ProgressBoard(fig=Figure())
    for x in range(3):
        board.draw(x, x, "line")
        board.figure()
    assert len(board.fig.axes) == 1


NEXT_CELL = """
board.start_over()
board.draw(0, 1, "again")
"""


@pytest.mark.filterwarnings("ignore")  # the kernel client's own
def test_another_cell_that_draws_gets_a_figure_of_its_own():
    messages = run_in_kernel(BOARD_CELL, NEXT_CELL)
    kinds = [m["msg_type"] for m in messages if "display" in m["msg_type"]]
    assert kinds[0] == "display_data"
    final = [m for m in messages if "display" in m["msg_type"]][-1]["content"]["data"]
    assert final["text/plain"] == "<curves: again>"


@pytest.mark.filterwarnings("ignore")  # the kernel client's own
def test_in_a_notebook_the_board_is_one_figure_redrawn_in_place():
    messages = run_in_kernel(BOARD_CELL)
    kinds = [m["msg_type"] for m in messages if "display" in m["msg_type"]]
    assert kinds[0] == "display_data"
    assert set(kinds[1:]) <= {"update_display_data"}
    final = [m for m in messages if "display" in m["msg_type"]][-1]["content"]["data"]
    curve = max(re.findall(r'<path d="([^"]*)"', final["image/svg+xml"]), key=len)
    assert curve.count("L") >= 90  # all hundred points, also those after the last live drawing
