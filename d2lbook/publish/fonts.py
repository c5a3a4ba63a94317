"""Fonts of this machine: which there are, and which characters they have."""

import re
import shutil
import subprocess
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

MAIN, SANS, MONO = "TeX Gyre Pagella", "TeX Gyre Heros", "DejaVu Sans Mono"
"""What books are set in, unless `[pdf]` says otherwise."""
MATH = "TeX Gyre Pagella Math"
FALLBACKS = ("DejaVu Sans", "FreeSerif", "FreeMono", "DejaVu Sans Mono")
"""Where characters come from that a book's fonts lack."""
EAST_ASIAN = {
    "SC": ("Noto Serif CJK SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "AR PL UMing CN"),
    "TC": ("Noto Serif CJK TC", "WenQuanYi Micro Hei", "AR PL UMing TW"),
    "JP": ("Noto Serif CJK JP", "IPAMincho", "WenQuanYi Micro Hei"),
    "KR": ("Noto Serif CJK KR", "WenQuanYi Micro Hei"),
}
"""By script, the fonts for Chinese, Japanese and Korean, the best first."""
SCRIPTS = {"zh_TW": "TC", "zh_HK": "TC", "ja": "JP", "ko": "KR"}
"""By language; Simplified Chinese for all others."""
_RANGE = re.compile(r"([0-9a-f]+)(?:-([0-9a-f]+))?")


@dataclass(frozen=True)
class Font:
    """A family of fonts that is there."""

    family: str
    starts: tuple[int, ...]
    """Where the ranges of its characters begin, in order."""
    ends: tuple[int, ...]
    """Where they end; the ends belong to them."""

    def has(self, character: str) -> bool:
        """Whether the font has a character."""
        place = bisect_right(self.starts, ord(character)) - 1
        return place >= 0 and ord(character) <= self.ends[place]


@cache
def find(family: str) -> Font | None:
    """Return the fonts of a family; None if they aren't there, or nobody can say."""
    if not shutil.which("fc-match"):
        return None
    command = ["fc-match", "--format=%{family}\n%{charset}", f"{family}:style=Regular"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    names, _, charset = said.partition("\n")
    if family.lower() not in names.lower().split(","):
        return None
    ranges = [(int(a, 16), int(b or a, 16)) for a, b in _RANGE.findall(charset)]
    return Font(family, tuple(a for a, _ in ranges), tuple(b for _, b in ranges))


def first_found(families: tuple[str, ...]) -> Font | None:
    """Return the first of several families that is there."""
    return next(filter(None, map(find, families)), None)


def east_asian(language: str) -> Font | None:
    """Return a font for the Chinese, Japanese or Korean in a book of some language."""
    return first_found(EAST_ASIAN[SCRIPTS.get(language, "SC")])
