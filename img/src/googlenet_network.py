"""GoogLeNet from the image to the scores: channels as widths, sides of the maps as heights."""

from draw import AMBER, AMBER_TINT, BLUE, BLUE_TINT, GRAY_TINT, HAIR, MUTED, Canvas, save

ACROSS, UP = 0.16, 0.75  # figure units for a channel, and for a pixel of the side
LEFT, LINE, GAP = 124, 18, 6  # left end of the bars; height of a line of letters; between rows
# stage, block, channels, side
MAPS = (
    ("image", "", 1, 96),
    ("stem", "", 64, 48),
    ("stage 2", "", 192, 24),
    ("stage 3", "3a", 256, 12),
    ("stage 3", "3b", 480, 12),
    ("stage 4", "4a", 512, 6),
    ("stage 4", "4b", 512, 6),
    ("stage 4", "4c", 512, 6),
    ("stage 4", "4d", 528, 6),
    ("stage 4", "4e", 832, 6),
    ("stage 5", "5a", 832, 3),
    ("stage 5", "5b", 1024, 3),
)
HEADS = {"4a": "A", "4d": "B"}


def maps(canvas: Canvas, y: float, block: str, channels: int, side: int) -> float:
    """One stack of maps, its name if it has one, and its channels; returns the row's height."""
    width, height = max(channels * ACROSS, 3.0), side * UP
    row = max(height, LINE if block else 2 * LINE)
    fill, stroke = (BLUE_TINT, BLUE) if side < 96 else (GRAY_TINT, MUTED)
    canvas.box(LEFT, y + (row - height) / 2, width, height, fill=fill, stroke=stroke, radius=0)
    base = y + row / 2 + 5
    canvas.text(LEFT - 10, base, block, size=14, anchor="end", bold=True)
    canvas.text(LEFT + width + 8, base, f"{channels}", size=14, anchor="start", color=MUTED)
    if block in HEADS:
        start, end = LEFT + width + 42, LEFT + width + 78
        canvas.line([(start, base - 5), (end, base - 5)], color=AMBER, arrow=True)
        canvas.text(
            end + 6, base + 1, HEADS[block], size=16, anchor="start", color=AMBER, bold=True
        )
    return row


def stage(canvas: Canvas, top: float, bottom: float, name: str, side: int) -> None:
    """The name of a stage and the side of its maps, left of these."""
    middle = (top + bottom) / 2
    canvas.text(18, middle - 3, name, size=14, anchor="start")
    canvas.text(18, middle + 14, f"side {side}", size=14, anchor="start", color=MUTED)
    if name in ("stage 3", "stage 4", "stage 5"):
        canvas.line([(84, top), (80, top), (80, bottom), (84, bottom)], color=HAIR)


def figure() -> Canvas:
    canvas = Canvas(430, 480, title="The stages of GoogLeNet")
    y, spans = 4.0, dict[str, list[float]]()
    for name, block, channels, side in MAPS:
        y += GAP if name in spans else 2 * GAP
        top = spans[name][0] if name in spans else y
        y += maps(canvas, y, block, channels, side)
        spans[name] = [top, y, side]
    for name, (top, bottom, side) in spans.items():
        stage(canvas, top, bottom, name, round(side))
    canvas.text(18, y + 37, "head", size=14, anchor="start")
    canvas.line([(LEFT + 8, y + 3), (LEFT + 8, y + 20)], color=MUTED, arrow=True)
    canvas.box(LEFT, y + 23, 17, 17, fill=AMBER_TINT, stroke=AMBER, radius=2)
    canvas.text(412, 32, "A, B: auxiliary classifiers", size=14, anchor="end", color=AMBER)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
