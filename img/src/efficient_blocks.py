"""A ResNet bottleneck and an inverted residual: channels as the width of a bar."""

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

SCALE = 0.52  # figure units for a channel
BAR, GAP, TOP = 30, 50, 76


@dataclass(frozen=True)
class Layer:
    words: str
    """The kind of convolution, and what follows it."""
    cost: int
    """Multiply-adds for one place of the map."""
    channels: int
    """How many come out."""


BOTTLENECK = (
    Layer("1×1, ReLU", 256 * 64, 64),
    Layer("3×3, ReLU", 9 * 64 * 64, 64),
    Layer("1×1", 64 * 256, 256),
)
INVERTED = (
    Layer("1×1, ReLU", 64 * 384, 384),
    Layer("3×3 depthwise, ReLU", 9 * 384, 384),
    Layer("1×1, no ReLU", 384 * 64, 64),
)


def bar(canvas: Canvas, center: float, y: float, channels: int, *, ends: bool) -> None:
    """The maps between two layers."""
    fill, stroke = (GRAY_TINT, MUTED) if ends else (BLUE_TINT, BLUE)
    width = channels * SCALE
    canvas.box(center - width / 2, y, width, BAR, fill=fill, stroke=stroke, radius=2)
    canvas.text(center, y + 20, str(channels), size=15)


def gate(canvas: Canvas, center: float, y: float) -> None:
    """Squeeze-and-excitation: average, two layers, and a factor for each channel."""
    canvas.box(center - 86, y, 172, 30, fill=TEAL_TINT, stroke=TEAL)
    canvas.text(center, y + 20, "average → gates → ×", size=14.5)


def block(
    canvas: Canvas, center: float, name: str, channels: int, layers: tuple[Layer, ...]
) -> None:
    """From the input, on top, to the sum."""
    gated = any("depthwise" in layer.words for layer in layers)
    canvas.text(center, 30, name, size=16, bold=True)
    total = f"{sum(layer.cost for layer in layers):,} multiply-adds a place"
    canvas.text(center, 51, total, size=14.5, color=MUTED)
    y: float = TOP
    bar(canvas, center, y, channels, ends=True)
    for layer in layers:
        canvas.line([(center, y + BAR + 2), (center, y + BAR + GAP - 2)], arrow=True)
        canvas.text(center + 10, y + BAR + 21, layer.words, anchor="start", size=15)
        words = f"{layer.cost:,}"
        canvas.text(center + 10, y + BAR + 40, words, anchor="start", size=14, color=MUTED)
        y += BAR + GAP
        bar(canvas, center, y, layer.channels, ends=layer is layers[-1])
        if "depthwise" in layer.words:
            canvas.line([(center, y + BAR + 2), (center, y + BAR + 16)], arrow=True)
            gate(canvas, center, y + BAR + 18)
            y += 48
    end = TOP + 3 * (BAR + GAP) + 48
    if not gated:
        canvas.line([(center, y + BAR + 2), (center, end + BAR + 20)], arrow=True)
    else:
        canvas.line([(center, y + BAR + 2), (center, y + BAR + 20)], arrow=True)
    shortcut(canvas, center, channels, end + BAR + 32)


def shortcut(canvas: Canvas, center: float, channels: int, y: float) -> None:
    """The line past the block, and the sum at its end."""
    edge = center - channels * SCALE / 2
    side = center - 122
    start = TOP + BAR / 2
    canvas.line(
        [(edge - 2, start), (side, start), (side, y), (center - 13, y)], color=AMBER, arrow=True
    )
    canvas.add("circle", cx=center, cy=y, r=12, fill=AMBER_TINT, stroke=AMBER, stroke_width=1.2)
    canvas.text(center, y + 5, "+", size=16, color=INK)


def figure() -> Canvas:
    canvas = Canvas(600, 460, title="A bottleneck of ResNet and an inverted residual")
    block(canvas, 144, "Bottleneck", 256, BOTTLENECK)
    block(canvas, 414, "Inverted residual", 64, INVERTED)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
