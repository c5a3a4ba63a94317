"""`activate`: in a chapter file, only the cells of one tab are live.

The fence of a live cell says `{.python .input}`. In that of any other, `.input` becomes
`.inactive`, so that Jupyter takes it for a listing. Here both are cells, and build alike; a switch
to another tab, or to all of them, changes those words and nothing else.
"""

import glob
import re
from collections.abc import Iterable
from pathlib import Path

from d2lbook.config import BookConfig
from d2lbook.errors import BookError, BookErrors, CallError, unreadable
from d2lbook.files import write_atomically
from d2lbook.source.cells import INACTIVE, LIVE, is_cell_info
from d2lbook.source.markdown import try_page

_FENCE_INFO = re.compile(r"(?:`{3,}|~{3,})\s*(\{[^{}]*\})\s*$")
_STATE = re.compile(rf"(?<=[\s{{])(?:{re.escape(LIVE)}|{re.escape(INACTIVE)})(?=[\s}}])")


def activate(tab: str, names: Iterable[str], config: BookConfig) -> list[Path]:
    """Make the cells of a tab live in files, and the others not; returns the files that changed.

    Args:
        tab: a tab, or `all`.
        names: files, or globs, from the current folder.

    Raises: CallError for a name that there isn't; BookErrors for files that make no sense. No file
        changes then.
    """
    tabs = config.chosen_tabs(tab)
    texts: dict[Path, tuple[str, str]] = {}
    errors: list[BookError] = []
    for path in _files(names):
        try:
            old = path.read_bytes().decode("utf-8")
            texts[path] = (old, activated(old, path, tabs, config))
        except (OSError, UnicodeDecodeError) as error:
            errors.append(unreadable(error, path))
        except BookError as error:
            errors.append(error)
    if errors:
        raise BookErrors(errors)
    changed = {path: new for path, (old, new) in texts.items() if new != old}
    for path, text in changed.items():
        write_atomically(path.resolve(), text.encode())
    return list(changed)


def activated(text: str, path: Path, tabs: Iterable[str], config: BookConfig) -> str:
    """The text of a chapter file with only the cells of some tabs live; raises BookErrors."""
    page, errors = try_page(path, text, config)
    if errors:
        raise BookErrors(errors)
    lines = re.split(r"(\r\n|\r|\n)", text)  # each followed by its end
    for cell in page.cells:
        state = LIVE if any(map(cell.shown_in, tabs)) else INACTIVE
        for index in range(2 * cell.line - 2, -1, -2):
            info = _FENCE_INFO.search(lines[index])
            if info and is_cell_info(info[1]):
                start, end = info.span(1)
                before, after = lines[index][:start], lines[index][end:]
                lines[index] = before + _STATE.sub(state, info[1], count=1) + after
                break
    return "".join(lines)


def _files(names: Iterable[str]) -> list[Path]:
    """The files that are named, each once; raises CallError for a name of none."""
    found: dict[Path, None] = {}
    for name in names:
        matches = [name] if Path(name).is_file() else sorted(glob.glob(name, recursive=True))  # noqa: PTH207
        files = [Path(match) for match in matches if Path(match).is_file()]
        if not files:
            hint = f": name files, as in '{name}/*.md'" if Path(name).is_dir() else ""
            raise CallError(f"there is no file {name}{hint}")
        found |= dict.fromkeys(files)
    return list(found)
