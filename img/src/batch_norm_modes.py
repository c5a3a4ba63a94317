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

BOX, ROW = 126, 36
ROWS = (56, 120, 184, 248)  # input, standardized, scaled, output
SIDE = 18  # between the two columns


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
    canvas.text(x + BOX / 2, y + 23, words, size=13, color=color)


def path(canvas: Canvas, x: float) -> None:
    """The way of the numbers through the layer, from top to bottom."""
    steps = (
        ("x", GRAY_TINT, MUTED),
        ("(x − mean) / √var", BLUE_TINT, BLUE),
        ("· γ + β", AMBER_TINT, AMBER),
        ("y", GRAY_TINT, MUTED),
    )
    for (words, fill, stroke), y in zip(steps, ROWS, strict=True):
        labeled(canvas, x, y, words, fill=fill, stroke=stroke)
    for above, below in pairwise(ROWS):
        middle = x + BOX / 2
        canvas.line([(middle, above + ROW + 2), (middle, below - 2)], arrow=True)


def panel(canvas: Canvas, x: float, title: str, *, training: bool) -> None:
    """The layer in one of its modes."""
    side = x + BOX + SIDE
    canvas.text((x + side + BOX) / 2, 34, title, size=15, bold=True)
    path(canvas, x)
    batch = {"fill": TEAL_TINT, "stroke": TEAL} if training else {"fill": "#ffffff", "stroke": HAIR}
    color = INK if training else MUTED
    dash = None if training else "4 4"
    labeled(canvas, side, ROWS[0], "μ, v of the batch", color=color, dash=dash, **batch)
    labeled(canvas, side, ROWS[2], "running averages", fill=TEAL_TINT, stroke=TEAL)
    source, down = side + BOX / 2, ROWS[1] + ROW / 2
    if training:
        canvas.line([(x + BOX + 3, ROWS[0] + 18), (side - 3, ROWS[0] + 18)], arrow=True)
        canvas.line([(source - 30, ROWS[0] + ROW + 2), (source - 30, down), (x + BOX + 3, down)])
        canvas.line([(x + BOX + 12, down), (x + BOX + 3, down)], arrow=True)
        top, end = ROWS[0] + ROW + 2, ROWS[2] - 2
        canvas.line([(source + 20, top), (source + 20, end)], color=TEAL, dash="4 4", arrow=True)
        canvas.text(source + 28, down + 5, "1 − m", size=13, color=TEAL, anchor="start")
    else:
        canvas.line([(source, ROWS[2] - 2), (source, down), (x + BOX + 3, down)], arrow=True)


def figure() -> Canvas:
    canvas = Canvas(574, 306, title="Batch normalization in training and in prediction")
    panel(canvas, 8, "Training", training=True)
    panel(canvas, 296, "Prediction", training=False)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
