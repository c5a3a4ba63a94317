"""`build lib`: the library file of a tab, from the `#@save` marks in the cells of its pages.

A library file has two parts. What is above a comment that says so is written by hand, and kept;
what is below is generated: the imports that the saved code needs, the aliases of
`config.ini`, and the saved code in reading order, with methods that were added later in their
class. `d2l.name` becomes `name` where the file itself defines it.
"""

import ast
import difflib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from d2lbook.book.whole import Book
from d2lbook.config import CONFIG_FILE, BookConfig, LibraryConfig
from d2lbook.errors import BookError, BookErrors, unreadable
from d2lbook.files import write_atomically
from d2lbook.library.code import (
    added_to,
    bound_names,
    documented,
    free_names,
    merged,
    names_at_definition,
    without_prefix,
)
from d2lbook.library.names import Names, aliases
from d2lbook.library.saved import Saved, collect, imports_of
from d2lbook.source.pycode import Code

COMMAND = "d2lbook build lib"
MARK = f"Generated from the chapters by `{COMMAND}`, which rewrites all that is below."
"""A comment of it, or of the command alone, ends the part that is written by hand."""
NEW_HEAD = f'''\
"""What the chapters of the book define."""

# {MARK}
# What is above is written by hand, and kept.
'''
RUFF_RULES = "I,PIE790"
"""Sorted imports, and no `pass` in a class that has got methods."""
ITSELF = "sys.modules[__name__]"
DIFF_LINES = 40
"""How much of a difference is shown."""
UP_TO_DATE = "the library is what the chapters give"


@dataclass(frozen=True)
class Generated:
    """A file as it should be."""

    path: str
    """Relative to the book's root."""
    old: str
    """What it holds; "" if there is none."""
    text: str
    """What it should hold; "" if there should be none."""
    warnings: tuple[BookError, ...] = ()

    @property
    def diff(self) -> list[str]:
        """What differs, line by line, as far as it isn't too long."""
        names = (self.path, f"{self.path}, from the chapters")
        old, new = self.old.splitlines(), self.text.splitlines()
        lines = list(difflib.unified_diff(old, new, *names, lineterm=""))
        more = len(lines) - DIFF_LINES
        return [*lines[:DIFF_LINES], *([f"… {more} more lines"] if more > 0 else [])]


def generate(book: Book, tabs: Sequence[str]) -> list[Generated]:
    """Make the library files of the tabs, and the file that holds the version.

    Raises: BookErrors.
    """
    config = book.config
    files = {tab: config.libraries[tab].lib_file for tab in tabs}
    if twice := [name for name in files.values() if list(files.values()).count(name) > 1]:
        raise BookError(f"two tabs have lib_file = {twice[0]}: give each its own", CONFIG_FILE)
    generated: list[Generated] = []
    errors: list[BookError] = []
    for tab in tabs:
        try:
            generated.append(_library_file(book, tab, config.libraries[tab]))
        except BookError as error:
            errors.append(error)
    if errors:
        raise BookErrors(errors)
    return [*generated, *_version_file(config)]


def tabs_with_library(config: BookConfig, tabs: Iterable[str]) -> list[str]:
    """Those of the tabs that `config.ini` names a library file for; raises BookError if none."""
    found = [tab for tab in tabs if tab in config.libraries and config.libraries[tab].lib_file]
    if not found:
        sections = " or ".join(f"[library-{tab}]" if tab else "[library]" for tab in tabs)
        raise BookError(f"names no library file: set lib_file in section {sections}", CONFIG_FILE)
    return found


def write(files: Iterable[Generated], root: Path) -> str:
    """Write the files that differ; returns what was done."""
    changed = [file for file in files if file.text != file.old]
    for file in changed:
        write_atomically(root / file.path, file.text.encode())
    return f"wrote {', '.join(file.path for file in changed)}" if changed else UP_TO_DATE


