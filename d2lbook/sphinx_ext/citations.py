"""Citations by author and year, and the list of references that goes with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pybtex.plugin import register_plugin as register_pybtex
from pybtex.style.formatting.plain import Style as PlainStyle
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


def setup(app: Sphinx) -> None:
    """Name the two styles `d2l`."""
    register_plugin("sphinxcontrib.bibtex.style.referencing", "d2l", CitationStyle)
    register_pybtex("pybtex.style.formatting", "d2l", ReferenceStyle)


def parentheses() -> BracketStyle:
    """Return round brackets, with semicolons between several citations."""
    return BracketStyle(left="(", right=")", sep="; ")


@dataclass
class CitationStyle(AuthorYearReferenceStyle):
    """(Krizhevsky et al., 2012), or Krizhevsky et al. (2012) in the text."""

    bracket_parenthetical: BracketStyle = field(default_factory=parentheses)
    bracket_textual: BracketStyle = field(default_factory=parentheses)


class ReferenceStyle(PlainStyle):
    """Last names first, initials, alphabetical: Krizhevsky, A., Sutskever, I., …"""

    default_name_style = "lastfirst"

    def __init__(self, **options: object) -> None:
        super().__init__(**options | {"abbreviate_names": True})
