"""Residual blocks along the main road: identity, 1×1 convolution, pre-activation."""

from itertools import pairwise

from draw import BLUE, BLUE_TINT, GRAY_TINT, HAIR, INK, MUTED, PAPER, Canvas, save

TOP, BOTTOM, SUM = 66, 424, 352  # of the road; the height of the sum
BOX, STEP, HEIGHT = 102, 48, 32
BRANCH = ("conv 3×3", "batch norm", "ReLU", "conv 3×3", "batch norm")
HALVING = ("conv 3×3, / 2", *BRANCH[1:])
PREACTIVATED = ("batch norm", "ReLU", "conv 3×3", "batch norm", "ReLU", "conv 3×3")


def layer(canvas: Canvas, x: float, y: float, name: str, width: float = BOX) -> None:
    """A box around its middle."""
    learned = "×" in name
    fill, stroke = (BLUE_TINT, BLUE) if learned else (GRAY_TINT, MUTED)
    canvas.box(x - width / 2, y - HEIGHT / 2, width, HEIGHT, fill=fill, stroke=stroke)
    canvas.text(x, y + 4.5, name, size=14)


def road(canvas: Canvas, x: float) -> None:
    """The shortcut: a broad line from top to bottom."""
    canvas.line([(x, TOP), (x, BOTTOM)], color=HAIR, weight=9)
    canvas.line([(x, TOP), (x, BOTTOM + 6)], color=INK, weight=1.2, arrow=True)


def block(
    canvas: Canvas, left: float, title: str, branch: tuple[str, ...], on_road: tuple = ()
) -> None:
    """One block: its road at `left`, its branch to the right of it; `on_road` has (name, y)."""
    canvas.text(left + 54, 34, title, size=15, bold=True)
    road(canvas, left)
    canvas.text(left - 12, TOP + 8, "X", size=15, italic=True, anchor="end")
    x = left + 88
    first = TOP + 46 if len(branch) == 5 else TOP + 44
    step = STEP if len(branch) == 5 else 43
    ys = [first + index * step for index in range(len(branch))]
    canvas.line([(left, TOP + 14), (x, TOP + 14), (x, ys[0] - HEIGHT / 2 - 1)], arrow=True)
    for y, name in zip(ys, branch, strict=True):
        layer(canvas, x, y, name)
    for above, below in pairwise(ys):
        canvas.line([(x, above + HEIGHT / 2), (x, below - HEIGHT / 2 - 1)], arrow=True)
    canvas.line([(x, ys[-1] + HEIGHT / 2), (x, SUM), (left + 13, SUM)], arrow=True)
    canvas.add("circle", cx=left, cy=SUM, r=11, fill=PAPER, stroke=INK, stroke_width=1.2)
    canvas.text(left, SUM + 5.5, "+", size=17)
    for name, y in on_road:
        layer(canvas, left, y, name, width=64)


def figure() -> Canvas:
    canvas = Canvas(560, 452, title="Three residual blocks along their shortcuts")
    relu = ("ReLU", SUM + 40)
    block(canvas, 44, "Identity", BRANCH, (relu,))
    block(canvas, 228, "1×1 convolution", HALVING, (("1×1, / 2", 212.0), relu))
    block(canvas, 412, "Pre-activation", PREACTIVATED)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
