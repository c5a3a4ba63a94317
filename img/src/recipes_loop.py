"""A step of training, and where each ingredient of a recipe changes it."""

from itertools import pairwise

from draw import AMBER, BLUE, BLUE_TINT, GRAY_TINT, INK, MUTED, TEAL, Canvas, save

LEFT, WIDTH, HEIGHT, STEP, TOP = 24, 150, 38, 64, 26
RIGHT = 232
MONO = "'DejaVu Sans Mono', Menlo, Consolas, monospace"

STAGES = (
    "images, labels",
    "network, loss",
    "gradient",
    "optimizer's step",
    "weights",
    "validation",
)
# between which stages, the ingredients, the method, the color
INGREDIENTS = (
    (0, "augmentation, mixup, label smoothing", "train_batch", BLUE),
    (1, "targets that are probabilities", "loss, accuracy", BLUE),
    (2, "weight decay", "configure_optimizers", AMBER),
    (3, "cosine schedule, warm-up", "configure_optimizers", AMBER),
    (4, "moving average", "train_batch, validate_batch", TEAL),
)


def stage_top(index: int) -> float:
    """The upper edge of a box."""
    return TOP + index * STEP


def ingredient(canvas: Canvas, y: float, words: str, method: str, color: str) -> None:
    """Two lines on the right, and an arrow to the place on the left that they change."""
    canvas.line([(RIGHT - 8, y), (LEFT + WIDTH + 4, y)], color=color, weight=1.6, arrow=True)
    canvas.text(RIGHT, y - 2, words, size=13, color=color, anchor="start", bold=True)
    canvas.add(
        "text",
        method,
        x=RIGHT,
        y=y + 15,
        font_size=12,
        fill=INK,
        font_family=MONO,
    )


def figure() -> Canvas:
    canvas = Canvas(520, 412, title="Where the ingredients of a recipe change the training loop")
    tops = [stage_top(index) for index in range(len(STAGES))]
    for name, y in zip(STAGES, tops, strict=True):
        learned = name in ("network, loss", "weights")
        fill, stroke = (BLUE_TINT, BLUE) if learned else (GRAY_TINT, MUTED)
        canvas.box(LEFT, y, WIDTH, HEIGHT, fill=fill, stroke=stroke)
        canvas.text(LEFT + WIDTH / 2, y + 24, name, size=13)
    for above, below in pairwise(tops):
        x = LEFT + WIDTH / 2
        canvas.line([(x, above + HEIGHT), (x, below - 1)], arrow=True)
    for index, words, method, color in INGREDIENTS:
        ingredient(canvas, stage_top(index) + HEIGHT / 2, words, method, color)
    canvas.text(RIGHT, stage_top(5) + 24, "with plain labels", size=13, color=MUTED, anchor="start")
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
