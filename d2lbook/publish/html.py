"""`build html`: the site, through Sphinx.

Pages become notebooks in a staging folder (only those that changed are written, so that Sphinx
reads no other), and Sphinx makes the site of them. What Sphinx complains of is reported by the
line of the chapter that it comes from. A site that nothing has changed for is left as it is.
"""

import hashlib
import logging
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

from d2lbook.book.whole import Book
from d2lbook.config import BookConfig
from d2lbook.errors import BookError, BookErrors, Unresolved
from d2lbook.files import write_atomically
from d2lbook.notebooks.launches import launches
from d2lbook.publish import downloads
from d2lbook.publish.brand import FOLDER, brand_files, check_brand, staged_name, static_name
from d2lbook.publish.citation import bibtex
from d2lbook.publish.seal import Seal
from d2lbook.publish.sphinx import Sphinx
from d2lbook.publish.weave import weave, written
from d2lbook.records.receipts import tab_title
from d2lbook.records.record import digest
from d2lbook.records.stores import Shown, Stores
from d2lbook.source.page import Page
from d2lbook.tree import Changes, Tree, changes, read
from d2lbook.words import locale_of

Report = Callable[[str], None]
TEMPLATES = resources.files("d2lbook") / "templates"
SOURCE_SUFFIXES = {".md", ".ipynb", ".rst"}
SEAL = "site.json"
"""File beside the staging folder; without one, the next build starts afresh."""

WARNING = re.compile(
    r"(?:(?P<path>[^\n]+?)(?::(?P<line>\d+))?: )?"
    r"(?:WARNING|ERROR|SEVERE|CRITICAL): (?P<text>.*?)(?: \[(?P<kind>[\w.-]+)\])?"
)
UNRESOLVED = re.compile(r"ref\.|bibtex\.key_not_found|myst\.xref")
"""What Sphinx calls a reference that leads nowhere; the key is what it quotes."""
KEY = re.compile(r".*['\"]([^'\"]+)['\"]|.*: (\S+)")


def build(book: Book, stores: Stores, sphinx: Sphinx, *, report: Report | None = None) -> Path:
    """Build the site and return its folder.

    Args:
        book: the book.
        stores: where the records are that its pages show.
        sphinx: makes the site; it can have made others before.
        report: is told of warnings, and of the pages that lack a record; by default, the log is.

    Raises:
        BookErrors: Sphinx complains, and `warning_is_error` is set.
        BookError: Sphinx could not finish.
    """
    check_brand(book.config)
    report = report or logging.getLogger("d2lbook").warning
    stage, site = book.config.output_dir / "sphinx", book.config.stage_dir("html")
    seal = Seal(stage.with_name(SEAL), site)
    downloads.publish(book.config)
    shown = shown_records(book, stores)
    needed = changes(stage, staged(book, shown, stage))
    try:
        if needed or not seal.is_whole or may_do_more(book.config):
            make(book, needed, seal, sphinx, report)
    finally:
        book.memo.save()
    for line in to_renew(shown):
        report(line)
    return site


def may_do_more(config: BookConfig) -> bool:
    """Whether the book has Sphinx do what only Sphinx knows."""
    return bool(config.sphinx_extensions or config.sphinx_configs)


def make(book: Book, needed: Changes, seal: Seal, sphinx: Sphinx, report: Report) -> None:
    """Change what Sphinx reads, and have it make the site; raises as `build` does."""
    site = book.config.stage_dir("html")
    fresh = not seal.is_ours
    seal.tear()
    put_in_place(needed, site)
    log = sphinx.build("html", needed.folder, site, fresh=fresh)
    complaints = BookErrors(mapped(log, needed.folder, book)).errors
    for path in book.site_files:
        write_atomically(site / path, read(book.config.source_dir / path))
    if not complaints:
        seal.put()
    elif set_aside(complaints, book, needed.folder):
        seal.put_beside()
    errors = complaints if book.config.warning_is_error else ()
    if book.lenient:
        errors = tuple(one for one in errors if not isinstance(one, Unresolved))
    for complaint in complaints:
        if complaint not in errors:
            report(str(complaint))
    if errors:
        raise BookErrors(errors)


def put_in_place(needed: Changes, site: Path) -> None:
    """Change what Sphinx reads, and remove the pages of the site that come from nothing now."""
    needed.make()
    remove_pages(site, needed.removed)


def set_aside(complaints: Iterable[BookError], book: Book, stage: Path) -> bool:
    """Have Sphinx read the pages that it complains of again, whenever it is next asked.

    Returns: whether that is enough; some complaints are of no page.
    """
    names = {page.path: f"{page.docname}.ipynb" for page in book.pages}
    paths = {one.path.as_posix() if one.path else "" for one in complaints}
    for path in paths & names.keys():
        (stage / names[path]).touch()
    return paths <= names.keys()


def remove_pages(site: Path, sources: Iterable[str]) -> None:
    """Remove the pages of a site that Sphinx has made of sources which are gone."""
    for name in sources:
        (site / name).with_suffix(".html").unlink(missing_ok=True)


def shown_records(book: Book, stores: Stores) -> dict[str, dict[str, Shown | None]]:
    """Return the record to show, by page and by tab that has cells of the page."""
    shown: dict[str, dict[str, Shown | None]] = {}
    for page in book.pages:
        chosen = {tab: book.in_tab(page, tab) for tab in book.config.all_tabs}
        shown[page.path] = {
            tab: stores.best(own, tab) for tab, own in chosen.items() if own.has_cells
        }
    return shown


