"""A gradient step at right angles to the weights: short weights turn far, long ones hardly."""

from math import atan2, cos, degrees, hypot, sin

from draw import AMBER, BLUE, INK, MUTED, Canvas, save

SCALE = 128  # figure units for a vector of length 1
LEFT = 40
STEP = 0.72  # length of the step for weights of length 1; it is inverse to their length


def panel(canvas: Canvas, base: float, length: float, title: str) -> None:
    """One weight vector, its step, and the vector after the step."""
    left, along, up = LEFT, length * SCALE, STEP / length * SCALE
    end, after = (left + along, base), (left + along, base - up)
    turned = atan2(up, along)
    canvas.text(left, base - up - 20, title, size=16, bold=True, anchor="start")
    rim = [turned * 1.25 * index / 24 for index in range(25)]
    circle = [(left + along * cos(a), base - along * sin(a)) for a in rim]
    canvas.line(circle, color=MUTED, weight=1, dash="4 4")
    canvas.line([(left, base), end], color=INK, weight=1.8, arrow=True)
    canvas.line([(left, base), after], color=BLUE, weight=1.8, arrow=True)
    canvas.line([end, after], color=AMBER, weight=1.8, arrow=True)
    canvas.text(left + along / 2, base + 22, "w", size=16, italic=True)
    canvas.text(left + along + 12, base - up / 2 + 5, "step", size=15, color=AMBER, anchor="start")
    longer = hypot(1, STEP / length**2)
    words = f"turned by {degrees(turned):.0f}°, longer by {100 * (longer - 1):.0f}%"
    canvas.text(left, base + 48, words, size=15, color=MUTED, anchor="start")


def figure() -> Canvas:
    canvas = Canvas(390, 376, title="Gradient steps at right angles to short and to long weights")
    panel(canvas, 144, 1.0, "length 1")
    panel(canvas, 312, 2.0, "length 2")
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
