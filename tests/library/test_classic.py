"""The functions of classic notebooks: train_ch6, evaluate_accuracy, Accumulator, Animator."""

import re

import numpy as np
import pytest
from live_kernel import run_in_kernel

from d2l import classic
from d2l.plots import as_numpy

CLOSING = (
    r"loss (\d\.\d{3}), train acc (\d\.\d{3}), test acc (\d\.\d{3})\n"
    r"[\d.]+ examples/sec on \S+\n"
)


def train(d2l, net, *, epochs=1, batch_size=16, lr=0.1, seed=0, size=None, **options):
    """Train on Fashion-MNIST, as it is now; return the test loader and what train_ch6 returned."""
    d2l.seed(seed)
    train_iter, test_iter = d2l.load_data_fashion_mnist(batch_size, resize=size)
    return test_iter, d2l.train_ch6(net, train_iter, test_iter, epochs, lr, **options)


def closing(text):
    """Loss, training and test accuracy of the closing lines."""
    match = re.fullmatch(CLOSING, text)
    assert match, text
    return tuple(map(float, match.groups()))


@pytest.mark.parametrize("options", [{}, {"batch_norm": True}, {"dropout": 0.1}])
def test_train_ch6_learns_64_images(d2l, nets, tiny, capsys, options):
    tiny(64)
    train(d2l, nets.classic_net(**options), epochs=40)
    loss, _, test_acc = closing(capsys.readouterr().out)
    assert test_acc == 1.0
    assert loss < 0.6


def test_train_ch6_draws_three_curves(d2l, nets, tiny, monkeypatch):
    boards = []

    class Board(classic.ClassicBoard):
        def __init__(self):
            super().__init__()
            boards.append(self)

    monkeypatch.setattr(classic, "ClassicBoard", Board)
    tiny(64)
    train(d2l, nets.classic_net(), epochs=2, batch_size=4)
    (board,) = boards
    # Sixteen batches an epoch: a point for every third of them.
    lengths = {label: len(points) for label, points in board.data.items()}
    assert lengths == {"train loss": 10, "train acc": 10, "test acc": 2}
    assert board.xlim == [0, 2]


def test_the_same_seed_gives_the_same_figures(d2l, nets, tiny, capsys):
    tiny(96)
    figures = []
    for seed in (0, 0, 1):
        train(d2l, nets.classic_net(dropout=0.5), epochs=2, seed=seed)
        figures.append(closing(capsys.readouterr().out))
    assert figures[0] == figures[1] != figures[2]


def test_caps_hold_and_are_said(d2l, nets, tiny, capsys, monkeypatch):
    tiny(90)
    monkeypatch.setenv("D2L_MAX_EPOCHS", "1")
    monkeypatch.setenv("D2L_DATASET_LIMIT", "40")
    train(d2l, nets.classic_net(), epochs=3)
    assert "capped run: 1 of 3 epochs, 40 of 90 training images" in capsys.readouterr().out


@pytest.mark.parametrize("convert", [lambda a: a, as_numpy], ids=["tensors", "numpy"])
def test_batches_may_be_a_list(d2l, nets, tiny, capsys, convert):
    tiny(64)
    d2l.seed(0)
    loaders = d2l.load_data_fashion_mnist(16)
    lists = [[tuple(map(convert, batch)) for batch in loader] for loader in loaders]
    d2l.train_ch6(nets.classic_net(), *lists, 30, 0.1)
    assert closing(capsys.readouterr().out)[2] > 0.9


class Unsized:
    """Batches that don't tell how many they are."""

    def __init__(self, loader):
        self.loader = loader

    def __iter__(self):
        return iter(self.loader)


def test_batches_may_be_anything_that_can_be_read_again(d2l, nets, tiny, capsys):
    tiny(64)
    train_iter, test_iter = map(Unsized, d2l.load_data_fashion_mnist(16))
    d2l.train_ch6(nets.classic_net(), train_iter, test_iter, 30, 0.1)
    assert closing(capsys.readouterr().out)[2] > 0.9


