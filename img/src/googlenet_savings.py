"""Weights of the nine Inception blocks with and without reductions."""

from draw import (
    BLUE,
    GRAY_TINT,
    INK,
    MUTED,
    Canvas,
    save,
)

WIDTHS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
PARTS = (
    ("1×1 branch", BLUE),
    ("3×3 branch", "#9cc3ea"),
    ("5×5 branch", "#f0b567"),
    ("pooling branch", "#5fbdb2"),
)
LEFT, WIDTH, TOP, ROW = 46, 330, 98, 42
MOST = 6e6


def weights() -> dict[str, tuple[tuple[int, ...], int]]:
    """For each block: the weights of its four branches, and what it would have without reductions.

    The two 1×1 convolutions that don't reduce are the same in both.
    """
    table: dict[str, tuple[tuple[int, ...], int]] = {}
    c_in = 192
    for name, (c1, r3, c3, r5, c5, cp) in WIDTHS.items():
        three, five = c_in * r3 + 9 * r3 * c3, c_in * r5 + 25 * r5 * c5
        without = c_in * (c1 + 9 * c3 + 25 * c5 + cp)
        table[name] = (c_in * c1, three, five, c_in * cp), without
        c_in = c1 + c3 + c5 + cp
    return table


def millions(count: int) -> str:
    return f"{count / 1e6:.1f} M"


def row(canvas: Canvas, y: float, name: str, branches: tuple[int, ...], without: int) -> None:
    """One block: what it has, over what it would have."""
    canvas.text(LEFT - 10, y + 23, name, size=15, anchor="end", bold=True)
    reach = WIDTH * without / MOST
    canvas.box(LEFT, y + 18, reach, 14, fill=GRAY_TINT, stroke=MUTED, radius=0, weight=0.8)
    canvas.text(LEFT + reach + 6, y + 30, millions(without), size=13.5, anchor="start", color=MUTED)
    x: float = LEFT
    for count, (_, fill) in zip(branches, PARTS, strict=True):
        width = WIDTH * count / MOST
        canvas.box(x, y + 2, width, 14, fill=fill, stroke=INK, radius=0, weight=0.6)
        x += width
    canvas.text(x + 6, y + 14, millions(sum(branches)), size=13.5, anchor="start")


def figure() -> Canvas:
    canvas = Canvas(440, TOP + 9 * ROW + 14, title="Weights of the Inception blocks")
    places = ((LEFT, 18), (LEFT + 190, 18), (LEFT, 42), (LEFT + 190, 42))
    for (x, y), (name, fill) in zip(places, PARTS, strict=True):
        canvas.box(x, y, 14, 14, fill=fill, stroke=INK, radius=0, weight=0.6)
        canvas.text(x + 22, y + 12, name, size=14.5, anchor="start")
    canvas.box(LEFT, 66, 14, 14, fill=GRAY_TINT, stroke=MUTED, radius=0, weight=0.8)
    canvas.text(LEFT + 22, 78, "the block without reductions", size=14.5, anchor="start")
    for index, (name, (branches, without)) in enumerate(weights().items()):
        row(canvas, TOP + index * ROW, name, branches, without)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
