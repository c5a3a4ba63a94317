"""The whole book: its pages in reading order, and whether everything they refer to exists."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from d2lbook.book.bibtex import mistakes
from d2lbook.book.memo import Memo
from d2lbook.book.references import References
from d2lbook.book.toc import Toc
from d2lbook.config import CONFIG_FILE, BookConfig
from d2lbook.errors import BookError, BookErrors, Unresolved, unreadable
from d2lbook.source.branches import check_branches
from d2lbook.source.markdown import try_page
from d2lbook.source.page import Block, Page
from d2lbook.source.tabs import choose_tab, with_listings
from d2lbook.values import glob_matcher


@dataclass(frozen=True)
class Book:
    """A book without mistakes, but for those that `warnings` names."""

    config: BookConfig
    pages: tuple[Page, ...]
    """Reading order: the table of contents of the root page, depth first; then pages in none."""
    labels: Mapping[str, tuple[Page, Block]]
    """What each label names."""
    citation_keys: frozenset[str]
    """What `:cite:` may name."""
    bibliographies: tuple[str, ...]
    """BibTeX files, relative to `source_dir`."""
    images: tuple[str, ...]
    """Files that pages show, relative to `source_dir`."""
    rsts: tuple[Path, ...]
    """reStructuredText pages, relative to `source_dir`."""
    files: tuple[Path, ...]
    """Every file but the pages that the book needs, relative to `source_dir`."""
    warnings: tuple[Unresolved, ...] = ()
    """References that lead nowhere, where that is allowed."""
    site_files: tuple[Path, ...] = ()
    """Those of `files` that the site holds under their own names."""
    lenient: bool = False
    """Whether references may lead nowhere."""
    memo: Memo = field(default_factory=Memo)
    """What is known of its pages from earlier builds."""

    def in_tab(self, page: Page, tab: str) -> Page:
        """Return one of its pages as the readers of a tab see it, as `choose_tab` does."""
        key = "tab", page.path, page.digest, tab
        return self.memo.recall(key, lambda: choose_tab(page, tab, self.config))


def load_book(config: BookConfig, *, lenient: bool = False) -> Book:
    """Read and check the whole book.

    Args:
        lenient: whether a reference that leads nowhere is a warning.

    Raises: BookErrors, with every mistake of every file.
    """
    memo = Memo.of(config)
    pages, errors = read_pages(config, memo)
    toc = Toc(config, {page.docname: page for page in pages})
    order = toc.reading_order()
    references = References(config, {error.path.as_posix() for error in errors if error.path})
    for page in order:
        references.define(page)
    rsts = config.matching(config.rsts)
    for path in rsts:
        references.define_rst(path)
    if config.has_source(config.pdf.bibfile):
        references.read_bibliography(config.pdf.bibfile, CONFIG_FILE)
    for page in order:
        references.check(page)
    for name in references.bibliographies:
        errors += bibliography_errors(name, config, memo)
    errors += [*toc.errors, *references.errors, *(() if lenient else references.unresolved)]
    if errors:
        raise BookErrors(errors)
    named = (*references.images, *references.bibliographies, *references.files)
    pages_too = {page.path for page in order}
    needed = {Path(name) for name in named if name not in pages_too} | {*rsts}
    beside = {Path(name) for name in references.html_files - pages_too}
    resources = set(config.resource_files())
    return Book(
        config,
        order,
        references.labels,
        frozenset(references.citation_keys),
        tuple(references.bibliographies),
        tuple(references.images),
        rsts,
        tuple(sorted(needed | resources)),
        tuple(references.unresolved),
        tuple(sorted(beside | resources)),
        lenient,
        memo,
    )


def read_pages(config: BookConfig, memo: Memo | None = None) -> tuple[list[Page], list[BookError]]:
    """Every page as far as it makes sense, and what is wrong in the pages by themselves.

    Raises: BookErrors, with every file that can't be read; what else is wrong depends on those.
    """
    pages: list[Page] = []
    errors: list[BookError] = []
    memo = memo or Memo.of(config)
    is_listed = glob_matcher(config.non_notebooks)
    for path, content in _contents(config).items():
        digest = hashlib.sha256(content).hexdigest()
        key = "page", path.as_posix(), digest
        page = memo.get(key)
        if page is None:
            page, mistakes = _read_page(path, content, config, is_listed)
            page = replace(page, digest=digest)
            errors += mistakes
            if not mistakes:
                memo.put(key, page)
        pages.append(page)
    return pages, errors


def bibliography_errors(name: str, config: BookConfig, memo: Memo) -> list[BookError]:
    """What is wrong in a BibTeX file, by itself."""
    content = (config.source_dir / name).read_bytes()
    key = "bibliography", hashlib.sha256(content).hexdigest()
    found = memo.recall(key, lambda: tuple(mistakes(content.decode("utf-8", "replace"))))
    return [BookError(message, name, line) for line, message in found]


def _read_page(
    path: Path, content: bytes, config: BookConfig, is_listed: Callable[[str], object]
) -> tuple[Page, list[BookError]]:
    errors: list[BookError] = []
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        errors.append(unreadable(error, path))
        text = content.decode("utf-8", "replace")
    page, mistakes = try_page(path, text, config)
    page = with_listings(page, config) if is_listed(page.path) else page
    return page, [*errors, *mistakes, *check_branches(page, config)]


def _contents(config: BookConfig) -> dict[Path, bytes]:
    contents: dict[Path, bytes] = {}
    errors: list[BookError] = []
    for path in config.sources():
        try:
            contents[path] = (config.source_dir / path).read_bytes()
        except OSError as error:
            errors.append(unreadable(error, path))
    if errors:
        raise BookErrors(errors)
    return contents
