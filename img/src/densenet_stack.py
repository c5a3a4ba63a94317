"""Four layers of a residual network and of a dense one: sums keep their height, stacks grow."""

from draw import BLUE, GRAY_TINT, INK, MUTED, Canvas, save

SHADES = (GRAY_TINT, "#e3eefa", "#c3dbf2", "#94bde6", "#5f9bd6")  # the input, then layers 1 to 4
LAYERS, BAR, STEP, LEFT = 4, 30, 122, 24
INPUT, GROWTH = 44, 20  # heights of the input and of what a layer of the dense block adds
SUM_Y, STACK_Y = 104, 286


def layer(canvas: Canvas, x: float, y: float, number: int, shade: str) -> None:
    """The box of a layer above the line, with its name."""
    canvas.box(x - 17, y - 15, 34, 30, fill=shade, stroke=BLUE)
    canvas.text(x, y + 5, f"f{'₁₂₃₄'[number]}", size=14)


def arrow(canvas: Canvas, *points: tuple[float, float]) -> None:
    canvas.line(points, color=MUTED, arrow=True)


def sums(canvas: Canvas) -> None:
    """The residual network: every bar as high as the input."""
    for index in range(LAYERS + 1):
        x = LEFT + index * STEP
        canvas.box(x, SUM_Y - INPUT / 2, BAR, INPUT, fill=SHADES[index], stroke=BLUE, radius=0)
        if index == LAYERS:
            break
        middle, plus = x + BAR + 40, x + STEP - 16
        arrow(canvas, (x + BAR + 2, SUM_Y + 10), (plus - 8, SUM_Y + 10))
        canvas.line([(x + BAR + 2, SUM_Y - 10), (x + BAR + 12, SUM_Y - 10), (x + BAR + 12, 60)])
        arrow(canvas, (x + BAR + 12, 60), (middle - 18, 60))
        layer(canvas, middle + 1, 60, index, SHADES[index + 1])
        arrow(canvas, (middle + 19, 60), (plus, 60), (plus, SUM_Y + 1))
        canvas.add("circle", cx=plus, cy=SUM_Y + 10, r=8, fill="none", stroke=INK)
        canvas.text(plus, SUM_Y + 15, "+", size=15)
        canvas.line([(plus + 8, SUM_Y + 10), (x + STEP - 1, SUM_Y + 10)], color=MUTED)


def stacks(canvas: Canvas) -> None:
    """The dense block: every bar is the last one and a piece on top."""
    base = STACK_Y + 70
    for index in range(LAYERS + 1):
        x, bottom = LEFT + index * STEP, float(base)
        for part in range(index + 1):
            height = GROWTH if part else INPUT
            bottom -= height
            canvas.box(x, bottom, BAR, height, fill=SHADES[part], stroke=BLUE, radius=0)
        if index == LAYERS:
            break
        middle, new = x + BAR + 42, bottom - GROWTH / 2
        arrow(canvas, (x + BAR + 2, base - 12), (x + STEP - 2, base - 12))
        center = (base + bottom) / 2
        canvas.line(
            [(x + BAR + 2, bottom + 2), (x + BAR + 8, bottom + 2), (x + BAR + 8, base - 26)]
        )
        canvas.line([(x + BAR + 8, base - 26), (x + BAR + 2, base - 26)])
        arrow(canvas, (x + BAR + 8, center - 12), (middle - 20, center - 12))
        layer(canvas, middle - 1, center - 12, index, SHADES[index + 1])
        out = middle + 24
        arrow(
            canvas, (middle + 17, center - 12), (out, center - 12), (out, new), (x + STEP - 2, new)
        )


def figure() -> Canvas:
    canvas = Canvas(570, 380, title="Sums and stacks")
    canvas.text(LEFT, 30, "Residual: added", size=14.5, bold=True, anchor="start")
    sums(canvas)
    canvas.text(LEFT, 196, "Dense: stacked", size=14.5, bold=True, anchor="start")
    stacks(canvas)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
