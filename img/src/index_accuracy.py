"""What the chapter's networks reach for what they cost, from the committed records."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import log10
from pathlib import Path
from statistics import mean

from draw import AMBER, BLUE, HAIR, INK, MUTED, Canvas, Point, save

RECORDS = Path(__file__).parents[2] / "outputs/chapter_convolutional-modern"
# name, section, which of its tables of costs and which of its trainings: counted from 0
NETWORKS = (
    ("LeNet", "lenet", 0, 0),
    ("AlexNet", "alexnet", 0, 0),
    ("VGG-11, slim", "vgg", 0, 0),
    ("NiN", "nin", 0, 0),
    ("GoogLeNet", "googlenet", 0, 0),
    ("LeNet, normalized", "batch-norm", 0, 0),
    ("ResNet-18", "resnet", 0, 0),
    ("DenseNet", "densenet", 0, 0),
    ("MobileNet", "efficient", 1, 0),
    ("ConvNeXt", "convnext", 1, 0),
    ("RegNetX-32", "cnn-design", 0, 0),
)
TOTAL = re.compile(r"^total +[\d,]+ +(?P<multiply_adds>[\d,]+) +[\d,]+$", re.MULTILINE)
ACCURACY = re.compile(r"test acc (?P<accuracy>[\d.]+)")
LEFT, TOP, WIDTH, HEIGHT = 52, 30, 482, 270


@dataclass(frozen=True)
class Network:
    """A point of the picture."""

    name: str
    multiply_adds: int
    """Of one image."""
    accuracies: tuple[float, ...]
    """On test images, one a framework."""


def printed(section: str, extent: str) -> list[str]:
    """All text that a section's notebooks printed, one string a framework."""
    texts = []
    for path in sorted(RECORDS.glob(f"{section}/*/{extent}/record.json")):
        outputs = [o for cell in json.loads(path.read_text("utf-8"))["outputs"] for o in cell]
        parts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
        texts.append("\n".join(p if isinstance(p, str) else "".join(p) for p in parts))
    return texts


def networks() -> tuple[str, list[Network]]:
    """How far the runs went, "full" if all did, and the networks that have records."""
    sections = {section for _, section, _, _ in NETWORKS}
    full = all(printed(section, "full") for section in sections)
    extent = "full" if full else "capped"
    found = []
    for name, section, table, fit in NETWORKS:
        if texts := printed(section, extent):
            totals = [match["multiply_adds"] for match in TOTAL.finditer(texts[0])]
            accuracies = [float(ACCURACY.findall(text)[fit]) for text in texts]
            found.append(Network(name, int(totals[table].replace(",", "")), tuple(accuracies)))
    return extent, found


class Axes:
    """Multiply-adds on a logarithmic scale, accuracy on a linear one."""

    def __init__(self, points: list[Network]):
        costs = [log10(point.multiply_adds) for point in points]
        accuracies = [accuracy for point in points for accuracy in point.accuracies]
        self.low, self.high = min(costs) - 0.2, max(costs) + 0.2
        step = 0.1 if max(accuracies) - min(accuracies) > 0.25 else 0.05
        first, last = int(min(accuracies) / step), int(max(accuracies) / step) + 1
        self.ticks = [step * n for n in range(first, last + 1)]

    def place(self, multiply_adds: float, accuracy: float) -> Point:
        """Where a value is in the figure."""
        across = (log10(multiply_adds) - self.low) / (self.high - self.low)
        up = (accuracy - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
        return LEFT + WIDTH * across, TOP + HEIGHT * (1 - up)

    def draw(self, canvas: Canvas) -> None:
        """Lines and numbers."""
        for tick in self.ticks:
            _, y = self.place(1e6, tick)
            canvas.line([(LEFT, y), (LEFT + WIDTH, y)], color=HAIR, weight=1)
            canvas.text(LEFT - 8, y + 4, f"{tick:.2f}", size=12, color=MUTED, anchor="end")
        for exponent in range(5, 11):
            if self.low <= exponent <= self.high:
                x, _ = self.place(10**exponent, self.ticks[0])
                canvas.line([(x, TOP + HEIGHT), (x, TOP + HEIGHT + 5)], color=MUTED, weight=1)
                words = f"{10 ** (exponent % 3)} {'kMG'[exponent // 3 - 1]}"
                canvas.text(x, TOP + HEIGHT + 20, words, size=12, color=MUTED)


Box = tuple[float, float, float, float]  # left, top, right, bottom


def label_places(
    x: float, bar: tuple[float, float], y: float
) -> Iterator[tuple[float, float, str]]:
    """Where a point's name may stand, best first: x and y of its baseline, and its anchor."""
    yield from ((x + 9, y + 4, "start"), (x - 9, y + 4, "end"))
    for dx in (0, -16, 16):
        yield from ((x + dx, bar[0] - 7, "middle"), (x + dx, bar[1] + 16, "middle"))
    for dy in (-9, 18, -20, 29):
        yield from ((x + 9, y + dy, "start"), (x - 9, y + dy, "end"))


def extent_of(x: float, y: float, anchor: str, name: str) -> Box:
    """The room that a name takes."""
    width = 6.7 * len(name)
    left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
    return left, y - 11, left + width, y + 3


def clear(box: Box, taken: list[Box]) -> bool:
    """Whether a name fits there without touching what stands already."""
    left, top, right, bottom = box
    inside = left > LEFT and right < LEFT + WIDTH + 12
    return inside and not any(
        left < x1 and right > x0 and top < y1 and bottom > y0 for x0, y0, x1, y1 in taken
    )


def figure() -> Canvas:
    extent, found = networks()
    canvas = Canvas(560, 362, title="Test accuracy of the chapter's networks by multiply-adds")
    axes = Axes(found)
    axes.draw(canvas)
    words = "Test accuracy, full runs" if extent == "full" else "Test accuracy, capped runs"
    canvas.text(LEFT - 40, 18, words, size=13, anchor="start", bold=True)
    canvas.text(LEFT + WIDTH, TOP + HEIGHT + 44, "multiply-adds an image", size=13, anchor="end")
    drawn: list[tuple[str, float, float, tuple[float, float]]] = []
    for point in found:
        x, y = axes.place(point.multiply_adds, mean(point.accuracies))
        top, bottom = (axes.place(1, f(point.accuracies))[1] for f in (max, min))
        canvas.line([(x, top), (x, bottom)], color=AMBER, weight=2)
        canvas.add("circle", cx=x, cy=y, r=5, fill=BLUE)
        drawn.append((point.name, x, y, (top, bottom)))
    taken = [(x - 6, y - 6, x + 6, y + 6) for _, x, y, _ in drawn]
    taken += [(x - 2, top, x + 2, bottom) for _, x, _, (top, bottom) in drawn]
    for name, x, y, bar in drawn:
        places = list(label_places(x, bar, y))
        free = [place for place in places if clear(extent_of(*place, name), taken)]
        text_x, text_y, anchor = (free or places)[0]
        left, top, right, bottom = extent_of(text_x, text_y, anchor, name)
        canvas.box(left, top, right - left, bottom - top, stroke=None)  # no line runs through it
        canvas.text(text_x, text_y, name, size=12.5, color=INK, anchor=anchor)
        taken.append((left, top, right, bottom))
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
