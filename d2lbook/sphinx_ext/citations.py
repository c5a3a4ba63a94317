"""Citations by author and year, and the list of references that goes with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pybtex.plugin import register_plugin as register_pybtex
from pybtex.richtext import Tag, Text
from pybtex.style.formatting.plain import Style as PlainStyle
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


def setup(app: Sphinx) -> None:
    """Name the two styles `d2l`."""
    register_plugin("sphinxcontrib.bibtex.style.referencing", "d2l", CitationStyle)
    register_pybtex("pybtex.style.formatting", "d2l", ReferenceStyle)


def parentheses() -> BracketStyle:
    """Return round brackets, with semicolons between several citations."""
    return BracketStyle(left="(", right=")", sep="; ")


def persons() -> PersonStyle:
    """Return last names, with an "et al." that no line break divides."""
    space = "\N{NO-BREAK SPACE}"
    return PersonStyle(other=Text(space, Tag("em", f"et{space}al.")))


@dataclass
class CitationStyle(AuthorYearReferenceStyle):
    """(Krizhevsky et al., 2012), or Krizhevsky et al. (2012) in the text."""

    bracket_parenthetical: BracketStyle = field(default_factory=parentheses)
    bracket_textual: BracketStyle = field(default_factory=parentheses)
    person: PersonStyle = field(default_factory=persons)


class ReferenceStyle(PlainStyle):
    """Last names first, initials, alphabetical: Krizhevsky, A., Sutskever, I., …"""

    default_name_style = "lastfirst"

    def __init__(self, **options: object) -> None:
        super().__init__(**options | {"abbreviate_names": True})
