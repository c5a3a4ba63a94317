"""The convolutional part of VGG-11, -13, -16 and -19: how many layers at each size."""

from draw import BLUE, BLUE_TINT, HAIR, INK, MUTED, TEAL, TEAL_TINT, Canvas, save

WIDTHS = (64, 128, 256, 512, 512)
DEPTHS = {
    "VGG-11": (1, 1, 2, 2, 2),
    "VGG-13": (2, 2, 2, 2, 2),
    "VGG-16": (2, 2, 3, 3, 3),
    "VGG-19": (2, 2, 4, 4, 4),
}
LEFT, TOP, PITCH = 150, 56, 104
BAR, LAYER, POOL, STEP = 84, 17, 8, 21


def block(canvas: Canvas, x: float, bottom: float, num_convs: int) -> None:
    """Convolutions that stand on a pooling."""
    canvas.box(x, bottom - POOL, BAR, POOL, fill=TEAL_TINT, stroke=TEAL, radius=2)
    for layer in range(num_convs):
        y = bottom - POOL - STEP * (layer + 1)
        canvas.box(x, y, BAR, LAYER, fill=BLUE_TINT, stroke=BLUE, radius=3)


def figure() -> Canvas:
    canvas = Canvas(580, 560, title="The convolutions of VGG-11, VGG-13, VGG-16 and VGG-19")
    for column, name in enumerate(DEPTHS):
        canvas.text(LEFT + PITCH * column + BAR / 2, 36, name, size=15.5, bold=True)
    bottom, side = float(TOP), 224
    for stage, width in enumerate(WIDTHS):
        deepest = max(depth[stage] for depth in DEPTHS.values())
        top, bottom = bottom, bottom + STEP * deepest + POOL + 18
        middle = (top + bottom) / 2
        canvas.text(24, middle - 1, f"{width} channels", size=15, anchor="start", color=INK)
        canvas.text(24, middle + 17, f"{side}×{side}", size=15, anchor="start", color=MUTED)
        if stage:
            canvas.line([(24, top), (556, top)], color=HAIR, weight=1)
        for column, depth in enumerate(DEPTHS.values()):
            block(canvas, LEFT + PITCH * column, bottom - 9, depth[stage])
        side //= 2
    for x, fill, stroke, words in (
        (LEFT, BLUE_TINT, BLUE, "3×3 convolution and ReLU"),
        (LEFT + 236, TEAL_TINT, TEAL, "2×2 max pooling"),
    ):
        canvas.box(x, bottom + 6, 16, 16, fill=fill, stroke=stroke, radius=2)
        canvas.text(x + 24, bottom + 19, words, anchor="start", size=15)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
