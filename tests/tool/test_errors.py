"""Errors say where they are; several are told in order."""

import pytest

from d2lbook.errors import BookError, BookErrors, nearest, placed


def test_an_error_says_file_and_line_where_it_knows_them():
    assert str(BookError("wrong", "a/b.md", 3)) == "a/b.md:3: wrong"
    assert str(BookError("wrong", "a/b.md")) == "a/b.md: wrong"
    assert str(BookError("wrong")) == "wrong"


def test_several_are_sorted_by_file_and_line_and_never_nested():
    inner = BookErrors([BookError("third", "b.md", 2), BookError("second", "b.md", 1)])
    errors = BookErrors([inner, BookError("first", "a.md", 9)])
    assert [error.message for error in errors.errors] == ["first", "second", "third"]
    assert str(errors).splitlines()[0] == "a.md:9: first"
    assert (errors.path.name, errors.line) == ("a.md", 9)


def test_lines_are_in_the_order_of_numbers_and_nothing_is_told_twice():
    errors = [BookError(f"number {line}", "a.md", line) for line in (10, 9, 100, 9)]
    told = BookErrors([*errors, BookError("no place")]).errors
    assert [error.line for error in told] == [None, 9, 10, 100]


@pytest.mark.parametrize(
    "error",
    [
        BookError("wrong: very", "a b/c.md", 3),
        BookError("can't be read", "a/b.md"),
        BookError("two\n  lines", "a/b.md", 12),
        BookError("there is nothing to say"),
        BookError("the remote store s3://x can't be read: no"),
    ],
)
def test_the_place_is_read_back_from_a_text(error):
    again = placed(str(error))
    assert (again.path, again.line, again.message) == (error.path, error.line, error.message)


def test_the_nearest_name():
    assert nearest("PyTorhc", ["pytorch", "jax"]) == "; did you mean 'pytorch'?"
    assert nearest("xyz", ["pytorch", "jax"]) == ""
