"""Which maps four normalizations average together: images are rows, channels are columns."""

from collections.abc import Callable

from draw import BLUE, BLUE_TINT, GRAY_TINT, HAIR, MUTED, Canvas, number, save

IMAGES, CHANNELS, GROUP = 4, 6, 3
SIDE, STEP = 20, 25
LEFT, TOP = 52, 66  # of the maps in a panel
ACROSS, DOWN = 206, 216  # from panel to panel

Together = Callable[[int, int], bool]

KINDS: tuple[tuple[str, str, Together], ...] = (
    ("batch", "n, h, w", lambda image, channel: channel == 2),
    ("layer", "c, h, w", lambda image, channel: image == 1),
    ("instance", "h, w", lambda image, channel: (image, channel) == (1, 2)),
    ("group", "h, w, some of c", lambda image, channel: image == 1 and channel < GROUP),
)


def panel(
    canvas: Canvas, left: float, top: float, name: str, axes: str, together: Together
) -> None:
    """All maps of a batch; those that share a mean and a variance are colored."""
    middle = left + (CHANNELS * STEP - (STEP - SIDE)) / 2
    canvas.text(middle, top - 32, name, size=16, bold=True)
    canvas.text(middle, top - 10, "channels →", size=14, color=MUTED)
    for image in range(IMAGES):
        for channel in range(CHANNELS):
            x, y = left + channel * STEP, top + image * STEP
            fill, stroke = (BLUE_TINT, BLUE) if together(image, channel) else (GRAY_TINT, HAIR)
            canvas.box(x, y, SIDE, SIDE, fill=fill, stroke=stroke, radius=1)
    canvas.text(middle, top + IMAGES * STEP + 20, f"over {axes}", size=15)


def rows_named(canvas: Canvas, top: float) -> None:
    """Say beside the maps that their rows are images."""
    x, y = LEFT - 16, top + IMAGES * STEP / 2
    canvas.add(
        "text",
        "← images",
        x=x,
        y=y,
        font_size=14,
        fill=MUTED,
        text_anchor="middle",
        transform=f"rotate(-90 {x} {number(y)})",
    )


def figure() -> Canvas:
    canvas = Canvas(430, 424, title="The axes of batch, layer, instance and group normalization")
    for index, kind in enumerate(KINDS):
        row, column = divmod(index, 2)
        panel(canvas, LEFT + column * ACROSS, TOP + row * DOWN, *kind)
    for row in range(2):
        rows_named(canvas, TOP + row * DOWN)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
