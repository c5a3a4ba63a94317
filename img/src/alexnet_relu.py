"""The sigmoid and ReLU, and what each passes back: the derivative."""

from collections.abc import Callable
from math import exp

from draw import AMBER, BLUE, HAIR, MUTED, Canvas, save

WIDTH, HEIGHT, TOP = 206, 180, 58
REACH = 4.0  # the panels show -REACH to REACH

Curve = Callable[[float], float]


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def sigmoid_slope(x: float) -> float:
    return sigmoid(x) * (1 - sigmoid(x))


class Panel:
    """One pair of axes; maps data to the figure."""

    def __init__(self, canvas: Canvas, left: float, title: str, top_value: float, step: float):
        self.canvas, self.left, self.top_value = canvas, left, top_value
        canvas.text(left + WIDTH / 2, 34, title, size=14, bold=True)
        ticks = int(top_value / step)
        for index in range(ticks + 1):
            x, y = self.place(-REACH, index * step)
            canvas.line([(x, y), (x + WIDTH, y)], color=MUTED if not index else HAIR, weight=1)
            canvas.text(x - 8, y + 4, f"{index * step:g}", size=14, color=MUTED, anchor="end")
        for value in (-4, -2, 0, 2, 4):
            x, y = self.place(value, 0)
            canvas.text(x, y + 19, f"{value:g}".replace("-", "−"), size=14, color=MUTED)
        x, y = self.place(0, 0)
        canvas.text(x, y + 40, "input x", size=14, color=MUTED)

    def place(self, x: float, y: float) -> tuple[float, float]:
        across = (x + REACH) / (2 * REACH)
        return self.left + across * WIDTH, TOP + HEIGHT * (1 - y / self.top_value)

    def curve(self, function: Curve, color: str, *, steps: int = 80) -> None:
        xs = [-REACH + 2 * REACH * index / steps for index in range(steps + 1)]
        points = [self.place(x, function(x)) for x in xs]
        self.canvas.line(points, color=color, weight=2.4)

    def word(self, x: float, y: float, words: str, color: str, anchor: str = "start") -> None:
        self.canvas.text(*self.place(x, y), words, size=13, color=color, anchor=anchor, bold=True)


def figure() -> Canvas:
    canvas = Canvas(540, 300, title="The sigmoid and ReLU with their derivatives")
    values = Panel(canvas, 38, "Activation", 4, 1)
    values.curve(sigmoid, AMBER)
    values.curve(lambda x: max(x, 0.0), BLUE)
    values.word(-3.8, 0.36, "sigmoid", AMBER)
    values.word(1.9, 2.75, "ReLU", BLUE, "end")

    slopes = Panel(canvas, 312, "Derivative", 1, 0.25)
    slopes.curve(sigmoid_slope, AMBER)
    slopes.canvas.line([slopes.place(-4, 0), slopes.place(0, 0)], color=BLUE, weight=2.4)
    slopes.canvas.line([slopes.place(0, 1), slopes.place(4, 1)], color=BLUE, weight=2.4)
    slopes.canvas.line([slopes.place(0, 0), slopes.place(0, 1)], color=BLUE, weight=1.2, dash="3 4")
    slopes.word(3.9, 0.91, "ReLU: 0 or 1", BLUE, "end")
    slopes.word(-3.8, 0.29, "sigmoid ≤ ¼", AMBER)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
