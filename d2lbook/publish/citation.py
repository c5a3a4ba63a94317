"""How to cite a book: in BibTeX, as its configuration says."""

import re

from pybtex.database import BibliographyData, Entry

from d2lbook.config import BookConfig

YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def bibtex(config: BookConfig) -> str:
    """Return the entry that `[html] cite` gives, or else one made from `[project]`.

    Nothing without an author and a title.
    """
    if config.html.cite:
        return config.html.cite
    if not (config.author and config.title):
        return ""
    years = YEAR.findall(config.copyright)
    fields = {
        "title": f"{{{config.title}}}",
        "author": authors(config.author),
        "year": years[-1] if years else "",
        "version": config.release,
        "url": config.html.base_url,
    }
    entry = Entry("book", [(name, value) for name, value in fields.items() if value])
    text: str = BibliographyData({key(config.name): entry}).to_string("bibtex")
    return text.strip()


def authors(names: str) -> str:
    """Return "A, B and C" as BibTeX has it; a single name may be that of a group."""
    found = [name for name in re.split(r",\s*(?:and\s+)?|\s+and\s+", names) if name]
    return " and ".join(found) if len(found) > 1 else f"{{{names}}}"


def key(name: str) -> str:
    """Return the name of a book without what no key can hold."""
    return re.sub(r"[^\w:.-]+", "-", name)
