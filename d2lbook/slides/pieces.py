"""What slides hold as HTML: each part of a deck becomes pieces whose height is known.

Sizes are in the pixels of a slide that is 1280 wide and 720 high, however large it is shown.
"""

import math
import posixpath
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import takewhile, zip_longest
from typing import Any
from unicodedata import east_asian_width

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from d2lbook.book.references import file_of
from d2lbook.errors import BookError
from d2lbook.markup.dollars import dollars
from d2lbook.markup.inert import SHOWN, inert, joined
from d2lbook.markup.mathml import MathError, to_mathml
from d2lbook.markup.myst import plain_text, text_of
from d2lbook.notebooks.text import Reading, TextWriter
from d2lbook.publish.weave import last_statement
from d2lbook.records.outputs import without_middle
from d2lbook.source.page import Block, Page
from d2lbook.source.tables import escape_bars

Outputs = Mapping[int, Sequence[Mapping[str, Any]]]
WIDTH, HEIGHT = 1180, 590
"""Room of a slide for its pieces."""
GAP = 16
"""Between two pieces."""
LEAD, TEXT = 40, 30
"""Sizes of letters: what a slide says, and what else it says."""
AGAIN = 36
"""Height of what a slide says where it says it again, on a single line."""
SPREAD = 0.49
"""Width of a letter on average, in its size."""
CODE_SPREAD = 0.61
INLINE_CODE_SPREAD = 0.85 * CODE_SPREAD
RAGGED = 0.95
"""Part of a line that is filled where a text takes several."""
CODE_LINE = 1.35
CODE_PADDING = 24
TEXT_LINE, LEAD_LINE = 1.3, 1.2
TABLE_ROW, TABLE_LINE = 44, 32
"""Height of a row, and of each further line in it."""
TABLE_LETTER = 0.8 * TEXT * 0.49
SHORT_CELL = 16
"""Letters of a cell that is hardly ever broken into lines."""
TABLE_GAP = 39
"""Between two columns."""
TABLE_ROOM = HEIGHT - 2 * GAP - 96
"""What is left by a title of two lines."""
MANY, SHORT = 12, 50
"""Lines and columns of what is printed that two columns are made of."""
PICTURE = 230
"""What a picture needs at least; it takes what is left."""
MAX_PRINTED = 60
"""Lines of what a cell printed; more say no more to an audience."""
PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]
HIGH = re.compile(
    r"\\(?:(?:[cdt]?frac|sum|prod|binom|(?:under|over)(?:set|brace))(?![A-Za-z])"
    r"|(?:sup|inf|max|min|lim)\s*_)"
)
"""What has something written above or below it."""
ENTITY = re.compile(r"&#?\w+;$")
"""A letter at the end of HTML that is written with a semicolon."""


@dataclass(frozen=True)
class Piece:
    """Something that stands by itself on a slide."""

    kind: str
    """lead, text, formula, code, printed, picture or table."""
    rows: tuple[str, ...]
    """HTML: line by line of code and of what it printed, else all in one."""
    lines: tuple[str, ...] = ()
    """The lines without markup; none of what has no lines."""
    height: float = 0
    """Of what has no lines."""
    lead: "Piece | None" = None
    """The same text as what a slide says, if it can be that."""
    is_again: bool = False
    """Whether the piece was on the screen before, too."""
    is_of_run: bool = False
    """Whether a run of the code gave it."""

    @property
    def is_halved(self) -> bool:
        """Whether the lines are set in two columns, since they are many and short."""
        widest = max(map(columns, self.lines), default=0)
        return self.kind == "printed" and len(self.lines) > MANY and widest <= SHORT

    def room(self, size: int) -> int:
        """Return the letters of a size that a line has room for."""
        width = WIDTH - CODE_PADDING
        return int((width / 2 - GAP if self.is_halved else width) / (CODE_SPREAD * size))

    def breaks(self, size: int) -> bool:
        """Whether lines have to be broken where letters of code are of a size."""
        return any(columns(line) > self.room(size) for line in self.lines)

    def needs(self, size: int) -> float:
        """Return the height of the piece where letters of code are of a size."""
        if not self.lines:
            return AGAIN if self.is_again else self.height
        room = self.room(size)
        count = sum(max(1, math.ceil(columns(line) / room)) for line in self.lines)
        return CODE_PADDING + math.ceil(count / (1 + self.is_halved)) * CODE_LINE * size

    def cut(self, row: int) -> tuple["Piece", "Piece"]:
        """Return the piece up to a line, and from there on, without blank lines at the cut."""
        blank = sum(1 for _ in takewhile(lambda line: not line.strip(), self.lines[row:]))
        rest = min(row + blank, len(self.lines) - 1)
        head = replace(self, rows=self.rows[:row], lines=self.lines[:row])
        return head, replace(self, rows=self.rows[rest:], lines=self.lines[rest:])

    @property
    def html(self) -> str:
        """The element."""
        inner = "\n".join(self.rows)
        match self.kind:
            case "lead":
                return f"<h2{' class=again' if self.is_again else ''}>{inner}</h2>"
            case "code" | "printed":
                halved = " halved" if self.is_halved else ""
                return f'<pre class="{self.kind}{halved}"><code>{inner}</code></pre>'
        return f'<div class="{self.kind}">{inner}</div>'


