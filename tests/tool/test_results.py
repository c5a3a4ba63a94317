"""What trainings came to, read from their closing lines and set side by side."""

import pytest

from d2lbook.records.results import compared, fits

LINE = "loss {}, train acc 0.850, test acc {}, 2048.0 examples/sec on cpu\n"
DATA = "fashion-mnist:0d22de3509441495"


def stream(*texts):
    """Outputs of a cell that printed the texts."""
    return [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]


def test_every_training_of_a_cell_is_found_with_its_name():
    outputs = stream("sigmoid: " + LINE.format("2.303", "0.100"), [LINE.format("0.400", "0.860")])
    first, second = fits([*outputs, {"output_type": "display_data", "data": {}}])
    assert (first.name, first.loss, first.test_accuracy) == ("sigmoid", "2.303", "0.100")
    assert (second.name, second.speed, second.device) == ("", "2048.0", "cpu")


def test_a_training_may_be_named_on_the_line_above():
    lines = ["num_gpus=1: there are 0, training on cpu.\n", LINE.format("1", "0.5"), "ReLU, max\n"]
    lines += [LINE.format("1", "0.6"), "capped run: 3 of 10 epochs\n", LINE.format("1", "0.7")]
    assert [fit.name for fit in fits(stream(*lines))] == ["", "ReLU, max", ""]


@pytest.mark.parametrize("loss", ["nan", "inf"])
def test_the_closing_of_a_classic_loop_has_two_lines(loss):
    line = f"loss {loss}, train acc 0.1, test acc 0.1\n3942.5 examples/sec on gpu(0)\n"
    (fit,) = fits(stream(line))
    assert (fit.loss, fit.speed, fit.device) == (loss, "3942.5", "gpu(0)")


def test_text_about_losses_is_no_training():
    assert fits(stream("loss 0.5\n", "the loss is 0.5, train acc unknown\n")) == []


def test_one_training_a_framework_gives_a_row_each():
    trained = {
        title: fits(stream(LINE.format("0.400", accuracy)))
        for title, accuracy in {"PyTorch 2.13.0": "0.860", "JAX 0.10.2": "0.871"}.items()
    }
    assert compared(trained, DATA).splitlines() == [
        "|  | loss | train acc | test acc | examples/s | s a full epoch |",
        "| :-- | --: | --: | --: | --: | --: |",
        "| PyTorch 2.13.0 | 0.400 | 0.850 | 0.860 | 2,048 | 29.3 |",
        "| JAX 0.10.2 | 0.400 | 0.850 | 0.871 | 2,048 | 29.3 |",
    ]
    assert compared(trained, "mine:1").splitlines()[2].endswith("| 2,048 |  |")


def test_several_trainings_give_a_row_a_training():
    two = fits(stream("plain: " + LINE.format("1", "0.5"), "wide: " + LINE.format("1", "0.6")))
    assert compared({"A": two, "B": two}, DATA).splitlines() == [
        "| test accuracy | A | B |",
        "| :-- | --: | --: |",
        "| plain | 0.5 | 0.5 |",
        "| wide | 0.6 | 0.6 |",
    ]


def test_trainings_that_differ_are_not_compared():
    one, two = fits(stream("a: " + LINE.format("1", "0.5"))), fits(stream(LINE.format("1", "0.5")))
    assert compared({"A": one}, DATA) == compared({"A": one, "B": two}, DATA) == ""
    assert compared({}, DATA) == compared({"A": [], "B": []}, DATA) == ""
