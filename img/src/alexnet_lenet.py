"""LeNet-5 and AlexNet layer by layer, with every layer's maps drawn to one scale."""

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

SCALE = 0.5  # figure units for one pixel of a map
BOX, ROW, GAP = 168, 34, 14
COLORS = {"conv": (BLUE_TINT, BLUE), "pool": (TEAL_TINT, TEAL), "dense": (AMBER_TINT, AMBER)}


@dataclass(frozen=True)
class Layer:
    kind: str
    """conv, pool or dense: decides the color."""
    name: str
    """What the box says."""
    side: int
    """Height and width of the maps that come out; 1 for a dense layer."""
    channels: int
    """How many maps, or units, come out."""

    @property
    def shape(self) -> str:
        return f"{self.side}×{self.side}×{self.channels}" if self.side > 1 else f"{self.channels}"


LENET = (
    Layer("conv", "5×5 conv, pad 2", 28, 6),
    Layer("pool", "2×2 average pool, /2", 14, 6),
    Layer("conv", "5×5 conv", 10, 16),
    Layer("pool", "2×2 average pool, /2", 5, 16),
    Layer("dense", "dense", 1, 120),
    Layer("dense", "dense", 1, 84),
    Layer("dense", "dense", 1, 10),
)
ALEXNET = (
    Layer("conv", "11×11 conv, /4, pad 1", 54, 96),
    Layer("pool", "3×3 max pool, /2", 26, 96),
    Layer("conv", "5×5 conv, pad 2", 26, 256),
    Layer("pool", "3×3 max pool, /2", 12, 256),
    Layer("conv", "3×3 conv, pad 1", 12, 384),
    Layer("conv", "3×3 conv, pad 1", 12, 384),
    Layer("conv", "3×3 conv, pad 1", 12, 256),
    Layer("pool", "3×3 max pool, /2", 5, 256),
    Layer("dense", "dense, dropout ½", 1, 4096),
    Layer("dense", "dense, dropout ½", 1, 4096),
    Layer("dense", "dense", 1, 10),
)


def maps(canvas: Canvas, x: float, y: float, layer: Layer) -> None:
    """One of the layer's maps, to scale; a dense layer has none."""
    if layer.side > 1:
        fill, stroke = COLORS[layer.kind]
        side = layer.side * SCALE
        canvas.box(x - side / 2, y - side / 2, side, side, fill=fill, stroke=stroke, radius=0)


def tower(canvas: Canvas, x: float, name: str, side: int, layers: tuple[Layer, ...]) -> None:
    """One network from its input, on top, down to its scores."""
    top, center = 58, x + BOX / 2
    size = side * SCALE
    canvas.text(center, 34, name, size=15, bold=True)
    canvas.box(
        center - size / 2, top + 112 - size, size, size, fill=GRAY_TINT, stroke=MUTED, radius=0
    )
    canvas.text(x + BOX + 48, top + 108, f"{side}×{side}×1", size=14, color=MUTED)
    y: float = top + 112
    for layer in layers:
        fill, stroke = COLORS[layer.kind]
        canvas.line([(center, y + 1), (center, y + GAP - 1)], arrow=True)
        y += GAP
        canvas.box(x, y, BOX, ROW, fill=fill, stroke=stroke)
        canvas.text(center, y + 22, layer.name, size=14)
        maps(canvas, x - 20, y + ROW / 2, layer)
        canvas.text(x + BOX + 48, y + 22, layer.shape, size=14, color=INK)
        y += ROW


def legend(canvas: Canvas, x: float, y: float) -> None:
    """What the colors and the small shapes mean."""
    for index, (kind, words) in enumerate(
        (("conv", "convolution"), ("pool", "pooling"), ("dense", "dense layer"))
    ):
        fill, stroke = COLORS[kind]
        canvas.box(x, y + 24 * index, 16, 16, fill=fill, stroke=stroke, radius=2)
        canvas.text(x + 26, y + 24 * index + 13, words, size=14, anchor="start")
    for index, words in enumerate(
        ("squares on the left: the maps,", "to the same scale as the inputs")
    ):
        canvas.text(x, y + 92 + 18 * index, words, size=14, color=MUTED, anchor="start")


def figure() -> Canvas:
    canvas = Canvas(596, 718, title="LeNet-5 and AlexNet side by side")
    legend(canvas, 34, 590)
    tower(canvas, 34, "LeNet-5 (1998)", 28, LENET)
    tower(canvas, 332, "AlexNet (2012)", 224, ALEXNET)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