def check(files: Iterable[Generated]) -> str:
    """Compare the files with what they should be, and write nothing; returns what was found.

    Raises: BookErrors for files that differ.
    """
    message = f"isn't what the chapters give: run {COMMAND}"
    errors = [BookError(message, file.path) for file in files if file.text != file.old]
    if errors:
        raise BookErrors(errors)
    return UP_TO_DATE


def _library_file(book: Book, tab: str, library: LibraryConfig) -> Generated:
    root, path = book.config.root, library.lib_file
    old = _read(root / path, path)
    head = _head(old, path)
    collected = collect(book, tab)
    if not (collected.saved or old):
        return Generated(path, "", "")
    names = Names(_module_name(path), collected.imports)
    _note_head(names, Code(head, path, 1))
    code = _code(collected.saved, names, library)
    if names.errors:
        raise BookErrors(names.errors)
    text = f"{head}\n{_formatted(code, root, path)}"
    return Generated(path, old, text.rstrip("\n") + "\n", tuple(names.warnings))


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(error, name) from None


def _head(text: str, path: str) -> str:
    """The part of a library file that is written by hand, with the comment that ends it."""
    if not text.strip():
        return NEW_HEAD
    lines = text.splitlines()
    comments = [(i, line[1:].strip()) for i, line in enumerate(lines) if line[:1] == "#"]
    end = next((i for i, comment in comments if comment in (COMMAND, MARK)), None)
    if end is None:
        raise BookError(
            f"was not made by {COMMAND}, which would destroy it: choose another lib_file in "
            f"{CONFIG_FILE}, or add a line '# {COMMAND}' below what is to be kept",
            path,
        )
    while end < len(lines) and lines[end].startswith("#"):
        end += 1
    return "".join(f"{line}\n" for line in lines[:end])


