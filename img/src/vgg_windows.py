"""One 5×5 window and two 3×3 windows that see as much, from the side."""

from draw import BLUE, BLUE_TINT, GRAY_TINT, HAIR, MUTED, Canvas, Point, save

CELL, PLACES = 30.0, 7
BOTTOM, MIDDLE, TOP = 214.0, 144.0, 74.0


def center(left: float, place: int) -> float:
    """The x of the middle of a place of a row."""
    return left + CELL * (place + 0.5)


def row(canvas: Canvas, left: float, top: float, seen: set[int], fill: str) -> None:
    """A row of places of a layer; those in `seen` take part, the others are pale."""
    for place in range(PLACES):
        there = place in seen
        canvas.box(
            left + CELL * place + 2,
            top,
            CELL - 4,
            CELL - 4,
            fill=fill if there else "#ffffff",
            stroke=BLUE if there and fill == BLUE_TINT else MUTED if there else HAIR,
            radius=3,
        )


def cone(canvas: Canvas, left: float, place: int, reach: int, rows: Point, shade: float) -> None:
    """What a unit of the upper row sees in the lower: `reach` places to either side."""
    upper, lower = rows
    x, half = center(left, place), CELL / 2 - 2
    points = (
        (x - half, upper + CELL - 4),
        (x + half, upper + CELL - 4),
        (x + half + CELL * reach, lower),
        (x - half - CELL * reach, lower),
    )
    path = " ".join(f"{u:.1f},{v:.1f}" for u, v in points)
    canvas.add("polygon", points=path, fill=BLUE, fill_opacity=shade)


def words(canvas: Canvas, left: float, title: str, price: str) -> None:
    """The title above and the price below one of the two drawings."""
    x = left + CELL * PLACES / 2
    canvas.text(x, 40, title, size=16, bold=True)
    canvas.text(x, 268, price, size=15)


def figure() -> Canvas:
    canvas = Canvas(560, 316, title="One 5×5 window, and two 3×3 windows that see as much")
    one, two = 44.0, 306.0
    cone(canvas, one, 3, 2, (TOP, BOTTOM), 0.16)
    for place in (2, 3, 4):
        cone(canvas, two, place, 1, (MIDDLE, BOTTOM), 0.1)
    cone(canvas, two, 3, 1, (TOP, MIDDLE), 0.16)
    for left in (one, two):
        row(canvas, left, BOTTOM, {1, 2, 3, 4, 5}, GRAY_TINT)
        row(canvas, left, TOP, {3}, BLUE_TINT)
    row(canvas, two, MIDDLE, {2, 3, 4}, BLUE_TINT)
    for place, count in enumerate((1, 2, 3, 2, 1), start=1):
        canvas.text(center(two, place), BOTTOM + 18, str(count), size=15)
        canvas.text(center(one, place), BOTTOM + 18, "1", size=15)
    words(canvas, one, "one 5×5 convolution", "25 weights, one ReLU")
    words(canvas, two, "two 3×3 convolutions", "9 + 9 weights, two ReLUs")
    canvas.text(280, 298, "numbers: paths that lead to the top", size=15, color=MUTED)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
