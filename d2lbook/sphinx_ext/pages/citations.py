"""Citations by author and year, and the list of references that goes with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pybtex.backends.plaintext import Backend as PlainText
from pybtex.database.output.bibtex import Writer as BibTeX
from pybtex.plugin import register_plugin as register_pybtex
from pybtex.richtext import Tag, Text
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from d2lbook.markup.works import ReferenceStyle


def setup(app: Sphinx) -> None:
    """Name the two styles `d2l`."""
    register_plugin("sphinxcontrib.bibtex.style.referencing", "d2l", CitationStyle)
    register_pybtex("pybtex.style.formatting", "d2l", ReferenceStyle)
    # Looked up for every citation: among all that is installed, unless they are registered here.
    register_pybtex("pybtex.backends", "plaintext", PlainText, force=True)
    register_pybtex("pybtex.database.output", "bibtex", BibTeX, force=True)


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
