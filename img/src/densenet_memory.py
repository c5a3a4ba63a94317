"""What a dense block keeps for the backward pass: all stacks, or the pieces alone."""

from draw import AMBER, AMBER_TINT, BLUE, BLUE_TINT, GRAY_TINT, INK, MUTED, Canvas, save

LAYERS, CHANNELS, GROWTH = 8, 64, 32
SCALE, BASE, BAR = 0.7, 268, 15
LEFT, RIGHT = 30, 440


def stack(canvas: Canvas, x: float, pieces: int, fill: str, stroke: str) -> None:
    """A bar of the input and of what `pieces` layers made."""
    bottom = float(BASE)
    for piece in range(pieces + 1):
        height = (GROWTH if piece else CHANNELS) * SCALE
        bottom -= height
        shade = fill if piece or fill == AMBER_TINT else GRAY_TINT
        canvas.box(x, bottom, BAR, height, fill=shade, stroke=stroke, radius=0, weight=0.9)


def naive() -> int:
    """Maps kept by a block that keeps what its layers read, and the same rectified."""
    return 2 * sum(CHANNELS + layer * GROWTH for layer in range(LAYERS))


def frugal() -> int:
    """Maps kept by a block that keeps the pieces that a layer reads."""
    return CHANNELS + (LAYERS - 1) * GROWTH


def figure() -> Canvas:
    canvas = Canvas(560, 372, title="What a dense block keeps")
    for layer in range(LAYERS):
        x = LEFT + layer * 46
        stack(canvas, x, layer, BLUE_TINT, BLUE)
        stack(canvas, x + BAR + 2, layer, AMBER_TINT, AMBER)
        canvas.text(x + BAR + 1, BASE + 18, f"{layer + 1}", size=14.5)
    stack(canvas, RIGHT + 40, LAYERS - 1, BLUE_TINT, BLUE)
    canvas.text(LEFT, 30, "everything that was read", size=15, bold=True, anchor="start")
    canvas.text(RIGHT + 48, 30, "the pieces", size=15, bold=True)
    canvas.text(LEFT + 184, BASE + 38, "layer", size=14.5, color=MUTED)
    canvas.text(LEFT, 52, f"{naive():,} maps", size=14.5, anchor="start")
    canvas.text(RIGHT + 48, 52, f"{frugal():,} maps", size=14.5)
    legend = (
        (LEFT, GRAY_TINT, BLUE, "input"),
        (LEFT + 92, BLUE_TINT, BLUE, "made by a layer"),
        (LEFT + 248, AMBER_TINT, AMBER, "normalized and rectified"),
    )
    for x, fill, stroke, words in legend:
        canvas.box(x, 334, 15, 15, fill=fill, stroke=stroke, radius=0)
        canvas.text(x + 23, 346, words, size=14.5, anchor="start", color=INK)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
