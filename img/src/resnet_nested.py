"""A shallow network inside a deeper one: copied layers, and layers that do nothing."""

from itertools import pairwise

from draw import AMBER, AMBER_TINT, BLUE, BLUE_TINT, GRAY_TINT, MUTED, Canvas, save

WIDTH, HEIGHT, LEFT, STEP = 78, 44, 24, 84
SHALLOW, DEEP = 78, 152  # upper edges of the two rows
BOXES = {
    "input": (GRAY_TINT, MUTED, None),
    "head": (AMBER_TINT, AMBER, None),
    "identity": ("none", MUTED, "4 3"),
}
COLUMNS = ("input", "layer 1", "identity", "layer 2", "identity", "head")


def column(index: int) -> float:
    """The left edge of a box."""
    return LEFT + index * STEP


def row(canvas: Canvas, y: float, shown: tuple[int, ...]) -> None:
    """One network from left to right, made of the columns that are shown."""
    for index in shown:
        name = COLUMNS[index]
        fill, stroke, dash = BOXES.get(name, (BLUE_TINT, BLUE, None))
        canvas.box(column(index), y, WIDTH - 10, HEIGHT, fill=fill, stroke=stroke, dash=dash)
        color = MUTED if name == "identity" else "#1f2937"
        canvas.text(column(index) + (WIDTH - 10) / 2, y + 27.5, name, size=14, color=color)
    middle = y + HEIGHT / 2
    for start, end in pairwise(shown):
        canvas.line([(column(start) + WIDTH - 9, middle), (column(end) - 1, middle)], arrow=True)


def figure() -> Canvas:
    canvas = Canvas(540, 266, title="A deeper network that computes the same as a shallow one")
    canvas.text(LEFT, 34, "A shallow network …", size=14, bold=True, anchor="start")
    row(canvas, SHALLOW - 26, (0, 1, 3, 5))
    words = "… and a deeper one that computes the same"
    canvas.text(LEFT, DEEP + 92, words, size=14, bold=True, anchor="start")
    row(canvas, DEEP, tuple(range(6)))
    for index in (1, 3, 5):
        x = column(index) + (WIDTH - 10) / 2
        canvas.line(
            [(x, SHALLOW - 26 + HEIGHT + 2), (x, DEEP - 2)], color=BLUE, dash="2 3", arrow=True
        )
    canvas.text(column(3) + 42, 128, "copied", size=14, color=BLUE, anchor="start")
    canvas.text(column(2) + 34, DEEP + 62, "new", size=14, color=MUTED)
    canvas.text(column(4) + 34, DEEP + 62, "new", size=14, color=MUTED)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