def _module_name(path: str) -> str:
    """How cells import a library file: `d2l.torch` for `d2l/torch.py`."""
    parts = [part for part in Path(path).with_suffix("").parts if part not in ("..", "src")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _note_head(names: Names, head: Code) -> None:
    """Take note of what the part that is written by hand defines and imports."""
    imported = list(imports_of(head))
    names.given(bound_names(head.text) - {one.name for one in imported}, imported)
    for node in head.tree.body:
        if _is_itself(node):
            names.itself |= bound_names(ast.unparse(node))


def _code(saved: Sequence[Saved], names: Names, library: LibraryConfig) -> str:
    """The generated part."""
    pieces = _definitions(saved, names)
    own = {name for piece in pieces for name in bound_names(piece.code.text)}
    alias_lines = aliases(library, names.by_hand | names.definitions.keys())
    names.definitions |= dict.fromkeys(alias_lines, CONFIG_FILE)
    pieces = list(_without_prefix(_with_methods(pieces, names), names))
    for piece in pieces:
        names.need(piece)
    for line in alias_lines.values():
        names.need_anywhere(line)
    late = {line for line in alias_lines.values() if free_names(line) & own}
    early = [line for line in dict.fromkeys(alias_lines.values()) if line not in late]
    commented = [one.code.text for one in saved if _is_import(one) and any(one.code.comments())]
    return "\n".join(
        [
            *names.import_statements,
            *commented,  # ruff merges these into those above
            *_itself(names),
            *early,
            *_texts(pieces),
            *dict.fromkeys(line for line in alias_lines.values() if line in late),
        ]
    )


def _texts(pieces: Iterable[Saved]) -> Iterator[str]:
    """The texts of statements, with a blank line where they were apart."""
    place = ("", 0)
    for one in pieces:
        code = one.code
        yield code.text if place == (code.path, code.line) else f"\n{code.text}"
        place = (code.path, code.line + code.text.count("\n") + 1)


def _definitions(saved: Sequence[Saved], names: Names) -> list[Saved]:
    """The statements that aren't imports, with their origin; the names take note of all."""
    pieces = []
    for one in saved:
        if _is_itself(one.node):
            names.itself |= bound_names(one.code.text)
            names.uses_itself |= bound_names(one.code.text)
        elif not _is_import(one):
            pieces.append(replace(one, code=documented(one.code, one.origin)))
            if not added_to(one.node):
                names.define(one)
    for one in filter(_is_import, saved):
        for wanted in imports_of(one.code):
            names.add_import(wanted)
    return pieces


def _itself(names: Names) -> list[str]:
    """The name that the library has for itself, where that is needed."""
    needed = sorted(names.uses_itself - names.by_hand)
    return [*(["import sys"] if needed else []), *(f"{one} = {ITSELF}" for one in needed)]


def _is_import(saved: Saved) -> bool:
    return isinstance(saved.node, ast.Import | ast.ImportFrom)


def _is_itself(node: ast.stmt) -> bool:
    """Whether a statement is `d2l = sys.modules[__name__]`."""
    return isinstance(node, ast.Assign) and ast.unparse(node.value) == ITSELF


def _with_methods(pieces: Sequence[Saved], names: Names) -> list[Saved]:
    """The statements, with methods in the class that they are added to where it is among these.

    A method that needs a name when it is defined, as a default, can't go where that isn't there.
    """
    order = [one for one in pieces if not added_to(one.node)]
    places = {name: i for i, one in enumerate(order) for name in bound_names(one.code.text)}
    classes = {one.node.name for one in order if isinstance(one.node, ast.ClassDef)}
    methods: dict[str, dict[str, Code]] = {}
    left, staying = [], set()
    for one in pieces:
        owner = _owner(one.node, names)
        method = (owner, getattr(one.node, "name", ""))
        if owner not in classes:
            left.append(one)
        elif method in staying or _needs_later(one, places, places[owner]):
            staying.add(method)
            left.append(one)
        else:
            methods.setdefault(owner, {})[method[1]] = one.code
    return [
        replace(one, code=merged(one.code, methods[one.node.name]))
        if isinstance(one.node, ast.ClassDef) and one.node.name in methods
        else one
        for one in left
    ]


def _owner(node: ast.stmt, names: Names) -> str:
    """The class of this library that a method is added to; "" if there is none."""
    match added_to(node):
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=prefix), attr=name) if names.is_own(prefix, name):
            return name
    return ""


def _needs_later(method: Saved, places: dict[str, int], place: int) -> bool:
    node = method.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return any(places.get(name, -1) >= place for name in names_at_definition(node))


def _without_prefix(pieces: Iterable[Saved], names: Names) -> Iterator[Saved]:
    for one in pieces:
        yield replace(one, code=without_prefix(one.code, names.is_own))


def _formatted(text: str, root: Path, path: str) -> str:
    """The code as ruff leaves it, under the book's own settings for that file."""
    ruff = [sys.executable, "-P", "-m", "ruff"]
    options = ["--quiet", "--stdin-filename", path, "-"]
    text = _run(
        [*ruff, "check", "--select", RUFF_RULES, "--fix", "--exit-zero", *options], root, text
    )
    return _run([*ruff, "format", *options], root, text)


def _run(command: Sequence[str], folder: Path, text: str) -> str:
    done = subprocess.run(command, cwd=folder, input=text, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise BookError(f"ruff can't format the library: {done.stderr.strip()}")
    return done.stdout


def _version_file(config: BookConfig) -> Iterator[Generated]:
    """The file of `[library] version_file`, with `[project] release` as its `__version__`."""
    path = config.version_file
    if not (path and config.release):
        return
    old = _read(config.root / path, path)
    code = Code(old, path, 1)
    for node in code.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__version__")], value=ast.Constant(value=value)):
                start, end = code.span(node.value)
                new = old[:start] + json.dumps(config.release, ensure_ascii=False) + old[end:]
                yield Generated(path, old, old if value == config.release else new)
                return
    message = f'has no line __version__ = "{config.release}": add it, or change version_file in '
    raise BookError(f"{message}{CONFIG_FILE}", path)