class PieceWriter:
    """Writes the pieces of one page."""

    def __init__(self, page: Page, tab: str, reading: Reading) -> None:
        """Prepare for a page.

        Args:
            page: the page, with the tab chosen.
            tab: the tab.
            reading: what all decks of the book share.
        """
        self._page = page
        self._place = reading.place
        self._writer = TextWriter(page, tab, reading)
        self._line = 0
        """Of what is being written, for messages."""
        self._markdown = MarkdownIt("commonmark", {"html": True})
        self._markdown.enable(["table", "strikethrough"])
        self._markdown.use(
            dollars,
            allow_space=False,
            allow_digits=False,
            double_inline=True,
            renderer=self._math,
        )

    def pieces(self, parts: Iterable[Block], outputs: Outputs) -> Iterator[Piece]:
        """Yield the pieces of a slide.

        Args:
            parts: what the slide holds.
            outputs: what cells gave, by their lines.

        Raises:
            BookError: a formula isn't TeX.
        """
        for part in parts:
            self._line = part.line
            match part.kind:
                case "prose":
                    yield self._text(part)
                case "equation":
                    formula = self._math(part.source, {"display_mode": True})
                    yield Piece("formula", (formula,), height=formula_height(part.source))
                case "figure":
                    yield self._figure(part)
                case "table":
                    yield from self._tables(part)
                case "cell":
                    yield from code(part)
                    for piece in printed(part, outputs.get(part.line, ())):
                        yield replace(piece, is_of_run=True)

    def inline(self, text: str) -> str:
        """Return the HTML of Markdown on one line, such as a heading's."""
        return str(self._markdown.renderInline(self._writer.text([Block("prose", text, 0)])))

    def _parsed(self, block: Block) -> list[Token]:
        return self._markdown.parse(self._writer.text([block]))

    def _figure(self, figure: Block) -> Piece:
        """Return a figure of the page."""
        file = file_of(figure.target, self._page.path)
        folder = posixpath.dirname(self._page.path)
        source = self._place.file(file, folder) if file else figure.target
        return picture(source, plain_text(figure.caption))

    def _tables(self, block: Block) -> Iterator[Piece]:
        """Yield a table of the page, without its caption, in parts that fit a screen each."""
        head, rule, *rows = (escape_bars(row, in_math=False) for row in block.source.split("\n"))
        heights = row_heights([self._shown(row) for row in (head, *rows)])
        for part in parts_of(rows, heights[1:], TABLE_ROOM - heights[0]):
            source = "\n".join([head, rule, *(rows[number] for number in part)])
            html = self._rendered(self._parsed(replace(block, kind="prose", source=source)))
            height = heights[0] + sum(heights[1 + number] for number in part)
            yield Piece("table", (html,), height=height)

    def _shown(self, row: str) -> str:
        """Return a row of a table with what its references and links show."""
        text = self._writer.text([Block("prose", row, self._line)])
        return "".join(text_of(token) for token in MarkdownIt("commonmark").parseInline(text))

    def _rendered(self, tokens: Sequence[Token]) -> str:
        return str(self._markdown.renderer.render(tokens, self._markdown.options, {})).strip()

    def _text(self, block: Block) -> Piece:
        """Return a marked text; a single paragraph can be what a slide says."""
        tokens = self._parsed(block)
        html = self._rendered(tokens)
        lead = None
        if [token.type for token in tokens] == PARAGRAPH:
            words = capitalized(html.removeprefix("<p>").removesuffix("</p>"))
            html = f"<p>{words}</p>"
            lead_height = text_height(tokens, LEAD, LEAD_LINE)
            lead = Piece("lead", (as_title(words),), height=lead_height)
        return Piece("text", (html,), height=text_height(tokens, TEXT, TEXT_LINE), lead=lead)

    def _math(self, tex: str, options: Mapping[str, Any]) -> str:
        try:
            return to_mathml(tex, display=options["display_mode"])
        except MathError as error:
            raise BookError(f"formula: {error}: {tex}", self._page.path, self._line) from None


def code(cell: Block) -> Iterator[Piece]:
    """Yield the code of a cell, unless it is hidden."""
    if "hide_code" not in cell.marks:
        lexer = get_lexer_by_name("ipython3", stripnl=False)
        html = highlight(cell.source, lexer, HtmlFormatter(nowrap=True))
        yield lines("code", cell.source, html)


