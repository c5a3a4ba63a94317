"""The index of a printed book: what its code defines, and the terms that its text introduces.

Authors set a new term in italics; so they do with a word that they stress. Several words are taken
for a term, and a single one if it looks like a name, or if a heading has it. The page that
introduces a term is printed in bold; every other page that has it is listed, too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from d2lbook.records.fingerprint import parse_cell
from d2lbook.sphinx_ext.editions.printing import PrintTransform
from d2lbook.sphinx_ext.pages.tabs import is_cell

TERM = re.compile(r"[A-Za-z][\w'-]*(?: [\w'-]+){0,4}", re.ASCII)
"""Words alone: what `makeindex` can sort."""
NAME = re.compile(r"\w+[A-Z-]\w*")
"""A word with a capital letter or a hyphen inside."""
STRESSED = """
a an and any are be between but each is it its no none not only or that the their then these they
this those was were what when where which who why will with your
"""
"""Words of which no term is made; an author who stresses them means something else."""
COMMON = 3
"""A single word is of no use in an index if one of so many pages has it."""
LIBRARY = "d2l"


class Term(NamedTuple):
    """What the index lists."""

    text: str
    """As the author wrote it."""
    page: str
    """The page that introduces it."""


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(IndexTerms)


class IndexTerms(PrintTransform):
    """Puts into the index what a reader may look for."""

    default_priority = 130

    def run(self, **kwargs: object) -> None:
        """Index classes, functions of the library, and each term once a page."""
        self.index_code()
        terms = self.terms()
        places = self.places(any_of(terms)) if terms else {}
        num_pages = len(list(self.document.findall(addnodes.start_of_file)))
        for term, pages in places.items():
            if " " in term or NAME.fullmatch(terms[term].text) or len(pages) * COMMON <= num_pages:
                for page, paragraph in pages.items():
                    paragraph += entry(terms[term].text, is_main=page == terms[term].page)

    def terms(self) -> dict[str, Term]:
        """Return the terms that the text introduces, by their words in small letters."""
        titles = {word for one in self.document.findall(nodes.title) for word in words(one)}
        found: dict[str, Term] = {}
        for node in self.document.findall(nodes.emphasis):
            text = " ".join(node.astext().split())
            if is_prose(node.parent) and is_term(text, titles):
                found.setdefault(text.lower(), Term(text, self.page_of(node)))
        return found

    def index_code(self) -> None:
        """Index what the cells define, where they do."""
        cells = [(cell, code_of(cell)) for cell in self.document.findall(is_cell)]
        used = {name for _, code in cells for name in used_of_library(code)}
        for cell, code in cells:
            if names := [*definitions(code, used)]:
                cell.parent.insert(cell.parent.index(cell), entry(*names))

    def places(self, pattern: re.Pattern[str]) -> dict[str, dict[str, nodes.Element]]:
        """Return for each term the pages that have it, each with the first paragraph that does."""
        found: dict[str, dict[str, nodes.Element]] = {}
        for paragraph in self.document.findall(nodes.paragraph):
            if is_prose(paragraph):
                page = self.page_of(paragraph)
                for match in pattern.finditer(" ".join(paragraph.astext().split())):
                    found.setdefault(match[1].lower(), {}).setdefault(page, paragraph)
        return found


def words(node: nodes.Element) -> Iterator[str]:
    """Yield the words of a title in small letters, as they are and without an s."""
    for word in re.findall(r"[\w-]+", node.astext().lower()):
        yield from {word, word.removesuffix("s")}


def is_term(text: str, titles: Iterable[str]) -> bool:
    """Whether stressed text is a term; the words of titles may be one alone."""
    found = text.lower().split()
    if not TERM.fullmatch(text) or {*STRESSED.split()} & {*found}:
        return False
    return len(found) > 1 or bool(NAME.fullmatch(text)) or found[0] in titles


def any_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Return what finds terms in a text, longer ones before their parts, and plurals too."""
    longest_first = sorted(map(re.escape, terms), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(longest_first)})s?(?![\w-])", re.IGNORECASE)


def code_of(cell: nodes.Node) -> str:
    """Return the code of a cell as its readers see it; "" where it is hidden."""
    blocks = cell.findall(nodes.literal_block)
    return next((block.astext() for block in blocks if "output" not in block["classes"]), "")


def used_of_library(code: str) -> Iterator[str]:
    """Yield the names that code takes from the library."""
    for node in ast.walk(parse_cell(code)):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == LIBRARY:
            yield node.attr


def definitions(code: str, used: Iterable[str]) -> Iterator[str]:
    """Yield the classes that code defines, and the functions that are used elsewhere."""
    for statement in parse_cell(code).body:
        if isinstance(statement, ast.ClassDef):
            yield f"{statement.name} (class)"
        elif isinstance(statement, ast.FunctionDef) and statement.name in used:
            yield f"{statement.name} (function)"


def is_prose(node: nodes.Node) -> bool:
    """Whether a node is a paragraph, of no list of references and no caption."""
    return isinstance(node, nodes.paragraph) and not isinstance(node.parent, nodes.citation)


def entry(*texts: str, is_main: bool = False) -> addnodes.index:
    """Return entries of the index."""
    main = "main" if is_main else ""
    return addnodes.index(entries=[("single", text, "", main, None) for text in texts])
