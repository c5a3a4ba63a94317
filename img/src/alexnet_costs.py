"""Which of AlexNet's layers pay: shares of parameters, multiply-adds and activations."""

from draw import AMBER, AMBER_TINT, BLUE, BLUE_TINT, INK, MUTED, PAPER, Canvas, save

# name, window, channels in, channels out, side of the output (1×224×224 input, ten classes)
LAYERS = (
    ("conv1", 11, 1, 96, 54),
    ("conv2", 5, 96, 256, 26),
    ("conv3", 3, 256, 384, 12),
    ("conv4", 3, 384, 384, 12),
    ("conv5", 3, 384, 256, 12),
    ("dense1", 5, 256, 4096, 1),
    ("dense2", 1, 4096, 4096, 1),
    ("dense3", 1, 4096, 10, 1),
)
LEFT, WIDTH, HEIGHT, PITCH = 24, 512, 46, 88


def costs() -> dict[str, dict[str, int]]:
    """For each quantity, what every layer adds to it."""
    table: dict[str, dict[str, int]] = {"parameters": {}, "multiply-adds": {}, "activations": {}}
    for name, window, c_in, c_out, side in LAYERS:
        weights = window**2 * c_in * c_out
        table["parameters"][name] = weights + c_out
        table["multiply-adds"][name] = weights * side**2
        table["activations"][name] = c_out * side**2
    return table


def bar(canvas: Canvas, top: float, quantity: str, shares: dict[str, int]) -> None:
    """One bar: every layer as wide as its share, named where there is room."""
    total = sum(shares.values())
    canvas.text(LEFT, top - 10, quantity.capitalize(), anchor="start", size=14, bold=True)
    canvas.text(LEFT + WIDTH, top - 10, f"{total:,}", anchor="end", size=13, color=MUTED)
    x = float(LEFT)
    for name, share in shares.items():
        width = WIDTH * share / total
        dense = name.startswith("dense")
        fill, stroke = (AMBER_TINT, AMBER) if dense else (BLUE_TINT, BLUE)
        canvas.box(x, top, width, HEIGHT, fill=fill, stroke=PAPER, radius=0, weight=1)
        canvas.box(x, top + HEIGHT - 5, width, 5, fill=stroke, stroke=PAPER, radius=0, weight=1)
        if width > 40:
            canvas.text(x + width / 2, top + 19, name, size=12, color=INK)
            percent = f"{100 * share / total:.0f}%"
            canvas.text(x + width / 2, top + 34, percent, size=11.5, color=MUTED)
        x += width


def figure() -> Canvas:
    canvas = Canvas(560, 336, title="Shares of AlexNet's cost by layer")
    for index, (quantity, shares) in enumerate(costs().items()):
        bar(canvas, 44 + index * PITCH, quantity, shares)
    for x, fill, stroke, name in (
        (LEFT, BLUE_TINT, BLUE, "convolutions"),
        (LEFT + 130, AMBER_TINT, AMBER, "dense layers"),
    ):
        canvas.box(x, 300, 16, 16, fill=fill, stroke=stroke, radius=2)
        canvas.text(x + 24, 313, name, anchor="start", size=13)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
