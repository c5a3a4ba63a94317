"""Crops and mirror images: how one 256×256 picture becomes 2,048 training examples."""

from math import cos, pi, sin

from draw import AMBER, BLUE, MUTED, Canvas, Point, save

SIDE = 212.0  # the picture's 256 pixels in figure units
CROP = 224 / 256
SMALL = 112.0


def disk(x: float, y: float, radius: float, corners: int = 36) -> tuple[Point, ...]:
    """A polygon that passes for a circle; it can be cut like the others."""
    angles = (2 * pi * corner / corners for corner in range(corners))
    return tuple((x + radius * cos(angle), y + radius * sin(angle)) for angle in angles)


# A boat on the water in a unit square: (fill, points)
BOAT = (
    ("#e6f1fb", ((0, 0), (1, 0), (1, 1), (0, 1))),
    ("#f6d56b", disk(0.81, 0.2, 0.09)),
    ("#9cc4e8", ((0, 0.72), (1, 0.72), (1, 1), (0, 1))),
    ("#7a4b22", ((0.18, 0.66), (0.8, 0.66), (0.7, 0.82), (0.28, 0.82))),
    ("#5b3717", ((0.475, 0.16), (0.495, 0.16), (0.495, 0.66), (0.475, 0.66))),
    ("#d9534f", ((0.51, 0.18), (0.51, 0.6), (0.76, 0.6))),
    ("#ffffff", ((0.46, 0.22), (0.46, 0.6), (0.28, 0.6))),
)


Polygons = list[tuple[str, list[Point]]]


def picture(shift: Point = (0, 0), scale: float = 1, mirror: bool = False) -> Polygons:
    """The boat's polygons as a crop sees them: cut to the unit square, perhaps mirrored."""
    polygons: Polygons = []
    for fill, points in BOAT:
        moved = [((x - shift[0]) * scale, (y - shift[1]) * scale) for x, y in points]
        cut = [(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in moved]
        polygons.append((fill, [(1 - x if mirror else x, y) for x, y in cut]))
    return polygons


def paint(canvas: Canvas, polygons: Polygons, x: float, y: float, side: float) -> None:
    for fill, points in polygons:
        placed = " ".join(f"{x + u * side:.1f},{y + v * side:.1f}" for u, v in points)
        canvas.add("polygon", points=placed, fill=fill)


def figure() -> Canvas:
    canvas = Canvas(560, 340, title="Random crops and mirror images")
    left, top = 24.0, 48.0
    canvas.text(left + SIDE / 2, 30, "stored: 256×256", size=14, bold=True)
    paint(canvas, picture(), left, top, SIDE)
    canvas.box(left, top, SIDE, SIDE, fill="none", stroke=MUTED, radius=0)
    canvas.text(left + SIDE / 2, top + SIDE + 32, "a 224×224 window can", size=13, color=MUTED)
    canvas.text(left + SIDE / 2, top + SIDE + 50, "start at 32×32 places", size=13, color=MUTED)

    crops = (((0.01, 0.015), BLUE), ((0.115, 0.1), AMBER))
    for (dx, dy), color in crops:
        canvas.box(
            left + dx * SIDE,
            top + dy * SIDE,
            SIDE * CROP,
            SIDE * CROP,
            fill="none",
            stroke=color,
            radius=0,
            weight=2,
            dash="6 4",
        )
    for row, ((dx, dy), color) in enumerate(crops):
        y = top + row * (SMALL + 18)
        for column, mirror in enumerate((False, True)):
            x = 294 + column * 132.0
            paint(canvas, picture((dx, dy), 1 / CROP, mirror), x, y, SMALL)
            canvas.box(x, y, SMALL, SMALL, fill="none", stroke=color, radius=0, weight=2)
        canvas.line([(246, y + SMALL / 2), (284, y + SMALL / 2)], color=color, arrow=True)
    canvas.text(350, 30, "crop", size=14, bold=True)
    canvas.text(482, 30, "mirrored", size=14, bold=True)
    canvas.text(416, 320, "32×32×2 = 2,048 examples in all", size=13, color=MUTED)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
