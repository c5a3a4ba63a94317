"""`build slides`: decks from the slide marks, for reveal.js and as notebooks.

A page that marks something is a deck in each of its tabs: a page of HTML that needs no network,
and a notebook whose cells say on which slide they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import escape
from importlib import metadata, resources
from pathlib import Path
from string import Template
from urllib.parse import quote

from pygments.formatters import HtmlFormatter

from d2lbook.book.references import file_of
from d2lbook.book.whole import Book
from d2lbook.errors import BookError
from d2lbook.files import write_atomically
from d2lbook.markup.myst import plain_text
from d2lbook.notebooks.hosts import HOSTS, notebook_url
from d2lbook.notebooks.text import Beside, Reading
from d2lbook.records.receipts import missing, summary, tab_title
from d2lbook.records.stores import NAMELESS_TAB, Stores
from d2lbook.slides.corners import corner
from d2lbook.slides.deck import Deck, decks_of
from d2lbook.slides.layout import Screen, screens
from d2lbook.slides.notebook import slide_notebook
from d2lbook.slides.pieces import PieceWriter
from d2lbook.source.images import images
from d2lbook.tree import changes
from d2lbook.words import Say

TEMPLATES = resources.files("d2lbook") / "templates" / "slides"
FONTS = resources.files("d2lbook") / "static" / "fonts"
STATIC = "_static"
"""Folder of what all decks share."""
CODE_STYLE = "github-light"
COLAB = replace(next(host for host in HOSTS if host.section == "colab"), section="slides")
"""Opens the notebooks of decks in the repository that `[slides]` names."""
KEYS = (
    "Space and arrow keys turn the slides, Esc shows them all, <kbd>?</kbd> lists the other keys. "
    "A deck opened by “print” prints a slide a page, into a PDF too."
)


def build(book: Book, stores: Stores, tabs: Iterable[str]) -> tuple[Path, int]:
    """Write the decks of tabs, and the list of all decks there are.

    Returns:
        The folder, and how many decks were written.

    Raises:
        BookError: a formula isn't TeX, or a picture that `[slides]` names isn't there.
    """
    folder = book.config.output_dir / "slides"
    writer = DeckWriter(book)
    count = 0
    for tab in tabs:
        tree: dict[str, bytes | Path] = {}
        for deck in decks_of(book, stores, tab):
            tree |= dict(writer.files(deck))
            count += 1
        changes(folder / folder_of(tab), tree).make()
    changes(folder / STATIC, dict(static_files())).make()
    write_atomically(folder / "index.html", index(book, folder).encode())
    return folder, count


def folder_of(tab: str) -> str:
    """Return the folder of a tab's decks, in that of all slides."""
    return tab or NAMELESS_TAB


def static_files() -> Iterator[tuple[str, bytes]]:
    """Yield what all decks share: reveal.js, our own styles, fonts."""
    yield from reveal_files()
    code = HtmlFormatter(style=CODE_STYLE).get_style_defs("pre.code")
    for source in TEMPLATES.iterdir():
        if source.name.endswith((".css", ".js")):
            more = code if source.name == "slides.css" else ""
            yield source.name, (source.read_text("utf-8") + more).encode()
    for font in FONTS.iterdir():
        yield f"fonts/{font.name}", font.read_bytes()


def reveal_files() -> Iterator[tuple[str, bytes]]:
    """Yield reveal.js, its style and its license; raises `BookError` if it isn't installed."""
    try:
        files = metadata.files("sphinx-revealjs") or ()
    except metadata.PackageNotFoundError:
        raise BookError("reveal.js isn't there: python -m pip install sphinx-revealjs") from None
    for file in files:
        if file.name in ("reveal.js", "reveal.css") or file.match("revealjs/LICENSE"):
            name = "reveal.LICENSE.txt" if file.name == "LICENSE" else file.name
            yield name, Path(str(file.locate())).read_bytes()


class Decks(Beside):
    """Where decks are: beside the pictures that they show, with no way to other pages."""

    def notebook(self, docname: str, folder: str, tab: str) -> str:
        """Return no link, since a page need not have a deck."""
        return ""