def to_renew(shown: Mapping[str, Mapping[str, Shown | None]]) -> Iterator[str]:
    """Yield a line for each page of which some tabs have no record, or a dated one."""
    for path, records in shown.items():
        if absent := [tab for tab, record in records.items() if not record]:
            yield f"{path}: there is no record of it{in_tabs(absent)}: shown without outputs"
        if dated := [tab for tab, record in records.items() if record and record.dated]:
            yield f"{path}: the library has changed since its record{in_tabs(dated)} was made"


def in_tabs(tabs: Iterable[str]) -> str:
    """Return " in PyTorch, JAX"; nothing for the one tab of a book without tabs."""
    return f" in {', '.join(map(tab_title, tabs))}" if any(tabs) else ""


def staged(book: Book, shown: Mapping[str, Mapping[str, Shown | None]], folder: Path) -> Tree:
    """Return what Sphinx reads.

    Args:
        book: the book.
        shown: the records to show, by page and tab.
        folder: where it is to be, and may be already.
    """
    tree: dict[str, bytes | Path] = dict(copied(book))
    for page in book.pages:
        name = f"{page.docname}.ipynb"
        tree[name] = woven(book, page, shown[page.path], folder / name)
    tree["conf.py"] = sphinx_config(book).encode()
    return tree


def woven(book: Book, page: Page, shown: Mapping[str, Shown | None], place: Path) -> bytes | Path:
    """Return the notebook of a page; the file at its place if that holds it already."""
    key = "woven", page.path, page.digest, digest_of(shown)
    known = book.memo.get(key)
    if known and place.is_file() and hashlib.sha256(place.read_bytes()).hexdigest() == known:
        return place
    chosen = {tab: book.in_tab(page, tab) for tab in book.config.all_tabs}
    notebook = written(weave(page, shown, book.config, chosen=chosen))
    book.memo.put(key, hashlib.sha256(notebook).hexdigest())
    return notebook


def digest_of(shown: Mapping[str, Shown | None]) -> str:
    """Return a hash of all that the records of a page say."""
    return digest(
        [
            [tab, one and [one.dated, one.record.key, vars(one.record.receipt), one.record.outputs]]
            for tab, one in shown.items()
        ]
    )


def copied(book: Book) -> Iterator[tuple[str, Path]]:
    """Yield the files that Sphinx needs as they are: where they go, and where they are."""
    config = book.config
    for path in book.files:
        if path in book.rsts or path.suffix not in SOURCE_SUFFIXES:
            yield path.as_posix(), config.source_dir / path
    for _, name in brand_files(config.html):
        yield staged_name(name), config.root / name


def sphinx_config(book: Book) -> str:
    """Return `conf.py`: the template, filled with what `config.ini` says."""
    config, html = book.config, book.config.html
    values = {
        "project": config.title or config.name,
        "title": escape(config.title or config.name),
        "author": config.author,
        "copyright": config.copyright,
        "release": config.release,
        "language": locale_of(config.lang),
        "index": config.index,
        "extensions": list(config.sphinx_extensions),
        "tabs": [(tab, tab_title(tab)) for tab in config.tabs],
        "launches": [tuple(launch) for launch in launches(config)],
        "bibliographies": sorted(book.bibliographies),
        "logo": staged_name(html.html_logo) or None,
        "favicon": staged_name(html.favicon) or None,
        "css_files": [static_name(name) for name in html.include_css],
        "js_files": [static_name(name) for name in html.include_js],
        "static_path": [FOLDER] if list(brand_files(html)) else [],
        "templates": str(TEMPLATES),
        "header_links": [(link.name, link.url) for link in html.header_links],
        "base_url": html.base_url,
        "edit_link": edit_link(config),
        "citation": bibtex(config),
        "downloads": downloads.menu(config),
        "fold": list(html.fold),
    }
    template = Template((TEMPLATES / "conf.py.in").read_text(encoding="utf-8"))
    quoted = {name: repr(value) for name, value in values.items()}
    return template.substitute(quoted, sphinx_configs=config.sphinx_configs)


def edit_link(config: BookConfig) -> str:
    """Return where a page is edited, in the theme's spelling: `{filename}` for its path."""
    folder = Path(os.path.relpath(config.source_dir, config.root)).as_posix()
    name = posixpath.normpath(posixpath.join(folder, "{filename}"))
    return config.html.edit_url.replace("{path}", name)


def mapped(log: str, stage: Path, book: Book) -> Iterator[BookError]:
    """Yield Sphinx's warnings, each with the chapter and line that it comes from.

    Those of references that the book warns of are left out.
    """
    pages = {page.docname: page.path for page in book.pages}
    told = {(warning.path, warning.key.lower()) for warning in book.warnings}
    for match in filter(None, map(WARNING.fullmatch, joined_lines(log.splitlines()))):
        path = (match["path"] or "").removeprefix(f"{stage.as_posix()}/")
        path = pages.get(path.removesuffix(".ipynb"), path)
        line = int(match["line"]) if match["line"] else None
        if not UNRESOLVED.match(match["kind"] or ""):
            yield BookError(match["text"], path or None, line)
            continue
        key = KEY.search(match["text"])
        found = Unresolved(
            match["text"], path or None, line, key=(key[1] or key[2]).lower() if key else ""
        )
        if (found.path, found.key) not in told:
            yield found


def joined_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield one line for each warning: those that begin none belong to the one before."""
    message = ""
    for line in lines:
        if message and WARNING.fullmatch(line):
            yield message
            message = ""
        message = f"{message} {line.strip()}".strip()
    if message:
        yield message
