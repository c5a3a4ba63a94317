"""A 1×1 convolution: one small dense layer, applied at each pixel."""

from draw import AMBER, AMBER_TINT, BLUE, BLUE_TINT, HAIR, INK, MUTED, PAPER, Canvas, Point, save

SIDE, CELLS, GAP = 64.0, 4, 14.0
PIXEL = (1, 2)  # row and column of the pixel that is followed
CENTER, RADIUS = 194.0, 11.0


def tops(count: int, height: float, gap: float) -> list[float]:
    """Upper edges of `count` things, stacked around the middle of the figure."""
    whole = count * height + (count - 1) * gap
    return [CENTER - whole / 2 + index * (height + gap) for index in range(count)]


def grid(canvas: Canvas, x: float, y: float, fill: str, stroke: str) -> Point:
    """One map with its pixel marked; returns the middle of that pixel."""
    cell = SIDE / CELLS
    row, column = PIXEL
    canvas.box(x, y, SIDE, SIDE, fill=PAPER, stroke=MUTED, radius=0)
    for index in range(1, CELLS):
        canvas.line([(x + cell * index, y), (x + cell * index, y + SIDE)], color=HAIR, weight=1)
        canvas.line([(x, y + cell * index), (x + SIDE, y + cell * index)], color=HAIR, weight=1)
    canvas.box(
        x + cell * column, y + cell * row, cell, cell, fill=fill, stroke=stroke, radius=0, weight=2
    )
    return x + cell * (column + 0.5), y + cell * (row + 0.5)


def unit(canvas: Canvas, x: float, y: float, fill: str, stroke: str) -> None:
    """One input or output of the dense layer."""
    canvas.add("circle", cx=x, cy=y, r=RADIUS, fill=fill, stroke=stroke, stroke_width=1.4)


def figure() -> Canvas:
    canvas = Canvas(580, 364, title="A 1×1 convolution is a dense layer at each pixel")
    inputs = [(220.0, y + RADIUS) for y in tops(3, 2 * RADIUS, 22)]
    outputs = [(350.0, y + RADIUS) for y in tops(4, 2 * RADIUS, 22)]
    for start in inputs:
        for end in outputs:
            canvas.line([start, end], color=AMBER, weight=1.1)
    for y, (unit_x, unit_y) in zip(tops(3, SIDE, GAP), inputs, strict=True):
        x, middle = grid(canvas, 48, y, BLUE_TINT, BLUE)
        canvas.line([(x + 10, middle), (unit_x - RADIUS - 2, unit_y)], color=BLUE, arrow=True)
        unit(canvas, unit_x, unit_y, BLUE_TINT, BLUE)
    for y, (unit_x, unit_y) in zip(tops(4, SIDE, GAP), outputs, strict=True):
        x, middle = grid(canvas, 460, y, AMBER_TINT, AMBER)
        canvas.line([(unit_x + RADIUS + 2, unit_y), (x - 10, middle)], color=INK, arrow=True)
        unit(canvas, unit_x, unit_y, AMBER_TINT, AMBER)
    for x, words in ((80, "3 maps"), (285, "dense layer: W, b"), (492, "4 maps")):
        canvas.text(x, 28, words, size=14, bold=True)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
