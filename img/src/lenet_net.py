"""LeNet-5 as it was published: every layer's maps, drawn to one scale."""

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

SCALE = 2.1  # figure units for one pixel of a map
UNIT, BAR = 0.95, 13  # height of one unit of a dense layer, and the width of all
SPREAD = 30  # by how much the first map of a stack stands out from the last
GAP, MIDDLE = 31, 124
COLORS = {
    "input": (GRAY_TINT, MUTED),
    "convolution": (BLUE_TINT, BLUE),
    "subsampling": (TEAL_TINT, TEAL),
    "dense": (AMBER_TINT, AMBER),
}


@dataclass(frozen=True)
class Layer:
    name: str
    """What the paper calls it."""
    kind: str
    """A key of COLORS."""
    count: int
    """How many maps, or units."""
    side: int = 0
    """Height and width of its maps; 0 for a layer of units."""

    @property
    def spread(self) -> float:
        """How much room the maps behind the first one take."""
        return SPREAD * (self.count - 1) / self.count if self.side else 0

    @property
    def width(self) -> float:
        """How much room it takes."""
        return self.side * SCALE + self.spread if self.side else BAR


LAYERS = (
    Layer("input", "input", 1, 32),
    Layer("C1", "convolution", 6, 28),
    Layer("S2", "subsampling", 6, 14),
    Layer("C3", "convolution", 16, 10),
    Layer("S4", "subsampling", 16, 5),
    Layer("C5", "convolution", 120),
    Layer("F6", "dense", 84),
    Layer("output", "dense", 10),
)


def maps(canvas: Canvas, x: float, layer: Layer) -> None:
    """A stack of maps, the last one behind."""
    fill, stroke = COLORS[layer.kind]
    side = layer.side * SCALE
    for index in range(layer.count):
        back = layer.spread * (1 - index / max(1, layer.count - 1))
        y = MIDDLE - side / 2 + layer.spread / 2 - back
        canvas.box(x + back, y, side, side, fill=fill, stroke=stroke, radius=0, weight=1)


def units(canvas: Canvas, x: float, layer: Layer) -> None:
    """A bar as long as the layer has units."""
    fill, stroke = COLORS[layer.kind]
    height = layer.count * UNIT
    canvas.box(x, MIDDLE - height / 2, BAR, height, fill=fill, stroke=stroke, radius=1, weight=1)


def figure() -> Canvas:
    canvas = Canvas(604, 268, title="LeNet-5 layer by layer")
    x = 24.0
    for index, layer in enumerate(LAYERS):
        (maps if layer.side else units)(canvas, x, layer)
        center = x + layer.width / 2
        canvas.text(center, 36, layer.name, size=14, bold=True)
        canvas.text(center, 208, f"{layer.count}", size=15)
        if layer.side:
            canvas.text(center, 225, f"{layer.side}×{layer.side}", size=14, color=MUTED)
        end = x + layer.width
        if index < len(LAYERS) - 1:
            canvas.line([(end + 5, MIDDLE), (end + GAP - 5, MIDDLE)], color=INK, arrow=True)
        x = end + GAP
    legend(canvas, 128, 241)
    return canvas


def legend(canvas: Canvas, x: float, y: float) -> None:
    """What the colors mean."""
    for index, (kind, (fill, stroke)) in enumerate(list(COLORS.items())[1:]):
        canvas.box(x + 130 * index, y, 15, 15, fill=fill, stroke=stroke, radius=2)
        canvas.text(x + 130 * index + 22, y + 12, kind, size=15, anchor="start")


if __name__ == "__main__":
    save(__file__, figure())
