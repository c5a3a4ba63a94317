"""The way from ResNet to ConvNeXt on ImageNet: multiply-adds and accuracy after each step."""

from draw import AMBER, BLUE, HAIR, INK, MUTED, Canvas, save

LEFT, TOP, WIDTH, HEIGHT = 62, 30, 470, 340
X_RANGE, Y_RANGE = (2.0, 5.75), (78.0, 82.4)

# step, multiply-adds in 10^9 (counted in the section), accuracy in % (the paper's),
# where its name stands: anchor, and how far from the point
STEPS = (
    ("ResNet-50", 4.09, 78.8, "end", (-9, 12)),
    ("stage ratio", 4.53, 79.4, "start", (10, 6)),
    ("patch stem", 4.42, 79.5, "start", (4, -9)),
    ("depthwise", 2.35, 78.3, "start", (10, 6)),
    ("wider", 5.27, 80.5, "middle", (14, 20)),
    ("inverted", 4.64, 80.6, "start", (0, -11)),
    ("spatial first", 4.07, 79.9, "end", (-9, 8)),
    ("7×7, GELU", 4.15, 80.6, "end", (-10, -2)),
    ("one activation", 4.15, 81.3, "end", (-10, 12)),
    ("one norm", 4.15, 81.4, "end", (-10, 3)),
    ("layer norm", 4.15, 81.5, "end", (-10, -8)),
    ("ConvNeXt-T", 4.46, 82.0, "start", (10, -2)),
)
SWIN = ("Swin-T", 4.5, 81.3)


def place(multiply_adds: float, accuracy: float) -> tuple[float, float]:
    """The point of the figure for a pair of values."""
    across = (multiply_adds - X_RANGE[0]) / (X_RANGE[1] - X_RANGE[0])
    up = (accuracy - Y_RANGE[0]) / (Y_RANGE[1] - Y_RANGE[0])
    return LEFT + WIDTH * across, TOP + HEIGHT * (1 - up)


def axes(canvas: Canvas) -> None:
    """Grid, numbers and what they count."""
    for accuracy in range(78, 83):
        x, y = place(X_RANGE[0], accuracy)
        canvas.line([(x, y), (LEFT + WIDTH, y)], color=HAIR, weight=1)
        canvas.text(x - 10, y + 5, f"{accuracy}", size=13, color=MUTED, anchor="end")
    for giga in (2, 3, 4, 5):
        x, y = place(giga, Y_RANGE[0])
        canvas.line([(x, TOP), (x, y)], color=HAIR, weight=1)
        canvas.text(x, y + 20, f"{giga}", size=13, color=MUTED)
    canvas.text(LEFT + WIDTH / 2, TOP + HEIGHT + 44, "billion multiply-adds", color=MUTED)
    canvas.text(LEFT - 44, TOP - 10, "top-1 accuracy, %", color=MUTED, anchor="start")


def dot(canvas: Canvas, at: tuple[float, float], color: str, radius: float = 5) -> None:
    """A point of the way."""
    canvas.add("circle", cx=at[0], cy=at[1], r=radius, fill=color)


def figure() -> Canvas:
    canvas = Canvas(560, 430, title="Accuracy and multiply-adds after each step to ConvNeXt")
    axes(canvas)
    points = [place(step[1], step[2]) for step in STEPS]
    canvas.line(points, color=BLUE, weight=1.6)
    for step, point in zip(STEPS, points, strict=True):
        dot(canvas, point, BLUE)
        name, _, _, anchor, (right, down) = step
        ends = step in (STEPS[0], STEPS[-1])
        x, y = point[0] + right, point[1] + down
        canvas.text(x, y, name, size=13, color=INK, anchor=anchor, bold=ends)
    swin = place(*SWIN[1:])
    dot(canvas, swin, AMBER, 6)
    canvas.text(swin[0] + 11, swin[1] + 5, SWIN[0], color=AMBER, anchor="start", bold=True)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
