"""LaTeX's log: what went wrong, and the page and line of the book that it comes from."""

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from d2lbook.errors import BookError

PLACE = "%% source "
"""How a line of a LaTeX file begins that says which line of which page what follows is from."""
WIDE = 10.0
"""Points by which a line may be too wide before that is said."""
ERROR = re.compile(r"(?:\./)?(?P<file>[^\s:()]+\.\w+):(?P<line>\d+): (?P<text>.+)")
UNDEFINED = "Undefined control sequence."
COMMAND = re.compile(r"\\[A-Za-z@]+(?=\s*$)")
NO_FILE = re.compile(r"File `(?P<file>[^']+)' not found")
GLYPH = re.compile(r"Missing character: There is no (?P<what>.+?) in font (?P<font>.+?)!")
TOO_WIDE = re.compile(
    r"Overfull \\hbox \((?P<by>[\d.]+)pt too wide\).*?lines? (?P<line>\d+)(?:--\d+)?"
)
LOST = re.compile(
    r"LaTeX Warning: (?:Hyper )?[Rr]eference [`'](?P<key>[^']+)'.*?input line (?P<line>\d+)"
)
PACKAGES = {
    "xeCJK.sty": "texlive-lang-cjk texlive-lang-chinese",
    "ctexhook.sty": "texlive-lang-chinese",
    "unicode-math.sty": "texlive-latex-recommended",
}
"""By file, the Debian packages that it takes; others have those that every PDF takes."""


@dataclass(frozen=True)
class Finding:
    """Something that LaTeX has said."""

    error: BookError
    is_fatal: bool


def findings(log: str, tex: str, paths: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what a log says that an author should know.

    Args:
        log: the log of the last run, with lines of any length.
        tex: the file that LaTeX has read.
        paths: by Sphinx's name of a page, its file.
    """
    places = Places(tex, paths)
    for text, next_text in itertools.pairwise(log.split("\n")):
        if match := ERROR.match(text):
            culprit = COMMAND.search(next_text) if match["text"] == UNDEFINED else None
            more = f" {culprit[0]}" if culprit else way_out(match["text"])
            line = int(match["line"]) if match["file"].endswith(".tex") else 0
            yield Finding(places.error(f"LaTeX: {match['text']}{more}", line), True)
        elif text.startswith("! "):
            yield Finding(BookError(f"LaTeX: {text[2:]}{way_out(text)}"), True)
        elif match := GLYPH.search(text):
            message = f"no glyph for {match['what']} in the font {match['font'].split(':')[0]}"
            yield Finding(BookError(message), False)
        elif (match := TOO_WIDE.search(text)) and float(match["by"]) > WIDE:
            message = f"a line of the PDF is {float(match['by']):.0f} pt too wide"
            yield Finding(places.error(message, int(match["line"])), False)
        elif match := LOST.search(text):
            message = f"the PDF has no place {match['key']!r} to refer to"
            yield Finding(places.error(message, int(match["line"])), False)


def way_out(text: str) -> str:
    """Return what an author can do about an error of LaTeX."""
    match = NO_FILE.search(text)
    if not match:
        return ""
    packages = PACKAGES.get(match["file"], "")
    return f" As root: apt-get install {packages}." if packages else ""


class Places:
    """Where the lines of a LaTeX file come from."""

    def __init__(self, tex: str, paths: Mapping[str, str]) -> None:
        marks = [
            (number, text.removeprefix(PLACE).rpartition(":"))
            for number, text in enumerate(tex.split("\n"), start=1)
            if text.startswith(PLACE)
        ]
        self._lines = [number for number, _ in marks]
        self._places = [(paths.get(page, page), int(line)) for _, (page, _, line) in marks]

    def error(self, message: str, line: int) -> BookError:
        """Return a mistake with the place of a line of the LaTeX file, where that has one."""
        place = bisect_right(self._lines, line) - 1
        return BookError(message, *self._places[place]) if place >= 0 else BookError(message)
