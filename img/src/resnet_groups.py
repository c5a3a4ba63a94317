"""Which outputs of a convolution see which inputs: one group, three groups, four groups."""

from draw import BLUE, BLUE_TINT, HAIR, MUTED, Canvas, save

CHANNELS, CELL, TOP = 12, 12.5, 76
SIDE = CHANNELS * CELL
PANELS = (
    (28, ("one group", ""), 1),
    (202, ("num_groups = 3", "group_width = 4"), 3),
    (376, ("num_groups = 4", "group_width = 3"), 4),
)


def panel(canvas: Canvas, left: float, title: tuple[str, str], groups: int) -> None:
    """A square of outputs by inputs; a filled cell is a window of weights."""
    for line, words in enumerate(title):
        canvas.text(left + SIDE / 2, 34 + 20 * line, words, size=14.5, bold=True)
    width = CHANNELS // groups
    for output in range(CHANNELS):
        for source in range(CHANNELS):
            seen = output // width == source // width
            canvas.box(
                left + source * CELL,
                TOP + output * CELL,
                CELL,
                CELL,
                fill=BLUE_TINT if seen else "none",
                stroke=BLUE if seen else HAIR,
                radius=0,
                weight=0.9 if seen else 0.6,
            )
    count = CHANNELS * width
    canvas.text(left + SIDE / 2, TOP + SIDE + 46, f"{count} windows", size=15)
    canvas.text(left + SIDE / 2, TOP + SIDE + 20, "inputs", size=14.5, color=MUTED)


def figure() -> Canvas:
    canvas = Canvas(554, 286, title="Grouped convolutions of twelve channels")
    for left, title, groups in PANELS:
        panel(canvas, left, title, groups)
    canvas.add(
        "text",
        "outputs",
        transform=f"translate(19 {TOP + SIDE / 2:.0f}) rotate(-90)",
        font_size=14.5,
        fill=MUTED,
        text_anchor="middle",
    )
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
