"""Batch normalization in training and in prediction: where its statistics come from."""

from itertools import pairwise

from draw import (
    AMBER,
    AMBER_TINT,
    BLUE,
    BLUE_TINT,
    GRAY_TINT,
    HAIR,
    INK,
    MUTED,
    TEAL,
    TEAL_TINT,
    Canvas,
    save,
)

BOX, ROW = 156, 36
ROWS = (46, 102, 158, 214)  # input, standardized, scaled, output; below the top of a panel
LEFT, RIGHT = 16, 212  # the two columns


def labeled(
    canvas: Canvas,
    x: float,
    y: float,
    words: str,
    *,
    fill: str,
    stroke: str,
    color: str = INK,
    dash: str | None = None,
) -> None:
    """A box with a line of text."""
    canvas.box(x, y, BOX, ROW, fill=fill, stroke=stroke, dash=dash)
    canvas.text(x + BOX / 2, y + 23, words, size=15, color=color)


def path(canvas: Canvas, top: float) -> None:
    """The way of the numbers through the layer, from top to bottom."""
    steps = (
        ("x", GRAY_TINT, MUTED),
        ("(x − mean) / √var", BLUE_TINT, BLUE),
        ("· γ + β", AMBER_TINT, AMBER),
        ("y", GRAY_TINT, MUTED),
    )
    for (words, fill, stroke), y in zip(steps, ROWS, strict=True):
        labeled(canvas, LEFT, top + y, words, fill=fill, stroke=stroke)
    middle = LEFT + BOX / 2
    for above, below in pairwise(ROWS):
        canvas.line([(middle, top + above + ROW + 2), (middle, top + below - 2)], arrow=True)


def panel(canvas: Canvas, top: float, title: str, *, training: bool) -> None:
    """The layer in one of its modes."""
    canvas.text(LEFT + BOX / 2, top + 26, title, size=17, bold=True)
    path(canvas, top)
    batch = {"fill": TEAL_TINT, "stroke": TEAL} if training else {"fill": "#ffffff", "stroke": HAIR}
    color = INK if training else MUTED
    dash = None if training else "4 4"
    first, second, third, _ = (top + y for y in ROWS)
    labeled(canvas, RIGHT, first, "μ, v of the batch", color=color, dash=dash, **batch)
    labeled(canvas, RIGHT, third, "running averages", fill=TEAL_TINT, stroke=TEAL)
    source, down, end = RIGHT + BOX / 2, second + ROW / 2, LEFT + BOX + 3
    if training:
        canvas.line([(end, first + ROW / 2), (RIGHT - 3, first + ROW / 2)], arrow=True)
        way = [(source - 30, first + ROW + 2), (source - 30, down), (end, down)]
        canvas.line(way, arrow=True)
        update = [(source + 20, first + ROW + 2), (source + 20, third - 2)]
        canvas.line(update, color=TEAL, dash="4 4", arrow=True)
        canvas.text(source + 28, down + 5, "1 − m", size=15, color=TEAL, anchor="start")
    else:
        canvas.line([(source, third - 2), (source, down), (end, down)], arrow=True)


def figure() -> Canvas:
    canvas = Canvas(384, 546, title="Batch normalization in training and in prediction")
    panel(canvas, 4, "Training", training=True)
    panel(canvas, 276, "Prediction", training=False)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
