"""Which input channel reaches which output channel: dense, grouped, depthwise, pointwise."""

from collections.abc import Callable

from draw import AMBER, BLUE, BLUE_TINT, GRAY_TINT, HAIR, INK, MUTED, Canvas, save

CHANNELS, CELL = 8, 21
SIDE = CHANNELS * CELL

Rule = Callable[[int, int], bool]


def window(canvas: Canvas, x: float, y: float) -> None:
    """A filled cell: the nine weights of a 3×3 window."""
    canvas.box(x + 1, y + 1, CELL - 2, CELL - 2, fill=BLUE_TINT, stroke=BLUE, radius=1, weight=0.8)
    for third in (1, 2):
        shift = 1 + third * (CELL - 2) / 3
        for points in (
            [(x + shift, y + 1), (x + shift, y + CELL - 1)],
            [(x + 1, y + shift), (x + CELL - 1, y + shift)],
        ):
            canvas.line(points, color=BLUE, weight=0.8)


def dot(canvas: Canvas, x: float, y: float) -> None:
    """A cell with a single weight."""
    canvas.add("circle", cx=x + CELL / 2, cy=y + CELL / 2, r=4, fill=AMBER)


def matrix(
    canvas: Canvas, x: float, y: float, name: str, words: str, filled: Rule, cell: Callable
) -> None:
    """Inputs from left to right, outputs from top to bottom."""
    canvas.text(x + SIDE / 2, y - 28, name, size=16, bold=True)
    canvas.text(x + SIDE / 2, y - 8, "input channels", size=14.5, color=MUTED)
    canvas.box(x, y, SIDE, SIDE, fill=GRAY_TINT, stroke=HAIR, radius=0)
    for row in range(CHANNELS):
        for column in range(CHANNELS):
            if filled(row, column):
                cell(canvas, x + column * CELL, y + row * CELL)
    canvas.text(x + SIDE / 2, y + SIDE + 20, words, size=14.5, color=INK)


def figure() -> Canvas:
    canvas = Canvas(560, 536, title="Windows between channels in four kinds of convolution")
    left, right, top, bottom = 74, 338, 60, 306
    everything: Rule = lambda row, column: True  # noqa: E731
    matrix(canvas, left, top, "Dense", "9·8·8 = 576 weights", everything, window)
    same_group: Rule = lambda row, column: row // 2 == column // 2  # noqa: E731
    matrix(canvas, right, top, "Four groups", "9·8·2 = 144 weights", same_group, window)
    same: Rule = lambda row, column: row == column  # noqa: E731
    matrix(canvas, left, bottom, "Depthwise", "9·8 = 72 weights", same, window)
    matrix(canvas, right, bottom, "Pointwise", "8·8 = 64 weights", everything, dot)
    canvas.text((left + SIDE + right) / 2, bottom + SIDE / 2 + 9, "then", size=15, color=MUTED)
    middle = (left + right + SIDE) / 2
    canvas.text(middle, 521, "separable: 72 + 64 = 136 weights", size=15, bold=True)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
