"""Which maps four normalizations average together: images are rows, channels are columns."""

from collections.abc import Callable

from draw import BLUE, BLUE_TINT, GRAY_TINT, HAIR, MUTED, Canvas, save

IMAGES, CHANNELS, GROUP = 4, 6, 3
SIDE, STEP = 16, 20
LEFT, TOP, PANEL = 34, 66, 144

Together = Callable[[int, int], bool]

KINDS: tuple[tuple[str, str, Together], ...] = (
    ("batch", "n, h, w", lambda image, channel: channel == 2),
    ("layer", "c, h, w", lambda image, channel: image == 1),
    ("instance", "h, w", lambda image, channel: (image, channel) == (1, 2)),
    ("group", "h, w, some of c", lambda image, channel: image == 1 and channel < GROUP),
)


def panel(canvas: Canvas, left: float, name: str, axes: str, together: Together) -> None:
    """All maps of a batch; those that share a mean and a variance are colored."""
    middle = left + (CHANNELS * STEP - (STEP - SIDE)) / 2
    canvas.text(middle, 32, name, size=14, bold=True)
    canvas.text(middle, 54, "channels →", size=12, color=MUTED)
    for image in range(IMAGES):
        for channel in range(CHANNELS):
            x, y = left + channel * STEP, TOP + image * STEP
            fill, stroke = (BLUE_TINT, BLUE) if together(image, channel) else (GRAY_TINT, HAIR)
            canvas.box(x, y, SIDE, SIDE, fill=fill, stroke=stroke, radius=1)
    canvas.text(middle, TOP + IMAGES * STEP + 20, f"over {axes}", size=13)


def figure() -> Canvas:
    canvas = Canvas(600, 180, title="The axes of batch, layer, instance and group normalization")
    for index, (name, axes, together) in enumerate(KINDS):
        panel(canvas, LEFT + index * PANEL, name, axes, together)
    canvas.text(14, TOP + 13, "↓", size=12, color=MUTED)
    canvas.add(
        "text",
        "images",
        x=18,
        y=TOP + 48,
        font_size=12,
        fill=MUTED,
        text_anchor="middle",
        transform=f"rotate(-90 18 {TOP + 48})",
    )
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
