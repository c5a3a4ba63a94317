"""Squeeze-and-excitation: channels, their averages, gates, and channels weighed by them."""

from draw import AMBER, AMBER_TINT, BLUE, GRAY_TINT, INK, MUTED, PAPER, TEAL, Canvas, save

CHANNELS, CELLS, CELL = 6, 4, 9
SIDE, PITCH, TOP = CELLS * CELL, 46, 62

GATES = (0.9, 0.15, 0.6, 0.35, 1.0, 0.1)
LEVELS = (0.5, 0.8, 0.3, 0.6, 0.45, 0.7)


def value(channel: int, row: int, column: int) -> float:
    """A made-up activation between 0 and 1, around the level of its channel."""
    wave = ((3 * channel + 5 * row + 7 * column + row * column) % 8) / 7 - 0.5
    return min(1.0, max(0.05, LEVELS[channel] + 0.7 * wave))


def average(channel: int) -> float:
    """The mean over a channel's map."""
    places = [(row, column) for row in range(CELLS) for column in range(CELLS)]
    return sum(value(channel, *place) for place in places) / len(places)


def maps(canvas: Canvas, x: float, gates: tuple[float, ...]) -> None:
    """One small map a channel; its strength is the opacity of its cells."""
    for channel, gate in enumerate(gates):
        y = TOP + channel * PITCH
        canvas.box(x, y, SIDE, SIDE, fill=GRAY_TINT, stroke=None, radius=0)
        for row in range(CELLS):
            for column in range(CELLS):
                canvas.add(
                    "rect",
                    x=x + column * CELL,
                    y=y + row * CELL,
                    width=CELL,
                    height=CELL,
                    fill=BLUE,
                    fill_opacity=gate * value(channel, row, column),
                )
        canvas.box(x, y, SIDE, SIDE, fill="none", stroke=BLUE, radius=0, weight=1)


def bars(canvas: Canvas, x: float, lengths: tuple[float, ...], color: str) -> None:
    """One number a channel, as the length of a bar."""
    for channel, length in enumerate(lengths):
        y = TOP + channel * PITCH + SIDE / 2 - 7
        canvas.box(x, y, 40, 14, fill=GRAY_TINT, stroke=None, radius=0)
        canvas.box(x, y, 40 * length, 14, fill=color, stroke=None, radius=0)


def layer(canvas: Canvas, x: float, units: int, left: float, right: float) -> None:
    """The two dense layers: every channel to every unit, every unit to every gate."""
    middle = TOP + (CHANNELS - 1) * PITCH / 2 + SIDE / 2
    heights = [middle + (unit - (units - 1) / 2) * 56 for unit in range(units)]
    for channel in range(CHANNELS):
        y = TOP + channel * PITCH + SIDE / 2
        for height in heights:
            canvas.line([(left, y), (x - 9, height)], color=MUTED, weight=0.7)
            canvas.line([(x + 9, height), (right, y)], color=MUTED, weight=0.7)
    for height in heights:
        canvas.add("circle", cx=x, cy=height, r=9, fill=AMBER_TINT, stroke=AMBER, stroke_width=1.2)


def figure() -> Canvas:
    canvas = Canvas(580, 380, title="Squeeze-and-excitation on six channels")
    columns = (("maps", 44), ("averages", 136), ("ReLU", 254), ("gates", 376), ("result", 512))
    for name, x in columns:
        canvas.text(x, 40, name, size=15, bold=True)
    maps(canvas, 26, (1.0,) * CHANNELS)
    bars(canvas, 116, tuple(map(average, range(CHANNELS))), TEAL)
    layer(canvas, 254, 2, 160, 352)
    bars(canvas, 356, GATES, AMBER)
    maps(canvas, 494, GATES)
    for channel in range(CHANNELS):
        y = TOP + channel * PITCH + SIDE / 2
        canvas.line([(70, y), (110, y)], color=TEAL, arrow=True)
        canvas.line([(402, y), (438, y)], color=AMBER, arrow=True)
        canvas.text(450, y + 6, "×", size=18, color=INK)
        canvas.line([(462, y), (488, y)], color=BLUE, arrow=True)
    route(canvas)
    return canvas


def route(canvas: Canvas) -> None:
    """The maps themselves go around the gates, to the multiplication."""
    bottom = TOP + CHANNELS * PITCH + 12
    canvas.line(
        [(44, bottom - 20), (44, bottom), (450, bottom), (450, bottom - 18)], color=BLUE, arrow=True
    )
    canvas.box(131, bottom - 13, 244, 26, fill=PAPER, stroke=None)
    canvas.text(253, bottom + 5, "unchanged, h×w numbers each", size=14.5, color=INK)


if __name__ == "__main__":
    save(__file__, figure())
