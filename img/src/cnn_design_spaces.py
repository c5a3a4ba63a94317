"""How many networks each design space holds, on a logarithmic scale."""

from math import comb, log10

from draw import BLUE, BLUE_TINT, HAIR, INK, MUTED, PAPER, TEAL, TEAL_TINT, Canvas, save

DEPTHS, WIDTHS, RATIOS, GROUPS = 16, 128, 3, 6
REGNET = 3.0e8  # Radosavovic et al. (2020), Table 1
LEFT, TOP, WIDTH, PITCH, HEIGHT = 212, 50, 270, 44, 26
TOP_POWER = 20


def rising(values: int) -> int:
    """Ways to give four stages values that never fall."""
    return comb(values + 3, 4)


def ten_to(power: int) -> str:
    """A power of ten, as it is written."""
    return "10" + str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def spaces() -> tuple[tuple[str, str, float], ...]:
    """Name, rule and size of each space."""
    shared = RATIOS * GROUPS
    return (
        ("A", "everything free", (DEPTHS * WIDTHS * RATIOS * GROUPS) ** 4),
        ("B", "one bottleneck ratio", (DEPTHS * WIDTHS * GROUPS) ** 4 * RATIOS),
        ("C", "one group width", (DEPTHS * WIDTHS) ** 4 * shared),
        ("D", "widths rise", DEPTHS**4 * rising(WIDTHS) * shared),
        ("E", "depths rise", rising(DEPTHS) * rising(WIDTHS) * shared),
        ("RegNet", "a line in steps", REGNET),
    )


def scale(canvas: Canvas) -> None:
    """A hair line every five powers of ten."""
    bottom = TOP + 6 * PITCH - 8
    for power in range(0, TOP_POWER + 1, 5):
        x = LEFT + WIDTH * power / TOP_POWER
        canvas.line([(x, TOP - 10), (x, bottom)], color=HAIR, weight=1)
        canvas.text(x, TOP - 18, ten_to(power), size=12, color=MUTED)


def figure() -> Canvas:
    canvas = Canvas(560, 320, title="Sizes of the design spaces from AnyNetX_A to RegNet")
    scale(canvas)
    for index, (name, rule, size) in enumerate(spaces()):
        y = TOP + index * PITCH
        last = name == "RegNet"
        fill, stroke = (TEAL_TINT, TEAL) if last else (BLUE_TINT, BLUE)
        width = WIDTH * log10(size) / TOP_POWER
        canvas.box(LEFT, y, width, HEIGHT, fill=fill, stroke=stroke, radius=3)
        canvas.text(20, y + 18, name, size=14, color=INK, anchor="start", bold=True)
        canvas.text(LEFT - 12, y + 18, rule, size=13, color=MUTED, anchor="end")
        mantissa, power = f"{size:.1e}".split("e+")
        words, x = f"{mantissa}·{ten_to(int(power))}", LEFT + width + 8
        canvas.box(x - 3, y + 4, 66, 20, fill=PAPER, stroke=None)
        canvas.text(x, y + 18, words, size=13, anchor="start")
    return canvas


if __name__ == "__main__":
    save(__file__, figure())