def printed(cell: Block, outputs: Iterable[Mapping[str, Any]]) -> Iterator[Piece]:
    """Yield what a cell printed and drew, unless that is hidden."""
    for output in inert(() if "hide_output" in cell.marks else outputs):
        mime, value = best_type(output)
        match mime:
            case "text/html":
                yield table(value)
            case "text/plain":
                text = shortened(value.rstrip("\n"))
                yield lines("printed", text, escape(text, quote=False))
            case _:
                yield picture(
                    data_url(mime, value), f"Picture drawn by {last_statement(cell.source)}"
                )


def best_type(output: Mapping[str, Any]) -> tuple[str, str]:
    """Return the type in which an output is shown, and the output in it."""
    match output["output_type"]:
        case "stream":
            return "text/plain", joined(output["text"])
        case "error":
            return "text/plain", f"{output['ename']}: {output['evalue']}"
    mime = next(mime for mime in SHOWN if mime in output["data"])
    return mime, joined(output["data"][mime])


def lines(kind: str, text: str, html: str) -> Piece:
    """Return a piece of lines."""
    rows = tuple(html.rstrip("\n").split("\n"))
    return Piece(kind, rows, tuple(text.rstrip("\n").split("\n")))


def columns(line: str) -> int:
    """Return the columns that a line takes; letters of East Asia take two."""
    if line.isascii():
        return len(line)
    return sum(2 if east_asian_width(letter) in "FW" else 1 for letter in line)


def shortened(text: str) -> str:
    """Return a text without the middle of what is too long for slides."""
    return without_middle(text, MAX_PRINTED)


def picture(source: str, alt: str) -> Piece:
    """Return a picture, which takes the room that is left."""
    image = f'<img src="{escape(source)}" alt="{escape(alt)}">'
    return Piece("picture", (image,), height=PICTURE)


def data_url(mime: str, value: str) -> str:
    """Return a picture of a notebook's output as a URL of its own."""
    content = b64encode(value.encode()).decode() if mime == "image/svg+xml" else value
    return f"data:{mime};base64,{''.join(content.split())}"


def table(html: str) -> Piece:
    """Return a table."""
    rows = html.count("<tr") or html.count("\n")
    return Piece("table", (html,), height=rows * TABLE_ROW)


def row_heights(rows: Sequence[str]) -> list[float]:
    """Return the heights of a pipe table's rows, by a guess at the widths of its columns."""
    cells = [[columns(cell.strip()) for cell in row.strip(" |").split("|")] for row in rows]
    widest = [max(column) for column in zip_longest(*cells, fillvalue=1)]
    letters = (WIDTH - TABLE_GAP * len(widest)) / TABLE_LETTER
    short = sum(width for width in widest if width <= SHORT_CELL)
    share = min(1, RAGGED * (letters - short) / max(1, sum(widest) - short))
    rooms = [width if width <= SHORT_CELL else share * width for width in widest]
    counts = (
        max(math.ceil(length / room) for length, room in zip(row, rooms, strict=False))
        for row in cells
    )
    return [TABLE_ROW + (count - 1) * TABLE_LINE for count in counts]


def parts_of(rows: Sequence[str], heights: Sequence[float], room: float) -> Iterator[list[int]]:
    """Divide rows, by their numbers, so that the heights of no part exceed the room."""
    part: list[int] = []
    for number in range(len(rows)):
        if part and sum(heights[one] for one in (*part, number)) > room:
            yield part
            part = []
        part.append(number)
    yield part


def text_height(tokens: Iterable[Token], size: int, line: float) -> float:
    """Return the height of a text, by a guess at where its lines break."""
    inline = [token for token in tokens if token.type == "inline"]
    images = sum(child.type == "image" for token in inline for child in token.children or ())
    widths = [width_of(token) * size for token in inline]
    rows = sum(1 if width <= WIDTH else math.ceil(width / (RAGGED * WIDTH)) for width in widths)
    high = sum(HIGH.search(token.content) is not None for token in inline)
    return (rows + high / 2) * size * line + GAP * (len(inline) - 1) + images * PICTURE


def width_of(text: Token) -> float:
    """Return the width of a text on one line, in the size of its letters."""
    return sum(
        columns(child.content) * (INLINE_CODE_SPREAD if child.type == "code_inline" else SPREAD)
        for child in text.children or ()
        if child.type != "image"
    )


def formula_height(tex: str) -> float:
    """Return the height of a displayed formula, by its rows; fractions and limits take two."""
    rows = sum(2 if HIGH.search(row) else 1 for row in tex.split(r"\\"))
    return (rows + 1) * TEXT_LINE * TEXT


def capitalized(html: str) -> str:
    """Return a text that may be the middle of a sentence as if it began one."""
    return html[:1].upper() + html[1:]


def as_title(html: str) -> str:
    """Return a text without the mark at its end, unless it is several sentences."""
    title = html if ENTITY.search(html) else html.rstrip(",;:")
    return title if ". " in title else title.removesuffix(".")
