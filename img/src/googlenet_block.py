"""The first Inception block: bars as high as their number of channels, branch by branch."""

from draw import BLUE, BLUE_TINT, GRAY_TINT, MUTED, TEAL, TEAL_TINT, Canvas, save

SCALE = 0.78  # figure units for one channel
BAR, GAP = 26, 44
INPUT_X, FIRST_X, SECOND_X, OUTPUT_X = 30, 186, 342, 486
TOP = 62
C_IN = 192
# For each branch: what happens, and how many channels there are then.
BRANCHES = (
    ((None, 0), ("1×1", 64)),
    (("1×1", 96), ("3×3", 128)),
    (("1×1", 16), ("5×5", 32)),
    (("3×3 max", 192), ("1×1", 32)),
)


def bar(canvas: Canvas, x: float, center: float, channels: int, pooled: bool = False) -> None:
    """Maps as a bar, with their number above it."""
    fill, stroke = (TEAL_TINT, TEAL) if pooled else (BLUE_TINT, BLUE)
    height = channels * SCALE
    canvas.box(x, center - height / 2, BAR, height, fill=fill, stroke=stroke, radius=2)
    canvas.text(x + BAR / 2, center - height / 2 - 6, f"{channels}", size=13)


def step(canvas: Canvas, start: float, end: float, y: float, words: str) -> None:
    """An arrow to the next bar, with what happens on the way."""
    canvas.line([(start + 4, y), (end - 4, y)], color=MUTED, arrow=True)
    canvas.text((start + end) / 2, y - 8, words, size=13, bold=True)


def branch(canvas: Canvas, center: float, source: float, steps: tuple) -> None:
    """One branch from the input bar to its result."""
    (first, middle), (second, channels) = steps
    split = INPUT_X + BAR + 22
    canvas.line([(INPUT_X + BAR + 3, source), (split, source), (split, center)], color=MUTED)
    start: float = split - 4
    if first:
        step(canvas, start, FIRST_X, center, first)
        bar(canvas, FIRST_X, center, middle, pooled=first.endswith("max"))
        start = FIRST_X + BAR
    step(canvas, start, SECOND_X, center, second)
    bar(canvas, SECOND_X, center, channels)


def figure() -> Canvas:
    heights = [max(middle, last) * SCALE for (_, middle), (_, last) in BRANCHES]
    total = sum(heights) + GAP * (len(heights) - 1)
    canvas = Canvas(560, int(TOP + total + 24), title="The first Inception block")
    source = TOP + total / 2
    height = C_IN * SCALE
    canvas.box(INPUT_X, source - height / 2, BAR, height, fill=GRAY_TINT, stroke=MUTED, radius=2)
    canvas.text(INPUT_X + BAR / 2, source - height / 2 - 6, f"{C_IN}", size=13)
    stack: float = source - sum(last for _, (_, last) in BRANCHES) * SCALE / 2
    canvas.text(OUTPUT_X + BAR / 2, stack - 8, "256", size=13)
    top: float = TOP
    for size, steps in zip(heights, BRANCHES, strict=True):
        center, part = top + size / 2, steps[1][1] * SCALE
        branch(canvas, center, source, steps)
        middle = stack + part / 2
        canvas.line([(SECOND_X + BAR + 4, center), (OUTPUT_X - 4, middle)], color=MUTED, arrow=True)
        canvas.box(OUTPUT_X, stack, BAR, part, fill=BLUE_TINT, stroke=BLUE, radius=0)
        canvas.text(OUTPUT_X + BAR + 6, middle + 4, f"{steps[1][1]}", size=12, anchor="start")
        top, stack = top + size + GAP, stack + part
    for x, words in ((INPUT_X, "in"), (OUTPUT_X, "stacked")):
        canvas.text(x + BAR / 2, 30, words, size=14, bold=True)
    canvas.text((FIRST_X + SECOND_X + BAR) / 2, 30, "branches", size=14, bold=True)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
