"""A residual block on its way from ResNet to ConvNeXt: as wide as its channels."""

from dataclasses import dataclass

from draw import (
    AMBER,
    AMBER_TINT,
    BLUE,
    BLUE_TINT,
    GRAY_TINT,
    INK,
    MUTED,
    TEAL,
    TEAL_TINT,
    Canvas,
    save,
)

COLUMN, ROW = 186, 300
SCALE = 0.3  # figure units for one channel
TALL, CHIP = 34, 18  # heights of a convolution, and of what follows it
NORMS = ("BN", "LN")


@dataclass(frozen=True)
class Layer:
    name: str
    """What the shape says."""
    c_in: int
    """Channels that come in, at the top."""
    c_out: int
    """Channels that go out, at the bottom."""
    after: tuple[str, ...] = ()
    """Normalization and activation that follow."""

    @property
    def spatial(self) -> bool:
        return not self.name.startswith("1×1")


@dataclass(frozen=True)
class Block:
    title: str
    """The step that leads to it."""
    layers: tuple[Layer, ...]
    """From the top down."""
    last: str | None = "ReLU"
    """The activation after the sum, if any."""


BOTH = ("BN", "ReLU")
BLOCKS = (
    Block(
        "ResNet",
        (
            Layer("1×1", 256, 64, BOTH),
            Layer("3×3", 64, 64, BOTH),
            Layer("1×1", 64, 256, ("BN",)),
        ),
    ),
    Block(
        "depthwise, wider",
        (
            Layer("1×1", 384, 96, BOTH),
            Layer("depthwise 3×3", 96, 96, BOTH),
            Layer("1×1", 96, 384, ("BN",)),
        ),
    ),
    Block(
        "inverted",
        (
            Layer("1×1", 96, 384, BOTH),
            Layer("depthwise 3×3", 384, 384, BOTH),
            Layer("1×1", 384, 96, ("BN",)),
        ),
    ),
    Block(
        "spatial first, 7×7",
        (
            Layer("depthwise 7×7", 96, 96, BOTH),
            Layer("1×1", 96, 384, BOTH),
            Layer("1×1", 384, 96, ("BN",)),
        ),
    ),
    Block(
        "fewer parts: ConvNeXt",
        (
            Layer("depthwise 7×7", 96, 96, ("LN",)),
            Layer("1×1", 96, 384, ("GELU",)),
            Layer("1×1", 384, 96),
        ),
        None,
    ),
)


def convolution(canvas: Canvas, x: float, y: float, layer: Layer) -> None:
    """A convolution, as wide at its top and bottom as it has channels there."""
    above, below = layer.c_in * SCALE / 2, layer.c_out * SCALE / 2
    corners = [(x - above, y), (x + above, y), (x + below, y + TALL), (x - below, y + TALL)]
    fill, stroke = (BLUE_TINT, BLUE) if layer.spatial else (GRAY_TINT, MUTED)
    points = " ".join(f"{a:g},{b:g}" for a, b in corners)
    canvas.add("polygon", points=points, fill=fill, stroke=stroke, stroke_width=1.2)
    if max(above, below) > 36:
        canvas.text(x, y + 22, layer.name, size=13.5)
        return
    words = layer.name.split()  # beside the shape, where it is too narrow
    for index, word in enumerate(words):
        level = y + 22 - 8 * (len(words) - 1) + 16 * index
        canvas.text(x + below + 7, level, word, size=13, anchor="start")


def chips(canvas: Canvas, x: float, y: float, names: tuple[str, ...]) -> None:
    """Normalization and activation, side by side."""
    width = 44
    left = x - (width * len(names) + 6 * (len(names) - 1)) / 2
    for name in names:
        fill, stroke = (TEAL_TINT, TEAL) if name in NORMS else (AMBER_TINT, AMBER)
        canvas.box(left, y, width, CHIP, fill=fill, stroke=stroke, radius=9, weight=1)
        canvas.text(left + width / 2, y + 13.5, name, size=12)
        left += width + 6


def tower(canvas: Canvas, x: float, y: float, block: Block) -> None:
    """One block: the branch, the sum with what came in, and the last activation."""
    canvas.text(x, y, block.title, size=14, bold=True)
    top = y + 32
    side = x - COLUMN / 2 + 12
    canvas.line([(x, y + 8), (x, top)], color=MUTED)
    canvas.text(x + 7, y + 27, str(block.layers[0].c_in), size=12, color=MUTED, anchor="start")
    level = top
    for layer in block.layers:
        convolution(canvas, x, level, layer)
        level += TALL + 6
        if layer.after:
            chips(canvas, x, level, layer.after)
            level += CHIP + 6
    bottom = top + 3 * (TALL + CHIP + 12) + 14
    canvas.line([(x, level - 4), (x, bottom - 8)], color=MUTED)
    start = [(x, y + 12), (side, y + 12), (side, bottom), (x - 9, bottom)]
    canvas.line(start, color=MUTED, arrow=True)
    canvas.add("circle", cx=x, cy=bottom, r=8, fill="#ffffff", stroke=INK, stroke_width=1.2)
    canvas.text(x, bottom + 5, "+", size=14)
    if block.last:
        chips(canvas, x, bottom + 16, (block.last,))


def legend(canvas: Canvas, x: float, y: float) -> None:
    """What the shapes and colors mean."""
    for index, (fill, stroke, words) in enumerate(
        (
            (BLUE_TINT, BLUE, "mixes places"),
            (GRAY_TINT, MUTED, "mixes channels"),
            (TEAL_TINT, TEAL, "normalizes"),
            (AMBER_TINT, AMBER, "activates"),
        )
    ):
        canvas.box(x, y + 26 * index, 16, 16, fill=fill, stroke=stroke, radius=3)
        canvas.text(x + 26, y + 26 * index + 13, words, size=13, anchor="start")
    for index, words in enumerate(("as wide as there", "are channels")):
        canvas.text(x, y + 124 + 18 * index, words, size=13, color=MUTED, anchor="start")


def figure() -> Canvas:
    canvas = Canvas(3 * COLUMN, 2 * ROW + 8, title="From the block of ResNet to that of ConvNeXt")
    for index, block in enumerate(BLOCKS):
        row, column = divmod(index, 3)
        tower(canvas, COLUMN * (column + 0.5), 34 + ROW * row, block)
    legend(canvas, COLUMN * 2 + 28, ROW + 62)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