def test_an_iterator_would_be_used_up(d2l, nets, tiny):
    tiny(32)
    train_iter, test_iter = d2l.load_data_fashion_mnist(16)
    with pytest.raises(TypeError, match="train_iter is used up after one epoch"):
        d2l.train_ch6(nets.classic_net(), iter(train_iter), test_iter, 2, 0.1)


def test_no_batches(d2l, nets, tiny):
    with pytest.raises(ValueError, match="gives no batches"):
        d2l.train_ch6(nets.classic_net(), [], [], 2, 0.1)


def test_there_may_be_no_test_data(d2l, nets, tiny, capsys):
    tiny(32)
    train_iter, _ = d2l.load_data_fashion_mnist(16)
    d2l.train_ch6(nets.classic_net(), train_iter, None, 2, 0.1)
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"loss \d\.\d{3}, train acc \d\.\d{3}", first)
    assert re.fullmatch(r"[\d.]+ examples/sec on \S+", second)


def test_a_device_can_be_given(d2l, nets, tiny, capsys):
    tiny(32)
    train(d2l, nets.classic_net(), device=d2l.cpu())
    assert re.search(r"examples/sec on cpu", capsys.readouterr().out, re.IGNORECASE)


def test_labels_out_of_range(d2l, nets, tiny):
    tiny(32)
    with pytest.raises(ValueError, match=r"labels go up to 9.*has 5 outputs"):
        train(d2l, nets.classic_net(num_classes=5))


def test_evaluate_accuracy_is_that_of_the_closing_line(d2l, nets, tiny, capsys):
    tiny(80)
    net = nets.classic_net(dropout=0.5, batch_norm=True)
    test_iter, returned = train(d2l, net, epochs=3)
    expected = pytest.approx(closing(capsys.readouterr().out)[2], abs=6e-4)
    net = nets.classic_trained(net, returned)
    assert d2l.evaluate_accuracy(net, test_iter) == expected
    assert d2l.evaluate_accuracy_gpu(net, test_iter) == expected
    assert d2l.evaluate_accuracy_gpu(net, test_iter, d2l.try_gpu()) == expected
    assert d2l.evaluate_accuracy(test_iter, net) == expected  # as in 2017
    assert d2l.evaluate_accuracy(net, iter(list(test_iter))) == expected


def test_evaluate_accuracy_counts_the_partial_batch_by_its_size(d2l, nets, tiny):
    tiny(33)
    net = nets.classic_net()
    test_iter, returned = train(d2l, net, batch_size=32)
    right = 33 * d2l.evaluate_accuracy(nets.classic_trained(net, returned), test_iter)
    assert right == pytest.approx(round(right), abs=1e-4)


def test_evaluate_accuracy_without_batches(d2l, nets, tiny):
    tiny(16)
    net = nets.classic_net()
    _, returned = train(d2l, net)
    with pytest.raises(ValueError, match="no batches to evaluate"):
        d2l.evaluate_accuracy(nets.classic_trained(net, returned), [])


def test_evaluate_accuracy_without_a_network(d2l):
    with pytest.raises(TypeError, match="neither list nor tuple can be called"):
        d2l.evaluate_accuracy([], ())


def test_a_plain_function_can_be_evaluated(d2l, tiny):
    tiny(20)
    _, test_iter = d2l.load_data_fashion_mnist(8)
    always_three = np.eye(10, dtype=np.float32)[[3] * 8]
    accuracy = d2l.evaluate_accuracy(lambda X: d2l.tensor(always_three[: len(X)]), test_iter)
    assert accuracy == pytest.approx(0.1)


