"""An AnyNetX from the outside in: the network, one of its stages, one of its blocks."""

from draw import AMBER, AMBER_TINT, BLUE, BLUE_TINT, GRAY_TINT, HAIR, INK, MUTED, Canvas, save

BLUES = {"fill": BLUE_TINT, "stroke": BLUE}
AMBERS = {"fill": AMBER_TINT, "stroke": AMBER}
GRAYS = {"fill": GRAY_TINT, "stroke": HAIR}


def named(canvas: Canvas, x: float, y: float, width: float, height: float, *words: str, **look):
    """A box with one or two lines of words in it."""
    canvas.box(x, y, width, height, **look)
    first = y + height / 2 + 4.5 - 8 * (len(words) - 1)
    for index, line in enumerate(words):
        color, size = (MUTED, 12) if index else (INK, 13)
        canvas.text(x + width / 2, first + 16 * index, line, size=size, color=color)


def arrow(canvas: Canvas, x: float, y: float, length: float) -> None:
    canvas.line([(x, y), (x + length, y)], color=MUTED, arrow=True)


def network(canvas: Canvas) -> None:
    """The outermost row."""
    y, height, gap = 44, 52, 18
    parts = [("image", "r", 54, GRAYS), ("stem", "r/2", 54, BLUES)]
    parts += [(f"stage {i}", f"r/{2 ** (i + 1)}", 62, BLUES) for i in range(1, 5)]
    parts += [("head", "scores", 54, AMBERS)]
    x = 21.0
    for index, (name, side, width, look) in enumerate(parts):
        named(canvas, x, y, width, height, name, side, **look)
        x += width
        if index < len(parts) - 1:
            arrow(canvas, x + 1, y + height / 2, gap - 2)
        x += gap


def stage(canvas: Canvas) -> None:
    """The middle row: equal blocks, but for the first."""
    y, height = 156, 52
    canvas.line([(249, 98), (60, y - 12)], color=HAIR, dash="4 3")
    canvas.line([(308, 98), (500, y - 12)], color=HAIR, dash="4 3")
    canvas.box(40, y - 12, 480, height + 24, stroke=HAIR, dash="4 3")
    named(canvas, 56, y, 104, height, "block 1", "stride 2", **BLUES)
    arrow(canvas, 161, y + 26, 22)
    named(canvas, 186, y, 84, height, "block 2", **BLUES)
    arrow(canvas, 271, y + 26, 22)
    canvas.text(310, y + 30, "…", size=18, color=MUTED)
    arrow(canvas, 326, y + 26, 22)
    named(canvas, 351, y, 84, height, "block d", **BLUES)
    canvas.text(477, y + 23, "width w", size=12.5, color=MUTED)
    canvas.text(477, y + 39, "in each", size=12.5, color=MUTED)


def block(canvas: Canvas) -> None:
    """The innermost row: three convolutions and a shortcut."""
    y, height, middle = 276, 54, 303
    canvas.line([(186, 209), (60, y - 28)], color=HAIR, dash="4 3")
    canvas.line([(270, 209), (500, y - 28)], color=HAIR, dash="4 3")
    canvas.box(40, y - 28, 480, height + 46, stroke=HAIR, dash="4 3")
    layers = (("1×1", "w → w/b"), ("3×3, groups", "of width g"), ("1×1", "w/b → w"))
    for index, words in enumerate(layers):
        x = 92 + 124 * index
        arrow(canvas, x - 26, middle, 24)
        named(canvas, x, y, 96, height, *words, **BLUES)
    canvas.line([(437, middle), (459, middle)], color=MUTED, arrow=True)
    canvas.add("circle", cx=471, cy=middle, r=11, fill="#ffffff", stroke=INK, stroke_width=1.2)
    canvas.text(471, middle + 5, "+", size=16)
    arrow(canvas, 483, middle, 24)
    shortcut = [(74, middle), (74, y - 14), (471, y - 14), (471, middle - 12)]
    canvas.line(shortcut, color=AMBER, weight=1.6, arrow=True)


def figure() -> Canvas:
    canvas = Canvas(560, 362, title="AnyNetX: a network of four stages, a stage, and a block")
    canvas.text(21, 28, "Network", size=14, bold=True, anchor="start")
    canvas.text(21, 130, "Stage", size=14, bold=True, anchor="start")
    canvas.text(21, 238, "Block", size=14, bold=True, anchor="start")
    network(canvas)
    stage(canvas)
    block(canvas)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
