"""What trainings came to: the lines with which the library's trainers close, found in outputs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from d2lbook.words import ENGLISH, Say

CLOSING = re.compile(
    r"(?:^(?!capped run: |num_gpus=|.*examples/sec)(?P<above>.{1,40}?):?\n)?"
    r"^(?:(?P<beside>.*?):? )?loss (?P<loss>[\d.]+|nan|inf), train acc (?P<train_accuracy>[\d.]+), "
    r"test acc (?P<test_accuracy>[\d.]+)(?:, |\n)(?P<speed>[\d.]+) examples/sec on (?P<device>.+)$",
    re.MULTILINE,
)
TRAINING_IMAGES = {"fashion-mnist": 60_000, "cifar-10": 50_000}


@dataclass(frozen=True)
class Fit:
    """One training."""

    name: str
    """What a notebook printed before it, or on the line above, to tell which it is; or empty."""
    loss: str
    """As printed: the mean over the last epoch."""
    train_accuracy: str
    test_accuracy: str
    speed: str
    """Examples a second."""
    device: str


def fits(outputs: Iterable[Mapping[str, Any]]) -> list[Fit]:
    """Return the trainings whose ends the outputs of a cell show, in order."""
    texts = (output.get("text", "") for output in outputs)
    text = "".join(part if isinstance(part, str) else "".join(part) for part in texts)
    found = (match.groupdict(default="") for match in CLOSING.finditer(text))
    return [Fit(name=fit.pop("above") + fit.pop("beside"), **fit) for fit in found]


def epoch_seconds(fit: Fit, data: str) -> str:
    """Return how long a pass over the whole training set takes at a fit's speed.

    ``data`` is the receipt's name of the data set; the text is empty where its size isn't known.
    """
    images, speed = TRAINING_IMAGES.get(data.partition(":")[0]), float(fit.speed)
    if not (images and speed):
        return ""
    return f"{images / speed:,.0f}" if images > 100 * speed else f"{images / speed:.1f}"


def compared(fits_by_title: Mapping[str, Sequence[Fit]], data: str, say: Say = ENGLISH) -> str:
    """Return a Markdown table of the trainings of one step of a page, side by side by framework.

    One training a framework gives a row with all its figures; several give their test accuracies.
    The text is empty where fewer than two frameworks trained, or where their trainings differ.
    """
    several = [[fit.name for fit in fits] for fits in fits_by_title.values()]
    if len(several) < 2 or not several[0] or any(names != several[0] for names in several):
        return ""
    if len(several[0]) > 1:
        rows = [[say("test accuracy"), *fits_by_title]]
        rows += [
            [name, *(fit.test_accuracy for fit in column)]
            for name, *column in zip(several[0], *fits_by_title.values(), strict=True)
        ]
    else:
        heads = ("loss", "train acc", "test acc", "examples/s", "s a full epoch")
        rows = [["", *map(say, heads)]]
        for title, (fit,) in fits_by_title.items():
            speed = f"{float(fit.speed):,.0f}"
            figures = [fit.loss, fit.train_accuracy, fit.test_accuracy, speed]
            rows.append([title, *figures, epoch_seconds(fit, data)])
    rows.insert(1, [":--", *["--:"] * (len(rows[0]) - 1)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
