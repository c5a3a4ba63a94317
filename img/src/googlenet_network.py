"""GoogLeNet from the image to the scores: channels as widths, sides of the maps as heights."""

from draw import AMBER, AMBER_TINT, BLUE, BLUE_TINT, GRAY_TINT, HAIR, INK, MUTED, Canvas, save

ACROSS, UP = 0.058, 2.0  # figure units for a channel, and for a pixel of the side
LEFT, GAP, MIDDLE = 26, 6, 142
JUMPS = {96: 0, 48: 46, 24: 40, 12: 30, 6: 13, 3: 13}  # space in front of a stage, by its side
# name, channels, side; a new stage where the side changes
MAPS = (
    ("image", 1, 96),
    ("stem", 64, 48),
    ("2", 192, 24),
    ("3a", 256, 12),
    ("3b", 480, 12),
    ("4a", 512, 6),
    ("4b", 512, 6),
    ("4c", 512, 6),
    ("4d", 528, 6),
    ("4e", 832, 6),
    ("5a", 832, 3),
    ("5b", 1024, 3),
)
HEADS = {"4a": "A", "4d": "B"}


def maps(canvas: Canvas, x: float, name: str, channels: int, side: int) -> float:
    """One stack of maps with its name and its channels; returns its width."""
    width, height = max(channels * ACROSS, 3.0), side * UP
    fill, stroke = (GRAY_TINT, MUTED) if name == "image" else (BLUE_TINT, BLUE)
    canvas.box(x, MIDDLE - height / 2, width, height, fill=fill, stroke=stroke, radius=0)
    if name in HEADS:
        canvas.line([(x + width / 2, MIDDLE - 12), (x + width / 2, 96)], color=AMBER, arrow=True)
        canvas.text(x + width / 2, 88, HEADS[name], size=15, color=AMBER, bold=True)
    if len(name) == 2 and name[0] in "345":
        canvas.text(x + width / 2, MIDDLE + 34, name, size=12.5, bold=True)
        canvas.text(x + width / 2, MIDDLE + 52, f"{channels}", size=12.5, color=MUTED)
    return width


def stage(canvas: Canvas, span: list[float], words: tuple[str, str], y: float) -> None:
    """A bracket below the maps of one side."""
    left, right = span
    canvas.line([(left, y - 5), (left, y), (right, y), (right, y - 5)], color=HAIR)
    for line, word in enumerate(words):
        color = MUTED if line else INK
        canvas.text((left + right) / 2, y + 18 + 17 * line, word, size=12.5, color=color)


def figure() -> Canvas:
    canvas = Canvas(600, 290, title="The stages of GoogLeNet")
    x: float = LEFT
    spans: dict[int, list[float]] = {}
    for name, channels, side in MAPS:
        x += GAP if side in spans else JUMPS[side]
        width = maps(canvas, x, name, channels, side)
        spans.setdefault(side, [x, x])[1] = x + width
        x += width
    canvas.line([(x + 3, MIDDLE), (x + 24, MIDDLE)], color=MUTED, arrow=True)
    canvas.box(x + 28, MIDDLE - 18, 14, 36, fill=AMBER_TINT, stroke=AMBER, radius=2)
    canvas.text(x + 35, MIDDLE + 34, "head", size=12.5, bold=True)
    for side, words in ((12, "stage 3"), (6, "stage 4"), (3, "stage 5")):
        stage(canvas, spans[side], (words, f"side {side}"), MIDDLE + 66)
    for side, word in ((96, "image"), (48, "stem"), (24, "stage 2")):
        center, bottom = sum(spans[side]) / 2, MIDDLE + side * UP / 2
        canvas.text(center, bottom + 20, word, size=12.5)
        canvas.text(center, bottom + 37, f"side {side}", size=12.5, color=MUTED)
    canvas.text(588, 34, "A, B: auxiliary classifiers", size=13, anchor="end", color=AMBER)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