def test_accuracy_counts_right_predictions(d2l):
    scores = d2l.tensor([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    assert d2l.accuracy(scores, d2l.astype(d2l.tensor([1, 0, 0]), d2l.int64)) == 2
    ids = d2l.astype(d2l.tensor([1, 0, 1]), d2l.int64)
    assert d2l.accuracy(ids, d2l.astype(d2l.tensor([1, 1, 1]), d2l.int32)) == 2


@pytest.mark.parametrize(("size", "expected"), [(None, 28), (32, 32), ((40, 40), 40)])
def test_the_loaders_resize(d2l, nets, tiny, size, expected):
    tiny(8)
    for loader in d2l.load_data_fashion_mnist(4, resize=size):
        X, y = next(iter(loader))
        assert tuple(X.shape) == nets.input_shape(4, 1, expected)
        assert tuple(y.shape) == (4,)


def test_labels_have_names(d2l):
    labels = d2l.astype(d2l.tensor([0, 9]), d2l.int64)
    assert d2l.get_fashion_mnist_labels(labels) == ["t-shirt", "ankle boot"]
    with pytest.raises(ValueError, match="class 10: the classes are numbered 0 to 9"):
        d2l.get_fashion_mnist_labels([10])


def test_an_accumulator_sums(d2l):
    metric = d2l.Accumulator(3)
    metric.add(1, d2l.tensor(2.0), d2l.tensor([3.0]))
    metric.add(1, 0.5, np.float32(1))
    assert [metric[i] for i in range(3)] == [2, 2.5, 4]
    with pytest.raises(ValueError, match="2 values for 3 sums"):
        metric.add(1, 2)
    metric.reset()
    assert metric.data == [0, 0, 0]


def test_an_animator_keeps_the_points_of_each_curve(d2l):
    animator = d2l.Animator("epoch", legend=["train loss", "test acc"], xlim=[1, 2])
    animator.add(0.5, (d2l.tensor(2.0), None))
    animator.add(1, (1.5, None))
    animator.add(1, (None, 0.25))
    animator.add([2, 3], [1.0, 0.5])
    assert animator.X == [[0.5, 1, 2], [1, 3]]
    assert animator.Y == [[2, 1.5, 1], [0.25, 0.5]]
    with pytest.raises(ValueError, match="3 x and 3 y for 2 curves"):
        animator.add(4, (1, 2, 3))


def test_an_animator_draws_its_curves(d2l):
    animator = d2l.Animator("epoch", "loss", legend="loss", yscale="log", nrows=2)
    for x in range(1, 4):
        animator.add(x, 10.0**x)
    first, second = animator.figure().axes
    assert first.lines[0].get_xydata().tolist() == [[1, 10], [2, 100], [3, 1000]]
    assert (first.get_xlabel(), first.get_yscale()) == ("epoch", "log")
    assert not second.lines
    assert second is animator.axes[1]
    assert animator.svg() == animator.svg()


def test_outside_a_notebook_an_animator_writes_a_line_at_each_whole_x(capsys):
    animator = classic.Animator("epoch", legend=["train loss", "test acc"])
    for epoch in range(2):
        animator.add(epoch + 0.5, (3.0, None))
        animator.add(epoch + 1, (1 / (epoch + 1), None))
        animator.add(epoch + 1, (None, 0.25))
    assert capsys.readouterr().err == (
        "epoch 1  train loss 1.000  test acc 0.250\nepoch 2  train loss 0.500  test acc 0.250\n"
    )


def test_an_animators_last_curve_may_have_no_point_yet(capsys):
    animator = classic.Animator(legend=["a", "b"])
    animator.add((1, None), (1, 2))
    assert animator.Y == [[1.0], []]
    assert capsys.readouterr().err == ""


ANIMATOR_CELL = """
from d2l.classic import Animator
animator = Animator(xlabel="epoch", legend=["loss", "acc"], xlim=[0, 500])
for x in range(500):
    animator.add(x, (x % 7, None))
    animator.add(x, (None, x))
"""


@pytest.mark.filterwarnings("ignore")  # the kernel client's own
def test_in_a_notebook_an_animator_leaves_one_figure():
    messages = run_in_kernel(ANIMATOR_CELL)
    kinds = [m["msg_type"] for m in messages if "display" in m["msg_type"]]
    assert kinds[0] == "display_data"
    assert set(kinds[1:]) <= {"update_display_data"}
    assert not [m for m in messages if m["msg_type"] == "stream"]
    svg = [m for m in messages if "display" in m["msg_type"]][-1]["content"]["data"]
    curve = max(re.findall(r'<path d="([^"]*)"', svg["image/svg+xml"]), key=len)
    assert curve.count("L") >= 90