class DeckWriter:
    """Writes the decks of a book."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._reading = Reading(book, Decks())
        self._say = Say(book.config.lang)
        self._deck = template("deck.html.in")
        self._title = template("title.html.in")
        self._screen = template("screen.html.in")
        self._corners = {key: corner(book.config, key) for key in ("top_left", "top_right")}

    def files(self, deck: Deck) -> Iterator[tuple[str, bytes | Path]]:
        """Yield the files of a deck: its page, its notebook, and the pictures of both."""
        yield f"{deck.page.docname}.html", self.html(deck).encode("utf-8", "surrogatepass")
        yield f"{deck.page.docname}.ipynb", slide_notebook(deck, self._reading)
        for name in pictures(deck):
            yield name, self._book.config.source_dir / name

    def html(self, deck: Deck) -> str:
        """Return the page of a deck."""
        depth = deck.page.docname.count("/") + 1
        return self._deck.substitute(
            language=escape(self._book.config.lang),
            title=escape(deck.title),
            static="../" * depth + STATIC,
            screens="".join([self.title(deck), *self.screens(deck)]),
        )

    def title(self, deck: Deck) -> str:
        """Return the first slide."""
        config = self._book.config
        return self._title.substitute(
            book=escape(config.title or config.name),
            title=escape(deck.title),
            tab=escape(tab_title(deck.tab)),
            author=escape(config.author),
        )

    def screens(self, deck: Deck) -> Iterator[str]:
        """Yield the other slides, each as one screen or more."""
        writer = PieceWriter(deck.page, deck.tab, self._reading)
        about = " · ".join(filter(None, (deck.title, tab_title(deck.tab))))
        for slide in deck.slides:
            for screen in screens(list(writer.pieces(slide.parts, deck.outputs))):
                yield self._screen.substitute(
                    self._corners,
                    kind="body figure" if screen.is_figure else "body",
                    section=writer.inline(slide.section if slide.is_under_section else ""),
                    size=screen.size,
                    pieces="\n".join(piece.html for piece in screen.pieces),
                    deck=escape(about),
                    note=escape(self.note(deck, screen)),
                )

    def note(self, deck: Deck, screen: Screen) -> str:
        """Return what a screen says of the run whose outputs it shows, or can't show."""
        if deck.shown:
            is_of_run = any(piece.is_of_run for piece in screen.pieces)
            return summary(deck.shown, deck.tab, self._say) if is_of_run else ""
        has_code = any(piece.kind == "code" for piece in screen.pieces)
        runs = has_code and self._book.config.eval_notebook
        return missing([tab_title(deck.tab)], self._say) if runs else ""


def pictures(deck: Deck) -> Iterator[str]:
    """Yield the files that the slides show, relative to `source_dir`."""
    for part in (part for slide in deck.slides for part in slide.parts):
        if part.kind in ("prose", "figure", "table"):
            files = (file_of(target, deck.page.path) for _, target in images(part.source))
            yield from filter(None, files)


def index(book: Book, folder: Path) -> str:
    """Return the page that lists the decks in a folder."""
    config, say = book.config, Say(book.config.lang)
    lists = [
        f"<h2>{escape(tab_title(tab))}</h2>\n<ul>\n{entries}\n</ul>"
        for tab in config.all_tabs
        if (entries := "\n".join(entries_of(book, folder, tab)))
    ]
    return template("index.html.in").substitute(
        language=escape(config.lang),
        book=escape(config.title or config.name),
        slides=say("Slides"),
        decks="\n".join(lists) or f"<p>{say('No page of the book marks anything for slides.')}</p>",
        keys=say(KEYS),
    )


def entries_of(book: Book, folder: Path, tab: str) -> Iterator[str]:
    """Yield the list items of a tab's decks."""
    say = Say(book.config.lang)
    colab = notebook_url(COLAB, tab, book.config)
    for page in book.pages:
        name = f"{folder_of(tab)}/{page.docname}"
        if not (folder / f"{name}.html").is_file():
            continue
        place = quote(name)
        others = {"print": f"{place}.html?print-pdf", "notebook": f"{place}.ipynb"}
        if colab:
            others["Colab"] = colab.replace("{page}", quote(page.docname))
        title = plain_text(page.title) or page.docname
        links = ", ".join(link(say(words), url) for words, url in others.items())
        yield f"<li>{link(title, f'{place}.html')} ({links})</li>"


def link(words: str, url: str) -> str:
    """Return a link in HTML."""
    return f'<a href="{escape(url)}">{escape(words)}</a>'


def template(name: str) -> Template:
    """Return a template of slides."""
    return Template((TEMPLATES / name).read_text("utf-8"))
