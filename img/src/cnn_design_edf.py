"""Two imaginary populations of networks, and their empirical distribution functions."""

from collections.abc import Sequence

from draw import AMBER, BLUE, HAIR, MUTED, Canvas, save

# errors in percent: the first space has the better networks, the second the best one
FIRST = (26.5, 27.5, 28, 29, 29.5, 30, 31, 31.5, 32.5, 34, 35.5, 38)
SECOND = (25, 31, 33, 34.5, 35, 37, 38.5, 39, 41, 42.5, 44, 46)
LEFT, TOP, WIDTH, HEIGHT = 58, 30, 470, 190
LOW, HIGH = 24, 48


def across(error: float) -> float:
    return LEFT + WIDTH * (error - LOW) / (HIGH - LOW)


def up(fraction: float) -> float:
    return TOP + HEIGHT * (1 - fraction)


def axes(canvas: Canvas) -> None:
    for quarter in range(5):
        y = up(quarter / 4)
        canvas.line([(LEFT, y), (LEFT + WIDTH, y)], color=MUTED if not quarter else HAIR, weight=1)
        canvas.text(LEFT - 8, y + 4, f"{quarter / 4:g}", size=12, color=MUTED, anchor="end")
    for error in range(25, HIGH, 5):
        canvas.text(across(error), up(0) + 70, f"{error}%", size=12, color=MUTED)
    canvas.text(LEFT + WIDTH / 2, up(0) + 90, "error e", size=12.5, color=MUTED)


def curve(canvas: Canvas, errors: Sequence[float], color: str, dash: str | None) -> None:
    points = [(float(LEFT), up(0))]
    for index, error in enumerate(sorted(errors)):
        points += [(across(error), up(index / len(errors)))]
        points += [(across(error), up((index + 1) / len(errors)))]
    points.append((float(LEFT + WIDTH), up(1)))
    canvas.line(points, color=color, weight=2.4, dash=dash)


def dots(canvas: Canvas, errors: Sequence[float], color: str, y: float, *, filled: bool) -> None:
    canvas.line([(LEFT, y), (LEFT + WIDTH, y)], color=HAIR, weight=1)
    for error in errors:
        fill = color if filled else "#ffffff"
        canvas.add("circle", cx=across(error), cy=y, r=4.5, fill=fill, stroke=color, stroke_width=2)


def figure() -> Canvas:
    canvas = Canvas(560, 330, title="Errors of two populations and their distribution functions")
    axes(canvas)
    curve(canvas, SECOND, AMBER, "6 3")
    curve(canvas, FIRST, BLUE, None)
    dots(canvas, FIRST, BLUE, up(0) + 22, filled=True)
    dots(canvas, SECOND, AMBER, up(0) + 44, filled=False)
    canvas.text(across(29.2), up(0.62), "first space", color=BLUE, bold=True, anchor="end")
    canvas.text(across(41.6), up(0.55), "second space", color=AMBER, bold=True, anchor="start")
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
