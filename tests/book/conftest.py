"""The book's notebooks are run once for all tests."""

import pytest
from tiny_book import TinyBook, copy_book


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory) -> TinyBook:
    """A copy of the book, run in all tabs."""
    book = copy_book(tmp_path_factory.mktemp("book"))
    book.evaluate()
    return book
