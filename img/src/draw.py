"""A small pen for the book's figures: a few calls in, plain SVG out.

Text stays text, so that it can be searched, selected and translated. Every figure brings its
own white ground with round corners: on a dark page it reads as a card.
"""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

INK = "#1f2937"
MUTED = "#64748b"
HAIR = "#cbd5e1"
PAPER = "#ffffff"

BLUE, BLUE_TINT = "#1d5fa8", "#dce9f7"  # convolutions; whatever is learned
TEAL, TEAL_TINT = "#0f766e", "#d5efec"  # pooling
AMBER, AMBER_TINT = "#b45309", "#fbe8cf"  # dense layers
GRAY_TINT = "#eef1f5"  # inputs, and whatever is fixed by hand

FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

Point = tuple[float, float]


def attributes(**values: object) -> str:
    """Write keyword arguments as XML attributes; None is left out, `_` becomes `-`."""
    pairs = ((name.rstrip("_").replace("_", "-"), value) for name, value in values.items())
    return "".join(f' {name}="{number(value)}"' for name, value in pairs if value is not None)


def number(value: object) -> str:
    """Write floats with at most two decimals, so that files stay small and stable."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(str(value), quote=True)


class Canvas:
    """Collects shapes in drawing order; `svg()` returns the finished file."""

    def __init__(self, width: int, height: int, *, title: str):
        self.width, self.height, self.title = width, height, title
        self.shapes: list[str] = []
        self.definitions: list[str] = []

    def add(self, tag: str, content: str = "", **values: object) -> None:
        """Append one element; the helpers below all end here."""
        end = f">{content}</{tag}>" if content else "/>"
        self.shapes.append(f"<{tag}{attributes(**values)}{end}")

    def text(
        self,
        x: float,
        y: float,
        content: str,
        *,
        size: float = 13,
        color: str = INK,
        anchor: str = "middle",
        bold: bool = False,
        italic: bool = False,
    ) -> None:
        """Write one line of text with its baseline at `y`."""
        self.add(
            "text",
            escape(content, quote=False),
            x=x,
            y=y,
            font_size=size,
            fill=color,
            text_anchor=None if anchor == "start" else anchor,
            font_weight="600" if bold else None,
            font_style="italic" if italic else None,
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = PAPER,
        stroke: str | None = INK,
        radius: float = 5,
        weight: float = 1.2,
        dash: str | None = None,
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        self.add(
            "rect",
            x=x,
            y=y,
            width=width,
            height=height,
            rx=radius or None,
            fill=fill,
            stroke=stroke,
            stroke_width=weight if stroke else None,
            stroke_dasharray=dash,
        )

    def line(
        self,
        points: Iterable[Point],
        *,
        color: str = INK,
        weight: float = 1.2,
        dash: str | None = None,
        arrow: bool = False,
    ) -> None:
        """Draw straight pieces through the points, with a head at the end if asked."""
        path = " ".join(f"{number(float(x))},{number(float(y))}" for x, y in points)
        self.add(
            "polyline",
            points=path,
            fill="none",
            stroke=color,
            stroke_width=weight,
            stroke_linejoin="round",
            stroke_dasharray=dash,
            marker_end=f"url(#{self.head(color)})" if arrow else None,
        )

    def head(self, color: str) -> str:
        """Define an arrow head of this color once; returns its id."""
        name = f"head-{color.lstrip('#')}"
        marker = (
            f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            f'markerHeight="7" orient="auto"><path d="M0,0.6 L8,4 L0,7.4 Z" '
            f'fill="{color}"/></marker>'
        )
        if marker not in self.definitions:
            self.definitions.append(marker)
        return name

    def svg(self) -> str:
        """Return the file: the white card first, then the shapes in drawing order."""
        card = f'<rect width="{self.width}" height="{self.height}" rx="10" fill="{PAPER}"/>'
        definitions = ["<defs>", *self.definitions, "</defs>"] if self.definitions else []
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" '
            f'height="{self.height}" viewBox="0 0 {self.width} {self.height}" '
            f'role="img" font-family="{FONT}">',
            f"<title>{escape(self.title, quote=False)}</title>",
            *definitions,
            card,
            *self.shapes,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"


def share_bars(
    title: str, columns: Mapping[str, Mapping[str, int]], *, dense: str, kinds: tuple[str, str]
) -> Canvas:
    """Draw each layer's share of some quantities: a bar a quantity, named where there is room.

    Names of dense layers begin with `dense`; `kinds` says what the two colors stand for.
    """
    left, width, height, pitch = 24, 512, 46, 88
    canvas = Canvas(560, 336, title=title)
    colors = {False: (BLUE_TINT, BLUE), True: (AMBER_TINT, AMBER)}
    for index, (quantity, shares) in enumerate(columns.items()):
        top, total, x = 44 + index * pitch, sum(shares.values()), float(left)
        canvas.text(left, top - 10, quantity.capitalize(), anchor="start", size=14, bold=True)
        canvas.text(left + width, top - 10, f"{total:,}", anchor="end", size=13, color=MUTED)
        for name, share in shares.items():
            wide, (fill, stroke) = width * share / total, colors[name.startswith(dense)]
            canvas.box(x, top, wide, height, fill=fill, stroke=PAPER, radius=0, weight=1)
            canvas.box(x, top + height - 5, wide, 5, fill=stroke, stroke=PAPER, radius=0, weight=1)
            if wide > 40:
                canvas.text(x + wide / 2, top + 19, name, size=12, color=INK)
                percent = f"{100 * share / total:.0f}%"
                canvas.text(x + wide / 2, top + 34, percent, size=11.5, color=MUTED)
            x += wide
    for x, words, (fill, stroke) in zip((left, left + 190), kinds, colors.values(), strict=True):
        canvas.box(x, 300, 16, 16, fill=fill, stroke=stroke, radius=2)
        canvas.text(x + 24, 313, words, anchor="start", size=13)
    return canvas


def save(script: str, canvas: Canvas) -> Path:
    """Write the figure of `img/src/a_b.py` to `img/a-b.svg`."""
    source = Path(script).resolve()
    target = source.parent.parent / f"{source.stem.replace('_', '-')}.svg"
    target.write_text(canvas.svg(), encoding="utf-8")
    return target
