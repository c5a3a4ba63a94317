"""Editions: the book for the readers of one tab, in formats that can't hold several.

All are made from the pages as Sphinx has read them for the site; what differs is said by settings
that make it read nothing again.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from d2lbook.book.whole import Book
from d2lbook.config import BookConfig
from d2lbook.errors import BookError, BookErrors, Unresolved
from d2lbook.publish.html import (
    SEAL,
    mapped,
    put_in_place,
    set_aside,
    shown_records,
    staged,
    to_renew,
)
from d2lbook.publish.seal import Seal
from d2lbook.publish.sphinx import Sphinx
from d2lbook.records.receipts import tab_title
from d2lbook.records.stores import Stores
from d2lbook.tree import changes

Report = Callable[[str], None]


class Editions:
    """The editions that one call builds."""

    def __init__(
        self, book: Book, stores: Stores, sphinx: Sphinx, *, report: Report | None = None
    ) -> None:
        """Write what Sphinx reads.

        Args:
            book: the book.
            stores: where the records are that its pages show.
            sphinx: builds the editions; it can have built others before.
            report: is told of warnings; by default, the log is.
        """
        self.book = book
        self.report = report or logging.getLogger("d2lbook").warning
        self._sphinx = sphinx
        self._stage = book.config.output_dir / "sphinx"
        self._shown = shown_records(book, stores)
        needed = changes(self._stage, staged(book, self._shown, self._stage))
        site = book.config.stage_dir("html")
        self._seal = Seal(self._stage.with_name(SEAL), site)
        self._fresh = not self._seal.is_ours
        self._is_read = not needed and not self._fresh
        if not self._is_read:
            self._seal.tear()
            put_in_place(needed, site)
        book.memo.save()

    def build(self, builder: str, tab: str, target: Path, settings: Mapping[str, object]) -> None:
        """Build the edition of a tab.

        Args:
            builder: Sphinx's name for the format.
            tab: "" in a book without tabs.
            target: the folder to write to.
            settings: configuration values of the format.

        Raises:
            BookErrors: Sphinx complains, and `warning_is_error` is set.
            BookError: Sphinx could not finish.
        """
        left_out = [page.docname for page in self.book.pages if not page.in_tab(tab)] if tab else []
        own = {"d2l_tab": tab, "d2l_left_out": left_out}
        fresh, self._fresh = self._fresh, False
        log = self._sphinx.build(
            builder, self._stage, target, fresh=fresh, settings={**own, **settings}
        )
        complaints = list(mapped(log, self._stage, self.book))
        self._is_read = self._is_read and not complaints
        if not self._is_read and set_aside(complaints, self.book, self._stage):
            self._seal.put_beside()
            self._is_read = True
        own_records = {
            path: {tab: records[tab]} for path, records in self._shown.items() if tab in records
        }
        for line in to_renew(own_records):
            self.report(line)
        self.judge(complaints)

    def judge(self, complaints: Iterable[BookError]) -> None:
        """Report complaints; raise `BookErrors` with those that the book takes for errors."""
        found = BookErrors(complaints).errors
        errors = found if self.book.config.warning_is_error else ()
        if self.book.lenient:
            errors = tuple(one for one in errors if not isinstance(one, Unresolved))
        for complaint in found:
            if complaint not in errors:
                self.report(str(complaint))
        if errors:
            raise BookErrors(errors)


def edition_name(config: BookConfig, tab: str) -> str:
    """Return how the file of an edition is called, without its suffix."""
    return f"{config.name}-{tab}" if tab else config.name


def edition_title(tab: str) -> str:
    """Return what an edition says of itself; "" in a book without tabs."""
    return f"{tab_title(tab)} edition" if tab else ""
