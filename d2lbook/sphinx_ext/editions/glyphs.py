"""Fonts for every character of a printed book: its own, others for what these lack."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from docutils import nodes
from sphinx.util import logging

from d2lbook.publish.fonts import FALLBACKS, Font, east_asian, find

logger = logging.getLogger(__name__)

BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that no text file should have, and that LaTeX doesn't read."""
EAST_ASIAN = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    r"\U00020000-\U0003ffff]"
)
INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufe0e", "\ufe0f", "\ufeff"}
"""Characters that show nothing by themselves."""
WRITTEN = {"\xa0": "\xa0", "\xad": r"\-", "\u2011": r"\mbox{-}"}
"""Characters that have a command of LaTeX, or that Sphinx has given a meaning."""
OWN, EAST, NONE = "", "east", "none"
"""Where a character comes from, if not from a family of `FALLBACKS`."""


class Glyphs:
    """The fonts of one book."""

    def __init__(self, fonts: Mapping[str, str], language: str) -> None:
        self.fonts = fonts
        """By role: main, sans, mono, math."""
        self.language = language
        self.text_fonts = [find(fonts["main"]), find(fonts["sans"])]
        self.code_fonts = [find(fonts["mono"])]
        self.fallbacks = [font for font in map(find, FALLBACKS) if font]
        self.east_asian = east_asian(language)
        self.reported: set[str] = set()
        self.used: set[str] = set()
        """Families of fallbacks, and EAST."""

    def text(self, latex: str, node: nodes.Node) -> str:
        """Return LaTeX with a change of the font around what the text's fonts lack."""
        return self.replaced(latex, self.text_fonts, node)

    def code(self, latex: str, node: nodes.Node) -> str:
        """Return a line of code with a change of the font around what the code's font lacks."""
        return self.replaced(latex, self.code_fonts, node)

    def replaced(self, latex: str, fonts: list[Font | None], node: nodes.Node) -> str:
        """Return LaTeX whose characters beyond ASCII come from fonts that have them."""
        clean = CONTROL.sub("\N{REPLACEMENT CHARACTER}", latex)

        def shown(match: re.Match[str]) -> str:
            runs = itertools.groupby(match[0], lambda character: self.source(character, fonts))
            return "".join(self.run(source, "".join(run), node) for source, run in runs)

        return BEYOND_ASCII.sub(shown, clean)

    def source(self, character: str, fonts: list[Font | None]) -> str:
        """Return where a character comes from."""
        if character in INVISIBLE or character in WRITTEN:
            return OWN
        if EAST_ASIAN.match(character):
            return EAST if self.east_asian and self.east_asian.has(character) else NONE
        if all(font is None or font.has(character) for font in fonts):
            return OWN
        return next((font.family for font in self.fallbacks if font.has(character)), NONE)

    def run(self, source: str, characters: str, node: nodes.Node) -> str:
        """Return characters of one font as LaTeX."""
        if source == NONE:
            return "".join(self.unknown(character, node) for character in characters)
        shown = "".join(WRITTEN.get(c, c) for c in characters if c not in INVISIBLE)
        if source == OWN:
            return shown
        self.used.add(source)
        return shown if source == EAST else f"{{{command(source)} {shown}}}"

    def unknown(self, character: str, node: nodes.Node) -> str:
        """Return what stands for a character that no font has; warn of it once."""
        name = f"U+{ord(character):04X}"
        is_east_asian = bool(EAST_ASIAN.match(character))
        kind = "east" if is_east_asian and not self.east_asian else character
        if kind not in self.reported:
            self.reported.add(kind)
            logger.warning(
                "no font here has %s (%s), so the PDF shows its code: install the Debian package "
                "%s, or write something else",
                f"Chinese, Japanese or Korean, as {character}" if kind == "east" else character,
                name,
                "fonts-noto-cjk" if is_east_asian else "fonts-freefont-otf",
                location=node,
                type="d2l",
                subtype="glyph",
            )
        return rf"\unknowncharacter{{{name}}}"

    def preamble(self) -> str:
        """Return the choice of fonts as LaTeX."""
        lines = [
            r"\usepackage{mathtools}",
            r"\usepackage{unicode-math}",
            rf"\setmainfont{{{self.fonts['main']}}}[Numbers=Proportional]",
            rf"\setsansfont{{{self.fonts['sans']}}}[Scale=MatchLowercase]",
            rf"\setmonofont{{{self.fonts['mono']}}}[Scale=0.84]",
            rf"\newfontfamily\codefont{{{self.fonts['mono']}}}",
            rf"\setmathfont{{{self.fonts['math']}}}",
        ]
        for family in sorted(self.used - {EAST}):
            lines.append(rf"\newfontfamily{command(family)}{{{family}}}[Scale=MatchLowercase]")
        if EAST in self.used and self.east_asian:
            family = self.east_asian.family
            lines += [
                r"\usepackage{xeCJK}",
                rf"\setCJKmainfont{{{family}}}[AutoFakeBold,AutoFakeSlant]",
                rf"\setCJKsansfont{{{family}}}[AutoFakeBold,AutoFakeSlant]",
                rf"\setCJKmonofont{{{family}}}[AutoFakeBold,AutoFakeSlant]",
            ]
            if self.language.partition("_")[0] not in ("zh", "ja", "ko"):
                lines.append(r'\xeCJKDeclareCharClass{Default}{"2010 -> "2027}')
        return "\n".join(lines)


def command(family: str) -> str:
    r"""Return the command that chooses a family: \fontdejavusans."""
    return "\\font" + re.sub("[^a-z]", "", family.lower())
