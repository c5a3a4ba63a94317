"""What the commands say on the terminal."""

import os
import sys
from pathlib import Path
from typing import TextIO

from d2lbook.errors import BookError


def warn(message: str) -> None:
    """Print a warning."""
    print(f"{painted('warning:', '33', sys.stderr)} {message}", file=sys.stderr)


def complain(error: BookError) -> None:
    """Print an error, its place first: a path as it is called from the current folder."""
    if error.path:
        error = BookError(error.message, shown_path(error.path), error.line)
    headline, *rest = str(error).split("\n")
    print("\n".join([painted(headline, "1;31", sys.stderr), *rest]), file=sys.stderr)


def painted(text: str, color: str, stream: TextIO) -> str:
    """Return text in a color if the stream is a terminal that may have one."""
    plain = not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{color}m{text}\x1b[0m"


def shown_path(path: Path) -> str:
    """Return a path as it is called from the current folder."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
