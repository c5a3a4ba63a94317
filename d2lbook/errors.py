"""The errors of the tool.

BookError        the book is wrong: exit status 1
├── BookErrors   several of them, sorted by file and line
├── Unresolved   a reference that leads nowhere, which `--lenient` lets pass
└── CallError    the call is wrong: exit status 2

Only the command line turns them into an exit status; everything else raises.
"""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

_PLACED = re.compile(
    r"(?P<path>[^\s:][^:\n]*):(?P<line>\d+): (?P<message>.+)|(?P<file>[^\s:]+): (?P<rest>.+)",
    re.DOTALL,
)


class BookError(Exception):
    """One mistake in a book: where it is, what it is, and the way out."""

    def __init__(
        self, message: str, path: Path | str | None = None, line: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = None if path is None else Path(path)
        self.line = line

    def __str__(self) -> str:
        if self.path is None:
            return self.message
        where = self.path.as_posix() if self.line is None else f"{self.path.as_posix()}:{self.line}"
        return f"{where}: {self.message}"


class Unresolved(BookError):
    """A reference to a label, a citation or a page that isn't there."""

    def __init__(
        self, message: str, path: Path | str | None, line: int | None, *, key: str
    ) -> None:
        super().__init__(message, path, line)
        self.key = key
        """What the reference names."""


class BookErrors(BookError):
    """Every mistake that was found, each once, one a line."""

    def __init__(self, errors: Iterable[BookError]) -> None:
        flat = [one for error in errors for one in getattr(error, "errors", (error,))]
        self.errors: tuple[BookError, ...] = in_order(flat)
        first = self.errors[0] if self.errors else BookError("no error")
        super().__init__(first.message, first.path, first.line)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


class CallError(BookError):
    """The command was called wrongly: an unknown name, a folder without a `config.ini`."""


def in_order(errors: Iterable[BookError]) -> tuple[BookError, ...]:
    """Return errors by file and line, each once."""
    once = {(str(error), error.path, error.line): error for error in errors}
    return tuple(sorted(once.values(), key=_place))


def placed(text: str) -> BookError:
    """Return the error that reads like this: with the place that the text begins with, if any."""
    match = _PLACED.fullmatch(text)
    if not match:
        return BookError(text)
    if match["line"]:
        return BookError(match["message"], match["path"], int(match["line"]))
    return BookError(match["rest"], match["file"])


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that names the known name closest to `name`: "; did you mean 'x'?"."""
    by_lower = {one.lower(): one for one in known}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f"; did you mean {by_lower[matches[0]]!r}?" if matches else ""


def unreadable(error: OSError | UnicodeDecodeError, path: Path | str) -> BookError:
    """The mistake that a file can't be read, or not as UTF-8."""
    if isinstance(error, OSError):
        return BookError(f"can't be read: {error.strerror}", path)
    line = error.object.count(b"\n", 0, error.start) + 1
    byte = error.object[error.start]
    return BookError(f"byte 0x{byte:02x} is not UTF-8: save the file as UTF-8", path, line)


def counted(count: int, unit: str) -> str:
    """Return a count with its unit: "1 epoch", "2,048 images"."""
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def _place(error: BookError) -> tuple[str, int]:
    return ("" if error.path is None else error.path.as_posix(), error.line or 0)
