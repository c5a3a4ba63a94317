"""Two ways from pixels to a label: crafted features, and layers learned end to end."""

from draw import BLUE, BLUE_TINT, GRAY_TINT, HAIR, MUTED, Canvas, save

WIDTH, GAP, HEIGHT = 122, 22, 62
LEFT = 24

CRAFTED = (
    ("Image", "pixels"),
    ("Descriptors", "SIFT, HOG"),
    ("Encoding", "visual words"),
    ("Pooling", "spatial pyramid"),
    ("Classifier", "linear SVM"),
)
LEARNED = (
    ("Image", "pixels"),
    ("Convolution 1", "11×11, stride 4"),
    ("Convolution 2", "5×5"),
    ("Conv. 3 to 5", "3×3"),
    ("Dense layers", "4096, 4096, 1000"),
)


def left_of(column: int) -> float:
    """x of a column's left edge."""
    return LEFT + column * (WIDTH + GAP)


def stage(canvas: Canvas, column: int, top: float, lines: tuple[str, str], learned: bool) -> None:
    """One box of a pipeline: its name, and an example below it."""
    name, example = lines
    fill, stroke = (BLUE_TINT, BLUE) if learned else (GRAY_TINT, MUTED)
    x = left_of(column)
    canvas.box(x, top, WIDTH, HEIGHT, fill=fill, stroke=stroke)
    canvas.text(x + WIDTH / 2, top + 27, name, size=12.5, bold=True)
    canvas.text(x + WIDTH / 2, top + 46, example, size=12, color=MUTED)
    if column:
        middle = top + HEIGHT / 2
        canvas.line([(x - GAP + 2, middle), (x - 2, middle)], arrow=True)


def span(canvas: Canvas, first: int, last: int, y: float, words: str, color: str) -> None:
    """A bracket below the columns first to last, with a word of explanation."""
    x1, x2 = left_of(first), left_of(last) + WIDTH
    canvas.line([(x1, y), (x1, y + 7), (x2, y + 7), (x2, y)], color=color)
    canvas.text((x1 + x2) / 2, y + 25, words, size=12.5, color=color)


def figure() -> Canvas:
    canvas = Canvas(746, 318, title="Crafted features and learned features")
    canvas.text(LEFT, 32, "Crafted features, around 2010", anchor="start", size=14, bold=True)
    for column, lines in enumerate(CRAFTED):
        stage(canvas, column, 46, lines, learned=column == 4)
    span(canvas, 1, 3, 116, "designed by hand, or fitted without labels", MUTED)
    span(canvas, 4, 4, 116, "learned from labels", BLUE)

    canvas.line([(LEFT, 160), (left_of(4) + WIDTH, 160)], color=HAIR)
    canvas.text(LEFT, 188, "AlexNet, 2012", anchor="start", size=14, bold=True)
    for column, lines in enumerate(LEARNED):
        stage(canvas, column, 202, lines, learned=column > 0)
    span(canvas, 1, 4, 272, "learned from labels, every stage by the same gradient", BLUE)
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
