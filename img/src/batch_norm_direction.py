"""A gradient step at right angles to the weights: short weights turn far, long ones hardly."""

from math import atan2, cos, degrees, hypot, sin

from draw import AMBER, BLUE, INK, MUTED, Canvas, save

SCALE = 96  # figure units for a vector of length 1
BASE = 140
STEP = 0.72  # length of the step for weights of length 1; it is inverse to their length


def panel(canvas: Canvas, left: float, length: float, title: str) -> None:
    """One weight vector, its step, and the vector after the step."""
    along, up = length * SCALE, STEP / length * SCALE
    end, after = (left + along, BASE), (left + along, BASE - up)
    turned = atan2(up, along)
    canvas.text(left + along / 2, 34, title, size=14, bold=True)
    rim = [turned * 1.25 * index / 24 for index in range(25)]
    circle = [(left + along * cos(a), BASE - along * sin(a)) for a in rim]
    canvas.line(circle, color=MUTED, weight=1, dash="4 4")
    canvas.line([(left, BASE), end], color=INK, weight=1.8, arrow=True)
    canvas.line([(left, BASE), after], color=BLUE, weight=1.8, arrow=True)
    canvas.line([end, after], color=AMBER, weight=1.8, arrow=True)
    canvas.text(left + along / 2, BASE + 22, "w", size=14, italic=True)
    canvas.text(left + along + 12, BASE - up / 2 + 5, "step", size=13, color=AMBER, anchor="start")
    longer = hypot(1, STEP / length**2)
    words = f"turned by {degrees(turned):.0f}°, longer by {100 * (longer - 1):.0f}%"
    canvas.text(left + along / 2, BASE + 46, words, size=13, color=MUTED)


def figure() -> Canvas:
    canvas = Canvas(560, 208, title="Gradient steps at right angles to short and to long weights")
    panel(canvas, 66, 1.0, "length 1")
    panel(canvas, 286, 2.0, "length 2")
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
