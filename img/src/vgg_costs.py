"""Where VGG-16 spends: each stage's share of parameters, multiply-adds and activations."""

from draw import AMBER, AMBER_TINT, BLUE, BLUE_TINT, MUTED, PAPER, Canvas, save

# channels and number of convolutions of each block (3×224×224 input, 1,000 classes)
BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
DENSE = ((7 * 7 * 512, 4096), (4096, 4096), (4096, 1000))
QUANTITIES = ("parameters", "multiply-adds", "activations")
LEFT, WIDTH, HEIGHT, PITCH = 24, 512, 46, 88


def stages() -> dict[str, tuple[int, int, int]]:
    """What each block and each dense layer costs, in the order of QUANTITIES."""
    table, c_in, side = {}, 3, 224
    for index, (c_out, num_convs) in enumerate(BLOCKS, start=1):
        weights = 9 * c_out * (c_in + c_out * (num_convs - 1))
        outputs = num_convs * c_out
        table[f"B{index}"] = (weights + outputs, weights * side**2, outputs * side**2)
        c_in, side = c_out, side // 2
    for index, (inputs, units) in enumerate(DENSE, start=1):
        table[f"D{index}"] = ((inputs + 1) * units, inputs * units, units)
    return table


def bar(canvas: Canvas, top: float, quantity: str, shares: dict[str, int]) -> None:
    """One bar: every stage as wide as its share, named where there is room."""
    total = sum(shares.values())
    canvas.text(LEFT, top - 10, quantity.capitalize(), anchor="start", size=14, bold=True)
    canvas.text(LEFT + WIDTH, top - 10, f"{total:,}", anchor="end", size=13, color=MUTED)
    x = float(LEFT)
    for name, share in shares.items():
        width = WIDTH * share / total
        dense = name.startswith("D")
        fill, stroke = (AMBER_TINT, AMBER) if dense else (BLUE_TINT, BLUE)
        canvas.box(x, top, width, HEIGHT, fill=fill, stroke=PAPER, radius=0, weight=1)
        canvas.box(x, top + HEIGHT - 5, width, 5, fill=stroke, stroke=PAPER, radius=0, weight=1)
        if width > 40:
            canvas.text(x + width / 2, top + 19, name, size=12.5)
            percent = f"{100 * share / total:.0f}%"
            canvas.text(x + width / 2, top + 34, percent, size=12, color=MUTED)
        x += width


def figure() -> Canvas:
    canvas = Canvas(560, 336, title="Shares of the cost of VGG-16 by stage")
    costs = stages()
    for index, quantity in enumerate(QUANTITIES):
        shares = {name: row[index] for name, row in costs.items()}
        bar(canvas, 44 + index * PITCH, quantity, shares)
    for x, fill, stroke, words in (
        (LEFT, BLUE_TINT, BLUE, "blocks of convolutions"),
        (LEFT + 190, AMBER_TINT, AMBER, "dense layers"),
    ):
        canvas.box(x, 300, 16, 16, fill=fill, stroke=stroke, radius=2)
        canvas.text(x + 24, 313, words, anchor="start", size=13)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
