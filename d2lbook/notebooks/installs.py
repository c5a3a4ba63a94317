"""What a notebook needs to have installed, and the cell that does it."""

import importlib.metadata
import re
import shlex
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from d2lbook.config import CONFIG_FILE
from d2lbook.errors import BookError
from d2lbook.library.wheel import NAME
from d2lbook.records.fingerprint import imports, parse_cell
from d2lbook.source.page import Page

LAST_PYTHON = {"mxnet": "3.11"}
"""The latest Python of a framework that has no wheels for later ones."""


class Lib(NamedTuple):
    """Something that notebooks import, and how it is installed."""

    module: str
    """Without what follows a dot."""
    arguments: tuple[str, ...]
    """Of `pip install`."""


def libs(lines: Iterable[str], tab: str, tabs: Iterable[str]) -> Iterator[Lib]:
    """Yield what the lines of `libs` say for a tab: `tab, module, pip arguments`.

    Without a tab, a line is for all of them. Without a module, it is what the requirement names.

    Raises:
        BookError: a quotation in a line has no end.
    """
    for line in lines:
        first, _, rest = (part.strip() for part in line.partition(","))
        if first.lower() in tabs:
            if first.lower() != tab:
                continue
            line = rest
        module, _, pip = (part.strip() for part in line.partition(","))
        if not pip or not re.fullmatch(r"[\w.]+", module):
            named = re.match(r"[\w-]*", line)
            module, pip = named[0].replace("-", "_") if named else "", line
        try:
            yield Lib(module.partition(".")[0], tuple(shlex.split(pip)))
        except ValueError as error:
            raise BookError(f"libs: {pip!r}: {error}", CONFIG_FILE) from None


def default_libs(tab: str) -> list[Lib]:
    """Return the library of the tab, in versions that are like this one."""
    try:
        distribution = importlib.metadata.distribution(NAME)
    except importlib.metadata.PackageNotFoundError:
        return []
    has_extra = tab in (distribution.metadata.get_all("Provides-Extra") or ())
    release = ".".join(distribution.version.split(".")[:2])
    return [Lib(NAME, (f"{NAME}{f'[{tab}]' if has_extra else ''}~={release}",))]


def from_wheel(libs: Iterable[Lib], version: str, url: str) -> list[Lib]:
    """Return what takes the library from a wheel, where it would take that version from an index.

    Args:
        libs: what is installed.
        version: that of the wheel.
        url: where the wheel is.
    """

    def taken(argument: str) -> str:
        try:
            wanted = Requirement(argument)
        except InvalidRequirement:  # an option, or a path
            return argument
        is_library = canonicalize_name(wanted.name) == NAME and not wanted.url
        if not (is_library and wanted.specifier.contains(version, prereleases=True)):
            return argument
        extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
        return f"{NAME}{extras} @ {url}"

    return [Lib(lib.module, tuple(map(taken, lib.arguments))) for lib in libs]


def install_command(page: Page, libs: Iterable[Lib]) -> str:
    """Return the line that installs what a page's cells import; "" where that is nothing."""
    imported = imported_by(page)
    words = [word for lib in libs if lib.module in imported for word in lib.arguments]
    return f"%pip install --quiet {shlex.join(words)}" if words else ""


def imported_by(page: Page) -> frozenset[str]:
    """Return the packages that a page's cells import."""
    names = (name for cell in page.cells for name in imports(parse_cell(cell.source)))
    return frozenset(name.partition(".")[0] for name in names)
