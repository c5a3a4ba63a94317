"""Three ways to connect eight inputs to six outputs: dense, local, and with shared weights."""

from draw import AMBER, BLUE, GRAY_TINT, HAIR, INK, MUTED, TEAL, Canvas, save

INPUTS, OUTPUTS, WINDOW = 8, 6, 3
STEP, RADIUS = 22, 7
TOP, BOTTOM = 62, 168
SHARED = (BLUE, AMBER, TEAL)


def unit(left: float, index: int, *, output: bool) -> tuple[float, float]:
    """Where the center of a unit lies; an output stands over the middle of its window."""
    shift = (WINDOW - 1) / 2 if output else 0
    return left + (index + shift) * STEP, TOP if output else BOTTOM


def panel(
    canvas: Canvas, left: float, title: str, count: str, *, local: bool, shared: bool
) -> None:
    """One way to connect the two rows of units."""
    middle = left + (INPUTS - 1) / 2 * STEP
    canvas.text(middle, 32, title, size=15, bold=True)
    for output in range(OUTPUTS):
        for step in range(INPUTS):
            offset = step - output
            if local and not 0 <= offset < WINDOW:
                continue
            color = SHARED[offset] if shared else HAIR if not local else MUTED
            ends = [unit(left, step, output=False), unit(left, output, output=True)]
            canvas.line(ends, color=color, weight=2 if shared else 1.1)
    for index in range(INPUTS):
        x, y = unit(left, index, output=False)
        canvas.add("circle", cx=x, cy=y, r=RADIUS, fill=GRAY_TINT, stroke=INK)
    for index in range(OUTPUTS):
        x, y = unit(left, index, output=True)
        canvas.add("circle", cx=x, cy=y, r=RADIUS, fill="#ffffff", stroke=INK)
    canvas.text(middle, BOTTOM + 36, count, size=15, color=INK)


def figure() -> Canvas:
    canvas = Canvas(580, 226, title="Dense, local and shared connections")
    panel(canvas, 24, "dense", "8 · 6 = 48 weights", local=False, shared=False)
    panel(canvas, 213, "local", "3 · 6 = 18 weights", local=True, shared=False)
    panel(canvas, 402, "local and shared", "3 weights", local=True, shared=True)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
