"""Errors say where they are; several are told in order."""

from d2lbook.errors import BookError, BookErrors, nearest


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


def test_the_nearest_name():
    assert nearest("PyTorhc", ["pytorch", "jax"]) == "; did you mean 'pytorch'?"
    assert nearest("xyz", ["pytorch", "jax"]) == ""
