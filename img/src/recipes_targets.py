"""The target of one image over ten classes: as a label, smoothed, mixed."""

from draw import BLUE, BLUE_TINT, HAIR, MUTED, Canvas, save

CLASSES, RIGHT_CLASS, PARTNER = 10, 2, 7
BAR, GAP, HEIGHT, TOP = 10, 4, 130, 62
WIDTH = CLASSES * (BAR + GAP) - GAP


def label() -> list[float]:
    return [float(k == RIGHT_CLASS) for k in range(CLASSES)]


def smoothed(epsilon: float = 0.1) -> list[float]:
    return [(1 - epsilon) * p + epsilon / CLASSES for p in label()]


def mixed(weight: float = 0.7) -> list[float]:
    return [weight * (k == RIGHT_CLASS) + (1 - weight) * (k == PARTNER) for k in range(CLASSES)]


def panel(canvas: Canvas, left: float, title: str, target: list[float]) -> None:
    """One bar a class, and the value above the bars that stand out."""
    canvas.text(left + WIDTH / 2, 32, title, size=14, bold=True)
    floor = TOP + HEIGHT
    for k, p in enumerate(target):
        x = left + k * (BAR + GAP)
        height = max(p * HEIGHT, 0.0)
        if height:
            canvas.box(
                x, floor - height, BAR, height, fill=BLUE_TINT, stroke=BLUE, radius=0, weight=1
            )
        if p > 0.1:
            canvas.text(
                x + BAR / 2, floor - height - 6, f"{p:.2f}".rstrip("0").rstrip("."), size=12
            )
    canvas.line([(left - 4, floor), (left + WIDTH + 4, floor)], color=HAIR)
    canvas.text(left + WIDTH / 2, floor + 22, "classes", size=12, color=MUTED)


def figure() -> Canvas:
    canvas = Canvas(520, 232, title="A label, a smoothed label, and a mixture of two labels")
    panel(canvas, 24, "Label", label())
    panel(canvas, 192, "Smoothed", smoothed())
    panel(canvas, 360, "Mixed", mixed())
    small = [p for p in smoothed() if p < 0.1]
    canvas.text(192 + WIDTH - 8, TOP + HEIGHT - 8, f"{small[0]:.2f} each", size=12, anchor="end")
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
