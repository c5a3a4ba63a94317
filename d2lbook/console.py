"""What the commands say on the terminal, and to a service that runs them."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from d2lbook.errors import BookError, counted, in_order, placed

BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "1;31", "32", "33"
QUOTED = 100
"""Characters of a line that are quoted below what is wrong with it."""


class Listing:
    """What a command finds wrong, kept to be listed at its end: warnings first, then errors."""

    def __init__(self, *, folders: Sequence[Path] = ()) -> None:
        self.folders = folders
        """Paths of warnings and errors are relative to one of these, or to the current folder."""
        self._warnings: list[BookError] = []
        self._errors: list[BookError] = []

    def warn(self, warning: BookError | str) -> None:
        """Keep a warning; the text of one begins with its place, as that of an error does."""
        self._warnings.append(warning if isinstance(warning, BookError) else placed(warning))

    def add(self, error: BookError) -> None:
        """Keep an error, or several that were raised as one."""
        self._errors += getattr(error, "errors", (error,))

    @property
    def errors(self) -> tuple[BookError, ...]:
        """The errors as they are listed."""
        return in_order(map(self._found, self._errors))

    def print(self) -> None:
        """List everything by file and line, each once, on standard error.

        Where the variable `CI` is `true`, each is told to GitHub, too, so that it is shown beside
        the line that it is about.
        """
        sys.stdout.flush()
        warnings, errors = in_order(map(self._found, self._warnings)), self.errors
        listed = [("warning", one) for one in warnings] + [("error", one) for one in errors]
        for severity, one in listed:
            print(_entry(severity, one, sys.stderr), file=sys.stderr)
        if os.environ.get("CI") == "true":
            for severity, one in listed:
                print(annotation(severity, one), file=sys.stderr)
        if len(listed) > 1:
            print(painted(summary(errors, warnings), BOLD, sys.stderr), file=sys.stderr)

    def _found(self, error: BookError) -> BookError:
        """Return an error with its path as it is called from the current folder."""
        if not error.path:
            return error
        places = (folder / error.path for folder in self.folders)
        path = next((place for place in places if place.exists()), error.path)
        return BookError(error.message, shown_path(path), error.line)


def summary(errors: Sequence[BookError], warnings: Sequence[BookError] = ()) -> str:
    """Return the counts: "3 errors in 2 files, 1 warning"."""
    files = {error.path for error in errors if error.path}
    within = f" in {counted(len(files), 'file')}" if files else ""
    counts = [counted(len(errors), "error") + within] if errors else []
    return ", ".join(counts + ([counted(len(warnings), "warning")] if warnings else []))


def annotation(severity: str, error: BookError) -> str:
    """Return the command by which GitHub shows an error, or a warning, at its file and line."""
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
    if not error.path or not error.path.exists():
        return f"::{severity}::{_escaped(str(error))}"
    path = error.path.resolve()
    file = path.relative_to(root) if path.is_relative_to(root) else path
    line = f",line={error.line}" if error.line else ""
    return f"::{severity} file={_escaped(str(file), ':,')}{line}::{_escaped(error.message)}"


def painted(text: str, color: str, stream: TextIO) -> str:
    """Return text in a color if the stream is a terminal that may have one."""
    plain = not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{color}m{text}\x1b[0m"


def print_diff(lines: Sequence[str]) -> None:
    """Print the lines of a diff, in color on a terminal."""
    for line in lines:
        print(painted(line, {"+": GREEN, "-": RED}.get(line[:1], DIM), sys.stdout))


def shown_path(path: Path) -> str:
    """Return a path as it is called from the current folder."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _entry(severity: str, error: BookError, stream: TextIO) -> str:
    """Return an error or a warning as it is listed: place, message, and the line it is about."""
    headline, *rest = str(error).split("\n")
    if severity == "warning":
        headline = f"{painted('warning:', YELLOW, stream)} {headline}"
    else:
        headline = painted(headline, RED, stream)
    quoted = "" if rest else _quoted(error)
    return "\n".join([headline, *rest, *([painted(quoted, DIM, stream)] if quoted else [])])


def _quoted(error: BookError) -> str:
    """Return the line that an error is about, below its number; nothing where there is none."""
    if not error.path or not error.line:
        return ""
    try:
        lines = error.path.read_text(encoding="utf-8", errors="replace").splitlines()
        text = lines[error.line - 1].strip()
    except (OSError, IndexError):
        return ""
    if len(text) > QUOTED:
        text = f"{text[: QUOTED - 1]}…"
    return f"{error.line:>5} | {text}" if text else ""


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"%{ord(c):02X}" if c in f"%\r\n{more}" else c for c in text)
