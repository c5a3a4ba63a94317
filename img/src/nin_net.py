"""AlexNet and NiN layer by layer, with the parameters of each layer."""

from dataclasses import dataclass

from draw import (
    AMBER,
    AMBER_TINT,
    BLUE,
    BLUE_TINT,
    GRAY_TINT,
    MUTED,
    TEAL,
    TEAL_TINT,
    Canvas,
    save,
)

BOX, ROW, GAP, TOP = 172, 27, 9, 76
COLORS = {"conv": (BLUE_TINT, BLUE), "pool": (TEAL_TINT, TEAL), "dense": (AMBER_TINT, AMBER)}


@dataclass(frozen=True)
class Layer:
    kind: str
    """conv, pool or dense: decides the color; a 1×1 convolution is dense at each pixel."""
    name: str
    """What the box says."""
    window: int = 0
    """Side of the window; 0 where there are no parameters."""
    inputs: int = 0
    """Channels or units that come in."""
    outputs: int = 0
    """Channels or units that come out."""

    @property
    def parameters(self) -> int:
        return self.window**2 * self.inputs * self.outputs + self.outputs


def pixelwise(inputs: int, outputs: int) -> Layer:
    """A 1×1 convolution."""
    return Layer("dense", f"1×1 conv, {outputs}", 1, inputs, outputs)


ALEXNET = (
    Layer("conv", "11×11 conv, /4, 96", 11, 1, 96),
    Layer("pool", "3×3 max pool, /2"),
    Layer("conv", "5×5 conv, 256", 5, 96, 256),
    Layer("pool", "3×3 max pool, /2"),
    Layer("conv", "3×3 conv, 384", 3, 256, 384),
    Layer("conv", "3×3 conv, 384", 3, 384, 384),
    Layer("conv", "3×3 conv, 256", 3, 384, 256),
    Layer("pool", "3×3 max pool, /2"),
    Layer("dense", "dense, 4096", 5, 256, 4096),
    Layer("dense", "dense, 4096", 1, 4096, 4096),
    Layer("dense", "dense, 10", 1, 4096, 10),
)
NIN = (
    Layer("conv", "11×11 conv, /4, 96", 11, 1, 96),
    pixelwise(96, 96),
    pixelwise(96, 96),
    Layer("pool", "2×2 max pool, /2"),
    Layer("conv", "5×5 conv, 256", 5, 96, 256),
    pixelwise(256, 256),
    pixelwise(256, 256),
    Layer("pool", "2×2 max pool, /2"),
    Layer("conv", "3×3 conv, 384", 3, 256, 384),
    pixelwise(384, 384),
    pixelwise(384, 10),
    Layer("pool", "global average"),
)


def tower(canvas: Canvas, x: float, name: str, layers: tuple[Layer, ...]) -> None:
    """One network from its input, on top, down to its scores."""
    center, y = x + BOX / 2, float(TOP - 30 + ROW)
    canvas.text(center, 30, name, size=15, bold=True)
    canvas.box(x, y - ROW, BOX, ROW, fill=GRAY_TINT, stroke=MUTED)
    canvas.text(center, y - 9, "image, 224×224", size=13)
    for layer in layers:
        fill, stroke = COLORS[layer.kind]
        canvas.line([(center, y), (center, y + GAP)])
        y += GAP
        canvas.box(x, y, BOX, ROW, fill=fill, stroke=stroke)
        canvas.text(center, y + 18, layer.name, size=13)
        if layer.window:
            bold = layer.parameters > 1_000_000
            canvas.text(
                x + BOX + 92, y + 18, f"{layer.parameters:,}", size=13, anchor="end", bold=bold
            )
        y += ROW
    total = sum(layer.parameters for layer in layers)
    canvas.text(x + BOX + 92, y + 30, f"{total:,}", size=13.5, anchor="end", bold=True)
    canvas.text(x + BOX, y + 30, "parameters:", size=13.5, anchor="end")


def figure() -> Canvas:
    canvas = Canvas(596, 596, title="AlexNet and Network in Network side by side")
    tower(canvas, 24, "AlexNet", ALEXNET)
    tower(canvas, 318, "NiN", NIN)
    for x, kind, words in (
        (24, "conv", "convolution"),
        (162, "dense", "dense, or dense at each pixel"),
        (414, "pool", "pooling"),
    ):
        fill, stroke = COLORS[kind]
        canvas.box(x, 562, 16, 16, fill=fill, stroke=stroke, radius=2)
        canvas.text(x + 24, 575, words, size=13, anchor="start")
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
