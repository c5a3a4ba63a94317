"""The files that `[html]` names: logo, icon, style sheets and scripts of the book's own."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from d2lbook.config import CONFIG_FILE, BookConfig, HtmlConfig
from d2lbook.errors import BookError, BookErrors, nearest

FOLDER = "_brand"
"""Folder of these files in the staging folder."""


def brand_files(html: HtmlConfig) -> Iterator[tuple[str, str]]:
    """Yield the files of the book that `[html]` names, each after its key."""
    for key in ("html_logo", "favicon", "include_css", "include_js"):
        value = getattr(html, key)
        for name in [value] if isinstance(value, str) else value:
            if name and not is_url(name):
                yield key, name


def check_brand(config: BookConfig) -> None:
    """Raise `BookErrors` if a file that `[html]` names isn't there."""
    lost = [pair for pair in brand_files(config.html) if not (config.root / pair[1]).is_file()]
    if lost:
        raise BookErrors(
            BookError(f"[html] {key}: there is no {name}{_nearest(config, name)}", CONFIG_FILE)
            for key, name in lost
        )


def is_url(name: str) -> bool:
    """Whether a name is of something outside the book."""
    return name.startswith(("http://", "https://", "//"))


def static_name(name: str) -> str:
    """Return how a file is called in the site's folder of static files."""
    path = PurePosixPath(name)
    outside = path.is_absolute() or ".." in path.parts
    return name if is_url(name) else path.name if outside else path.as_posix()


def staged_name(name: str) -> str:
    """Return where a file goes in the staging folder; "" for none."""
    return name if not name or is_url(name) else f"{FOLDER}/{static_name(name)}"


def _nearest(config: BookConfig, name: str) -> str:
    folder = (config.root / name).parent
    there: list[Path] = list(folder.iterdir()) if folder.is_dir() else []
    return nearest(name, [path.relative_to(config.root).as_posix() for path in there])
