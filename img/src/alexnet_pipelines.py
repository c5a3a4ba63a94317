"""Two ways from pixels to a label: crafted features, and layers learned end to end."""

from draw import BLUE, BLUE_TINT, GRAY_TINT, MUTED, Canvas, save

WIDTH, HEIGHT, GAP = 200, 54, 20
TOP, LEFT, RIGHT = 56, 30, 290

CRAFTED = (
    ("Image", "pixels"),
    ("Describe", "SIFT, HOG"),
    ("Encode", "visual words, Fisher vectors"),
    ("Pool", "spatial pyramid"),
    ("Classify", "linear SVM"),
)
LEARNED = (
    ("Image", "pixels"),
    ("Convolution 1", "11×11, stride 4"),
    ("Convolution 2", "5×5"),
    ("Convolutions 3 to 5", "3×3"),
    ("Dense layers", "4096, 4096, 1000"),
)


def stage(canvas: Canvas, x: float, y: float, lines: tuple[str, str], learned: bool) -> None:
    """One box of a pipeline: its name, and an example below it."""
    fill, stroke = (BLUE_TINT, BLUE) if learned else (GRAY_TINT, MUTED)
    canvas.box(x, y, WIDTH, HEIGHT, fill=fill, stroke=stroke)
    for line, words in enumerate(lines):
        color = {"color": MUTED} if line else {"bold": True}
        canvas.text(x + WIDTH / 2, y + 23 + 19 * line, words, size=13 - line * 0.5, **color)


def column(
    canvas: Canvas, x: float, title: str, stages: tuple[tuple[str, str], ...], first_learned: int
) -> None:
    """One pipeline from top to bottom; the stages from `first_learned` on learn from labels."""
    canvas.text(x + WIDTH / 2, 34, title, size=14.5, bold=True)
    for index, lines in enumerate(stages):
        y = TOP + index * (HEIGHT + GAP)
        stage(canvas, x, y, lines, learned=index >= first_learned)
        if index:
            canvas.line([(x + WIDTH / 2, y - GAP + 1), (x + WIDTH / 2, y - 1)], arrow=True)


def figure() -> Canvas:
    canvas = Canvas(520, 476, title="Crafted features and learned features")
    column(canvas, LEFT, "Crafted features, 2010", CRAFTED, first_learned=4)
    column(canvas, RIGHT, "AlexNet, 2012", LEARNED, first_learned=1)
    for x, fill, stroke, words in (
        (LEFT, GRAY_TINT, MUTED, "designed, or fitted without labels"),
        (RIGHT, BLUE_TINT, BLUE, "learned from labels"),
    ):
        canvas.box(x, 436, 16, 16, fill=fill, stroke=stroke, radius=2)
        canvas.text(x + 24, 449, words, size=12.5, anchor="start")
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
